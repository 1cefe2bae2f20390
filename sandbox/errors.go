package sandbox

import "errors"

// What can keep a [Shell] from running a command.
var (
	// ErrBusy says that a program has the terminal: an editor, a pager, or a
	// command that goes on running.
	ErrBusy = errors.New("a program is still running in this terminal; end it first, for example with Ctrl-C or q")
	// ErrEnded says that the shell is gone.
	ErrEnded = errors.New("the shell has ended")
	// ErrUnfinished says that the shell waits for the rest of a command, for
	// example for a closing quote.
	ErrUnfinished = errors.New("the command is not finished; a quote or a keyword is left open")
)
