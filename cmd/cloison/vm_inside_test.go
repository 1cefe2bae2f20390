package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// inside are tests of packages that a guest shows more of than most computers:
// cgroup v2, AppArmor or SELinux, and a Docker Engine.
var inside = []struct {
	name, folder string
	flags        []string // of cloison vm run
	tests, short string   // short takes less than a minute or two where the VM is emulated
	atLeast      int      // so many of them and their subtests pass; short may have fewer
}{
	{"who refuses, AppArmor", "../../sandbox/why", nil, "TestAppArmor|TestRefusals", "TestAppArmorRefusals/.*as_it_comes_from_Docker", 100},
	{"who refuses, Landlock", "../../sandbox/why", nil, "TestLandlock", "TestLandlockRefusals/(a_file|a_port|a_mount:)|TestLandlockOfBefore", 30},
	{"who refuses, SELinux", "../../sandbox/why", []string{"--selinux"}, "TestSELinux", "TestSELinuxRefusals/a_mode_of", 17},
	{"containers like Docker's", "../../sandbox/runtime", nil, "TestDocker|TestAppArmorForReal", "TestDockerHasTheSameFacts/hardened|TestAppArmorForReal", 20},
	{"inspect and why beside Docker", ".", nil, "TestInspectWithinDocker|TestWhyOfDocker", "TestInspectWithinDocker/(as_it|privileged)|TestWhyOfDocker/.*mount", 24},
}

// passed matches a line of a test that was not skipped.
var passed = regexp.MustCompile(`(?m)^\s*--- PASS`)

// TestVMRunsTestsInside compiles the tests of packages, copies them into a
// guest and has them run there.
func TestVMRunsTestsInside(t *testing.T) {
	for _, c := range inside {
		t.Run(c.name, func(t *testing.T) {
			v := newVMCall(t)
			dir := t.TempDir()
			compile(t, "test", "-c", "-o", filepath.Join(dir, "tests"), c.folder)
			for _, name := range []string{"reader", "locker"} {
				compile(t, "build", "-o", filepath.Join(dir, name), "../../sandbox/why/testdata/"+name)
			}
			compile(t, "build", "-trimpath", "-o", filepath.Join(dir, "cloison"), ".")
			tests, atLeast := c.tests, c.atLeast
			if testing.Short() {
				tests, atLeast = c.short, 2
			}
			// Set-user-ID programs don't work in the guest's /tmp.
			script := fmt.Sprintf(`mkdir /srv/t && tar -x -C /srv/t && cd /srv/t && TMPDIR=/srv/t CLOISON_BIN=/srv/t/cloison exec ./tests -test.v -test.parallel 2 -test.run '%s'`, tests)
			archive, err := exec.Command("tar", "-c", "-C", dir, ".").Output()
			if err != nil {
				t.Fatal(err)
			}
			said := v.feed(archive, append(append([]string{"vm", "run"}, c.flags...), "--", "sh", "-c", script)...)
			if n := len(passed.FindAllString(said, -1)); n < atLeast {
				t.Errorf("only %d tests passed, want %d:\n%s", n, atLeast, said)
			}
			t.Log(said)
		})
	}
}

// compile makes a program that needs no library.
func compile(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %q: %v\n%s", args, err, out)
	}
}

// feed runs the program with an input, wants success, and gives what it says.
func (v *vmCall) feed(input []byte, args ...string) string {
	v.t.Helper()
	cmd := v.cmd(args...)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		v.t.Fatalf("cloison %q: %v\n%s", args, err, out)
	}
	return string(out)
}
