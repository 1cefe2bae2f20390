package plain

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"

	"cloison/sandbox"
)

// What a shell's terminal writes besides text: the end of a line that readline
// has taken, a marked prompt (OSC 133), and a program that takes the whole
// screen. See console_codes(4) and package sandbox/shell.
const (
	lineTaken  = "\x1b[?2004l"
	promptMark = "\x1b]133;D;"
	fullScreen = "\x1b[?1049h"
)

// most is how much is kept of what a terminal wrote and nobody has read out, in
// bytes: the end counts.
const most = 256 << 10

// ear listens to a shell's terminal all the time, as whoever opens one must.
type ear struct {
	name  string
	shell sandbox.Shell
	news  chan struct{} // something was written, or the shell has ended

	mu    sync.Mutex
	raw   []byte // what was written and has not been read out
	echo  string // what the terminal is about to repeat, since it was just sent
	ended bool
}

// listen begins to listen.
func listen(name string, shell sandbox.Shell) *ear {
	e := &ear{name: name, shell: shell, news: make(chan struct{}, 1)}
	go func() {
		for chunk := range shell.Output() {
			e.add(chunk)
		}
		e.mu.Lock()
		e.ended = true
		e.mu.Unlock()
		e.ring()
	}()
	return e
}

func (e *ear) add(chunk []byte) {
	e.mu.Lock()
	e.raw = append(e.raw, chunk...)
	if extra := len(e.raw) - most; extra > 0 {
		e.raw = append([]byte(nil), e.raw[extra:]...)
	}
	e.mu.Unlock()
	e.ring()
}

func (e *ear) ring() {
	select {
	case e.news <- struct{}{}:
	default:
	}
}

// forgetHeard drops what has been told otherwise.
func (e *ear) forgetHeard() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.raw, e.echo = nil, ""
}

// forgetTyping drops what the terminal repeated of a line that was typed at a
// prompt, so that what is left was written by the program.
func (e *ear) forgetTyping() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, end := range []string{lineTaken, "\n"} {
		if _, after, found := bytes.Cut(e.raw, []byte(end)); found {
			e.raw = bytes.TrimPrefix(after, []byte("\r"))
			return
		}
	}
}

// expectEcho says what the terminal is about to repeat.
func (e *ear) expectEcho(line string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.echo = line
}

func (e *ear) hasEnded() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ended
}

// hearing is what was written since it was last asked for.
type hearing struct {
	text      string
	prompted  bool // a shell prompts; its prompt is not in the text
	screenful bool // a program takes the whole screen
}

// hear waits until the terminal has been quiet for so long, or a second at
// most, and reads out what was written.
func (e *ear) hear(ctx context.Context, quiet time.Duration) hearing {
	limit := time.After(time.Second)
	for {
		pause := time.NewTimer(quiet)
		select {
		case <-e.news:
			pause.Stop()
			continue
		case <-pause.C:
		case <-limit:
		case <-ctx.Done():
		}
		pause.Stop()
		e.mu.Lock()
		defer e.mu.Unlock()
		h := understood(e.raw, e.echo)
		e.raw, e.echo = nil, ""
		return h
	}
}

// understood makes text of what a terminal wrote: without the echo of what was
// sent, and without a prompt at the end.
func understood(raw []byte, echo string) hearing {
	written := string(raw)
	before, _, prompted := strings.Cut(written, promptMark)
	text := cleaned(before)
	if first, rest, _ := strings.Cut(text, "\n"); echo != "" && strings.TrimSpace(first) == strings.TrimSpace(echo) {
		text = rest
	}
	return hearing{strings.TrimRight(text, "\n "), prompted, strings.Contains(written, fullScreen)}
}
