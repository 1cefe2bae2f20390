package lesson

import (
	"strings"
	"testing"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
)

func task(id string) lessons.Block {
	return lessons.Block{Kind: lessons.Task, ID: id, Text: "Do it.", Expected: "it is `done`", Hints: []string{"Look."}}
}

// checked is what a check found.
func checked(status play.Status) play.Verdict {
	v := play.Verdict{
		Lesson: "l", Block: "t", Status: status, Expected: []sandbox.Text{{EN: "it is `done`", FR: "c’est `fait`"}},
		Observed: "NSpid:\t7\t1", Source: sandbox.Text{EN: "/proc/7/status", FR: "/proc/7/status"},
	}
	if status != play.Passed {
		v.Reason = sandbox.Text{EN: "it has been stopped", FR: "il est suspendu"}
	}
	return v
}

func TestATaskSaysWhatToDoNext(t *testing.T) {
	m := model(sandbox.English, 70, 24, task("t"))
	has(t, m, "▸ ✎ Your turn, in the terminal", "not done yet · checked by itself while you work",
		"tab: type in terminal a", "enter: check now", "h: a hint (1 left)")
	if strings.Contains(shown(m), "s: a solution") {
		t.Error("the solution is offered before any try")
	}
}

func TestATaskSaysWhatWentWrong(t *testing.T) {
	m := model(sandbox.English, 70, 24, task("t")).Checked(checked(play.Failed), false)
	has(t, m, "○ not there yet · checked by itself", "expected it is done", "observed NSpid:  7  1",
		"why      it has been stopped", "source   /proc/7/status")
	m = m.Checked(checked(play.Failed), true)
	has(t, m, "✗ not there yet · tries: 1", "→: go on without it")
}

// On the smallest screen a check may have more to say than there is room for:
// what is to be done stays in sight, and how that stands.
func TestATasksTextStaysAboveWhatItsCheckFinds(t *testing.T) {
	asked := lessons.Block{Kind: lessons.Task, ID: "t", Text: "First line of it.\n\nSecond.\n\nThird.", Expected: "x", Hints: []string{"Look."}}
	found := func(observed string) play.Verdict {
		v := checked(play.Failed)
		v.Observed = strings.Repeat(observed+"\n", 6)
		return v
	}
	start := model(sandbox.English, 80, 12, prose(strings.Repeat("line\n\n", 9)), asked, prose("what follows"))
	for start.Will() == WillRead {
		start, _ = start.Advance()
	}
	for name, m := range map[string]Model{
		"by itself": start.Checked(found("one"), false).Checked(found("two"), false),
		"handed in": start.Checking("t").Checked(found("one"), true),
		"again":     start.Checked(found("one"), true).Checking("t").Checked(found("one"), true),
	} {
		t.Run(name, func(t *testing.T) {
			has(t, m, "▸ ✎ Your turn", "First line of it.", "Third.", "not there yet", "why      it has been stopped", "expected")
			if m.Will() != WillCheck {
				t.Errorf("Enter would %v", m.Will())
			}
		})
	}
	m := start.Checked(found("one"), false).Scroll(5)
	if moved := m.Checked(found("two"), false); moved.offset != m.offset {
		t.Errorf("a check moves what the learner reads from line %d to %d", m.offset, moved.offset)
	}
	has(t, start.Checked(found("one"), false).Reveal(), "Hint 1", "Look.")
	narrow := model(sandbox.English, 80, 6, asked).Checked(found("one"), true)
	has(t, narrow, "source", "enter: check now") // there is no room for both
}

func TestATaskAtTheEndCanBeLeftUndone(t *testing.T) {
	m := model(sandbox.English, 70, 16, task("t"), prose(strings.Repeat("line\n\n", 20)+"what to keep")).Checked(checked(play.Failed), true)
	m = m.Go(1)
	has(t, m, "line")
	if m.Will() != WillRead || m.Done() {
		t.Errorf("after →, enter would %v, done: %v", m.Will(), m.Done())
	}
	for range 4 {
		m, _ = m.Advance()
	}
	has(t, m, "what to keep")
	if m.Will() != WillLeave {
		t.Errorf("at the end, enter would %v", m.Will())
	}
	has(t, m.Go(-1), "▸ ✎ Your turn")
}

func TestAnUnwellMachineIsNoPassAndNoTry(t *testing.T) {
	m := model(sandbox.French, 70, 24, task("t")).Checked(checked(play.Unwell), true)
	has(t, m, "! la machine ne va pas bien\u00a0: r en donne une nouvelle", "il est suspendu")
	if m.Passed("t") || m.Done() || m.states["t"].tries != 0 {
		t.Errorf("an unwell machine counts: %+v", m.states["t"])
	}
	if _, watched := m.Watched(); !watched {
		t.Error("the task is not checked any more")
	}
}

func TestTheSolutionIsThereAfterTwoTriesOrAPass(t *testing.T) {
	for name, c := range map[string]struct {
		handedIn, byItself []play.Status
		want               bool
	}{
		"fresh":            {},
		"one try":          {handedIn: []play.Status{play.Failed}},
		"two tries":        {handedIn: []play.Status{play.Failed, play.Failed}, want: true},
		"seen by itself":   {byItself: []play.Status{play.Failed, play.Failed, play.Failed}},
		"unwell":           {handedIn: []play.Status{play.Unwell, play.Unwell}},
		"passed by itself": {byItself: []play.Status{play.Passed}, want: true},
	} {
		m := model(sandbox.English, 70, 24, task("t"))
		for _, status := range c.handedIn {
			m = m.Checked(checked(status), true)
		}
		for _, status := range c.byItself {
			m = m.Checked(checked(status), false)
		}
		if _, allowed, ok := m.Solvable(); !ok || allowed != c.want {
			t.Errorf("%s: there %v, allowed %v", name, ok, allowed)
		}
		if strings.Contains(shown(m), "s: a solution") != c.want {
			t.Errorf("%s: what is offered is something else:\n%s", name, shown(m))
		}
	}
}

func TestTheSolutionIsShownAndHidden(t *testing.T) {
	m := model(sandbox.English, 70, 24, task("t")).ShowSolution("t", "touch it\n")
	has(t, m, "A solution", "touch it")
	if m = m.ShowSolution("t", "touch it\n"); strings.Contains(shown(m), "touch it") {
		t.Error("the second s does not hide it")
	}
}

func TestAPassStaysAndLeadsOn(t *testing.T) {
	m := model(sandbox.English, 70, 24, task("t"), run("two", "true")).Checked(checked(play.Passed), false)
	if b, _ := m.next(); b.ID != "two" || !m.Passed("t") {
		t.Fatalf("after the pass comes %q", b.ID)
	}
	if m = m.Checked(checked(play.Failed), false); !m.Passed("t") {
		t.Error("a later check by itself takes the pass away")
	}
	if _, watched := m.Watched(); watched {
		t.Error("a passed task is still checked")
	}
}

func TestTheNextTaskIsWatchedBeforeOthersInSight(t *testing.T) {
	m := model(sandbox.English, 70, 40, task("t"), task("u"), quiz(), run("two", "true"), task("hidden"))
	if b, _ := m.Watched(); b.ID != "t" {
		t.Errorf("watches %q", b.ID)
	}
	if b, _ := m.Go(1).Watched(); b.ID != "u" {
		t.Errorf("one further, watches %q", b.ID)
	}
	m = m.Checked(checked(play.Passed), false)
	m = m.set("u", func(s state) state { v := checked(play.Passed); s.verdict = &v; return s })
	if b, watched := m.Watched(); watched {
		t.Errorf("watches %q, which cannot be seen", b.ID)
	}
}

func TestACheckByItselfMovesNothingElsewhere(t *testing.T) {
	blocks := []lessons.Block{run("one", "1"), prose(strings.TrimSpace(strings.Repeat("line\n\n", 4))), task("t")}
	m := model(sandbox.English, 70, 18, blocks...)
	if !m.sees("t") {
		t.Fatal("the task cannot be seen")
	}
	if after := m.Checked(checked(play.Failed), false); after.offset != m.offset {
		t.Errorf("a check of a task further down moves the text by %d lines", after.offset-m.offset)
	}
	m = m.Go(1)
	has(t, m.Checked(checked(play.Failed), false), "source   /proc/7/status")
}

func TestATaskNamesItsTerminal(t *testing.T) {
	b := task("t")
	b.Shell = "b"
	has(t, model(sandbox.French, 70, 24, b), "tab\u00a0: taper dans le terminal b")
}
