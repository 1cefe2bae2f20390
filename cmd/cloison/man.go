package main

import (
	"fmt"
	"regexp"
	"strings"

	mango "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"

	"cloison/sandbox"
)

func newMan(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "man",
		Short:   g.say("Print the manual page", "Afficher la page de manuel"),
		Example: "  cloison man | man -l -",
		Args:    takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			page, err := mango.NewManPage(1, cmd.Root())
			if err != nil {
				return codeError{exitFailed, sandbox.Errorf("write the manual page: %w", "écrire la page de manuel : %w", err)}
			}
			page.WithLongDescription(strings.ReplaceAll(cmd.Root().Long, "\n", " "))
			for _, s := range manSections {
				page.WithSection(s.title.In(g.lang()), s.text.In(g.lang()))
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), repaired(page.Build(roff.NewDocument()), g.lang()))
			return err
		},
	}
}

// manSection is a section of the manual page.
type manSection struct{ title, text sandbox.Text }

// manSections follow what the flags and verbs say of themselves; see
// man-pages(7) for their order.
var manSections = []manSection{
	{
		sandbox.Text{EN: "Exit status", FR: "Code de retour"},
		sandbox.Text{
			EN: "0 done; 1 a verdict or check failed; 2 the call was wrong; 3 this machine can't do it, and it is said why. " +
				"run and exec end as docker run does: with the command's own status, 125 when there is no container, " +
				"126 when the command can't be run, 127 when it is not there, 128+n when signal n ended it.",
			FR: "0 c’est fait ; 1 un verdict ou une vérification a échoué ; 2 l’appel était faux ; 3 cette machine ne le peut pas, et il est dit pourquoi. " +
				"run et exec se terminent comme docker run : avec le code de la commande, 125 s’il n’y a pas de conteneur, " +
				"126 si la commande ne peut pas être lancée, 127 si elle n’existe pas, 128+n si le signal n l’a tuée.",
		},
	},
	{
		sandbox.Text{EN: "Environment", FR: "Environnement"},
		sandbox.Text{
			EN: "LC_ALL, LC_MESSAGES and LANG choose the language where --lang does not; NO_COLOR leaves out colours; " +
				"TERM=dumb chooses --plain.",
			FR: "LC_ALL, LC_MESSAGES et LANG choisissent la langue si --lang ne le fait pas ; NO_COLOR ôte les couleurs ; " +
				"TERM=dumb choisit --plain.",
		},
	},
	{
		sandbox.Text{EN: "Files", FR: "Fichiers"},
		sandbox.Text{
			EN: "$XDG_STATE_HOME/cloison/progress.json (~/.local/state): what the learner has done. " +
				"/etc/cloison-disposable: this computer may be thrown away, so lessons may run on it as root.",
			FR: "$XDG_STATE_HOME/cloison/progress.json (~/.local/state) : ce que l’apprenant a fait. " +
				"/etc/cloison-disposable : cet ordinateur est jetable, et les leçons peuvent donc s’y jouer en root.",
		},
	},
	{
		sandbox.Text{EN: "See also", FR: "Voir aussi"},
		sandbox.Text{
			EN: "namespaces(7), cgroups(7), capabilities(7), user_namespaces(7), unshare(1), nsenter(1)",
			FR: "namespaces(7), cgroups(7), capabilities(7), user_namespaces(7), unshare(1), nsenter(1)",
		},
	},
}

// manHeadings are those that the library writes, as we have them.
var manHeadings = map[sandbox.Lang]*strings.Replacer{
	sandbox.English: strings.NewReplacer(".SH COMMANDS\n", ".SH VERBS\n", "COMMANDS\\fP", "VERBS\\fP"),
	sandbox.French:  strings.NewReplacer(".SH NAME\n", ".SH NOM\n", ".SH COMMANDS\n", ".SH COMMANDES\n", "COMMANDS\\fP", "COMMANDES\\fP"),
}

// manual is the name of section 1.
var manual = sandbox.Text{EN: "User Commands", FR: "Commandes de l’utilisateur"}

// shortFlag is a flag of one letter as the library writes it.
var shortFlag = regexp.MustCompile(`(?m)^\\fB--([a-zA-Z]) --`)

// repaired mends what the library does not do well: the page's heading gets the
// manual's name instead of the whole description, which would not fit into it,
// and a flag of one letter one dash. The library's headings are said in our words.
func repaired(page string, lang sandbox.Lang) string {
	first, rest, _ := strings.Cut(page, "\n")
	if i := strings.LastIndex(strings.TrimSuffix(first, `"`), `"`); i > 0 {
		first = first[:i] + `"` + manual.In(lang) + `"`
	}
	rest = manHeadings[lang].Replace(rest)
	return first + "\n" + shortFlag.ReplaceAllString(rest, `\fB-$1, --`)
}
