package main

import (
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"cloison/lessons/play"
	"cloison/sandbox"
)

// globals are the flags that every verb takes.
type globals struct {
	langFlag string
	course   string // folder of another course; "" is the built-in one
	path     string // file with a choice of lessons; "" is all of them
	machine  string // auto, local, vm
	anyway   bool   // --on-this-machine
	trainer  bool   // of the course alone: --trainer
	plain    bool   // and --plain
}

// lang is the learner's language: --lang, then the locale.
func (g *globals) lang() sandbox.Lang {
	return language(g.langFlag, os.Getenv)
}

// language picks a language from a flag and, when that is empty, from the
// lesson that cloison is called in, or from the locale variables in the order
// of locale(7).
func language(flag string, getenv func(string) string) sandbox.Lang {
	for _, v := range []string{flag, getenv(play.LangVariable), getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")} {
		if v == "" {
			continue
		}
		if strings.HasPrefix(strings.ToLower(v), "fr") {
			return sandbox.French
		}
		return sandbox.English
	}
	return sandbox.English
}

// newRoot builds the command tree, whose flags g holds.
func newRoot(g *globals) *cobra.Command {
	root := &cobra.Command{
		Use:   "cloison",
		Short: "A terminal workshop on container isolation and Docker security",
		Long: "A terminal workshop on container isolation and Docker security. Without a verb, the course\n" +
			"opens: a map of the lessons, and for each its text, a live shell and the X-ray. Enter goes\n" +
			"on, ? shows every key. The verbs do without the screen what the lessons use.",
		Example: "  cloison                      the course, where you stopped\n" +
			"  cloison container-is-a-process --lang fr\n" +
			"  cloison doctor               what this computer can teach\n" +
			"  cloison run --explain -- sh  a container, told as it is made",
		// execute prints errors, on one line.
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(debug.ReadBuildInfo()),
	}
	flags := root.PersistentFlags()
	flags.StringVar(&g.langFlag, "lang", "", "language of the course: en or fr (default: from the locale)")
	flags.StringVar(&g.course, "course", "", "folder of a course to use instead of the built-in one")
	flags.StringVar(&g.path, "path", "", "file that names the lessons to take, one id a line; its first # line is its name")
	flags.StringVar(&g.machine, "machine", "auto", "where lessons run: auto, local or vm")
	flags.BoolVar(&g.anyway, "on-this-machine", false, "run lessons as root here although nothing says that this computer is disposable")
	g.opensCourse(root)
	for _, verb := range verbs {
		root.AddCommand(verb(g))
	}
	return root
}

// verbs lists every verb's constructor.
var verbs = []func(*globals) *cobra.Command{
	newList, newProgress, newPlay, newVerify, newLint,
	newInspect, newDoctor,
	newRun, newExec, newWhy, newVM,
	newNew, newPreview,
	newBuildImage,
	newMan,
}

// version is the released version or, in a build from a checkout, its commit.
func version(info *debug.BuildInfo, ok bool) string {
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return info.Main.Version + " (" + s.Value + ")"
		}
	}
	return info.Main.Version
}
