//go:build linux

package why

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"cloison/sandbox"
)

// A command such as "setpriv --no-new-privs CMD" makes a context first, and it
// is there that CMD is refused. So a stand-in is started in CMD's place: a
// process that does nothing, whose context can be read.

// standInCommand is unlikely to run for another reason.
const standInCommand = "sleep 86397"

// standInLimit is how long a stand-in may take to stand there.
const standInLimit = 10 * time.Second

// standIn is a stand-in and the trial in which it runs.
type standIn struct {
	pid int
	end func()
}

// unwrapped is the question about the command within the command, where there
// is one and its context can be made.
func (p *Process) unwrapped(ctx context.Context) (*Process, bool) {
	text := script(p.context.Args)
	for _, w := range Unwrap(text) {
		inner, ok := p.standingIn(ctx, w.StandIn(standInCommand), w.Inner)
		if !ok {
			continue
		}
		if without, had := WithoutUserNS(w.Before); had && p.privileged {
			w.Before = without
			inner.outside, _ = p.standingIn(ctx, w.StandIn(standInCommand), w.Inner)
		}
		inner.notes = append(inner.notes, sandbox.Text{
			EN: fmt.Sprintf("asked about %q, in the context that %q makes", w.Inner, strings.TrimSpace(w.Before)),
			FR: fmt.Sprintf("la question porte sur « %s », dans le contexte que crée « %s »", w.Inner, strings.TrimSpace(w.Before)),
		})
		return inner, true
	}
	return nil, false
}

// standingIn starts a stand-in, and asks about inner in its context.
func (p *Process) standingIn(ctx context.Context, text, inner string) (*Process, bool) {
	s, err := p.start(ctx, text)
	if err != nil {
		return nil, false
	}
	there, err := newProcess(s.pid, []string{shellIn(s.pid), "-c", inner}, nil, p.trials)
	if err != nil {
		s.end()
		return nil, false
	}
	there.end = s.end
	return there, true
}

// script is a command as a shell would read it.
func script(args []string) string {
	if len(args) == 3 && isShell(args[0]) && args[1] == "-c" {
		return args[2]
	}
	return sandbox.CommandLine(args)
}

// shellIn is a shell that a process can see.
func shellIn(pid int) string {
	if _, err := os.Stat(fmt.Sprintf("/proc/%d/root/bin/bash", pid)); err == nil {
		return "bash"
	}
	return "sh"
}

// start starts a stand-in, in the context of p.
func (p *Process) start(ctx context.Context, text string) (standIn, error) {
	c := p.context
	c.Args = []string{shellIn(c.PID), "-c", text}
	cmd, closing, err := p.trials.command(ctx, trial{Context: &c})
	if err != nil {
		return standIn{}, err
	}
	defer closing()
	if err := cmd.Start(); err != nil {
		return standIn{}, sandbox.Errorf("start a stand-in: %w", "lancer un remplaçant : %w", err)
	}
	gone := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(gone)
	}()
	s := standIn{end: func() {
		_ = cmd.Process.Kill()
		<-gone
	}}
	if s.pid, err = standing(cmd, gone); err != nil {
		s.end()
	}
	return s, err
}

// standing waits until the stand-in has its place.
func standing(cmd *exec.Cmd, gone <-chan struct{}) (int, error) {
	late := time.NewTimer(standInLimit)
	defer late.Stop()
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for {
		if pid, ok := descendant(cmd.Process.Pid); ok {
			return pid, nil
		}
		select {
		case <-gone:
			return 0, sandbox.Errorf("the command that was to make a context has ended", "la commande qui devait créer un contexte s’est terminée")
		case <-late.C:
			return 0, sandbox.Errorf("the command that was to make a context takes too long",
				"la commande qui devait créer un contexte met trop de temps")
		case <-again.C:
		}
	}
}

// descendant finds the stand-in among the descendants of pid.
func descendant(pid int) (int, bool) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if string(bytes.ReplaceAll(text, []byte{0}, []byte(" "))) == standInCommand+" " {
		return pid, true
	}
	for _, child := range below(pid) {
		if found, ok := descendant(child); ok {
			return found, true
		}
	}
	return 0, false
}

// below are the children of all threads of a process.
func below(pid int) (children []int) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, file := range files {
		text, _ := os.ReadFile(file)
		for _, f := range strings.Fields(string(text)) {
			if n, err := strconv.Atoi(f); err == nil {
				children = append(children, n)
			}
		}
	}
	return children
}
