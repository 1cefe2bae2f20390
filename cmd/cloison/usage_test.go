package main

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cloison/lessons"
	"cloison/sandbox"
)

// verbIn is a verb of the command tree in one language.
type verbIn struct {
	*cobra.Command
	lang string
}

// eachVerb visits every command, hidden ones too, in both languages.
func eachVerb(t *testing.T, visit func(t *testing.T, en, fr verbIn)) {
	t.Helper()
	seen := 0
	var walk func(en, fr *cobra.Command)
	walk = func(en, fr *cobra.Command) {
		seen++
		t.Run(en.CommandPath(), func(t *testing.T) { visit(t, verbIn{en, "en"}, verbIn{fr, "fr"}) })
		for i, sub := range en.Commands() {
			walk(sub, fr.Commands()[i])
		}
	}
	walk(newRoot(&globals{langFlag: "en"}), newRoot(&globals{langFlag: "fr"}))
	if seen < len(verbs) {
		t.Errorf("saw %d commands; does this test still see them?", seen)
	}
}

// flagsOf are a verb's own flags.
func (v verbIn) flagsOf() map[string]*pflag.Flag {
	all := map[string]*pflag.Flag{}
	for _, flags := range []*pflag.FlagSet{v.Flags(), v.PersistentFlags()} {
		flags.VisitAll(func(f *pflag.Flag) { all[f.Name] = f })
	}
	return all
}

// help is what --help prints.
func (v verbIn) help(t *testing.T) string {
	t.Helper()
	var said bytes.Buffer
	root := newRoot(&globals{langFlag: v.lang})
	root.SetOut(&said)
	root.SetArgs(append(strings.Fields(v.CommandPath())[1:], "--help"))
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	return said.String()
}

// A verb or a flag that is added has its French beside its English.
func TestVerbsSpeakBothLanguages(t *testing.T) {
	eachVerb(t, func(t *testing.T, en, fr verbIn) {
		if !en.Hidden || en.Short != "" {
			translated(t, "Short", en.Short, fr.Short)
		}
		if en.Long != "" {
			translated(t, "Long", en.Long, fr.Long)
		}
		for line := range strings.Lines(en.Example) {
			if !strings.HasPrefix(line, "  ") {
				t.Errorf("the example %q does not stand back as the others do", line)
			}
		}
		if strings.Contains(en.Example, "   ") {
			translated(t, "Example", en.Example, fr.Example)
		}
		for name, f := range en.flagsOf() {
			translated(t, "--"+name, f.Usage, fr.flagsOf()[name].Usage)
		}
	})
}

var (
	// unspaced finds punctuation without its space.
	unspaced = regexp.MustCompile(`[\pL)\]][;!?](\s|$)|\pL:\s`)
	// code is a line to be typed, and what lint prints.
	code = regexp.MustCompile(`(?m)^\t.*$|fichier:ligne: `)
)

func translated(t *testing.T, what, en, fr string) {
	t.Helper()
	if en == "" || fr == "" || en == fr {
		t.Errorf("%s is not said in both languages: %q and %q", what, en, fr)
	}
	prose := code.ReplaceAllString(fr, "")
	if elision.MatchString(fr) || breaks.MatchString(fr) || unspaced.MatchString(prose) {
		t.Errorf("%s is not set as French in print: %q", what, fr)
	}
	for _, w := range slices.Concat(lessons.OtherWords(lessons.English, en), lessons.OtherWords(lessons.French, prose)) {
		t.Errorf("%s says %s: the course has another word for it: %s", what, w.Said, w.Instead)
	}
}

// commandLine is what is typed, which is the same in every language.
var commandLine = regexp.MustCompile(`^\s*$|^\s*(echo .*)?cloison |^\t|^#### `)

// The help has no line in common in the two languages. Texts fit on a terminal of
// 80 columns, and where the English of a flag fits on one line, so does the French.
func TestHelpIsInOneLanguage(t *testing.T) {
	eachVerb(t, func(t *testing.T, en, fr verbIn) {
		english, french := en.help(t), fr.help(t)
		for line := range strings.Lines(french) {
			if !commandLine.MatchString(line) && strings.Contains("\n"+english, "\n"+line) {
				t.Errorf("this line is English: %s", line)
			}
			if word := stillEnglish.FindString(line); word != "" {
				t.Errorf("%q is English: %s", word, line)
			}
		}
		texts := fr.Long
		if _, cobras := addedVerbs[strings.TrimPrefix(en.CommandPath(), "cloison ")]; !cobras {
			texts += "\n" + en.Long
		}
		for line := range strings.Lines(texts) {
			if utf8.RuneCountInString(strings.TrimSpace(line)) > 80 {
				t.Errorf("this line is too long: %s", line)
			}
		}
		wide := map[string]bool{}
		for line := range strings.Lines(english) {
			wide[entry.FindString(line)] = cells(line) > 80
		}
		for line := range strings.Lines(french) {
			if of := entry.FindString(line); of != "" && cells(line) > 80 && (!wide[of] || !strings.Contains(of, "--")) {
				t.Errorf("this line is too long: %s", line)
			}
		}
	})
}

var (
	// stillEnglish are words of usage lines and of what pflag adds to flags.
	stillEnglish = regexp.MustCompile(`\b(COMMAND|LESSON|FILE|DIR|NAME|flags|command)\b|\(default|--[a-z-]+ (string|int|uint|float|duration)`)
	// entry begins the line of a verb or flag in a list of them.
	entry = regexp.MustCompile(`^  (    |-., )--[a-z-]+|^  [a-z-]+  `)
)

// On a terminal, each flag's words stay in their column, and on the screen.
func TestFlagsFitOnATerminal(t *testing.T) {
	eachVerb(t, func(t *testing.T, en, fr verbIn) {
		for lang, verb := range map[sandbox.Lang]verbIn{sandbox.English: en, sandbox.French: fr} {
			for line := range strings.Lines(flagList(lang, 80, verb.LocalFlags())) {
				if cells(line) > 80 {
					t.Errorf("this line is too long: %s", line)
				}
			}
		}
	})
}

func cells(line string) int { return utf8.RuneCountInString(strings.TrimRight(line, "\n")) }

// What is said in place of cobra's words is said only while those are its words.
func TestUsageWordsAreCobras(t *testing.T) {
	template := (&cobra.Command{}).UsageTemplate()
	for _, flags := range flagLists {
		if !strings.Contains(template, flags+".FlagUsages") {
			t.Errorf("cobra does not list %s", flags)
		}
	}
	for _, w := range usageWords {
		if !strings.Contains(template, w.cobras) {
			t.Errorf("cobra does not say %q", w.cobras)
		}
		if breaks.MatchString(w.FR) {
			t.Errorf("%q is not set as French in print", w.FR)
		}
	}
	for path := range addedVerbs {
		if c, _, err := newRoot(&globals{}).Find(strings.Fields(path)); err != nil || c.CommandPath() != "cloison "+path {
			t.Errorf("cobra does not add %s: %v", path, err)
		}
	}
}

func TestLanguageIsReadAhead(t *testing.T) {
	for line, want := range map[string]string{
		"":                                   "",
		"--lang fr":                          "fr",
		"--lang fr run --help":               "fr",
		"run --help --lang=fr":               "fr",
		"help run --lang fr":                 "fr",
		"list --json --lang fr":              "fr",
		"list --no-such-flag --lang fr":      "fr",
		"verify --jobs many --lang fr":       "fr",
		"run --memory 64m --lang fr -- sh":   "fr",
		"run -it --lang fr sh --lang en":     "fr",
		"vm run --lang fr uname":             "fr",
		"--lang en list --lang fr":           "fr",
		"a-lesson --lang fr":                 "fr",
		"run sh --lang fr":                   "",
		"run -- sh --lang fr":                "",
		"exec 1 -- sh --lang fr":             "",
		"why -- docker run --lang fr alpine": "",
		"-- --lang fr":                       "",
		"run --name --lang fr":               "",
		"list --lang":                        "",
	} {
		if got := askedLang(strings.Fields(line)); got != want {
			t.Errorf("cloison %s: %q, want %q", line, got, want)
		}
	}
}

func TestWrongCallsAreToldInBothLanguages(t *testing.T) {
	for line, want := range map[string]sandbox.Text{
		"--no-such-flag":          {EN: "unknown flag: --no-such-flag", FR: "option inconnue : --no-such-flag"},
		"run -iZ sh":              {EN: "unknown shorthand flag: 'Z' in -Z", FR: "option inconnue : -Z"},
		"list --lang":             {EN: "flag needs an argument: --lang", FR: "il manque une valeur à l’option --lang"},
		"run -m":                  {EN: "flag needs an argument: 'm' in -m", FR: "il manque une valeur à l’option -m"},
		"list --=x":               {EN: "bad flag syntax: --=x", FR: "--=x n’a pas la forme d’une option"},
		"verify --jobs -1":        {EN: "--jobs -1: give a whole number from 0 on", FR: "--jobs -1 : donnez un nombre entier à partir de 0"},
		"run --pids-limit x":      {EN: "--pids-limit x: give a whole number", FR: "--pids-limit x : donnez un nombre entier"},
		"run --cpus x":            {EN: "--cpus x: give a number such as 0.5", FR: "--cpus x : donnez un nombre tel que 0.5"},
		"run --time-offset x":     {EN: "--time-offset x: give a time such as 24h or -90s", FR: "--time-offset x : donnez une durée telle que 24h ou -90s"},
		"list --json=x":           {EN: "--json x: give true or false", FR: "--json x : donnez true ou false"},
		"list x":                  {EN: `"x" is one argument too many; call it as: cloison list [flags]`, FR: `l’argument "x" est de trop ; l’appel est : cloison list [flags]`},
		"play":                    {EN: "an argument is missing; call it as: cloison play LESSON [flags]", FR: "il manque un argument ; l’appel est : cloison play LESSON [flags]"},
		"vm stat":                 {EN: `cloison vm has no verb "stat"; did you mean status?`, FR: `cloison vm n’a pas de commande "stat" ; vouliez-vous dire status ?`},
		"vm frobnicate":           {EN: `cloison vm has no verb "frobnicate"; see: cloison vm --help`, FR: `cloison vm n’a pas de commande "frobnicate" ; voyez : cloison vm --help`},
		"progress --reset --json": {EN: "--json does not go with --reset", FR: "--json ne va pas avec --reset"},
	} {
		root := newRoot(&globals{langFlag: "en"})
		root.SetArgs(strings.Fields(line))
		if err := root.Execute(); err == nil || sandbox.Said(err) != want {
			t.Errorf("cloison %s: %+v", line, err)
		}
	}
}
