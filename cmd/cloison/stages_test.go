package main

import (
	"regexp"
	"strings"
	"testing"

	"cloison/sandbox"
)

// TestStageLines: each stage has its line, and why they take long is told once.
func TestStageLines(t *testing.T) {
	slow := sandbox.Text{EN: "It is slow.", FR: "C’est long."}
	var b strings.Builder
	lines := &stageLines{w: &b, lang: sandbox.French}
	for _, s := range []sandbox.Stage{
		{Name: sandbox.Text{EN: "checking", FR: "vérification"}},
		{Name: sandbox.Text{EN: "booting", FR: "amorçage"}, Slow: slow},
		{Name: sandbox.Text{EN: "saving", FR: "sauvegarde"}, Slow: slow},
		{},
	} {
		lines.told(s)
	}
	want := "vérification… N s\nC’est long.\namorçage… N s\nsauvegarde… N s\n"
	if got := regexp.MustCompile(`\d+\.\d s`).ReplaceAllString(b.String(), "N s"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
