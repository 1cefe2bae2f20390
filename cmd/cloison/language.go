package main

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cloison/lessons/play"
	"cloison/sandbox"
)

// lang is the learner's language: --lang, then the locale.
func (g *globals) lang() sandbox.Lang {
	return language(g.langFlag, os.Getenv)
}

// say picks the learner's language.
func (g *globals) say(en, fr string) string { return sandbox.Text{EN: en, FR: fr}.In(g.lang()) }

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

// askedLang is what --lang says in a command line. It is read ahead, with a
// command tree that serves for this alone: the tree that is used has its texts
// in one language, and a wrong flag before --lang is an error in that language
// too. Only the tree knows where the flags of a verb end and those of the
// command begin that it runs. Where there is no --lang, no tree is made: it takes
// a millisecond, and a container starts in fifteen.
func askedLang(args []string) string {
	if !slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "--lang") }) {
		return ""
	}
	g := &globals{}
	cmd, rest, err := newRoot(g).Find(args)
	if err != nil {
		return ""
	}
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "lang" {
			f.Value = anything{f.Value}
		}
	})
	cmd.FParseErrWhitelist = cobra.FParseErrWhitelist{UnknownFlags: true}
	_ = cmd.ParseFlags(rest) // what is wrong in them is told when they are used
	return g.langFlag
}

// anything is a flag's value that takes every text.
type anything struct{ pflag.Value }

func (anything) Set(string) error { return nil }
