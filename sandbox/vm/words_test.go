package vm

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"cloison/sandbox"
	"cloison/sandbox/link"
	"cloison/sandbox/vm/qemu"
	"cloison/sandbox/vm/template"
)

// errorLack is what the learner is told of an error.
func errorLack(err error) (sandbox.Lack, bool) {
	var told interface{ Lack() sandbox.Lack }
	if !errors.As(err, &told) {
		return sandbox.Lack{}, false
	}
	return told.Lack(), true
}

// said checks that both languages say something, each its own.
func said(t *testing.T, name string, texts ...sandbox.Text) {
	t.Helper()
	for _, text := range texts {
		if text.EN == "" || text.FR == "" || text.EN == text.FR {
			t.Errorf("%s: %+v", name, text)
		}
		if strings.Contains(text.EN+text.FR, "%!") {
			t.Errorf("%s: a wrong format: %+v", name, text)
		}
	}
}

func TestEveryEndIsTold(t *testing.T) {
	for cause := qemu.Unknown; cause <= qemu.Closed; cause++ {
		gone := &Gone{End: qemu.End{Cause: cause, Detail: "some detail"}}
		lack, ok := errorLack(fmt.Errorf("run a script: %w", &link.Gone{Cause: gone}))
		if !ok || lack != gone.Lack() {
			t.Errorf("%v: %+v", cause, lack)
		}
		said(t, gone.End.String(), lack.Why, lack.Remedy)
	}
	silent := &Gone{Silent: true}
	said(t, "silent", silent.Lack().Why, silent.Lack().Remedy)
}

func TestEveryLackIsTold(t *testing.T) {
	for name, err := range map[string]error{
		"no QEMU":        lackOfQEMU(qemu.ErrMissing),
		"an old QEMU":    lackOfQEMU(fmt.Errorf("look: %w", &qemu.TooOld{Found: qemu.Version{Major: 5}})),
		"a broken QEMU":  lackOfQEMU(errors.New("exit status 127")),
		"a full disk":    lackOfRoom(&template.NoRoom{Dir: "/x", Need: 1 << 30, Free: 1 << 20}),
		"busy":           lackOfRoom(&template.Busy{PID: 7}),
		"memory":         lackOfMemory(1<<20, 1<<30),
		"processor":      &Lacking{noProcessor},
		"shared library": &Lacking{dynamic("/bin/cloison")},
		"emulated host":  &Lacking{emulatedHost},
		"not up":         &NotUp{at: booting("KVM"), Console: "last words", Err: errors.New("nothing came")},
	} {
		lack, ok := errorLack(err)
		if !ok {
			t.Errorf("%s: %v", name, err)
		}
		said(t, name, lack.Why, lack.Remedy)
	}
	if err := errors.New("x"); lackOfRoom(err) != err {
		t.Error("another error is taken for a lack of room")
	}
}

func TestNotUpShowsTheConsole(t *testing.T) {
	err := &NotUp{
		at: booting("TCG"), End: qemu.End{Cause: qemu.Panicked, Detail: "no init"}, Err: errors.New("eof"),
		Console: lastLines("a\n\n  b  \n\nc\n", 2),
	}
	for _, text := range []string{err.Lack().Why.EN, err.Lack().Why.FR} {
		if !strings.HasSuffix(text, "\n  b\nc") || !strings.Contains(text, "no init") {
			t.Errorf("got %q", text)
		}
	}
	if got := lastLines("", 3); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestSteps(t *testing.T) {
	all := []step{waiting(1), checking(), booting("KVM"), saving(), starting(), docker("unknown")}
	for _, s := range []link.Stage{link.StageContainerd, link.StageDockerd, link.StageImages, link.StageWarmUp} {
		if _, known := dockerSteps[s]; !known {
			t.Errorf("%s has no words", s)
		}
		all = append(all, docker(s))
	}
	for _, s := range all {
		said(t, s.name, s.stage().Name)
	}
	before := -1.0
	for _, s := range []step{checking(), booting(""), docker(link.StageContainerd), docker(link.StageDockerd), docker(link.StageImages), docker(link.StageWarmUp), saving()} {
		if part := s.stage().Part; part <= before || part >= 1 {
			t.Errorf("%s is %v of it, after %v", s.name, part, before)
		} else {
			before = part
		}
	}
}

func TestAvailable(t *testing.T) {
	for text, want := range map[string]uint64{
		"MemTotal: 9 kB\nMemAvailable:   2048 kB\n": 2 << 20,
		"MemTotal: 9 kB\n":                          0,
		"MemAvailable: x kB\n":                      0,
		"MemAvailable: 99999999999999999999 kB":     0,
	} {
		if got, ok := available(text); got != want || ok != (want > 0) {
			t.Errorf("%q: %d, %v", text, got, ok)
		}
	}
	if err := enoughMemory(1 << 60); err == nil {
		t.Error("this computer has an exabyte")
	}
	if err := enoughMemory(1); err != nil {
		t.Error(err)
	}
}

func TestStoppedReadsTheState(t *testing.T) {
	if stopped(1 << 30) {
		t.Error("nobody is stopped")
	}
}
