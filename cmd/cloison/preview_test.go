package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cloison/tui"
)

// newCourse writes a new lesson into a course of its own.
func newCourse(t *testing.T) (root, lesson string) {
	t.Helper()
	root = t.TempDir()
	lesson = filepath.Join(root, "10-first", "10-host-name")
	if err := writeLesson(&strings.Builder{}, lesson); err != nil {
		t.Fatal(err)
	}
	return root, lesson
}

func TestPreviewedFindsTheCourse(t *testing.T) {
	root, lesson := newCourse(t)
	for dir, want := range map[string]string{lesson: "host-name", filepath.Dir(lesson): "", root: ""} {
		gotRoot, gotLesson, err := previewed(dir)
		if gotRoot != root || gotLesson != want || err != nil {
			t.Errorf("%s: %s %q %v, want %s %q", dir, gotRoot, gotLesson, err, root, want)
		}
	}
	if _, _, err := previewed(filepath.Join(root, "nowhere")); err == nil {
		t.Error("a folder that is not there is accepted")
	}
}

// A change is seen; a broken course is a notice and no course; once repaired
// it is shown again.
func TestWatchTellsOfEachChange(t *testing.T) {
	root, lesson := newCourse(t)
	changes := make(chan tui.Change)
	go watch(t.Context(), root, changes)
	if c := <-changes; c.Course == nil || c.Notice != "lint: no problems" {
		t.Fatalf("at first: %+v", c)
	}
	file := filepath.Join(lesson, "lesson.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	replace := func(name, content string) {
		t.Helper()
		temporary := filepath.Join(t.TempDir(), "new")
		if err := os.WriteFile(temporary, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(temporary, name); err != nil {
			t.Fatal(err)
		}
	}

	replace(file, strings.Replace(string(text), "minutes: 5", "minutes: soon", 1))
	if c := <-changes; c.Course != nil || !strings.Contains(c.Notice, "lesson.md:3: minutes") || !strings.Contains(c.Notice, "more: cloison lint") {
		t.Errorf("broken: %+v", c)
	}
	replace(file, strings.Replace(string(text), "that nobody else sees", "of your own", 1))
	if c := <-changes; c.Course == nil || c.Files || !strings.Contains(c.Notice, "translation is older") {
		t.Errorf("repaired, with an older translation: %+v", c)
	}
	replace(filepath.Join(lesson, "files", "a.sh"), "true\n")
	if c := <-changes; c.Course == nil || !c.Files {
		t.Errorf("with a file: %+v", c)
	}
}

// The author's screen follows the file, in the real program.
func TestPreviewFollowsTheFile(t *testing.T) {
	if err := canOpenLab(); err != nil {
		t.Skip("no lab can be opened here:", err)
	}
	_, lesson := newCourse(t)
	s := newScreen(t, 120, 36, "sh", "-c", anyway(program(t)+" --lang en")+" preview "+lesson+"; cat")
	s.waitFor("Change a host name that nobody else sees", "lesson $")
	file := filepath.Join(lesson, "lesson.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write := func(content string) {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(strings.Replace(string(text), "that nobody else sees", "and see who notices", 1))
	s.waitFor("and see who notices", "translation is older")
	write(strings.Replace(string(text), "minutes: 5", "minutes: soon", 1))
	s.waitFor("and see who notices", "minutes: want a whole number")
}

// anyway adds the flag that root needs where the computer is not disposable.
func anyway(command string) string {
	if os.Geteuid() == 0 {
		command += " --on-this-machine"
	}
	return command
}
