package progress

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
	"time"
)

// Trouble is what keeps the file from being read or written, in the learner's
// words: what happened, why, what to try.
type Trouble struct {
	EN, FR string
	Err    error // the cause
	fatal  bool  // there is no going on without the file
}

func (t *Trouble) Error() string { return t.EN }

func (t *Trouble) Unwrap() error { return t.Err }

// In is the trouble in a language: "fr", or else English.
func (t *Trouble) In(lang string) string {
	if lang == "fr" {
		return t.FR
	}
	return t.EN
}

// newer is the version of a file that a later cloison has written.
type newer int

func (n newer) Error() string {
	return fmt.Sprintf("the file has version %d, this program knows %d", n, Version)
}

// ErrLocked says that another cloison has held the lock for longer than a write takes.
var ErrLocked = errors.New("another cloison is writing the progress file and does not end")

// fromTheFuture: the file is left alone.
func fromTheFuture(file string, err newer) *Trouble {
	return &Trouble{
		EN: fmt.Sprintf("%s was written by a newer cloison (%v). It is left as it is. "+
			"Use that cloison, or begin a second progress file: XDG_STATE_HOME=~/other cloison", file, err),
		FR: fmt.Sprintf("%s a été écrit par un cloison plus récent (version %d du fichier, celui-ci connaît la %d). "+
			"Il est laissé tel quel. Utilisez ce cloison plus récent, ou commencez un deuxième fichier de progression\u00a0: "+
			"XDG_STATE_HOME=~/autre cloison", file, int(err), Version),
		Err: err, fatal: true,
	}
}

// unreadable: there is a file, and the system does not give it.
func unreadable(file string, err error) *Trouble {
	return &Trouble{
		EN:  fmt.Sprintf("read the progress: %v. Look who owns it: ls -l %s", err, file),
		FR:  fmt.Sprintf("lecture de la progression\u00a0: %v. Regardez à qui est le fichier\u00a0: ls -l %s", err, file),
		Err: err, fatal: true,
	}
}

// unsaved: what is not on disk is kept in memory and saved with the next change.
func unsaved(file string, err error) *Trouble {
	dir := filepath.Dir(file)
	en, fr := "try again", "réessayez"
	switch {
	case errors.Is(err, ErrLocked):
		en, fr = "end the other cloison", "quittez l’autre cloison"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		en, fr = "the disk is full: make some room (df -h "+dir+")", "le disque est plein\u00a0: faites de la place (df -h "+dir+")"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		en, fr = "this user may not write there: see ls -ld "+dir, "cet utilisateur ne peut pas y écrire\u00a0: voir ls -ld "+dir
	}
	return &Trouble{
		EN: fmt.Sprintf("the progress is not saved: %v; %s. "+
			"What was saved before is safe; the rest is kept until you quit, and saved with the next step that can be.", err, en),
		FR: fmt.Sprintf("la progression n’est pas enregistrée\u00a0: %v\u00a0; %s. "+
			"Ce qui était déjà enregistré est intact\u00a0; le reste est gardé jusqu’à ce que vous quittiez, et enregistré dès que possible.", err, fr),
		Err: err,
	}
}

// setAside is the warning that a damaged file was given another name.
func setAside(file, aside string, err error) *Trouble {
	return &Trouble{
		EN: fmt.Sprintf("the progress file %s was damaged (%v). It was set aside as %s, and a fresh one begun. "+
			"Should you repair it, put it back under its old name.", file, err, filepath.Base(aside)),
		FR: fmt.Sprintf("le fichier de progression %s était abîmé (%v). Il a été mis de côté sous le nom %s, et un nouveau "+
			"est commencé. Si vous le réparez, rendez-lui son ancien nom.", file, err, filepath.Base(aside)),
		Err: err,
	}
}

// migrated is the word on a file of an older version.
func migrated(file string, from int) *Trouble {
	return &Trouble{
		EN: fmt.Sprintf("the progress file %s was brought from version %d to %d; nothing is lost.", file, from, Version),
		FR: fmt.Sprintf("le fichier de progression %s est passé de la version %d à la version %d\u00a0; rien n’est perdu.", file, from, Version),
	}
}

// asideName is what a damaged file is called from now on.
func asideName(file string, now time.Time) string {
	return file + ".damaged-" + now.Format("2006-01-02T150405.000")
}
