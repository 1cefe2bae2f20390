package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cloison/lessons"
	"cloison/sandbox/inspect"
)

// TestNeedsAreThoseThatASurveyJudges: a need that lessons may name and nobody
// judges would always be met.
func TestNeedsAreThoseThatASurveyJudges(t *testing.T) {
	var judged []string
	for _, need := range inspect.Needs {
		judged = append(judged, need.Name)
	}

	if diff := cmp.Diff(lessons.Needs, judged, cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Errorf("lessons may ask for (-), a survey judges (+):\n%s", diff)
	}
}
