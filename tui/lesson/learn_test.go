package lesson

import (
	"strings"
	"testing"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/lessons/progress"
	"cloison/sandbox"
)

// several is a question of which two answers are right.
func several() lessons.Block {
	return lessons.Block{Kind: lessons.Quiz, ID: "s", Text: "Which ones?", Quiz: &lessons.QuizBlock{
		Choices:     []lessons.Choice{{Text: "one", Right: true}, {Text: "two"}, {Text: "three", Right: true}},
		Explanation: "Odd ones.",
	}}
}

func TestSeveralAnswersAreAllNeeded(t *testing.T) {
	for _, c := range []struct {
		picks []int
		want  play.Status
	}{
		{[]int{0}, play.Failed},
		{[]int{0, 2}, play.Passed},
		{[]int{0, 1, 2}, play.Failed},
		{[]int{1, 0, 2, 1}, play.Passed}, // taken back
	} {
		m := model(sandbox.English, 60, 20, several())
		has(t, m, "1 □ one", "Several may be right")
		for _, n := range c.picks {
			m = m.Pick(n)
		}
		m, step := m.Advance()
		if step.Answered == nil || step.Answered.Status != c.want {
			t.Errorf("%v is judged %+v", c.picks, step.Answered)
		}
		has(t, m, "1 ✓ one", "2 ✗ two", "Odd ones.")
	}
}

func TestAClickChooses(t *testing.T) {
	m := model(sandbox.English, 60, 20, quiz(), run("two", "true"))
	y := -1
	for line, text := range strings.Split(shown(m), "\n") {
		if strings.Contains(text, "that") {
			y = line
		}
	}
	has(t, m.Click(y), "2 ● that  ← your answer")
	if clicked := m.Click(0); len(clicked.states["q"].chosen) > 0 {
		t.Error("a click on the title chooses")
	}
	_, step := m.Click(y).Advance()
	if step.Answered == nil || step.Answered.Status != play.Passed {
		t.Errorf("the clicked answer is judged %+v", step.Answered)
	}
}

func TestAnAnswerCanBeGivenAgain(t *testing.T) {
	m, _ := model(sandbox.English, 60, 30, several(), run("two", "true")).Pick(1).Advance()
	has(t, m, "✗ not so")
	m = m.Go(-1).Pick(0)
	if strings.Contains(shown(m), "Odd ones.") {
		t.Error("the second try begins with the answer")
	}
	_, step := m.Pick(2).Advance()
	if step.Answered == nil || step.Answered.Status != play.Passed {
		t.Errorf("the second try is judged %+v", step.Answered)
	}
}

// What follows a question gives its answer away.
func TestWhatFollowsAQuestionIsHiddenUntilItIsSettled(t *testing.T) {
	blocks := []lessons.Block{quiz(), prose("Between."), run("two", "true"), prose("It is that, of course."), run("three", "true")}
	m := model(sandbox.English, 60, 40, blocks...)
	hides := func(when, text string) {
		t.Helper()
		if strings.Contains(shown(m), text) {
			t.Errorf("%s shows %q:\n%s", when, text, shown(m))
		}
	}
	hides("the question", "Between.")
	has(t, m, "once you have answered")
	m, _ = m.Pick(0).Advance()
	hides("the answer", "of course")
	has(t, m, "Between.", "▸ next", "once the command has shown it")
	m = m.Running("two").SetVerdict(verdict("two", play.Passed))
	has(t, m, "of course")

	if m = model(sandbox.English, 60, 40, blocks...).ForTrainer(true); !strings.Contains(shown(m.compose()), "of course") {
		t.Error("a trainer does not see everything")
	}
	if m = model(sandbox.English, 60, 40, blocks...).Go(1); !strings.Contains(shown(m), "of course") {
		t.Error("whoever goes on without an answer does not see what follows")
	}
}

func TestAQuestionWithoutAnAnswerIsNotNoted(t *testing.T) {
	m, _ := model(sandbox.English, 60, 20, quiz(), run("two", "true")).Advance()
	has(t, m, "Make up your mind first")
	m, _ = m.Advance()
	has(t, m, "Not answered. A command will show it.")
	if strings.Contains(shown(m), "Noted") {
		t.Error("no answer is noted")
	}
}

func TestAnyEarlierBlockCanBePlayedAgain(t *testing.T) {
	m := model(sandbox.English, 60, 30, run("one", "1"), run("two", "2"), run("three", "3"))
	for _, id := range []string{"one", "two", "three"} {
		m = m.Running(id).SetVerdict(verdict(id, play.Passed))
	}
	m = m.Go(-3)
	m, step := m.Advance()
	if step.Play == nil || step.Play.ID != "one" {
		t.Fatalf("Enter plays %v", step.Play)
	}
	if m = m.Running("one"); strings.Count(shown(m), "✓ passed") != 2 {
		t.Errorf("the old verdict stays while the block is played again:\n%s", shown(m))
	}
	m = m.SetVerdict(verdict("one", play.Failed))
	has(t, m, "✗ failed", "enter: play it again")
	if done, all := m.Progress(); done != 2 || all != 3 {
		t.Errorf("step %d of %d", done, all)
	}
}

func TestResumingShowsThePlaceAndWhatWasDone(t *testing.T) {
	long := prose(strings.TrimSpace(strings.Repeat("line\n\n", 30)))
	was := progress.Lesson{At: "t", Blocks: map[string]progress.Mark{
		"one": {Status: progress.Passed}, "q": {Status: progress.Failed, Tries: 1}, "t": {Status: progress.Failed, Tries: 2},
	}}
	m := model(sandbox.English, 70, 14, run("one", "1"), quiz(), run("two", "true"), long, task("t")).Resume(was)
	m = m.SetRendered(m.Render()().(RenderedMsg))
	has(t, m, "↻ Here you stopped. The terminals are fresh ones", "▸ ✎ Your turn", "tries: 2", "s: a solution")
	if m.At() != "t" {
		t.Errorf("at %q", m.At())
	}
	has(t, m.Go(-9), "✓ passed · an earlier time")
	if m.Done() {
		t.Error("a lesson with an open task is done")
	}
}

func TestASolutionThatWasSeenCanBeSeenAgain(t *testing.T) {
	m := model(sandbox.English, 70, 20, task("t")).Resume(progress.Lesson{Blocks: map[string]progress.Mark{"t": {Status: progress.Shown}}})
	if _, allowed, _ := m.Solvable(); !allowed || m.Passed("t") {
		t.Errorf("allowed %v, passed %v", allowed, m.Passed("t"))
	}
}

func TestTheEndSaysWhetherTheLessonIsDone(t *testing.T) {
	m := model(sandbox.English, 70, 20, run("one", "1"), run("two", "2")).Running("two").SetVerdict(verdict("two", play.Passed)).Go(1)
	m = m.Running("two").SetVerdict(verdict("two", play.Passed))
	has(t, m, "○ The end; steps not done yet: 1.")
	if m.Will() != WillLeave {
		t.Errorf("at the end Enter would do %v", m.Will())
	}
	m = m.SetVerdict(verdict("one", play.Passed))
	has(t, m, "✓ This lesson is done.")
	if _, step := m.Advance(); !step.Leave {
		t.Error("Enter does not lead back to the course")
	}
}

func TestTheEndIsReadBeforeItIsLeft(t *testing.T) {
	m := model(sandbox.English, 60, 8, run("one", "1"), prose(strings.TrimSpace(strings.Repeat("line\n\n", 20))))
	m = m.Running("one").SetVerdict(verdict("one", play.Passed))
	for range 30 {
		var step Step
		if m.Will() == WillLeave {
			return
		}
		if m, step = m.Advance(); step.Leave {
			t.Fatal("the lesson is left before its end is shown")
		}
	}
	t.Error("Enter never reaches the end")
}

func TestTheVerdictComesBeforeALongExplanation(t *testing.T) {
	q := quiz()
	q.Quiz.Explanation = strings.TrimSpace(strings.Repeat("Because.\n\n", 20))
	for height := 9; height < 30; height++ {
		m, _ := model(sandbox.English, 60, height, q, run("two", "true")).Pick(1).Advance()
		m = m.Running("two").SetVerdict(verdict("two", play.Passed))
		has(t, m, "✓ passed", "│ true", "source   terminal a")
	}
}
