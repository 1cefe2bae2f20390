package plain

import (
	"context"
	"errors"
	"strings"
	"time"

	"cloison/sandbox"
)

// outcome is how a typed command ended.
type outcome struct {
	sandbox.Outcome
	err error
}

// typed types a command at the shell's prompt and tells what came of it. When it
// takes long, the program has the terminal, and what it writes is told as it
// comes.
func (v *visit) typed(ctx context.Context, line string) {
	command := strings.TrimPrefix(v.unfinished+"\n"+line, "\n")
	v.unfinished = ""
	v.ear.forgetHeard()
	running, stop := context.WithCancel(ctx)
	defer stop()
	result := make(chan outcome, 1)
	done := make(chan struct{})
	go func() {
		o, err := v.ear.shell.Run(running, command)
		result <- outcome{o, err}
		close(done)
	}()
	slow := time.After(patienceWithTyped)
	for {
		switch event, _ := v.wait(ctx, wait{deaf: true, wake: slow, ended: done}); event {
		case interrupted:
			v.interrupt()
		case woken:
			stop()
			slow = nil
		case ended, over:
			v.told(ctx, <-result, command)
			return
		}
	}
}

// told tells how a typed command ended, and has the task checked.
func (v *visit) told(ctx context.Context, o outcome, command string) {
	switch {
	case ctx.Err() != nil:
		return
	case errors.Is(o.err, sandbox.ErrUnfinished):
		v.unfinished = command
		return
	case errors.Is(o.err, sandbox.ErrEnded):
		v.printed(o.Output)
		v.line(v.voice.sentence("This shell has ended, and you are back in the lesson. “reset” gives a fresh machine.",
			"Ce shell est terminé, et vous voilà de retour dans la leçon. « recommencer » donne une machine neuve."))
		v.ended = true
		v.doubt(ctx, nil)
		return
	case errors.Is(o.err, sandbox.ErrBusy):
		v.within = true
		v.send(ctx, command)
		return
	case errors.Is(o.err, context.Canceled):
		v.within = true
		v.ear.forgetTyping()
		v.line(v.voice.sentence("It still runs: what you type goes to it. Ctrl-C or /stop interrupts it.",
			"Il tourne encore : ce que vous tapez lui est envoyé. Ctrl-C ou /stop l’interrompt."))
		return
	case o.err != nil:
		v.doubt(ctx, o.err)
		return
	}
	v.printed(o.Output)
	if o.Exit != 0 {
		v.line(v.voice.sentence("Exit status %d.", "Code de retour %d.", o.Exit))
	}
	v.look(ctx)
}

// printed prints what a command wrote, if anything.
func (v *visit) printed(output string) {
	if strings.TrimSpace(output) != "" {
		v.line(v.voice.output(output))
	}
}

// look has the task checked, and says how to go on when it is passed.
func (v *visit) look(ctx context.Context) {
	if v.watch(ctx) {
		v.line(v.voice.sentence("Enter goes on with the lesson.", "Entrée continue la leçon."))
	}
}

// send sends a line to the program that has the terminal.
func (v *visit) send(ctx context.Context, line string) {
	v.ear.expectEcho(line)
	if _, err := v.ear.shell.Write([]byte(line + "\r")); err != nil {
		v.doubt(ctx, err)
	}
}

// interrupt sends Ctrl-C to the program in the terminal.
func (v *visit) interrupt() { _, _ = v.ear.shell.Write([]byte{ctrlC}) }

// follow tells what the program has written. At a prompt the program is over,
// or another shell has been entered: lines are commands again.
func (v *visit) follow(ctx context.Context) {
	h := v.ear.hear(ctx, quiet)
	if h.text != "" {
		v.line(v.voice.output(h.text))
	}
	if h.screenful {
		v.line(v.voice.sentence("This program draws a whole screen, which can’t be read line by line. /stop interrupts it.",
			"Ce programme dessine tout l’écran, ce qui ne se lit pas ligne par ligne. /stop l’interrompt."))
	}
	switch {
	case v.ear.hasEnded():
		v.told(ctx, outcome{err: sandbox.ErrEnded}, "")
	case h.prompted:
		v.within = false
		v.look(ctx)
	}
}
