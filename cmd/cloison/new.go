package main

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"cloison/lessons"
	"cloison/sandbox"
)

// templates are the files of a new lesson and of its chapter. TITLE and HASH
// are filled in.
//
//go:embed newlesson/*.md
var templates embed.FS

func newNew(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "new",
		Short: g.say("Begin a lesson of your own", "Commencer une leçon à vous"),
		Args:  takes(0, 0),
		RunE: func(*cobra.Command, []string) error {
			return codeError{exitUsage, sandbox.Errorf("say what: cloison new lesson DIR", "dites quoi : cloison new lesson DOSSIER")}
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use: g.say("lesson COURSE/CHAPTER/LESSON", "lesson COURS/CHAPITRE/LEÇON"),
		Short: g.say("Write the files of a new lesson, which lint and verify accept",
			"Écrire les fichiers d’une leçon neuve, prête pour lint et verify"),
		Long: g.say(`Write the files of a new lesson: a question with the command that settles it,
and a task with its check, in English and in French. They pass lint and verify
as they are. The chapter's files are written too where there are none. Nothing
is ever overwritten.`,
			`Écrire les fichiers d’une leçon neuve : une question avec la commande qui la
tranche, et un exercice avec sa vérification, en anglais et en français. lint et
verify les acceptent tels quels. Les fichiers du chapitre sont écrits aussi s’il
n’en a pas. Rien n’est jamais écrasé.`),
		Example: "  cloison new lesson mine/10-first/10-host-name",
		Args:    takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return writeLesson(cmd.OutOrStdout(), args[0])
		},
	})
	return cmd
}

// writeLesson writes a lesson's files into dir, and those of its chapter when
// it has none, and says what to do next.
func writeLesson(w io.Writer, dir string) error {
	dir = filepath.Clean(dir)
	if err := numberedFolders(dir); err != nil {
		return codeError{exitUsage, err}
	}
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = sandbox.Errorf("it is there already, and nothing is overwritten", "elle est déjà là, et rien n’est écrasé")
		}
		return codeError{exitUsage, sandbox.Errorf("write the lesson %s: %w", "écrire la leçon %s : %w", dir, err)}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return codeError{exitFailed, sandbox.Errorf("make the lesson's folder: %w", "créer le dossier de la leçon : %w", err)}
	}
	chapter := filepath.Dir(dir)
	if _, err := os.Lstat(filepath.Join(chapter, "chapter.md")); errors.Is(err, fs.ErrNotExist) {
		if err := writePair(w, chapter, "chapter"); err != nil {
			return codeError{exitFailed, err}
		}
	}
	if err := writePair(w, dir, "lesson"); err != nil {
		return codeError{exitFailed, err}
	}
	course := filepath.Dir(chapter)
	fmt.Fprintf(w, "next:\n  cloison preview %s\n  cloison lint %s\n  cloison --course %s verify %s\n",
		dir, course, course, folderName.FindStringSubmatch(filepath.Base(dir))[1])
	return nil
}

// folderName is a chapter's or lesson's folder: a number that orders, and an id.
var folderName = regexp.MustCompile(`^[0-9]+-([a-z0-9][a-z0-9-]*)$`)

// numberedFolders wants dir to be COURSE/10-chapter/10-lesson.
func numberedFolders(dir string) error {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	for _, name := range []string{filepath.Base(absolute), filepath.Base(filepath.Dir(absolute))} {
		if !folderName.MatchString(name) {
			return sandbox.Errorf("%s: the folders of a lesson and of its chapter begin with their numbers, in lower case, for example mine/10-first/10-host-name",
				"%s : les dossiers d’une leçon et de son chapitre commencent par leurs numéros, en minuscules, par exemple mine/10-first/10-host-name", dir)
		}
	}
	return nil
}

// writePair writes NAME.md and its translation.
func writePair(w io.Writer, dir, name string) error {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	title := titleOf(filepath.Base(absolute))
	base, err := template(name+".md", title, "")
	if err != nil {
		return err
	}
	french, err := template(name+".fr.md", title, lessons.HashOf(base))
	if err != nil {
		return err
	}
	if err := writeFresh(w, filepath.Join(dir, name+".md"), base); err != nil {
		return err
	}
	return writeFresh(w, filepath.Join(dir, name+".fr.md"), french)
}

// titleOf makes a title of a folder's name: "10-host-name" is "Host name".
func titleOf(folder string) string {
	words := strings.ReplaceAll(folderName.FindStringSubmatch(folder)[1], "-", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

func template(name, title, hash string) ([]byte, error) {
	text, err := templates.ReadFile("newlesson/" + name)
	if err != nil {
		return nil, err
	}
	return []byte(strings.NewReplacer("TITLE", title, "HASH", hash).Replace(string(text))), nil
}

// writeFresh writes a file that is not there yet.
func writeFresh(w io.Writer, name string, content []byte) (err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if _, err := f.Write(content); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), f.Close())
	}
	fmt.Fprintln(w, "wrote "+name)
	return f.Close()
}
