package course

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"cloison/lessons"
	"cloison/sandbox"
	"cloison/tui/theme"
	"cloison/tui/words"
)

func both(en, fr string) map[lessons.Lang]string {
	return map[lessons.Lang]string{lessons.English: en, lessons.French: fr}
}

func sample() *lessons.Course {
	lesson := func(id, en, fr string) *lessons.Lesson {
		return &lessons.Lesson{ID: id, Title: both(en, fr), Minutes: 10, Needs: []string{"userns"}}
	}
	return &lessons.Course{Chapters: []*lessons.Chapter{
		{ID: "kernel", Title: both("The kernel", "Le noyau"), Lessons: []*lessons.Lesson{
			lesson("one", "See a process", "Voir un processus"), lesson("two", "Name the parts", "Nommer les parties"),
		}},
		{ID: "limits", Title: both("Limits", "Limites"), Lessons: []*lessons.Lesson{lesson("three", "Set a limit", "Limiter")}},
	}}
}

func model(lang sandbox.Lang, width, height int) Model {
	return New(sample()).SetLook(theme.New(true), words.In(lang), lang).SetSize(width, height)
}

func shown(m Model) string { return ansi.Strip(m.View()) }

func TestMoveSkipsChaptersAndStopsAtTheEnds(t *testing.T) {
	m := model(sandbox.English, 80, 22)
	for _, step := range []struct {
		n    int
		want string
	}{{-1, "one"}, {1, "two"}, {1, "three"}, {5, "three"}, {-2, "one"}} {
		m = m.Move(step.n)
		if got := m.Selected().ID; got != step.want {
			t.Errorf("after %+d: %s, want %s", step.n, got, step.want)
		}
	}
}

func TestStatesAreSaidInWords(t *testing.T) {
	lack := sandbox.Lack{Why: sandbox.Text{EN: "no root", FR: "pas root"}, Remedy: sandbox.Text{EN: "use sudo", FR: "utilisez sudo"}}
	m := model(sandbox.French, 80, 22).SetStates(map[string]State{
		"one":   {Known: true, Done: true},
		"two":   {Known: true, Lacks: []sandbox.Lack{lack}},
		"three": {Known: true},
	}).Select("two")
	text := shown(m)
	for _, want := range []string{
		"✓ Voir un processus", "terminée", "▸ ✗ Nommer les parties", "verrouillée", "prête",
		"pourquoi pas root", "remède utilisez sudo", "Limites", "10 min",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestHeadingsOfTheTextAreNamed(t *testing.T) {
	course := sample()
	course.Chapters[0].Lessons[0].Source = []string{"> Explorer : `nsenter`", "Le *Registre Docker*"}
	m := New(course).SetLook(theme.New(true), words.In(sandbox.French), sandbox.French).SetSize(80, 22)
	if text := shown(m); !strings.Contains(text, "couvre Explorer : nsenter · Le Registre Docker") {
		t.Error(text)
	}
}

func TestClickSelectsThenOpens(t *testing.T) {
	m := model(sandbox.English, 80, 22)
	m, again := m.Click(3, 2)
	if m.Selected().ID != "two" || again {
		t.Fatalf("first click: %s, again %v", m.Selected().ID, again)
	}
	if _, again = m.Click(3, 2); !again {
		t.Error("the second click on the same lesson is not one")
	}
	if m, again = m.Click(3, 0); m.Selected().ID != "two" || again {
		t.Error("a chapter can be clicked")
	}
	if _, again = m.Click(3, 300); again {
		t.Error("a click below the list opens a lesson")
	}
}

func TestTheCursorStaysInSight(t *testing.T) {
	for height := range 12 {
		m := model(sandbox.English, 60, height).Move(2)
		if rows := strings.Count(m.View(), "\n") + 1; height > 2 && rows != height {
			t.Errorf("height %d drew %d rows", height, rows)
		}
		if height > 3 && !strings.Contains(shown(m), "▸ ○ Set a limit") {
			t.Errorf("height %d hides the cursor:\n%s", height, shown(m))
		}
	}
}

func TestAnEmptyCourseDoesNotPanic(t *testing.T) {
	m := New(&lessons.Course{}).SetSize(80, 24).Move(1)
	if m.Selected() != nil || m.View() == "" {
		t.Error("an empty course has a lesson")
	}
}

func TestLongTitlesGoOnInTheNextLine(t *testing.T) {
	course := sample()
	course.Chapters[0].Lessons[0].Title = both(strings.Repeat("long title ", 9)+"to its end", "")
	m := New(course).SetLook(theme.New(true), words.In(sandbox.English), sandbox.English).SetSize(80, 22)
	if text := shown(m); strings.Contains(text, "…\n") || strings.Count(text, "to its end") < 2 {
		t.Errorf("the title is cut off:\n%s", text)
	}
	if m, _ = m.Click(3, 2); m.Selected().ID != "one" {
		t.Errorf("the second line of a title belongs to %s", m.Selected().ID)
	}
	if m, _ = m.Click(3, 3); m.Selected().ID != "two" {
		t.Errorf("the line after a long title belongs to %s", m.Selected().ID)
	}
}

// TestALongChapterKeepsItsMinutes: what is left in a chapter is said whole, and its
// title goes on below.
func TestALongChapterKeepsItsMinutes(t *testing.T) {
	course := sample()
	course.Chapters[0].Title = both("Where containers come from, and what was agreed on", "D’où viennent les conteneurs")
	m := New(course).SetLook(theme.New(true), words.In(sandbox.English), sandbox.English).SetSize(56, 22).
		SetStates(map[string]State{"one": {Known: true, Left: 120}})
	lines := strings.Split(shown(m), "\n")
	if !strings.Contains(lines[0], "Where containers come from") || !strings.HasSuffix(strings.TrimRight(lines[0], " "), "120 min left") {
		t.Errorf("the first line is %q", lines[0])
	}
	if got := strings.TrimSpace(lines[1]); got != "agreed on" && got != "was agreed on" {
		t.Errorf("the second line is %q", got)
	}
}
