//go:build linux

package runtime

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
)

// The exit codes of docker run where the command has none of its own.
const (
	codeRuntime  = 125 // the container could not be made
	codeNotExec  = 126 // the command is there and cannot be run
	codeNotFound = 127 // the command is not there
)

// Failure is why a container did not start: what happened, why, and what to
// try.
type Failure struct {
	Op       sandbox.Text // the call or wish that failed
	Err      error        // nil when Why says all
	Why, Try sandbox.Text
	Code     int // for the shell: 125, 126 or 127
}

func (f *Failure) Error() string { return f.In(sandbox.English) }

func (f *Failure) Unwrap() error { return f.Err }

// In is the failure in one line.
func (f *Failure) In(lang sandbox.Lang) string {
	colon, semicolon := ": ", "; "
	if lang == sandbox.French {
		colon, semicolon = "\u00a0: ", "\u00a0; "
	}
	text := f.Op.In(lang)
	var errno syscall.Errno
	if errors.As(f.Err, &errno) {
		text += colon + fmt.Sprintf("%s (%s)", unix.ErrnoName(errno), errno)
	} else if f.Err != nil && !errors.Is(f.Err, ErrLeft) {
		text += colon + sandbox.Say(f.Err, lang)
	}
	if why := f.Why.In(lang); why != "" {
		text += colon + why
	}
	if try := f.Try.In(lang); try != "" {
		text += semicolon + try
	}
	return text
}

// verbatim is what is the same in every language, such as a system call.
func verbatim(s string) sandbox.Text { return sandbox.Text{EN: s, FR: s} }

func codeOf(err error) int {
	var f *Failure
	if errors.As(err, &f) {
		return f.Code
	}
	return codeRuntime
}

func errnoOf(err error) syscall.Errno {
	var errno syscall.Errno
	errors.As(err, &errno)
	return errno
}

// refusal explains a call that the kernel refused.
func refusal(call string, errno syscall.Errno, err error) error {
	var already *Failure
	if errors.As(err, &already) {
		return err
	}
	f := &Failure{Op: verbatim(call), Err: err, Code: codeRuntime}
	if errno != 0 {
		f.Err = errno
	}
	f.explain(call, errno)
	return f
}

// explain finds the first explanation that fits.
func (f *Failure) explain(call string, errno syscall.Errno) {
	for _, e := range explanations {
		if strings.HasPrefix(call, e.call) && (e.errno == errno || e.errno == 0) {
			f.Why, f.Try = e.why, e.try
			return
		}
	}
}

// refusalInGroup explains a refused call of the child by the words in which it
// was told, which may be those of its group.
func refusalInGroup(program []calls.Call, report calls.Report) error {
	told := report.Index
	for told > 0 && program[told].Quiet {
		told--
	}
	group, call := program[told].String(), program[report.Index].String()
	f := &Failure{Op: verbatim(group), Err: report.Errno, Code: codeRuntime}
	for _, text := range []string{group, call} {
		if f.explain(text, report.Errno); f.Why.EN != "" && special(text, report.Errno) {
			break
		}
	}
	return f
}

// special says whether an explanation is of this call, not of every call.
func special(call string, errno syscall.Errno) bool {
	return slices.ContainsFunc(explanations, func(e explanation) bool {
		return e.call != "" && strings.HasPrefix(call, e.call) && (e.errno == errno || e.errno == 0)
	})
}

// notRun explains an execve of a command that failed, or all of those along PATH.
func notRun(command string, errno syscall.Errno) *Failure {
	f := &Failure{Op: sandbox.Text{EN: "run " + command, FR: "lancer " + command}, Err: errno, Code: codeNotExec}
	switch errno {
	case unix.ENOENT, unix.ENOTDIR:
		f.Code = codeNotFound
		f.Why = sandbox.Text{
			EN: "the container has no such program, or not the interpreter or loader that it needs",
			FR: "le conteneur n’a pas ce programme, ou pas l’interpréteur ou le chargeur dont il a besoin",
		}
		f.Try = sandbox.Text{EN: "look with: cloison run -- ls /bin", FR: "regardez avec : cloison run -- ls /bin"}
	case unix.EACCES:
		f.Why = sandbox.Text{
			EN: "the file is there, but it is a folder, is not executable for this user, or lies on a noexec mount",
			FR: "le fichier est là, mais c’est un dossier, il n’est pas exécutable pour cet utilisateur, ou il se trouve sur un montage noexec",
		}
		f.Try = sandbox.Text{EN: "look with: ls -l", FR: "regardez avec : ls -l"}
	case unix.ENOEXEC:
		f.Why = sandbox.Text{EN: "the file is no program of this computer's kind", FR: "le fichier n’est pas un programme pour ce type de machine"}
		f.Try = sandbox.Text{EN: "look with: file, and check that a script begins with #!", FR: "regardez avec : file, et vérifiez qu’un script commence par #!"}
	case unix.EPERM:
		f.Why = sandbox.Text{
			EN: "the file carries a capability that the bounding set no longer has (capabilities(7))",
			FR: "le fichier porte une capability que l’ensemble limite (bounding) n’a plus (capabilities(7))",
		}
	}
	return f
}

// stopped is a run that ended because its narrator wanted it to.
func stopped(a sandbox.Action, err error) error {
	f := &Failure{Op: sandbox.Text{EN: "stopped before " + a.Call, FR: "arrêt avant " + a.Call}, Err: err, Code: codeRuntime}
	if errors.Is(err, ErrLeft) {
		f.Why = sandbox.Text{EN: "you left; what was made is gone again", FR: "vous avez quitté ; ce qui avait été créé a disparu"}
	}
	return f
}

// behindFilter says whether a refusal may be the container's own filter's.
func behindFilter(program []calls.Call, report calls.Report) bool {
	loaded := slices.IndexFunc(program, func(c calls.Call) bool { return c.Filters })
	return loaded >= 0 && loaded < report.Index && !program[report.Index].Tolerates(report.Errno)
}

// refusedByFilter explains a call that a profile should have allowed.
func refusedByFilter(c calls.Call, errno syscall.Errno) error {
	f := &Failure{
		Op: verbatim(c.String()), Err: errno, Code: codeRuntime,
		Why: sandbox.Text{
			EN: "the seccomp filter is loaded already, and it seems to refuse this call, which ends the container's birth",
			FR: "le filtre seccomp est déjà chargé, et il semble refuser cet appel, qui achève la naissance du conteneur",
		},
		Try: sandbox.Text{
			EN: "allow execve and capset in the profile; or is it the file, with a capability that the bounding set no longer has (capabilities(7))?",
			FR: "autorisez execve et capset dans le profil ; ou est-ce le fichier, avec une capability que l’ensemble limite (bounding) n’a plus (capabilities(7)) ?",
		},
	}
	if c.Exec {
		f.Op = sandbox.Text{EN: "run " + commandOf(c), FR: "lancer " + commandOf(c)}
		f.Code = codeNotExec
	}
	return f
}

// commandOf is the first argument of an execve.
func commandOf(c calls.Call) string {
	argv := strings.TrimPrefix(c.Args[1].Text, "[")
	name, _, _ := strings.Cut(argv, `", "`)
	return strings.Trim(name, `"]`)
}
