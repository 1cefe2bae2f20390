package lesson

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
	"cloison/tui/theme"
	"cloison/tui/words"
)

func run(id, command string) lessons.Block {
	return lessons.Block{Kind: lessons.Run, ID: id, Run: &lessons.RunBlock{Command: command, Shell: "a"}}
}

func prose(text string) lessons.Block { return lessons.Block{Kind: lessons.Prose, Text: text} }

func quiz() lessons.Block {
	return lessons.Block{Kind: lessons.Quiz, ID: "q", Text: "Which?", Quiz: &lessons.QuizBlock{
		Choices:     []lessons.Choice{{Text: "this"}, {Text: "that", Right: true}},
		Explanation: "Because of **it**.", Prove: "two",
	}}
}

func sample(blocks ...lessons.Block) *lessons.Lesson {
	return &lessons.Lesson{
		ID: "l", Title: map[string]string{"en": "A lesson", "fr": "Une leçon"}, See: []string{"pid_namespaces(7)"},
		Blocks: map[string][]lessons.Block{"en": blocks, "fr": blocks},
	}
}

// model is a pane whose Markdown has been rendered.
func model(lang sandbox.Lang, width, height int, blocks ...lessons.Block) Model {
	fill := func(s string) string { return strings.ReplaceAll(s, "{{LIMIT}}", "16M") }
	m := New(1, sample(blocks...), fill).SetLook(theme.New(true), words.In(lang), lang).SetSize(width, height)
	return m.SetRendered(m.Render()().(RenderedMsg))
}

func shown(m Model) string { return ansi.Strip(m.View()) }

func has(t *testing.T, m Model, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(shown(m), w) {
			t.Errorf("no %q in\n%s", w, shown(m))
		}
	}
}

func TestAnXrayBlockSaysWhoseItIs(t *testing.T) {
	for _, container := range []bool{false, true} {
		b := lessons.Block{Kind: lessons.Xray, Show: []string{"memory"}, Follow: container}
		for lang, want := range map[sandbox.Lang]map[bool]string{
			sandbox.English: {false: "Look at the X-ray: memory", true: "Look at the container’s X-ray: memory"},
			sandbox.French:  {false: "Regardez la radio : mémoire", true: "Regardez la radio du conteneur : mémoire"},
		} {
			m := model(lang, 60, 12, b)
			has(t, m, want[container])
			if _, step := m.Advance(); len(step.Show) != 1 || step.Follow != container {
				t.Errorf("Enter asks for %+v", step)
			}
		}
	}
}

func verdict(id string, s play.Status) play.Verdict {
	return play.Verdict{
		Lesson: "l", Block: id, Status: s, Expected: []sandbox.Text{{EN: "exit status 0", FR: "code de retour 0"}},
		Observed: "1\n2\n3\n4\n5\n6\n7\n8\n", Source: sandbox.Text{EN: "terminal a", FR: "terminal a"},
		Reason: sandbox.Text{EN: "exit status 1 instead of 0", FR: "code 1 au lieu de 0"},
	}
}

func TestEnterBringsTheNextBlockIntoViewBeforeItPlays(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("line\n\n", 30))
	m := model(sandbox.English, 60, 10, prose(long), run("one", "true"))
	for page := 0; m.Will() == WillRead; page++ {
		var step Step
		before := m.offset
		if m, step = m.Advance(); step.Play != nil || m.offset <= before || m.offset > before+10 {
			t.Fatalf("page %d: from line %d to %d, playing %v", page, before, m.offset, step.Play)
		}
	}
	if m.Will() != WillPlay {
		t.Fatalf("at the block, Enter would %v", m.Will())
	}
	has(t, m, "┏━ ▸ next", "┃ true")
	m, step := m.Advance()
	if step.Play == nil || step.Play.ID != "one" {
		t.Fatalf("Enter plays %v", step.Play)
	}
	if m = m.Running("one"); m.Will() != WillWait {
		t.Error("Enter does something while a command is running")
	}
	if _, step = m.Advance(); step.Play != nil {
		t.Error("Enter plays a second command while one is running")
	}
	has(t, m, "⋯ running…")
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		status play.Status
		lang   sandbox.Lang
		want   []string
		not    string
	}{
		{play.Passed, sandbox.English, []string{"✓ passed", "expected exit status 0", "source   terminal a"}, "observed"},
		{play.Failed, sandbox.French, []string{"✗ échoué", "raison  code 1 au lieu de 0", "attendu code de retour 0", "observé …", "8"}, " 2\n"},
		{play.Skipped, sandbox.English, []string{"– skipped", "why      exit status 1 instead of 0"}, "expected"},
	} {
		m := model(c.lang, 60, 30, run("one", "true"), run("two", "true")).Running("one").SetVerdict(verdict("one", c.status))
		has(t, m, c.want...)
		if strings.Contains(shown(m), c.not) {
			t.Errorf("%s shows %q:\n%s", c.status, c.not, shown(m))
		}
		stays := c.status == play.Failed
		if next, _ := m.next(); (next.ID == "one") != stays {
			t.Errorf("after %s, next is %s", c.status, next.ID)
		}
	}
}

func TestTheVerdictIsInSight(t *testing.T) {
	for height := 8; height < 40; height++ {
		text := strings.TrimSpace(strings.Repeat("line\n\n", 40))
		m := model(sandbox.English, 60, height, prose(text), run("one", "true"), prose(text))
		for m.Will() == WillRead {
			m, _ = m.Advance()
		}
		m = m.Running("one").SetVerdict(verdict("one", play.Passed))
		has(t, m, "✓ passed", "│ true", "source   terminal a")
	}
}

func TestQuizIsPredictedThenProved(t *testing.T) {
	m := model(sandbox.English, 60, 20, quiz(), run("two", "true"))
	has(t, m, "▸ ? What do you think?", "1 ○ this", "2 ○ that")
	m, step := m.Pick(0).Advance()
	if step.Answered == nil || step.Answered.Status != play.Failed {
		t.Fatalf("the wrong answer is judged %+v", step.Answered)
	}
	if strings.Contains(shown(m), "Because") {
		t.Error("the explanation is there before the proof has been seen")
	}
	if b, _ := m.next(); b.ID != "two" {
		t.Errorf("after the answer comes %q", b.ID)
	}
	m = m.Running("two").SetVerdict(verdict("two", play.Passed))
	has(t, m, "Because of it.")
}

func TestQuestionIsPassedByOnTheSecondEnter(t *testing.T) {
	m, step := model(sandbox.English, 60, 20, quiz(), run("two", "true")).Advance()
	if step.Answered != nil {
		t.Fatal("one Enter passes a question by")
	}
	_, step = m.Advance()
	if step.Answered == nil || step.Answered.Status != play.Skipped {
		t.Errorf("a question passed by is %+v", step.Answered)
	}
}

func TestHintsOpenOneByOne(t *testing.T) {
	task := lessons.Block{Kind: lessons.Task, ID: "t", Text: "Do it.", Hints: []string{"Look.", "Look again."}}
	m := model(sandbox.French, 60, 20, task)
	has(t, m, "À vous, dans le terminal", "Do it.", "un indice (reste 2)")
	if m = m.Reveal(); strings.Contains(shown(m), "Look again.") {
		t.Error("both hints at once")
	}
	has(t, m, "Indice 1", "Look.", "reste 1")
	m = m.Reveal().Reveal()
	has(t, m, "Indice 2", "Look again.")
}

func TestXrayBlockAsksForFacts(t *testing.T) {
	m := model(sandbox.French, 60, 20, lessons.Block{Kind: lessons.Xray, Show: []string{"maps", "memory"}}, run("two", "true"))
	has(t, m, "Regardez la radio\u00a0: tables d’identifiants, mémoire")
	_, step := m.Advance()
	if strings.Join(step.Show, " ") != "maps memory" {
		t.Errorf("shows %v", step.Show)
	}
}

func TestLanguageKeepsWhatWasPlayed(t *testing.T) {
	m := model(sandbox.English, 60, 30, run("one", "true"), quiz(), run("two", "true")).Running("one").SetVerdict(verdict("one", play.Passed)).Pick(1)
	m = m.SetLook(theme.New(true), words.In(sandbox.French), sandbox.French)
	m = m.SetRendered(m.Render()().(RenderedMsg))
	has(t, m, "Une leçon", "✓ réussi", "code de retour 0", "● that")
	if m.Note() != "étape 1 sur 2" {
		t.Errorf("note %q", m.Note())
	}
}

func TestStaleRenderingsAreDropped(t *testing.T) {
	m := model(sandbox.English, 60, 20, prose("# Head\n\nSome *prose*."))
	late := m.Render()().(RenderedMsg)
	for name, other := range map[string]Model{
		"width":  m.SetSize(50, 20),
		"theme":  m.SetLook(theme.New(false), words.In(sandbox.English), sandbox.English),
		"lesson": New(2, sample(prose("other")), m.fill).SetLook(m.theme, m.words, m.lang).SetSize(60, 20),
	} {
		if before := other.View(); other.SetRendered(late).View() != before {
			t.Errorf("a rendering for another %s is taken", name)
		}
	}
}

func TestMarkdownIsRendered(t *testing.T) {
	m := model(sandbox.English, 40, 20, prose("## Head\n\nSome *prose* with {{LIMIT}} and `code`.\n\n- one\n- two\n\n```sh\nls -l\n```"))
	has(t, m, "Head", "Some prose with 16M and code.", "• one", "  ls -l")
	if strings.Contains(shown(m), "```") || strings.Contains(shown(m), "##") {
		t.Errorf("raw Markdown:\n%s", shown(m))
	}
}

func TestCommandIsTheOneTheLearnerIsAt(t *testing.T) {
	m := model(sandbox.English, 60, 30, run("one", "echo {{LIMIT}}"), quiz(), run("two", "two"))
	if got := m.Command(); got != "echo 16M" {
		t.Errorf("first: %q", got)
	}
	m = m.Running("one").SetVerdict(verdict("one", play.Passed))
	if got := m.Command(); got != "two" {
		t.Errorf("after the first: %q", got)
	}
	if got := m.SetVerdict(verdict("two", play.Passed)).Go(5).Command(); got != "two" {
		t.Errorf("at the end: %q", got)
	}
}

func TestGoMovesBetweenStops(t *testing.T) {
	m := model(sandbox.English, 60, 10, run("one", "1"), prose(strings.Repeat("line\n\n", 20)), run("two", "2"))
	has(t, m.Go(9), "┃ 2")
	m = m.Go(1)
	has(t, m, "┃ 2")
	has(t, m.Go(-1), "┃ 1")
	if empty := model(sandbox.English, 60, 10, prose("x")); empty.Go(1).Command() != "" {
		t.Error("a lesson without commands has one")
	}
}

// TestNothingIsCutOff draws commands and verdicts of any length at every
// width that a layout gives.
func TestNothingIsCutOff(t *testing.T) {
	blocks := []lessons.Block{
		prose("Some prose that is long enough to be wrapped at most widths, with `code that is long`."),
		run("one", "unshare --mount --uts --ipc --net --pid --fork --user --map-root-user /bin/bash -c 'echo averyveryveryveryveryveryverylongword'\nsecond line"),
		quiz(), run("two", "true"),
	}
	for width := 38; width <= 130; width++ {
		m := model(sandbox.French, width, 80, blocks...).Running("one").SetVerdict(verdict("one", play.Failed))
		lines := strings.Split(shown(m), "\n")
		for _, line := range lines {
			if w := theme.Width(line); w != width {
				t.Fatalf("width %d: a line of %d: %q", width, w, line)
			}
			if strings.HasSuffix(strings.TrimRight(line, " "), "…") && !strings.Contains(line, "observé") {
				t.Fatalf("width %d cuts off: %q", width, line)
			}
		}
	}
}

func TestALongReferenceStaysBesideItsMark(t *testing.T) {
	m := model(sandbox.English, 30, 40, prose("Read."))
	m.lesson.See = []string{"https://docs.example.org/one/long/address/"}
	m = m.compose()
	has(t, m, "  • https://docs.example.org/o\n", "    ne/long/address/")
}

func TestTinyPanesDoNotPanic(_ *testing.T) {
	for width := range 12 {
		for height := range 6 {
			m := New(1, sample(prose("p"), quiz(), run("one", "true")), func(s string) string { return s }).
				SetLook(theme.New(false), words.In(sandbox.English), sandbox.English).SetSize(width, height)
			if cmd := m.Render(); cmd != nil {
				m = m.SetRendered(cmd().(RenderedMsg))
			}
			for range 8 {
				m, _ = m.Advance()
			}
			_ = fmt.Sprint(m.Running("one").SetVerdict(verdict("one", play.Failed)).Go(-2).Reveal().View())
		}
	}
}

func TestNotesAreForTrainers(t *testing.T) {
	blocks := []lessons.Block{prose("Look."), {Kind: lessons.Note, Text: "Ask the room."}, {Kind: lessons.Xray, Show: []string{"lsm", "maps"}}}
	m := model(sandbox.French, 60, 20, blocks...)
	if strings.Contains(shown(m), "Ask the room") {
		t.Errorf("a learner reads the trainer's note:\n%s", shown(m))
	}
	has(t, m, "étiquette LSM, tables d’identifiants")
	m = m.ForTrainer(true).SetLook(theme.New(true), words.In(sandbox.French), sandbox.French)
	has(t, m, "Ask the room")
}

func TestEveryXrayFactHasAName(t *testing.T) {
	for _, lang := range []sandbox.Lang{sandbox.English, sandbox.French} {
		for _, fact := range lessons.XrayFacts {
			if words.In(lang).Facts.Sections[fact] == "" {
				t.Errorf("%s has no name in %s", fact, lang)
			}
		}
	}
}
