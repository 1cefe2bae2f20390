package tui

import (
	"testing"

	"cloison/lessons/play"
)

// saved makes every queued change and tells the model, as its Cmds would.
func saved(t *testing.T, m Model) Model {
	t.Helper()
	if err := m.saver.write(); err != nil {
		t.Fatal(err)
	}
	return with(m, savedMsg{state: m.saver.store.State()})
}

func TestResetKeepsOrForgetsProgress(t *testing.T) {
	for key, kept := range map[string]bool{"3": true, "4": false, "n": true} {
		m, _ := working(t)
		m = with(m, found(m, play.Passed, true))
		if err := m.saver.write(); err != nil {
			t.Fatal(err)
		}
		before := m.generation
		m = pressed(m, "r", key)
		if again := m.generation != before; again != (key != "n") {
			t.Errorf("%s: begun again is %v", key, again)
		}
		if err := m.saver.write(); err != nil {
			t.Fatal(err)
		}
		if _, there := m.saver.store.State().Lessons["memory"].Blocks["own"]; there != kept {
			t.Errorf("%s: the progress is there: %v", key, there)
		}
		if key != "n" && m.session.page.Passed("own") {
			t.Errorf("%s: the lesson does not start afresh", key)
		}
	}
}

// A fresh machine leaves the learner, and what was done, in place.
func TestResetOfTheMachine(t *testing.T) {
	m, _ := working(t)
	m = saved(t, with(m, found(m, play.Failed, true)))
	before, at := m.generation, m.session.page.At()
	m = pressed(m, "r", "2")
	if m.generation == before || m.session.page.At() != at {
		t.Errorf("begun again: %v, at %q instead of %q", m.generation != before, m.session.page.At(), at)
	}
	if _, kept := m.saver.store.State().Lessons["memory"].Blocks["own"]; !kept {
		t.Error("what was done is forgotten")
	}
}

// A step that is forgotten can be done again; a task gets a fresh machine,
// where it would pass at once otherwise.
func TestResetOfAStep(t *testing.T) {
	m, _ := working(t)
	m = saved(t, with(m, found(m, play.Passed, true)))
	m = pressed(m, "left")
	before := m.generation
	m = saved(t, pressed(m, "r", "1"))
	if m.generation == before || m.session.page.At() != "own" || m.session.page.Passed("own") {
		t.Errorf("begun again: %v, at %q, passed %v", m.generation != before, m.session.page.At(), m.session.page.Passed("own"))
	}
	if _, kept := m.saver.store.State().Lessons["memory"].Blocks["own"]; kept {
		t.Error("the task is still marked")
	}

	m = pressed(still(t, 120, 36), "enter", "right", "1", "enter")
	has(t, m, "Noted")
	m = saved(t, pressed(m, "left"))
	b, _ := m.session.page.Here()
	before = m.generation
	m = saved(t, pressed(m, "r", "1"))
	if m.generation != before {
		t.Error("a question needs no fresh machine")
	}
	if _, kept := m.saver.store.State().Lessons["memory"].Blocks[b.ID]; kept || b.ID == "" {
		t.Errorf("the question %q is still marked", b.ID)
	}
	has(t, m, "1 to 2 chooses")
}
