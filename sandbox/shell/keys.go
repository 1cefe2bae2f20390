package shell

import "strings"

const (
	enter      = "\r"
	clearLine  = "\x05\x15" // ctrl-E, ctrl-U: drop what is half typed
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
	interrupt  = "\x03"
)

// input is one piece of a command that is typed at once.
type input struct {
	keys string // with the final Enter
	text string // what the terminal will echo
}

// inputs says how to type a command. readline takes any text as one paste; a
// simpler shell takes one line after the other, each at a prompt of its own. A
// program without marked prompts takes all lines at once, since nothing tells
// when it wants the next. (The ash of busybox completes at a tab: a command
// that is typed there should indent with blanks.)
func inputs(text string, readline, marked bool) []input {
	text = strings.Trim(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	lines := strings.Split(text, "\n")
	switch {
	case readline && strings.ContainsAny(text, "\n\t"):
		return []input{{pasteBegin + text + pasteEnd + enter, text}}
	case readline, len(lines) == 1:
		return []input{{text + enter, text}}
	case !marked:
		return []input{{strings.Join(lines, enter) + enter, lines[0]}}
	}
	all := make([]input, len(lines))
	for i, line := range lines {
		all[i] = input{line + enter, line}
	}
	return all
}

// submits says whether keys end a line, so that whoever waits at a prompt is
// about to run something. An Enter within a bracketed paste does not.
func submits(keys []byte) bool {
	text := string(keys)
	if before, rest, found := strings.Cut(text, pasteBegin); found {
		_, after, _ := strings.Cut(rest, pasteEnd)
		text = before + after
	}
	return strings.ContainsAny(text, "\r\n")
}
