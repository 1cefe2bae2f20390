package main

import (
	"fmt"
	"regexp"
	"strings"

	mango "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"
)

func newMan(*globals) *cobra.Command {
	return &cobra.Command{
		Use:     "man",
		Short:   "Print the manual page",
		Example: "cloison man | man -l -",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			page, err := mango.NewManPage(1, cmd.Root())
			if err != nil {
				return codeError{exitFailed, fmt.Errorf("write the manual page: %w", err)}
			}
			page.WithLongDescription(strings.ReplaceAll(cmd.Root().Long, "\n", " "))
			for _, s := range manSections {
				page.WithSection(s[0], s[1])
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), repaired(page.Build(roff.NewDocument())))
			return err
		},
	}
}

// manSections follow what the flags and verbs say of themselves; see
// man-pages(7) for their order.
var manSections = [][2]string{
	{"Exit status", "0 done; 1 a verdict or check failed; 2 the call was wrong; 3 this machine can't do it, and it is said why. " +
		"run and exec end as docker run does: with the command's own status, 125 when there is no container, " +
		"126 when the command can't be run, 127 when it is not there, 128+n when signal n ended it."},
	{"Environment", "LC_ALL, LC_MESSAGES and LANG choose the language where --lang does not; NO_COLOR leaves out colours; " +
		"TERM=dumb chooses --plain."},
	{"Files", "$XDG_STATE_HOME/cloison/progress.json (~/.local/state): what the learner has done. " +
		"/etc/cloison-disposable: this computer may be thrown away, so lessons may run on it as root."},
	{"See also", "namespaces(7), cgroups(7), capabilities(7), user_namespaces(7), unshare(1), nsenter(1)"},
}

// shortFlag is a flag of one letter as the library writes it.
var shortFlag = regexp.MustCompile(`(?m)^\\fB--([a-zA-Z]) --`)

// repaired mends what the library does not do well: the page's heading gets the
// manual's name instead of the whole description, which would not fit into it,
// and a flag of one letter one dash.
func repaired(page string) string {
	first, rest, _ := strings.Cut(page, "\n")
	if i := strings.LastIndex(strings.TrimSuffix(first, `"`), `"`); i > 0 {
		first = first[:i] + `"User Commands"`
	}
	return first + "\n" + shortFlag.ReplaceAllString(rest, `\fB-$1, --`)
}
