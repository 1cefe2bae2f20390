package sandbox

import "strings"

// Quote makes one word of the shell's of any text (POSIX, Shell Command
// Language, 2.2.2 Single-Quotes).
func Quote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// CommandLine is a command as one would type it: quoted where it has to be.
func CommandLine(args []string) string {
	words := make([]string, len(args))
	for i, a := range args {
		words[i] = a
		if a == "" || strings.ContainsAny(a, " \t\n'\"\\$&|;<>()*?[]#~`{}!") {
			words[i] = Quote(a)
		}
	}
	return strings.Join(words, " ")
}
