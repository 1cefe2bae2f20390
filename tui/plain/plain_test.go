package plain

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"cloison/lessons"
	"cloison/lessons/progress"
	"cloison/sandbox"
)

var someday = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// hold holds a whole conversation and gives what was said.
func hold(t *testing.T, m *fakeMachine, kept *memory, said ...string) string {
	t.Helper()
	return holdIn(t, sandbox.English, m, kept, said...)
}

func holdIn(t *testing.T, lang sandbox.Lang, m *fakeMachine, kept *memory, said ...string) string {
	t.Helper()
	var out strings.Builder
	err := Run(t.Context(), Options{
		Course: sampleCourse(t), Machine: func(context.Context) (sandbox.Machine, error) { return m, nil },
		Facts: func(seen sandbox.Xray, show []string, _ sandbox.Lang) string {
			return "X-ray of " + seen.Facts.Command + ": " + strings.Join(show, ",") + "\n"
		},
		Progress: kept, Lang: lang, Width: 72,
		In: strings.NewReader(strings.Join(said, "\n") + "\n"), Out: &out,
	})
	if err != nil {
		t.Fatal(err)
	}
	if m.opened != m.closed {
		t.Errorf("%d labs opened, %d closed", m.opened, m.closed)
	}
	return out.String()
}

// inOrder wants every one of want, one after the other, wherever lines are broken.
func inOrder(t *testing.T, text string, want ...string) {
	t.Helper()
	rest := unbroken(text)
	for _, w := range want {
		_, after, found := strings.Cut(rest, unbroken(w))
		if !found {
			t.Fatalf("%q does not come (any more) in:\n%s", w, text)
		}
		rest = after
	}
}

func unbroken(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestAWholeLesson(t *testing.T) {
	kept := &memory{}
	text := hold(t, &fakeMachine{pass: "make it"}, kept,
		"", "2", "", "hint", "hint", "hint", "check", "solution", "check", "solution", "", "echo hello", "make it", "", "", "", "q")
	inOrder(t, text,
		"1. Sample: not begun, 5 minutes.", "Enter opens lesson 1", "Question: How many?", "1. none", "2. one",
		"Noted", "$ echo 1", "1\nPassed.", "You said 2: right.", "Because.",
		"Your turn, in terminal a. Do it.", "Hint 1 of 2: first", "Hint 2 of 2: second", "That was the last hint",
		"Not there yet.", "not done", "Expected: it is done", "Source: /it", "The solution opens after two checks",
		"“solution” shows one", "A solution:\n  true",
		"You are in terminal a", "a$ echo hello\nhello\n", "a$ make it", "Passed.", "Enter goes on with the lesson.",
		"Look at: namespaces", "X-ray of bash: namespaces", "After.", "Further reading: ns(7).", "This lesson is done.",
		"1. Sample: done.", "Tasks passed: 1 of 1", "course> q")
	l := kept.state.Lessons["sample"]
	if l.Done.IsZero() || l.Blocks["work"].Status != progress.Passed || l.At != "" {
		t.Errorf("kept: %+v", l)
	}
}

func TestTheXrayOfAContainer(t *testing.T) {
	for said, m := range map[string]*fakeMachine{
		"X-ray of nginx: namespaces":           {container: true},
		"No container runs in this lesson now": {},
		"No container runs in this lesson":     {container: true, ended: true},
	} {
		text := hold(t, m, &memory{}, "1", "2", "", "xray container", "xray", "q")
		inOrder(t, text, strings.TrimSuffix(said, "namespaces"), "X-ray of bash:")
	}
	b := lessons.Block{Kind: lessons.Xray, Show: []string{"namespaces"}, Follow: true}
	for lang, want := range map[sandbox.Lang]string{sandbox.English: "of the container that was started last. Look at: namespaces.", sandbox.French: "du conteneur démarré en dernier."} {
		if got := (voice{lang: lang, width: 72}).block(b, state{}); !strings.Contains(unbroken(got), want) {
			t.Errorf("%s: %q", lang, got)
		}
	}
}

// A lesson may ask for it.
func TestABlockFollowsAContainer(t *testing.T) {
	c := sampleCourse(t)
	for _, blocks := range c.Lessons()[0].Blocks {
		for i := range blocks {
			blocks[i].Follow = blocks[i].Kind == lessons.Xray
		}
	}
	var out strings.Builder
	m := &fakeMachine{container: true}
	err := Run(t.Context(), Options{
		Course: c, Machine: func(context.Context) (sandbox.Machine, error) { return m, nil },
		Facts: func(seen sandbox.Xray, _ []string, _ sandbox.Lang) string {
			return "X-ray of " + seen.Facts.Command + "\n"
		},
		Progress: &memory{}, Lang: sandbox.English, Width: 72, In: strings.NewReader("1\n2\n\nnext\n\nq\n"), Out: &out,
	})
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, out.String(), "of the container that was started last", "X-ray of nginx")
}

func TestALessonThatIsLockedIsNotOpened(t *testing.T) {
	m := &fakeMachine{about: sandbox.About{Lacks: map[string]sandbox.Lack{"userns": {
		Why:    sandbox.Text{EN: "no namespaces here", FR: "pas d’espaces de noms ici"},
		Remedy: sandbox.Text{EN: "allow them", FR: "autorisez-les"},
	}}}}
	inOrder(t, hold(t, m, &memory{}, "1"), "Sample: locked here.", "no namespaces here", "This lesson is locked here.", "no namespaces here\nallow them")
	inOrder(t, holdIn(t, sandbox.French, m, &memory{}, "1"), "verrouillée ici", "pas d’espaces de noms ici")
	if m.opened != 0 {
		t.Error("it was opened")
	}
}

func TestWhatIsNotSavedIsToldOnce(t *testing.T) {
	text := hold(t, &fakeMachine{}, &memory{full: true}, "1", "2", "", "next")
	if n := strings.Count(text, "could not be saved: no space left on device"); n != 1 {
		t.Errorf("told %d times in:\n%s", n, text)
	}
}

func TestAQuestionIsPassedByOnlyWhenThatIsMeant(t *testing.T) {
	kept := &memory{}
	text := hold(t, &fakeMachine{}, kept, "1", "", "7", "1 2", "", "q")
	inOrder(t, text, "Make up your mind first", "The answers are 1 to 2", "Only one of them is right", "Not answered.", "$ echo 1")
	if kept.state.Lessons["sample"].Blocks["guess"].Status != progress.Skipped {
		t.Errorf("kept: %+v", kept.state)
	}
}

func TestTheMachineDies(t *testing.T) {
	m := &fakeMachine{}
	text := hold(t, m, &memory{}, "1", "1", "", "", "die", "", "reset", "q")
	inOrder(t, text, "You said 1: not right.", "Right is 2, one.", "a$ die", "The machine is gone: it has died",
		"“reset” gives", "The machine is gone", "reset", "You stopped here.", "Your turn")
	if m.opened != 2 {
		t.Errorf("%d labs opened", m.opened)
	}
}

func TestResets(t *testing.T) {
	kept := &memory{}
	m := &fakeMachine{pass: "make it"}
	text := hold(t, m, kept, "1", "2", "", "", "check", ".", "back", "reset", "1", "reset", "", "reset", "2", "reset", "3", "q")
	inOrder(t, text, "$ echo 1", "reset", "What is to begin afresh?", "> 1", "$ echo 1", "Enter plays it> reset",
		"Enter for nothing> \n", "> 2", "You stopped here.", "$ echo 1", "> 3", "Before.", "Question: How many?")
	if l := kept.state.Lessons["sample"]; len(l.Blocks) != 0 {
		t.Errorf("kept after all was reset: %+v", l)
	}
	if m.opened != 3 {
		t.Errorf("%d labs opened", m.opened)
	}
}

func TestLanguageChangesInPlace(t *testing.T) {
	inOrder(t, hold(t, &fakeMachine{}, &memory{}, "lang", "lang", "1", "lang", "2", "q"),
		"The course:", "Leçons terminées :", "The course:", "Question: How many?", "Question : How many?", "votre réponse", "C’est noté.")
}

func TestWordsThatMeanNothing(t *testing.T) {
	inOrder(t, hold(t, &fakeMachine{}, &memory{}, "hint", "nonsense", "99", "1", "hint", "solution", "check", "back", "shell z", "stop", "nonsense", "!echo hi", "?", "q"),
		"That works in a lesson.", "There is no lesson “nonsense” here", "There is no lesson “99” here",
		"There is no task here", "There is no task here", "There is no task here", "There is nothing that way",
		"This lesson has no terminal z", "Nothing runs in the terminal", "!nonsense types it", "hi\n", "hint: one more hint")
}

// Ctrl-C is asked back about once, and then ends the conversation.
func TestCtrlC(t *testing.T) {
	interrupts := make(chan os.Signal, 2)
	interrupts <- os.Interrupt
	interrupts <- os.Interrupt
	var out strings.Builder
	never, _ := ioPipe(t)
	err := Run(t.Context(), Options{
		Course: sampleCourse(t), Machine: func(context.Context) (sandbox.Machine, error) { return &fakeMachine{}, nil },
		Progress: &memory{}, In: never, Out: &out, Interrupts: interrupts, Width: 72,
	})
	if err != nil || strings.Count(out.String(), "Ctrl-C once more leaves") != 1 {
		t.Errorf("%v; said:\n%s", err, out.String())
	}
}

func TestAMachineThatRefusesIsTheError(t *testing.T) {
	refused := errors.New("refused")
	err := Run(t.Context(), Options{Machine: func(context.Context) (sandbox.Machine, error) { return nil, refused }})
	if !errors.Is(err, refused) {
		t.Error(err)
	}
}

func TestWhoRefusedIsFoundOut(t *testing.T) {
	text := holdIn(t, sandbox.French, &fakeMachine{refuses: true}, &memory{}, "", "2", "pourquoi", "", "pourquoi", "next", "q")
	inOrder(t, text, "La dernière commande n’a pas été refusée.", "Operation not permitted", "« pourquoi » cherche qui l’a refusée",
		"refusé par le filtre seccomp")
}
