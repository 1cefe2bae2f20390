package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
	"cloison/sandbox/local"
)

// wreckLesson has a check that passes when grep finds nothing, and so would
// pass without grep.
const wreckLesson = "---\ntitle: Wreck\nminutes: 5\ntasks:\n" +
	"  gone: {check: \"! grep -q kept ~/it\", solve: \"echo > ~/it\"}\n" +
	"setup: echo kept > ~/it\n---\n" +
	"```sh {run id=one}\ntrue\n```\n```task {id=gone}\nEmpty it.\n```\n"

// inRealLab plays a lesson text in a lab of this computer.
func inRealLab(t testing.TB, text string, use func(p *play.Player, task lessons.Block)) {
	t.Helper()
	if err := canOpenLab(); err != nil {
		t.Skip("no lab can be opened here:", err)
	}
	state, err := os.MkdirTemp("", "cloison-state")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(state)
	m, err := local.New(local.Options{Anyway: true, StateDir: state})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	l := readCourse(t, map[string]string{"10-lesson": text}).Lessons()[0]
	err = inLab(t.Context(), m, sandbox.English, l, func(p *play.Player) error {
		for _, b := range l.Blocks[lessons.English] {
			if b.Kind == lessons.Task {
				use(p, b)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestWreckedMachineIsNeverAPass has learners who break what the check stands on.
func TestWreckedMachineIsNeverAPass(t *testing.T) {
	for name, test := range map[string]struct {
		typed  string
		want   play.Status
		reason string
	}{
		"untouched":        {"true", play.Failed, "not yet"},
		"solved":           {"echo > ~/it", play.Passed, ""},
		"the PATH":         {"export PATH=/nowhere; unset -f true; alias grep=true", play.Failed, "not yet"},
		"the shell's own":  {"grep() { return 1; }; export -f grep; BASH_ENV=/dev/null", play.Failed, "not yet"},
		"the shell, ended": {"kill -9 $$", play.Unwell, "the terminal’s shell has ended"},
		"every program":    {"mount -t tmpfs none /usr/bin; mount -t tmpfs none /bin", play.Unwell, "r for a fresh one"},
		"/proc, solved":    {"echo > ~/it; mount -t tmpfs none /proc", play.Unwell, "/proc doesn’t show its processes"},
		"/proc":            {"mount -t tmpfs none /proc", play.Failed, "not yet"},
		"grep":             {"g=$(type -P grep); mount --bind /dev/null $g; mount --bind /dev/null /bin/grep", play.Unwell, "r for a fresh one"},
	} {
		t.Run(name, func(t *testing.T) {
			inRealLab(t, wreckLesson, func(p *play.Player, task lessons.Block) {
				if v, err := p.Check(t.Context(), task); err != nil || v.Status != play.Failed {
					t.Fatalf("before: %+v, %v", v, err)
				}
				sh, err := p.Shell(t.Context(), "a", 0, 0)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := sh.Run(t.Context(), test.typed); err != nil && !errors.Is(err, sandbox.ErrEnded) {
					t.Fatal(err)
				}
				v, err := checkUntil(t.Context(), p, task, time.Now().Add(5*time.Second), test.want)
				if err != nil || v.Status != test.want || !strings.Contains(v.Reason.EN, test.reason) {
					t.Errorf("got %+v, %v", v, err)
				}
			})
		})
	}
}

const benchLesson = "---\ntitle: Bench\nminutes: 5\ntasks:\n" +
	"  there: {check: '[ -e ~/it ] && echo source: ~/it', solve: touch ~/it}\n---\n" +
	"```sh {run id=one}\ntrue\n```\n```task {id=there}\nMake it.\n```\n"

// BenchmarkTaskVerdict measures from the Enter that changes the state to the
// verdict: a command is typed that passes or fails the task in turn, and
// checks follow one another as they do while a learner works.
func BenchmarkTaskVerdict(b *testing.B) {
	var all []time.Duration
	inRealLab(b, benchLesson, func(p *play.Player, task lessons.Block) {
		commands := map[play.Status]string{play.Passed: "touch ~/it", play.Failed: "rm ~/it"}
		want := play.Passed
		if _, err := p.Check(b.Context(), task); err != nil { // opens the terminal
			b.Fatal(err)
		}
		for b.Loop() {
			took, err := changeToVerdict(b.Context(), p, task, commands[want], want)
			if err != nil {
				b.Fatal(err)
			}
			all = append(all, took)
			if want == play.Passed {
				want = play.Failed
			} else {
				want = play.Passed
			}
		}
	})
	slices.Sort(all)
	at := func(p int) float64 { return all[min(len(all)-1, len(all)*p/100)].Seconds() * 1000 }
	b.ReportMetric(at(50), "p50-ms")
	b.ReportMetric(at(95), "p95-ms")
	b.ReportMetric(0, "ns/op")
}

// changeToVerdict types a command and checks as soon as a prompt is back.
func changeToVerdict(ctx context.Context, p *play.Player, task lessons.Block, command string, want play.Status) (time.Duration, error) {
	sh, err := p.Shell(ctx, "a", 0, 0)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if _, err := sh.Run(ctx, command); err != nil {
		return 0, err
	}
	v, err := checkUntil(ctx, p, task, began.Add(5*time.Second), want)
	if err == nil && v.Status != want {
		err = fmt.Errorf("%s gives %+v", command, v)
	}
	return time.Since(began), err
}
