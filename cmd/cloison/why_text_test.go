package main

import (
	"strings"
	"testing"

	"cloison/sandbox"
	"cloison/sandbox/why"
)

// TestRulesOfAProgramAreTold reads the answer about rules of Landlock in both
// languages.
func TestRulesOfAProgramAreTold(t *testing.T) {
	rules := why.Evidence{Source: "landlock_restrict_self(2), setpriv", Says: "fs:read-file path-beneath:read-file:/usr"}
	a := why.Answer{
		Refused: "EACCES", Runs: 9,
		Ways: []why.Way{{{Layer: why.Landlock, Error: "EACCES", Narrowest: []string{"fs:read-file"}, Evidence: []why.Evidence{rules}}}},
	}
	for lang, want := range map[string][]string{
		"en": {"refused by     Landlock: rules that", "  evidence     landlock_restrict_self(2), setpriv: fs:read-file path-beneath:read-file:/usr\n", "  to allow     fs:read-file: not to be closed"},
		"fr": {"refusé par     Landlock\u00a0: les règles", "  preuve       landlock_restrict_self(2), setpriv: fs:read-file", "  à permettre  fs:read-file\u00a0: à ne pas fermer"},
	} {
		for _, ofContainer := range []bool{true, false} {
			var out strings.Builder
			(&globals{langFlag: lang}).printAnswer(&out, a, ofContainer)
			for _, text := range want {
				if !strings.Contains(out.String(), text) {
					t.Errorf("%s: no %q in:\n%s", lang, text, out.String())
				}
			}
		}
	}
}

// TestACopyThatLacksSomethingIsADoubt: what works in it may have been refused.
func TestACopyThatLacksSomethingIsADoubt(t *testing.T) {
	doubtful := why.Answer{Unsure: true, Notes: []sandbox.Text{{EN: "it has no_new_privs", FR: "il a no_new_privs"}}}
	for lang, want := range map[string][2]string{
		"en": {"nothing refused the command", "not sure: it works in a copy of its context; it has no_new_privs"},
		"fr": {"rien n’a refusé la commande", "incertain\u00a0: elle fonctionne dans une copie de son contexte\u00a0; il a no_new_privs"},
	} {
		g := &globals{langFlag: lang}
		if got := g.notRefused(why.Answer{}); !strings.HasPrefix(got, want[0]) {
			t.Errorf("without a doubt: %q, want %q", got, want[0])
		}
		if got := g.notRefused(doubtful); !strings.HasPrefix(got, want[1]) {
			t.Errorf("with one: %q, want %q", got, want[1])
		}
	}
}
