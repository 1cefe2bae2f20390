package shell

import "strings"

// A prompt has to be valid in bash, dash and the ash of busybox alike, because
// a shell that a learner starts within a shell takes it from the environment.
// All three expand $? and $PWD when they prompt. Only bash and busybox edit
// lines, and so must be told which bytes take no room on the screen: between
// \[ and \]. dash would print those; but it has no RANDOM either, which tells
// the shells apart in an expansion that all of them understand.
const (
	hide = `${RANDOM+\[}`
	show = `${RANDOM+\]}`
)

// osc is an OSC 133 with our key.
func osc(body, key string) string {
	return "\x1b]133;" + body + ";k=" + key + "\a"
}

// ps1 is the marked prompt: D with the last command's status, A where a prompt
// begins (for terminals that jump from prompt to prompt), and what one sees.
func ps1(key string) string {
	return hide + osc("D;$?", key) + osc("A", key) + "\x1b[1m" + show + "$PWD" + hide + "\x1b[0m" + show + " $ "
}

// ps2 is the prompt for the rest of an unfinished command.
func ps2(key string) string { return hide + osc("P", key) + show + "> " }

// Env is what a marked shell needs in its environment; PATH and a lesson's own
// variables are the caller's. It is exported, so that every shell within the
// shell is marked too. key is a secret made of letters and digits; home is the
// folder whose .bashrc is [Rc] of the same key.
func Env(key, home string) []string {
	return []string{
		"HOME=" + home,
		"TERM=xterm-256color",
		"LANG=C.UTF-8",
		"PS1=" + ps1(key),
		"PS2=" + ps2(key),
	}
}

// Rc is the .bashrc of a marked shell: the prompts again, because a system's
// own bash.bashrc has just replaced them, and bash as the lessons expect it: no
// history expansion of "!", and bracketed paste where an old bash leaves it off.
func Rc(key string) string {
	return strings.Join([]string{
		"case $- in *i*) ;; *) return 0 ;; esac",
		"PS1='" + ps1(key) + "'",
		"PS2='" + ps2(key) + "'",
		"unset HISTFILE",
		"set +H",
		"bind 'set enable-bracketed-paste on' 2>/dev/null",
		"bind 'set bell-style none' 2>/dev/null",
		"true",
		"",
	}, "\n")
}
