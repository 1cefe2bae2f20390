package plain

import (
	"context"
	"strings"
	"time"

	"cloison/lessons"
)

const ctrlC = 3

// How long a typed command may take until its output is told as it comes, how
// long an unfinished line of it is waited for, and how often a task is checked.
const (
	patienceWithTyped = 1500 * time.Millisecond
	quiet             = 300 * time.Millisecond
	checkPulse        = time.Second
)

// ear gives the lesson's terminal of that name, and listens to one that is new.
func (s *session) ear(ctx context.Context, name string) (*ear, error) {
	shell, err := s.player.Shell(ctx, name, 0, 0)
	if err != nil {
		return nil, err
	}
	if e := s.ears[name]; e != nil && e.shell == shell {
		return e, nil
	}
	s.ears[name] = listen(name, shell)
	return s.ears[name], nil
}

// shellWord is the word shell with a terminal's name, or a command after "!".
func (s *session) shellWord(ctx context.Context, arg string) ending {
	command, one := strings.CutPrefix(arg, "!")
	name := arg
	if one || arg == "" {
		name = s.terminal()
	}
	switch {
	case s.gone != nil:
		s.tell(s.voice.machineGone(s.cause(s.gone)))
	case !s.hasTerminal(name):
		s.tell(s.voice.sentence("This lesson has no terminal %s.", "Cette leçon n’a pas de terminal %s.", name))
	case !one:
		return s.inShell(ctx, name)
	case command != "":
		return s.oneCommand(ctx, name, command)
	}
	return goingOn
}

// hasTerminal says whether the lesson has a terminal of that name.
func (s *session) hasTerminal(name string) bool {
	if name == s.terminal() {
		return true
	}
	for _, b := range s.page.blocks {
		if (b.Kind == lessons.Run || b.Kind == lessons.Task) && terminalOf(b) == name {
			return true
		}
	}
	return false
}

// oneCommand types a single command; when it goes on running, the learner is in
// the terminal.
func (s *session) oneCommand(ctx context.Context, name, command string) ending {
	e, err := s.ear(ctx, name)
	if err != nil {
		s.doubt(ctx, err)
		return goingOn
	}
	v := &visit{session: s, ear: e, from: s.page.at}
	v.typed(ctx, command)
	if v.within || v.unfinished != "" {
		return v.stay(ctx)
	}
	s.line("")
	if v.moved() {
		s.read()
	}
	return goingOn
}

// inShell has the learner type commands of their own until they leave.
func (s *session) inShell(ctx context.Context, name string) ending {
	e, err := s.ear(ctx, name)
	if err != nil {
		s.doubt(ctx, err)
		return goingOn
	}
	s.tell(s.voice.sentence("You are in terminal %s: what you type goes to its shell. A line with only a full stop leads back to the lesson. /? lists the words.",
		"Vous êtes dans le terminal %s : ce que vous tapez va à son shell. Une ligne avec seulement un point ramène à la leçon. /? énumère les mots.", name))
	return (&visit{session: s, ear: e, from: s.page.at}).stay(ctx)
}

// visit is a stay of the learner in a terminal.
type visit struct {
	*session
	ear        *ear
	unfinished string // lines of a command that the shell wants more of
	within     bool   // a program has the terminal: lines go to it
	ended      bool   // the shell has
	from       int    // the stop at which the learner came
}

// moved says whether a task was passed meanwhile.
func (v *visit) moved() bool { return v.page.at != v.from }

// stay takes lines for the shell.
func (v *visit) stay(ctx context.Context) ending {
	for !v.ended && v.gone == nil {
		w := wait{}
		if v.within {
			w.heard = v.ear.news
		}
		if _, watched := v.page.watched(); watched {
			w.wake = time.After(checkPulse)
		}
		event, line := v.askShell(ctx, w)
		switch event {
		case noMore:
			return leaving
		case woken:
			v.look(ctx)
		case heard:
			v.follow(ctx)
		case interrupted:
			v.interrupt()
		case aLine:
			if end, left := v.take(ctx, line); left {
				return end
			}
		}
	}
	v.line("")
	return goingOn
}

// askShell is ask, except that Ctrl-C is the program's while one has the
// terminal.
func (v *visit) askShell(ctx context.Context, w wait) (event, string) {
	if !v.within {
		return v.ask(ctx, v.prompt(), w)
	}
	e, line := v.wait(ctx, w)
	if e == over {
		e = noMore
	}
	return e, line
}

func (v *visit) prompt() string {
	if v.unfinished != "" {
		return v.ear.name + "… "
	}
	return v.ear.name + "$ "
}

// take does what a line asks for; left says that the learner has left.
func (v *visit) take(ctx context.Context, line string) (end ending, left bool) {
	o := understand(line, true)
	switch {
	case o.verb == wordLeaveShell:
		v.read()
		return goingOn, true
	case o.verb == wordGoOn && v.within:
		v.send(ctx, "")
	case o.verb == wordGoOn && v.moved():
		v.read()
		return goingOn, true
	case o.verb == wordGoOn:
	case o.verb == wordTyped && v.within:
		v.send(ctx, line)
	case o.verb == wordTyped:
		v.typed(ctx, line)
	case o.verb == wordNext, o.verb == wordBack:
		v.move(o.verb)
		return goingOn, true
	case o.verb == wordHelp:
		v.tell(v.voice.help(true))
	case o.verb == wordShell && v.hasTerminal(o.arg):
		return v.inShell(ctx, o.arg), true
	case o.verb == wordText:
		v.session.read()
	default:
		end = v.anywhere(ctx, o)
		return end, end != goingOn
	}
	return goingOn, false
}

// stop interrupts the program in the terminal that the learner means.
func (s *session) stop() {
	if e := s.ears[s.terminal()]; e != nil {
		_, _ = e.shell.Write([]byte{ctrlC})
		s.tell(s.voice.sentence("Interrupted.", "Interrompu."))
		return
	}
	s.tell(s.voice.sentence("Nothing runs in the terminal.", "Rien ne tourne dans le terminal."))
}
