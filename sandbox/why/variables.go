package why

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cloison/sandbox"
)

// A command that was typed into a shell may use variables that were set there
// since the shell started. No file shows those: a run has them empty.

var (
	// singleQuoted matches what a shell takes as it stands.
	singleQuoted = regexp.MustCompile(`'[^']*'`)
	// used matches a variable, and a character before it.
	used = regexp.MustCompile(`(^|[^\\$])\$\{?([A-Za-z_][A-Za-z_0-9]*)`)
	// assigned matches what gives a variable a value within a command.
	assigned = regexp.MustCompile(`\b([A-Za-z_][A-Za-z_0-9]*)\+?=|\b(?:for|read|read -r) ([A-Za-z_][A-Za-z_0-9]*)`)
)

// byShell are variables that a shell sets by itself.
var byShell = []string{
	"BASH", "BASHPID", "BASH_VERSION", "EPOCHSECONDS", "EUID", "GROUPS", "HOME", "HOSTNAME", "IFS", "LINENO", "OLDPWD", "OPTARG",
	"OPTIND", "PATH", "PIPESTATUS", "PPID", "PWD", "RANDOM", "REPLY", "SECONDS", "SHLVL", "UID",
}

// unknown are the variables that a command uses and that neither it nor the
// environment sets.
func unknown(text string, env []string) (names []string) {
	text = singleQuoted.ReplaceAllString(text, "''")
	known := slices.Clone(byShell)
	for _, pair := range env {
		name, _, _ := strings.Cut(pair, "=")
		known = append(known, name)
	}
	for _, m := range assigned.FindAllStringSubmatch(text, -1) {
		known = append(known, m[1], m[2])
	}
	for _, m := range used.FindAllStringSubmatch(text, -1) {
		if name := m[2]; !slices.Contains(known, name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// withoutValue says which variables a run has not.
func withoutValue(names []string) sandbox.Text {
	list := strings.Join(names, ", ")
	return sandbox.Text{
		EN: fmt.Sprintf("without a value in the experiments: %s; what was set in a shell since it started is known to that shell alone", list),
		FR: fmt.Sprintf("sans valeur dans les essais\u00a0: %s\u00a0; ce qui a été défini dans un shell depuis son lancement n’est connu que de lui", list),
	}
}
