package kvm

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// TestMain makes this test binary its own probe.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == ProbeVerb {
		os.Exit(BeProbe(os.Args[2:]))
	}
	os.Exit(m.Run())
}

// The kernel's own sizes, which the requests' numbers hold.
func TestStructuresHaveTheKernelsSizes(t *testing.T) {
	for name, got := range map[string][2]uintptr{
		"kvm_regs":                    {unsafe.Sizeof(registers{}), setRegisters >> 16 & 0x3fff},
		"kvm_sregs":                   {unsafe.Sizeof(specialRegisters{}), setSpecial >> 16 & 0x3fff},
		"kvm_userspace_memory_region": {unsafe.Sizeof(memoryRegion{}), setMemoryRegion >> 16 & 0x3fff},
		"kvm_cpuid2":                  {unsafe.Offsetof(cpuid{}.Data), setCPUID >> 16 & 0x3fff},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %d bytes, the kernel has %d", name, got[0], got[1])
		}
	}
}

// The payload gets through where the processor is sound: here an emulated one.
func TestPayloadUnderEmulation(t *testing.T) {
	qemu, err := exec.LookPath("qemu-system-x86_64")
	if err != nil {
		t.Skip("there is no qemu-system-x86_64 here")
	}
	console := filepath.Join(t.TempDir(), "console")
	machine := exec.CommandContext(t.Context(), qemu, "-M", "pc", "-nodefaults", "-display", "none", "-accel", "tcg", "-m", "16",
		"-kernel", "testdata/longmode.bin", "-device", "loader,file=guest/payload.bin,addr=0x200000,force-raw=on",
		"-chardev", "file,id=c,path="+console, "-serial", "chardev:c")
	if err := machine.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = machine.Process.Kill(); _ = machine.Wait() }()
	said := ""
	for deadline := time.Now().Add(20 * time.Second); said != letters; time.Sleep(5 * time.Millisecond) {
		text, _ := os.ReadFile(console)
		if said = string(text); time.Now().After(deadline) {
			t.Fatalf("it said %q", said)
		}
	}
}

func TestPayloadIsItsSource(t *testing.T) {
	as, err := exec.LookPath("as")
	if err != nil {
		t.Skip("there is no assembler here")
	}
	dir := t.TempDir()
	object, binary := filepath.Join(dir, "o"), filepath.Join(dir, "b")
	for _, args := range [][]string{
		{as, "--64", "-o", object, "guest/payload.s"},
		{"ld", "-m", "elf_x86_64", "-Ttext=0x10000", "--oformat=binary", "-o", binary, object},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if built, err := os.ReadFile(binary); err != nil || string(built) != string(payload) {
		t.Errorf("payload.bin is not what payload.s says: %v", err)
	}
}

// Whatever this computer has, the answer comes in time and says why.
func TestAskThisComputer(t *testing.T) {
	began := time.Now()
	v := Ask(t.Context(), os.Args[0], 1)
	t.Logf("%v in %v", v, time.Since(began))
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
	if v.Usable == (v.Lack.Why.EN != "") || (v.Lack.Why.FR == "") != v.Usable {
		t.Errorf("got %+v", v)
	}
}

func TestAProbeThatHangsIsLeft(t *testing.T) {
	if _, err := os.Stat(Device); err != nil {
		t.Skip("nothing is asked without ", Device)
	}
	hangs := filepath.Join(t.TempDir(), "hangs")
	if err := os.WriteFile(hangs, []byte("#!/bin/sh\nexec sleep 60\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if v := Ask(t.Context(), hangs, 1); v.Usable || time.Since(began) > 3*time.Second {
		t.Errorf("%+v after %v", v, time.Since(began))
	}
}

func TestJudge(t *testing.T) {
	failed := errors.New("exit status 1")
	for name, test := range map[string]struct {
		said string
		err  error
		want string // of the reason
		fr   string // where it says more than another program has
	}{
		"it works":     {works, nil, "", ""},
		"it hangs":     {`the guest hangs after "A"`, failed, `hangs after "A"`, ""},
		"it is killed": {"", failed, "exit status 1", ""},
		"it is mute":   {"", nil, "says nothing", "ne dit rien"},
		"it lies":      {works, failed, works, ""},
	} {
		v := judge(test.said, test.err)
		if v.Usable != (test.want == "") || !strings.Contains(v.Lack.Why.EN, test.want) || !strings.Contains(v.Lack.Why.FR, cmp.Or(test.fr, test.want)) {
			t.Errorf("%s: %+v", name, v)
		}
	}
	for _, err := range []error{fs.ErrPermission, fs.ErrNotExist} {
		if v := closed(err); v.Usable || v.Lack.Why.FR == "" || v.Lack.Remedy.FR == "" || v.Lack.Remedy.EN == "" {
			t.Errorf("%v: %+v", err, v)
		}
	}
}

// A no of a slow computer is asked again with more time; nobody else waits for that.
func TestASlowComputerIsAskedAgain(t *testing.T) {
	late, works := broken(sandbox.Text{EN: "it does not come back", FR: "il ne revient pas"}), Verdict{Usable: true}
	for name, test := range map[string]struct {
		verdicts []Verdict // in the order of asking
		pace     int
		want     bool
		asked    []int
	}{
		"it works at once":          {[]Verdict{works}, 9, true, []int{1}},
		"fast, and it hangs":        {[]Verdict{late}, 1, false, []int{1}},
		"slow, and it works":        {[]Verdict{late, works}, 9, true, []int{1, 9}},
		"slow, and it hangs":        {[]Verdict{late, late}, 9, false, []int{1, 9}},
		"slow, and there is none":   {[]Verdict{closed(fs.ErrNotExist)}, 9, false, []int{1}},
		"slow, and it isn't for us": {[]Verdict{closed(fs.ErrPermission)}, 9, false, []int{1}},
	} {
		var asked []int
		v := patiently(func(pace int) Verdict {
			asked = append(asked, pace)
			return test.verdicts[len(asked)-1]
		}, func() int { return test.pace })
		if v.Usable != test.want || !slices.Equal(asked, test.asked) {
			t.Errorf("%s: %v after %v", name, v.Usable, asked)
		}
	}
}

// The program that is a probe is told its limit.
func TestAProbeHasThePaceOfItsComputer(t *testing.T) {
	if err := unix.Access(Device, unix.R_OK|unix.W_OK); err != nil {
		t.Skip("nothing is asked without ", Device)
	}
	slow := filepath.Join(t.TempDir(), "slow")
	script := "#!/bin/sh\n[ \"$1 $2\" = '" + ProbeVerb + " 2.1s' ] && echo '" + works + "'\n"
	if err := os.WriteFile(slow, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	if v := Ask(t.Context(), slow, 7); !v.Usable {
		t.Errorf("got %+v", v)
	}
}

// Whoever gives up at once has not learned that KVM hangs.
func TestAQuestionThatIsCutShortIsNotRemembered(t *testing.T) {
	if err := unix.Access(Device, unix.R_OK|unix.W_OK); err != nil {
		t.Skip("nothing is asked without ", Device)
	}
	m := Memory{File: filepath.Join(t.TempDir(), "kvm.json"), QEMU: "7.2.0"}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if v := m.Decide(ctx, "/no/such/cloison", func() int { return 1 }); v.Usable {
		t.Errorf("decided %+v", v)
	}
	if v, ok := m.Recall(); ok {
		t.Errorf("it remembers %+v until the next boot", v)
	}
}

func TestMemory(t *testing.T) {
	m := Memory{File: filepath.Join(t.TempDir(), "kvm.json"), QEMU: "7.2.0"}
	if _, ok := m.Recall(); ok {
		t.Error("it remembers what never was")
	}
	no := Verdict{Lack: sandbox.Lack{Why: sandbox.Text{EN: "no", FR: "non"}}}
	if err := m.Keep(no); err != nil {
		t.Fatal(err)
	}
	if v, ok := m.Recall(); !ok || v != no {
		t.Errorf("got %+v, %v", v, ok)
	}
	if v := m.Decide(context.Background(), "/no/such/cloison", func() int { return 1 }); v != no {
		t.Errorf("decided %+v", v)
	}
	if _, ok := (Memory{File: m.File, QEMU: "8.0.0"}).Recall(); ok {
		t.Error("another QEMU changes nothing")
	}
	other, err := json.Marshal(remembered{Boot: "another", QEMU: m.QEMU, Verdict: no})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"another boot": string(other), "broken": "{", "empty": ""} {
		if err := os.WriteFile(m.File, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok := m.Recall(); ok {
			t.Errorf("%s changes nothing", name)
		}
	}
}
