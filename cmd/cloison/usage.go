package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cloison/sandbox"
)

// Flags that several verbs have.
var (
	printsJSON      = sandbox.Text{EN: "print JSON", FR: "écrire du JSON"}
	environmentFlag = sandbox.Text{
		EN: "variable for the command: NAME=VALUE, or NAME to take it from here",
		FR: "variable pour la commande : NOM=VALEUR, ou NOM pour la prendre ici",
	}
	workdirFlag = sandbox.Text{
		EN: "working directory of the command (default /)",
		FR: "dossier de travail de la commande (par défaut : /)",
	}
)

// usageWord is a part of cobra's template of a usage, and what we say there.
type usageWord struct {
	cobras string
	sandbox.Text
}

// usageWords are those parts, the longer ones first. What cloison can do is a verb:
// a command is what is typed into a shell, and what a container runs.
var usageWords = []usageWord{
	{
		`Use "{{.CommandPath}} [command] --help" for more information about a command.`,
		sandbox.Text{
			EN: `"{{.CommandPath}} [verb] --help" says more of a verb.`,
			FR: `« {{.CommandPath}} [commande] --help » en dit plus sur une commande.`,
		},
	},
	{"Usage:", sandbox.Text{EN: "Usage:", FR: "Utilisation :"}},
	{"[command]", sandbox.Text{EN: "[verb]", FR: "[commande]"}},
	{"Examples:", sandbox.Text{EN: "Examples:", FR: "Exemples :"}},
	{"Available Commands:", sandbox.Text{EN: "Verbs:", FR: "Commandes :"}},
	{"Global Flags:", sandbox.Text{EN: "Global Flags:", FR: "Options communes :"}},
	{"Flags:", sandbox.Text{EN: "Flags:", FR: "Options :"}},
}

// completes gives a command tree the verbs that cobra adds to one, and has it
// say in the learner's language what cobra says.
func (g *globals) completes(root *cobra.Command) {
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return wrongFlag(err) })
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	cobra.AddTemplateFunc("flagList", flagList)
	var words []string
	for _, flags := range flagLists {
		words = append(words, flags+".FlagUsages", fmt.Sprintf("flagList %q %d %s", g.lang(), g.columns, flags))
	}
	for _, w := range usageWords {
		words = append(words, w.cobras, w.In(g.lang()))
	}
	root.SetUsageTemplate(strings.NewReplacer(words...).Replace(root.UsageTemplate()))
	if g.lang() == sandbox.French {
		speakFrench(root)
	} else if help, _, err := root.Find([]string{"help"}); err == nil {
		help.Use, help.Short = "help [verb]", "Help about a verb"
		help.Long = "Give the help of a verb, whose name follows: cloison help vm run."
	}
}

// flagLists are the lists of flags in cobra's template.
var flagLists = []string{".LocalFlags", ".InheritedFlags"}

// flagList tells of flags, a line each or, where there are columns, as many as it takes.
func flagList(lang sandbox.Lang, columns int, flags *pflag.FlagSet) string {
	if lang == sandbox.French {
		flags = frenchFlags(flags)
	}
	return flags.FlagUsagesWrapped(columns)
}

// speakFrench says in French what cobra has added to a command and to those
// below it.
func speakFrench(c *cobra.Command) {
	if added, ok := addedVerbs[strings.TrimPrefix(c.CommandPath(), "cloison ")]; ok {
		c.Use, c.Short, c.Long = added.use, added.short, added.long
		if c.Args != nil {
			c.Args = takes(0, 0)
		}
	}
	c.Flags().VisitAll(func(f *pflag.Flag) { f.Usage = flagInFrench(f) })
	if !c.DisableFlagsInUseLine && !strings.Contains(c.Use, "[flags]") {
		c.Use += " [flags]"
	}
	c.DisableFlagsInUseLine = true
	c.Use = strings.Replace(c.Use, "[flags]", "[options]", 1)
	for _, sub := range c.Commands() {
		speakFrench(sub)
	}
}

// addedFlags are the flags that cobra adds to commands.
var addedFlags = map[string]sandbox.Text{
	"help":            {EN: "help for ", FR: "aide sur "},
	"version":         {EN: "version for ", FR: "version de "},
	"no-descriptions": {EN: "disable completion descriptions", FR: "compléter sans descriptions"},
}

// flagInFrench is what a flag says that cobra has added; ours say it already.
func flagInFrench(f *pflag.Flag) string {
	if about, ok := strings.CutPrefix(f.Usage, addedFlags[f.Name].EN); ok {
		return addedFlags[f.Name].FR + about
	}
	return f.Usage
}

// frenchFlags is a copy of flags to be printed: pflag adds the kind of a value to
// a flag, and its default, and cobra flags of its own.
func frenchFlags(flags *pflag.FlagSet) *pflag.FlagSet {
	french := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.VisitAll(func(f *pflag.Flag) {
		said := *f
		said.Value, said.DefValue = kindInFrench{f.Value}, ""
		said.Usage = flagInFrench(f)
		if !slices.Contains(noDefault, f.DefValue) {
			said.Usage += " (par défaut : " + f.DefValue + ")"
		}
		french.AddFlag(&said)
	})
	return french
}

// noDefault are defaults that go without saying.
var noDefault = []string{"", "false", "0", "0s", "[]"}

// kindInFrench is a flag's value with the name of its kind in French. pflag
// aligns by bytes, so that letters with accents would not do.
type kindInFrench struct{ pflag.Value }

func (k kindInFrench) Type() string {
	switch kind := k.Value.Type(); kind {
	case "string":
		return "texte"
	case "stringArray", "stringSlice":
		return "liste"
	case "int", "int64", "uint":
		return "entier"
	case "float64":
		return "nombre"
	case "duration":
		return "temps"
	default:
		return kind
	}
}
