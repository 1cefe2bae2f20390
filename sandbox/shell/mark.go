package shell

import (
	"strconv"
	"strings"
)

// event is what a piece of output says of the shell that wrote it.
type event struct {
	kind eventKind
	exit int // prompted: the status of the last command
}

type eventKind int

const (
	nothing   eventKind = iota
	prompted            // a prompt: the last command has ended
	continued           // a prompt for the rest of an unfinished command
	pasteOn             // readline waits for input and takes bracketed pastes
	pasteOff            // readline has accepted a line
	altOn               // a full-screen program has taken the screen
	altOff              // and has given it back
)

// read says what p means. Marks count only with this shell's key, so that a
// program that marks prompts of its own is not believed.
func (p piece) read(key string) event {
	switch p.kind {
	case command:
		return mark(string(p.text), key)
	case sequence:
		return mode(string(p.text), p.final)
	}
	return event{}
}

// mark reads an OSC 133, the semantic prompts of FinalTerm:
// "133;LETTER[;exit status];k=KEY".
func mark(s, key string) event {
	body, ours := strings.CutSuffix(s, ";k="+key)
	rest, found := strings.CutPrefix(body, "133;")
	if !ours || !found {
		return event{}
	}
	letter, status, _ := strings.Cut(rest, ";")
	switch letter {
	case "P":
		return event{kind: continued}
	case "D":
		exit, err := strconv.Atoi(status)
		if err == nil {
			return event{kind: prompted, exit: exit}
		}
	}
	return event{}
}

// mode reads the private modes that tell who has the terminal
// (console_codes(4), xterm's ctlseqs: 2004 and 1049).
func mode(params string, final byte) event {
	switch {
	case params == "?2004" && final == 'h':
		return event{kind: pasteOn}
	case params == "?2004" && final == 'l':
		return event{kind: pasteOff}
	case params == "?1049" && final == 'h':
		return event{kind: altOn}
	case params == "?1049" && final == 'l':
		return event{kind: altOff}
	}
	return event{}
}
