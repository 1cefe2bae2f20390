package lessons

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseInfo(t *testing.T) {
	for s, want := range map[string]Info{
		"":                        {},
		"console":                 {Lang: "console"},
		"sh {run}":                {Lang: "sh", Braced: true, Word: "run"},
		"sh {run id=x exit=any }": {Lang: "sh", Braced: true, Word: "run", Pairs: []Pair{{"id", "x"}, {"exit", "any"}}},
		"task {id=a-b}":           {Lang: "task", Braced: true, Pairs: []Pair{{"id", "a-b"}}},
		`sh {expect="^\d+ {2}$" expect="a=\"b\" \\"}`: {Lang: "sh", Braced: true, Pairs: []Pair{{"expect", `^\d+ {2}$`}, {"expect", `a="b" \`}}},
		`sh {expect=^\d+$ id=}`:                       {Lang: "sh", Braced: true, Pairs: []Pair{{"expect", `^\d+$`}, {"id", ""}}},
		"{note}":                                      {Braced: true, Word: "note"},
	} {
		got, err := ParseInfo(s)
		if err != nil {
			t.Errorf("%s: %v", s, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", s, diff)
		}
	}
}

func TestParseInfoRefuses(t *testing.T) {
	for s, want := range map[string]string{
		"sh {run":         "never closed",
		"sh {run} more":   "something follows it",
		"sh {run fast}":   `"fast" behind the fence is not KEY=VALUE`,
		"sh {=x}":         "has no key",
		`sh {a="b}`:       "a: a quotation is never closed",
		`sh {a="b"c=d}`:   "a: something follows the closing quotation mark",
		`sh {a=b"c"}`:     "a: a quotation mark inside",
		`sh {a="b\" c=d}`: "a: a quotation is never closed",
	} {
		if _, err := ParseInfo(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", s, err, want)
		}
	}
}
