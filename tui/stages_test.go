package tui

import (
	"context"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"cloison/sandbox"
)

// TestStagesAreToldWhileTheMachineStarts holds the machine back, so that what
// it is busy with can be read on the map, and in the lesson that waits for it.
func TestStagesAreToldWhileTheMachineStarts(t *testing.T) {
	stages, ready := make(chan sandbox.Stage), make(chan struct{})
	machine := sampleMachine()
	s := start(t, 80, 24, sandbox.French, func(o *Options) {
		o.Stages = stages
		o.Machine = func(context.Context) (sandbox.Machine, error) { <-ready; return machine, nil }
	})
	s.waitFor("démarrage de la machine")
	stages <- sandbox.Stage{Name: sandbox.Text{EN: "Docker starts", FR: "Docker démarre"}, Part: 0.25}
	s.waitFor("Docker démarre", "25")
	stages <- sandbox.Stage{Name: sandbox.Text{EN: "saving", FR: "enregistrement"}, Part: -1}
	s.waitFor("enregistrement")
	close(ready)
	s.waitFor("local")
}

func TestOpeningShowsTheStage(t *testing.T) {
	m := New(t.Context(), Options{Course: sampleCourse(), Lang: sandbox.English})
	for _, c := range []struct {
		name     string
		stage    sandbox.Stage
		has, not string
	}{
		{"before any", sandbox.Stage{}, "opening the lesson", "booting"},
		{"half way", sandbox.Stage{Name: sandbox.Text{EN: "booting", FR: "amorçage"}, Part: 0.5}, "██████████░░░░░░░░░░ 50%", "75%"},
		{"nobody knows how far", sandbox.Stage{Name: sandbox.Text{EN: "booting", FR: "amorçage"}, Part: -1}, "booting", "%"},
		{"slow", sandbox.Stage{
			Name: sandbox.Text{EN: "booting", FR: "amorçage"}, Part: 0.5,
			Slow: sandbox.Text{EN: "a computer emulated by another that is", FR: "une machine émulée"},
		}, "a computer emulated by another that is", "émulée"},
		{"over", sandbox.Stage{}, "opening the lesson", "booting"},
	} {
		m, _ = m.staged(stageMsg(c.stage))
		if got := ansi.Strip(m.openingView(40, 6)); !strings.Contains(got, c.has) || strings.Contains(got, c.not) {
			t.Errorf("%s: %q does not have %q, or has %q", c.name, got, c.has, c.not)
		}
	}
}
