package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cloison/sandbox/inspect"
)

// inDocker is a container of Docker's, and what is true in it by its flags.
type inDocker struct {
	name, flags string
	own         []string // namespaces
	shared      []string // with the computer
	can, cannot []string // beginnings of powers
}

var dockers = []inDocker{
	{
		"as it comes", "",
		[]string{"ipc", "mnt", "net", "pid", "uts"},
		nil,
		[]string{"read and write every file", "become any user", "make device files", "send and hear raw", "gain rights"},
		[]string{"act as root", "mount,", "set up network", "load kernel modules", "set the computer's clock", "reboot", "change the kernel's settings"},
	},
	{
		"an ordinary user", "--user 1000",
		[]string{"ipc", "mnt", "net", "pid", "uts"},
		nil,
		[]string{"gain rights"},
		[]string{"act as root", "read and write every file", "become any user", "make device files", "mount,", "send and hear raw", "load kernel modules"},
	},
	{
		"hardened", "--cap-drop ALL --security-opt no-new-privileges --read-only",
		[]string{"mnt", "pid"},
		nil,
		nil,
		[]string{"act as root", "read and write every file", "become any user", "make device files", "gain rights", "change the kernel's settings"},
	},
	{
		"privileged", "--privileged",
		[]string{"ipc", "mnt", "net", "pid", "uts"},
		nil,
		[]string{"act as root", "mount,", "set up network", "load kernel modules", "set the computer's clock", "change the kernel's settings"},
		nil,
	},
	{
		"with the computer's namespaces", "--pid host --network host --ipc host --uts host",
		[]string{"mnt"},
		[]string{"ipc", "net", "pid", "uts"},
		[]string{"become any user"},
		[]string{"act as root", "set up network"},
	},
	{
		"with one capability more", "--cap-add NET_ADMIN",
		[]string{"net"},
		nil,
		[]string{"set up network"},
		[]string{"mount,", "load kernel modules"},
	},
	{
		"with Docker's socket", "--volume /var/run/docker.sock:/var/run/docker.sock",
		[]string{"net"},
		nil,
		[]string{"ask the Docker daemon", "become any user"},
		[]string{"mount,"},
	},
}

// TestInspectWithinDocker asks from inside of containers that a real engine
// made, with the program alone in the image.
func TestInspectWithinDocker(t *testing.T) {
	bin := ownProgram(t)
	image := imageOf(t, bin)
	outside := strings.Fields(askPlace(t, bin, "inspect", "--json").Place.Own)
	for _, c := range dockers {
		t.Run(c.name, func(t *testing.T) {
			args := append(append([]string{"run", "--rm"}, strings.Fields(c.flags)...), image, "/cloison", "inspect", "--json")
			out, err := exec.Command("docker", args...).Output()
			if err != nil {
				said := err.Error()
				if failed, ok := err.(*exec.ExitError); ok {
					said = string(failed.Stderr)
				}
				if strings.Contains(said, "OCI runtime create failed") {
					t.Skipf("this engine can't make such a container here: %s", said)
				}
				t.Fatal(said)
			}
			var got placed
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatalf("%v in\n%s", err, out)
			}
			c.compare(t, got, outside)
		})
	}
}

// ownProgram is the program, where there is an engine to ask in.
func ownProgram(t *testing.T) string {
	t.Helper()
	if out, err := exec.Command("docker", "version").CombinedOutput(); err != nil {
		t.Skipf("there is no Docker Engine to ask in: %v: %.100s", err, out)
	}
	if bin := os.Getenv("CLOISON_BIN"); bin != "" {
		return bin
	}
	bin := filepath.Join(t.TempDir(), "cloison")
	staticCloison(t, bin)
	return bin
}

// imageOf is an image that holds a program and nothing else.
func imageOf(t *testing.T, bin string) string {
	t.Helper()
	name := fmt.Sprintf("cloison-inspect:%d", os.Getpid())
	script := fmt.Sprintf(`mkdir %[1]s/image && cp %[2]s %[1]s/image/cloison && cd %[1]s/image && tar -c . | docker import - %[3]s`, t.TempDir(), bin, name)
	if out, err := exec.Command("sh", "-c", script).CombinedOutput(); err != nil {
		t.Fatalf("make an image: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("docker", "rmi", "--force", name).Run() })
	return name
}

// compare holds the answer against what is known. outside are the namespaces
// that are not those of the boot without any container.
func (c inDocker) compare(t *testing.T, got placed, outside []string) {
	t.Helper()
	if got.Place.Container != inspect.InContainer || got.Place.Runtime != "docker" {
		t.Errorf("in a container: %s, by %q\n%+v", got.Place.Container, got.Place.Runtime, got.Place.Evidence)
	}
	own := strings.Fields(got.Place.Own)
	for _, ns := range c.own {
		if ns != "mnt" && ns != "net" && !slices.Contains(own, ns) { // what cannot be known from inside is not said
			t.Errorf("own namespaces %q lack %s", own, ns)
		}
	}
	for _, ns := range c.shared {
		if slices.Contains(own, ns) && !slices.Contains(outside, ns) {
			t.Errorf("own namespaces %q: %s is the computer's", own, ns)
		}
	}
	for can, list := range map[bool][]string{true: c.can, false: c.cannot} {
		for _, what := range list {
			i := slices.IndexFunc(got.Powers, func(p inspect.Power) bool { return strings.HasPrefix(p.What.EN, what) })
			if i < 0 || got.Powers[i].Can != can {
				t.Errorf("%s: want %v: %+v", what, can, got.Powers)
			}
		}
	}
}
