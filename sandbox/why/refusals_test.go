//go:build linux

package why

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == TrialVerb {
		os.Exit(BeTrial())
	}
	os.Exit(m.Run())
}

// TestRefusals asks why of each and wants the answer that is known by
// construction; the last line says how many were named rightly.
func TestRefusals(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: a container without any layer can't be made otherwise")
	}
	dir := prepared(t)
	may := permitted(t)
	list := refusals(dir)
	if len(list) < 60 {
		t.Errorf("only %d refusals", len(list))
	}
	var s score
	s.tell(t)
	for _, r := range list {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			s.judge(t, r, open(may))
		})
	}
}

// score counts answers: "not sure" is one that names no layer though the
// command works when everything is relaxed, or that says why it may be wrong; it
// is allowed, a wrong one is not.
type score struct{ right, unsure, wrong atomic.Int32 }

func (s *score) tell(t *testing.T) {
	t.Cleanup(func() {
		t.Logf("%d refusals named rightly, %d not surely, %d wrongly", s.right.Load(), s.unsure.Load(), s.wrong.Load())
	})
}

// judge asks about one refusal in a container that has no layer but those of
// the refusal.
func (s *score) judge(t *testing.T, r refusal, spec sandbox.Spec) {
	t.Helper()
	for _, change := range r.layers {
		change(&spec)
	}
	spec.Args = []string{"sh", "-c", r.sh}
	c, err := NewContainer(spec, os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	a, err := Ask(t.Context(), c)
	switch got := sets(a.Ways); {
	case err != nil:
		s.wrong.Add(1)
		t.Fatalf("%v (%+v)", err, a)
	case len(got) == 0 && a.Free == "":
		s.unsure.Add(1)
		t.Logf("not sure: %+v", a)
		return
	case !slices.Equal(got, r.want):
		s.wrong.Add(1)
		t.Errorf("refused by %v, want %v: %+v", got, r.want, a)
		return
	}
	if slices.Contains(a.Notes, byPowers) {
		s.unsure.Add(1)
	} else {
		s.right.Add(1)
	}
	if f := a.Ways[0][0]; len(f.Evidence) == 0 && f.Layer != Cgroup && f.Layer != ReadOnly {
		t.Errorf("no evidence for %s: %+v", f.Layer, a.Ways)
	}
	if r.part != "" && !slices.ContainsFunc(a.Ways[0], func(f Refusal) bool { return slices.Contains(f.Narrowest, r.part) }) {
		t.Errorf("the narrowest is not %s: %+v", r.part, a.Ways)
	}
}

func sets(ways []Way) []string {
	var all []string
	for _, way := range ways {
		var names []string
		for _, r := range way {
			names = append(names, string(r.Layer))
		}
		slices.Sort(names)
		all = append(all, strings.Join(names, "+"))
	}
	slices.Sort(all)
	return all
}

// prepared is a folder for volumes, where set-user-ID bits count.
func prepared(t *testing.T) string {
	dir := t.TempDir()
	for d := dir; d != "/"; d = filepath.Dir(d) {
		if info, err := os.Stat(d); err == nil && info.Mode().Perm()&0o005 != 0o005 {
			if err := os.Chmod(d, info.Mode().Perm()|0o055); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	reader, locker := filepath.Join(dir, "reader"), filepath.Join(dir, "locker")
	build(t, reader)
	build(t, locker)
	if err := errors.Join(os.Chmod(reader, 0o755|os.ModeSetuid), os.Chmod(locker, 0o755)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// build makes a program of testdata, or takes the one that lies beside the
// tests where there is no Go.
func build(t *testing.T, file string) {
	name := filepath.Base(file)
	if text, err := os.ReadFile(filepath.Join(filepath.Dir(os.Args[0]), name)); err == nil {
		if err := os.WriteFile(file, text, 0o700); err != nil {
			t.Fatal(err)
		}
		return
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", file, "./testdata/"+name)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the %s: %v\n%s", name, err, out)
	}
}

func permitted(t *testing.T) sandbox.CapSet {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		t.Fatal(err)
	}
	return sandbox.CapSet(data[0].Permitted) | sandbox.CapSet(data[1].Permitted)<<32
}
