// Command cloison is a terminal workshop on container isolation and Docker
// security. This package only wires rooms together: one file per verb.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"cloison/sandbox"
	"cloison/sandbox/runtime"
)

func main() {
	beGuest()
	beKeeper()
	beTrial()
	beProbe()
	if runtime.IsInit(os.Args) {
		os.Exit(runtime.BeInit(os.Args[1:]))
	}
	os.Exit(execute(context.Background()))
}

// execute runs the command line and returns the process's exit code.
func execute(ctx context.Context) int {
	g := &globals{langFlag: askedLang(os.Args[1:]), columns: columnsOf(os.Stdout)}
	err := newRoot(g).ExecuteContext(ctx)
	printError(os.Stderr, err, g.lang())
	return exitCode(err)
}

// printError writes err as plain text: one line where err is one, so that a
// program can read it, but broken between words for who reads it on a terminal.
// What speaks both languages speaks the learner's.
// An error without a message has been told already.
func printError(f *os.File, err error, lang sandbox.Lang) {
	if err == nil || err.Error() == "" {
		return
	}
	text := "cloison: " + sandbox.Say(err, lang)
	if columns := columnsOf(f); columns > 0 {
		text = ansi.Wordwrap(text, columns, "")
	}
	fmt.Fprintln(f, text)
}

// columnsOf is how wide a terminal is, 0 where f is none.
func columnsOf(f *os.File) int {
	columns, _, err := term.GetSize(f.Fd())
	if err != nil {
		return 0
	}
	return columns
}

// The exit codes of cloison's own verbs; run and exec end as docker run does.
const (
	exitDone   = 0
	exitFailed = 1 // a verdict or check failed
	exitUsage  = 2 // the call was wrong
	exitUnable = 3 // this machine can't do it
)

// codeError is an error that knows the exit code it deserves.
type codeError struct {
	code int
	err  error // nil when everything has been said already
}

func (e codeError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e codeError) Unwrap() error { return e.err }

// exitCode is what an error of a verb means to the caller. Errors that name no
// code come from the parsing of flags and arguments.
func exitCode(err error) int {
	if err == nil {
		return exitDone
	}
	var coded codeError
	if errors.As(err, &coded) {
		return coded.code
	}
	return exitUsage
}
