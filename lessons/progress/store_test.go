package progress

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/adrg/xdg"
	"github.com/google/go-cmp/cmp"
)

// open opens a store that must have nothing to warn of.
func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, warnings, err := Open(dir)
	if err != nil || len(warnings) > 0 {
		t.Fatal(warnings, err)
	}
	return s
}

func TestDirFollowsXDG(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", "/of/the/learner")
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	if got := Dir(); got != "/of/the/learner/cloison" {
		t.Error(got)
	}
}

func TestWhatIsMarkedIsThereAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	s := open(t, dir)
	for _, err := range []error{
		s.Mark("proc-ns", "quiz", Failed),
		s.Mark("proc-ns", "quiz", Passed),
		s.Mark("proc-ns", "quiz", Failed), // again, for fun: it stays passed
		s.Mark("proc-ns", "task", Shown),
		s.Mark("proc-ns", "task", Failed),
		s.Mark("nsenter", "run", Skipped),
		s.At("nsenter", "task"),
		s.Finish("proc-ns"),
		s.At("nsenter", "run"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	again := open(t, dir).State()
	if diff := cmp.Diff(s.State(), again); diff != "" {
		t.Error(diff)
	}
	if again.Last != "nsenter" || again.Lessons["nsenter"].At != "run" || again.Lessons["proc-ns"].Done.IsZero() {
		t.Errorf("%+v", again)
	}
	got := map[string]Mark{}
	for id, m := range again.Lessons["proc-ns"].Blocks {
		if time.Since(m.When) > time.Minute {
			t.Errorf("%s was marked %s", id, m.When)
		}
		got[id] = Mark{Status: m.Status, Tries: m.Tries}
	}
	if diff := cmp.Diff(map[string]Mark{"quiz": {Status: Passed, Tries: 2}, "task": {Status: Shown, Tries: 1}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestMarkRefusesAnUnknownStatus(t *testing.T) {
	s := open(t, t.TempDir())
	if err := s.Mark("proc-ns", "a", "well"); err == nil || len(s.State().Lessons) > 0 {
		t.Error(err, s.State())
	}
}

func TestStateIsACopy(t *testing.T) {
	s := open(t, t.TempDir())
	if err := s.Mark("proc-ns", "a", Passed); err != nil {
		t.Fatal(err)
	}
	s.State().Lessons["proc-ns"].Blocks["a"] = Mark{}
	if got := s.State().Lessons["proc-ns"].Blocks["a"].Status; got != Passed {
		t.Errorf("a is %q", got)
	}
}

func TestReset(t *testing.T) {
	s := open(t, t.TempDir())
	seed := s.State().Seed
	for _, err := range []error{
		s.Mark("a", "x", Passed), s.Finish("a"), s.Mark("b", "x", Passed), s.Mark("b", "y", Passed), s.Finish("b"),
		s.ResetBlock("b", "x"), s.Reset("a"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got := readBack(t, s.file)
	if l := got.Lessons["b"]; len(got.Lessons) != 1 || len(l.Blocks) != 1 || !l.Done.IsZero() {
		t.Errorf("%+v", got)
	}
	if err := s.Reset(""); err != nil {
		t.Fatal(err)
	}
	if got := readBack(t, s.file); got.Seed != seed || len(got.Lessons) > 0 || got.Last != "" {
		t.Errorf("%+v, the seed was %d", got, seed)
	}
}

func TestOldFileIsMigrated(t *testing.T) {
	s, warnings, err := Open(folderWith(t, oldFile))
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "version 0 to 1") {
		t.Fatal(warnings, err)
	}
	got := readBack(t, s.file)
	if diff := cmp.Diff(s.State(), got); diff != "" {
		t.Error(diff)
	}
	if got.Seed == 0 || got.Last != "nsenter" || got.Lessons["proc-ns"].Blocks["task"].Tries != 3 {
		t.Errorf("%+v", got)
	}
	if again := open(t, s.dir).State(); again.Seed != got.Seed {
		t.Error("the seed changes")
	}
}

func TestDamagedFileIsSetAside(t *testing.T) {
	for _, text := range []string{"", "null", "[]", `{"version": 1, "less`, `{"version": -1}`, `{"version": "1"}`, `{"version": 1, "lessons": 5}`} {
		dir := folderWith(t, text)
		s, warnings, err := OpenIn(dir, "fr")
		if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "abîmé") {
			t.Fatalf("%q: %q, %v", text, warnings, err)
		}
		aside, err := filepath.Glob(s.file + ".damaged-20*")
		if err != nil || len(aside) != 1 || !strings.Contains(warnings[0], filepath.Base(aside[0])) {
			t.Fatal(aside, err, warnings)
		}
		if kept, err := os.ReadFile(aside[0]); err != nil || string(kept) != text {
			t.Errorf("%q became %q, %v", text, kept, err)
		}
		readBack(t, s.file)
	}
}

// A file that is damaged or removed while we run loses nothing of ours.
func TestDamagedMeanwhile(t *testing.T) {
	for _, damage := range []func(string) error{
		os.Remove,
		func(file string) error { return os.Truncate(file, 10) },
	} {
		s := open(t, t.TempDir())
		if err := s.Mark("a", "x", Failed); err != nil {
			t.Fatal(err)
		}
		if err := damage(s.file); err != nil {
			t.Fatal(err)
		}
		if err := s.Mark("a", "y", Passed); err != nil {
			t.Fatal(err)
		}
		if got := readBack(t, s.file); len(got.Lessons["a"].Blocks) != 2 || got.Lessons["a"].Blocks["x"].Tries != 1 {
			t.Errorf("%+v", got)
		}
	}
}

func TestNewerFileIsLeftAlone(t *testing.T) {
	const text = `{"version": 99, "seed": "of another kind"}`
	dir := folderWith(t, text)
	_, _, err := Open(dir)
	if err == nil || !strings.Contains(err.Error(), "XDG_STATE_HOME") {
		t.Error(err)
	}
	if kept, err := os.ReadFile(filepath.Join(dir, fileName)); err != nil || string(kept) != text {
		t.Errorf("it became %q, %v", kept, err)
	}
}

// Where nothing can be saved one can learn all the same, and is told.
func TestNoPlaceToSave(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, warnings, err := Open(filepath.Join(file, "below"))
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "not saved") {
		t.Fatal(warnings, err)
	}
	if err := s.Mark("a", "x", Passed); err == nil {
		t.Error("Mark says that it has saved")
	}
	if s.State().Lessons["a"].Blocks["x"].Status != Passed {
		t.Error("it is forgotten")
	}
}

// Another cloison that was stopped in the middle of a write does not stop us.
func TestStoppedWriter(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, lockName))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	_, warnings, err := Open(dir)
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "end the other cloison") {
		t.Error(warnings, err)
	}
}

// folderWith is a folder with a progress file.
func folderWith(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}
