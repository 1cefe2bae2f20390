package plain

import (
	"slices"
	"testing"
)

func TestUnderstand(t *testing.T) {
	for _, test := range []struct {
		line    string
		inShell bool
		want    order
	}{
		{"", false, order{verb: wordGoOn}},
		{"   ", true, order{verb: wordGoOn}},
		{"?", false, order{verb: wordHelp}},
		{"/?", true, order{verb: wordHelp}},
		{"hint", false, order{verb: wordHint}},
		{" Hint ", false, order{verb: wordHint}},
		{"/hint", false, order{verb: wordHint}},
		{"indice", false, order{verb: wordHint}},
		{"précédent", false, order{verb: wordBack}},
		{"hint", true, order{wordTyped, "hint"}},
		{"/hint", true, order{verb: wordHint}},
		{"/bin/ls", true, order{wordTyped, "/bin/ls"}},
		{"  ls -l", true, order{wordTyped, "  ls -l"}},
		{".", true, order{verb: wordLeaveShell}},
		{". ./file", true, order{wordTyped, ". ./file"}},
		{"shell", false, order{verb: wordShell}},
		{"shell b", false, order{wordShell, "b"}},
		{"/terminal b", true, order{wordShell, "b"}},
		{"xray", false, order{verb: wordFacts}},
		{"xray container", false, order{wordFacts, "container"}},
		{"/radio conteneur", true, order{wordFacts, "container"}},
		{"xray b", false, order{wordTyped, "xray b"}},
		{"hint b", false, order{wordTyped, "hint b"}},
		{"!ls -l", false, order{wordShell, "!ls -l"}},
		{"1 3", false, order{wordNumbers, "1 3"}},
		{"2", true, order{wordTyped, "2"}},
		{"proc-ns", false, order{wordTyped, "proc-ns"}},
		{"r", false, order{verb: wordReset}},
		{"q", false, order{verb: wordQuit}},
	} {
		if got := understand(test.line, test.inShell); got != test.want {
			t.Errorf("understand(%q, %v) = %+v, want %+v", test.line, test.inShell, got, test.want)
		}
	}
}

// Every word means one thing, whatever the language, and can be told.
func TestVocabularyIsUnambiguous(t *testing.T) {
	verbs := map[string]verb{}
	for _, w := range vocabulary {
		if len(w.en) == 0 || len(w.fr) == 0 || w.does.EN == "" || w.does.FR == "" {
			t.Errorf("%v is not told in both languages", w)
		}
		for _, name := range slices.Concat(w.en, w.fr) {
			if other, taken := verbs[name]; taken && other != w.verb {
				t.Errorf("%q means two things", name)
			}
			verbs[name] = w.verb
			if got := understand(name, false); got.verb != w.verb {
				t.Errorf("%q is understood as %v", name, got)
			}
		}
	}
}

func TestChoices(t *testing.T) {
	for _, test := range []struct {
		said string
		want []int
		ok   bool
	}{
		{"1", []int{0}, true},
		{"3, 1", []int{0, 2}, true},
		{"2;2 2", []int{1}, true},
		{"0", nil, false},
		{"4", nil, false},
		{"", nil, false},
		{"99999999999999999999", nil, false},
	} {
		got, ok := choices(test.said, 3)
		if ok != test.ok || !slices.Equal(got, test.want) {
			t.Errorf("choices(%q, 3) = %v, %v", test.said, got, ok)
		}
	}
}
