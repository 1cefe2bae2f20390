package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cloison/sandbox/inspect"
)

// staticCloison is the program without any library, so that it runs in a root
// that holds nothing else.
func staticCloison(t *testing.T, to string) {
	t.Helper()
	build := exec.Command("go", "build", "-o", to, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
}

// Where the program really is, is known here by how it was started.
func TestInspectKnowsWhereItIs(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"bin", "proc", "sys", "dev", "tmp", "etc"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	bin := filepath.Join(root, "bin", "cloison")
	staticCloison(t, bin)
	outside := askPlace(t, bin, "inspect", "--json")
	if outside.Place.Container != inspect.NotAtAll {
		t.Skipf("this test knows what is true on a computer only, and seems to be in a container itself: %+v", outside.Place)
	}
	for _, c := range []struct {
		name    string
		command []string
		where   string
		runtime string
		own     []string
		cannot  string
	}{
		{
			"cloison run",
			[]string{bin, "run", "--rootfs", root, "--", "/bin/cloison", "inspect", "--json"},
			inspect.InContainer, "cloison",
			[]string{"ipc", "pid", "uts"},
			"load kernel modules",
		},
		{
			"cloison run with another name",
			[]string{bin, "run", "--hostname", "web", "--rootfs", root, "--", "/bin/cloison", "inspect", "--json"},
			inspect.InContainer, "oci",
			[]string{"ipc", "pid", "uts"},
			"act as root",
		},
		{
			"unshare with a user namespace",
			[]string{"unshare", "--user", "--map-root-user", "--uts", bin, "inspect", "--json"},
			inspect.Partly, "",
			[]string{"user", "uts"},
			"act as root",
		},
		{
			"unshare with a PID namespace",
			[]string{"unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", bin, "inspect", "--json"},
			inspect.Partly, "",
			[]string{"pid", "user"},
			"act as root",
		},
		{
			"bwrap",
			[]string{"bwrap", "--unshare-all", "--ro-bind", root, "/", "--proc", "/proc", "/bin/cloison", "inspect", "--json"},
			inspect.InContainer, "bubblewrap",
			[]string{"ipc", "pid", "user", "uts"},
			"act as root",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := askPlace(t, c.command...)
			if got.Place.Container != c.where || got.Place.Runtime != c.runtime {
				t.Errorf("in a container: %s, by %q; want %s, %q\n%+v", got.Place.Container, got.Place.Runtime, c.where, c.runtime, got.Place.Evidence)
			}
			for _, ns := range c.own {
				if !slices.Contains(strings.Fields(got.Place.Own), ns) {
					t.Errorf("own namespaces %q, among them is %s", got.Place.Own, ns)
				}
			}
			i := slices.IndexFunc(got.Powers, func(p inspect.Power) bool { return strings.HasPrefix(p.What.EN, c.cannot) })
			if i < 0 || got.Powers[i].Can {
				t.Errorf("it can't %s, yet: %+v", c.cannot, got.Powers)
			}
		})
	}
}

// askPlace runs a command and reads what it says; where the computer does not
// let it run, the test is skipped.
func askPlace(t *testing.T, command ...string) placed {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Skip("there is no ", command[0])
	}
	out, err := exec.Command(command[0], command[1:]...).Output()
	if err != nil {
		said := ""
		if failed, ok := err.(*exec.ExitError); ok {
			said = string(failed.Stderr)
		}
		t.Skipf("this computer does not let us run %v: %v %s", command, err, said)
	}
	var got placed
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %v in\n%s", command, err, out)
	}
	return got
}
