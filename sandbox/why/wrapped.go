package why

import (
	"regexp"
	"slices"
	"strings"
)

// Wrapped is a command of a shell that starts another in a context of its own
// making, as "setpriv --no-new-privs CMD" does. Before, Inner and After are the
// text, cut around the other command.
type Wrapped struct {
	Before, Inner, After string
}

// StandIn is the text with another command in the place of the inner one.
func (w Wrapped) StandIn(command string) string { return w.Before + command + w.After }

// wrapper is a program that starts another one.
type wrapper struct {
	takes []string // options whose value is the next word
	words int      // words before the command
}

// wrappers are what lessons wrap commands with, and sysadmins too.
var wrappers = map[string]wrapper{
	"setpriv": {takes: []string{"--reuid", "--regid", "--ruid", "--euid", "--rgid", "--egid", "--groups", "--inh-caps", "--ambient-caps", "--bounding-set", "--securebits", "--pdeathsig", "--selinux-label", "--apparmor-profile", "--seccomp-filter", "--landlock-access", "--landlock-rule"}},
	"unshare": {takes: []string{"-S", "--setuid", "-G", "--setgid", "-R", "--root", "-w", "--wd", "--propagation", "--map-user", "--map-group", "--map-users", "--map-groups", "--setgroups", "--monotonic", "--boottime"}},
	"nsenter": {takes: []string{"-t", "--target", "-S", "--setuid", "-G", "--setgid"}},
	"aa-exec": {takes: []string{"-p", "--profile", "-n", "--namespace"}},
	"runcon":  {takes: []string{"-t", "--type", "-u", "--user", "-r", "--role", "-l", "--range"}},
	"chroot":  {takes: []string{"--userspec", "--groups"}, words: 1},
	"prlimit": {},
}

// Unwrap finds the commands within a command, the innermost first. A text with
// more than one command in it has none, unless the last one takes the place of
// its shell by exec. Rules of Landlock, which a stand-in could not show, are
// left to the inner command: setpriv makes a context without them, in which
// another setpriv makes them.
func Unwrap(text string) []Wrapped {
	var all []Wrapped
	for at, end := 0, len(text); ; {
		list, simple := words(text[at:end])
		if !simple {
			return all
		}
		inner, stop, ok := within(list, text[at:end])
		if !ok {
			return all
		}
		if w, more, locks := locking(list, text[at:end]); locks {
			if more {
				all = slices.Insert(all, 0, Wrapped{text[:at] + w.Before, w.Inner, text[end:]})
			}
			return all
		}
		at, end = at+inner, at+stop
		w := Wrapped{Before: text[:at], Inner: text[at:end], After: text[end:]}
		all = slices.Insert(all, 0, w)
	}
}

// within is where the command within a command begins and ends.
func within(list []word, text string) (begin, end int, ok bool) {
	if len(list) == 0 {
		return 0, 0, false
	}
	if isShell(list[0].text) && len(list) == 3 && list[1].text == "-c" {
		return replaced(list[2], text)
	}
	w, known := wrappers[list[0].text]
	if !known {
		return 0, 0, false
	}
	i := w.command(list)
	if i >= len(list) || list[i].text[0] == '$' { // there may be options in it
		return 0, 0, false
	}
	return list[i].begin, len(text), true
}

// command is the place of the command behind the options.
func (w wrapper) command(list []word) int {
	i := 1
	for ; i < len(list) && strings.HasPrefix(list[i].text, "-"); i++ {
		if list[i].text == "--" {
			i++
			break
		}
		if slices.Contains(w.takes, list[i].text) {
			i++
		}
	}
	return i + w.words
}

// locking cuts a setpriv with rules of Landlock in two: other options, and the
// rules with the command. more says that there are others.
func locking(list []word, text string) (cut Wrapped, more, locks bool) {
	w, end := wrappers["setpriv"], 0
	if list[0].text != "setpriv" {
		return cut, false, false
	}
	var others, rules []string
	for i := 1; i < w.command(list) && list[i].text != "--"; i++ {
		option := []string{list[i].text}
		if slices.Contains(w.takes, list[i].text) {
			i++
			option = append(option, list[i].text)
		}
		end = list[i].end
		if strings.HasPrefix(option[0], "--landlock-") {
			rules = append(rules, option...)
			continue
		}
		others = append(others, option...)
	}
	cut.Before = "setpriv " + strings.Join(append(others, ""), " ")
	cut.Inner = "setpriv " + strings.Join(rules, " ") + text[end:]
	return cut, len(others) > 0, len(rules) > 0
}

func isShell(name string) bool { return name == "sh" || name == "bash" }

// replaced is the command after the exec of a quoted script.
func replaced(script word, text string) (begin, end int, ok bool) {
	quote := text[script.begin]
	if quote != '\'' && quote != '"' || text[script.end-1] != quote {
		return 0, 0, false
	}
	inside := text[script.begin+1 : script.end-1]
	i := takesOver.FindStringIndex(inside)
	if i == nil {
		return 0, 0, false
	}
	return script.begin + 1 + i[1], script.end - 1, true
}

// takesOver matches what comes before the command that replaces a shell.
var takesOver = regexp.MustCompile(`(^|; *|&& *)exec +`)

// WithoutUserNS is the text of a command with no user namespace made by
// unshare(1) any more; ok says that there was one.
func WithoutUserNS(text string) (without string, ok bool) {
	list, _ := words(text)
	in := false
	for i := len(list) - 1; i >= 0; i-- {
		w := list[i]
		if !slices.Contains([]string{"-U", "-r", "-Ur", "--user", "--map-root-user", "--map-current-user", "--map-auto"}, w.text) {
			continue
		}
		text, in = text[:w.begin]+strings.TrimLeft(text[w.end:], " "), true
	}
	return text, in
}

// word is one of a shell's command.
type word struct {
	text       string // as it stands there, quotes included
	begin, end int
}

// words cuts a command at its blanks. simple says that it is a single command
// without redirections.
func words(text string) (list []word, simple bool) {
	var quote byte
	begin := -1
	for i := 0; i <= len(text); i++ {
		blank := i == len(text) || quote == 0 && (text[i] == ' ' || text[i] == '\t')
		switch {
		case blank && begin >= 0:
			list = append(list, word{text[begin:i], begin, i})
			begin = -1
			continue
		case blank:
			continue
		case begin < 0:
			begin = i
		}
		switch c := text[i]; {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote == 0 && strings.IndexByte(";&|<>\n()`", c) >= 0:
			return list, false
		}
	}
	return list, quote == 0
}
