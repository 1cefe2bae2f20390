package local

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// takesSpare makes a spare lab and opens one; it fails where that is another.
func takesSpare(t *testing.T, m *Machine, o sandbox.LabOptions) *Lab {
	t.Helper()
	if err := m.Spare(t.Context(), o.Shared); err != nil {
		t.Fatal(err)
	}
	spare := m.spares[o.Shared]
	lab := openLab(t, m, o)
	if lab != spare {
		t.Fatal("the spare lab was not taken")
	}
	return lab
}

func TestSpareLabIsLikeAnyOther(t *testing.T) {
	for _, shared := range []bool{false, true} {
		t.Run(fmt.Sprintf("shared %v", shared), func(t *testing.T) {
			m := newMachine(t)
			lab := takesSpare(t, m, sandbox.LabOptions{
				Shared: shared,
				Env:    map[string]string{"LIMIT": "64M", "ODD": "it's $HOME\nand more"},
				Files:  fstest.MapFS{"run.sh": {Data: []byte("#!/bin/sh\necho it runs\n")}},
			})
			ready := lab.ready
			s, err := lab.Shell(t.Context(), sandbox.ShellOptions{Name: "a", Cols: 91, Rows: 31})
			if err != nil {
				t.Fatal(err)
			}
			drainOutput(s)
			if s.PID() != ready.pid {
				t.Error("the waiting shell was not taken")
			}
			want := "64M it's $HOME\nand more\nit runs\n31 91"
			if got := run(t, s, `echo "$LIMIT $ODD"; ~/files/run.sh; stty size`); got != want {
				t.Errorf("the shell says %q, want %q", got, want)
			}
			if got := script(t, lab, `echo "$LIMIT $ODD"; ~/files/run.sh; [ -f ~/.bashrc ] && bash -ic 'echo $LIMIT' 2>/dev/null`); !strings.HasSuffix(got, "it runs\n64M") {
				t.Errorf("a script says %q", got)
			}
			second := openShell(t, lab)
			if got := run(t, second, "echo $LIMIT"); got != "64M" || second.PID() == s.PID() {
				t.Errorf("the second shell says %q", got)
			}
			if other := openLab(t, m, sandbox.LabOptions{Shared: shared}); other == lab {
				t.Error("one lab was given twice")
			}
		})
	}
}

func TestSpareLabThatIsNotWell(t *testing.T) {
	m := newMachine(t)
	if err := m.Spare(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	spare := m.spares[false]
	if err := unix.Kill(spare.keeper.Process.Pid, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-spare.gone
	lab := openLab(t, m, sandbox.LabOptions{Env: map[string]string{"A": "b"}})
	if lab == spare || script(t, lab, "echo $A") != "b" {
		t.Error("a dead lab was given")
	}
}

func TestSpareLabsAreClosedToo(t *testing.T) {
	m, err := New(Options{Anyway: true, StateDir: stateDir(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, shared := range []bool{false, true} {
		if err := m.Spare(t.Context(), shared); err != nil {
			t.Fatal(err)
		}
	}
	bash := m.spares[true].ready.pid
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the waiting shell is gone", func() bool { return unix.Kill(bash, 0) == unix.ESRCH })
	if left, _ := filepath.Glob(m.state.file("*")); len(left) > 0 {
		t.Errorf("records are left: %v", left)
	}
	if exists(m.spares[true].home) {
		t.Error("a home is left")
	}
}

func TestExports(t *testing.T) {
	got := exports([]string{"A=b", "ODD=it's", "NO-NAME=x", "EMPTY="})
	if want := "export A='b'\nexport ODD='it'\\''s'\nexport EMPTY=''\n"; got != want {
		t.Errorf("got %q", got)
	}
}
