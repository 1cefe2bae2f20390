package calls

import (
	"slices"
	"strings"
	"syscall"

	"cloison/sandbox"
)

// Call is one system call of a program.
type Call struct {
	Name     string // as in section 2 of the manual
	NR       uintptr
	Args     []Arg           // six at most
	Tolerate []syscall.Errno // outcomes that do not end the program

	Label string       // a name for what it returns, for [From]
	Told  string       // replaces the call's text where it stands for a group
	Why   sandbox.Text // the reason, in one line
	Shell string       // the shell command that does the same; "" where none can
	Quiet bool         // told together with the call before it

	// Forks marks a clone(2): its parent reports the new process's number and
	// ends, its child goes on with the list.
	Forks bool
	// Exec marks an execve(2), which does not return when it succeeds.
	Exec bool
	// Ties marks the call that ties the process to its parent's life; a parent
	// that was dead before shows now, and the process ends.
	Ties bool
	// Filters marks the call that loads a seccomp filter. What comes after may
	// be refused, even the pipes over which the process waits and reports.
	Filters bool
}

// New returns the call name with its number and arguments.
func New(name string, nr uintptr, args ...Arg) Call {
	return Call{Name: name, NR: nr, Args: args}
}

// Because adds the reason, in English and French.
func (c Call) Because(en, fr string) Call {
	c.Why = sandbox.Text{EN: en, FR: fr}
	return c
}

// InShell adds the shell command that does the same.
func (c Call) InShell(command string) Call {
	c.Shell = command
	return c
}

// As replaces the call's text: for a call that speaks for a group.
func (c Call) As(told string) Call {
	c.Told = told
	return c
}

// Labelled names what the call returns, for [From].
func (c Call) Labelled(name string) Call {
	c.Label = name
	return c
}

// Or adds outcomes that do not end the program.
func (c Call) Or(errnos ...syscall.Errno) Call {
	c.Tolerate = append(slices.Clone(c.Tolerate), errnos...)
	return c
}

// Tolerates says whether an outcome is one of those that [Call.Or] added.
func (c Call) Tolerates(errno syscall.Errno) bool { return slices.Contains(c.Tolerate, errno) }

// String is the call as a man page would write it, arguments filled in.
func (c Call) String() string {
	if c.Told != "" {
		return c.Told
	}
	texts := make([]string, len(c.Args))
	for i, a := range c.Args {
		texts[i] = a.Text
	}
	text := c.Name + "(" + strings.Join(texts, ", ") + ")"
	if c.Label != "" {
		text += " = " + c.Label
	}
	return text
}

// Action is the call as it is told.
func (c Call) Action() sandbox.Action {
	return sandbox.Action{Process: sandbox.Child, Call: c.String(), Why: c.Why, Shell: c.Shell}
}

// Group makes the calls one told action: the first speaks for all.
func Group(first Call, rest ...Call) []Call {
	for i := range rest {
		rest[i].Quiet = true
	}
	return append([]Call{first}, rest...)
}
