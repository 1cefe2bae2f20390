package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"cloison/sandbox/why"
)

// dockerRefusals are command lines that a real engine refuses, and by which
// layers. Where AppArmor is on, its profile for Docker refuses some of them too.
var dockerRefusals = []struct {
	flags, sh      string
	want, apparmor string // with AppArmor on; "" is the same
}{
	{"--cap-drop ALL", "chown 1 /tmp", "capabilities", ""},
	{"", "hostname x", "capabilities+seccomp", ""},
	{"", "mount -t tmpfs none /tmp", "capabilities+seccomp", "apparmor+capabilities+seccomp"},
	{"--cap-add SYS_ADMIN --security-opt apparmor=unconfined --read-only", "touch /f", "readonly", ""},
	{"", "unshare -U true", "seccomp", "apparmor+seccomp"}, // docker-default has no rule for userns_create
	{"", "ip link set lo down", "capabilities", ""},
	{"--user 1000", "touch /f", "dac", ""},
	{"--read-only", "touch /f", "readonly", ""},
	{"--read-only --user 1000", "touch /f", "dac+readonly", ""},
	{"", "v=$(cat /proc/sys/vm/swappiness) && echo $v > /proc/sys/vm/swappiness", "masked", "apparmor+masked"},
	{"--pids-limit 3", "sleep 1 & sleep 1 & sleep 1 & wait", "cgroup", ""},
	{"", "mknod /d c 1 11 && : </d", "capabilities+cgroup", ""}, // the kernel’s log wants CAP_SYSLOG, too
	{"--mount type=bind,source=/srv,target=/s,readonly", "touch /s/f", "readonly", ""},
	{"--volume fresh-one:/v --user 1000", "touch /v/f", "dac", ""},
	{"--network host --user 1000", "touch /f", "dac", ""},
}

// TestWhyOfDocker runs each with the engine, which must refuse it, and then
// asks who did.
func TestWhyOfDocker(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: Docker's containers can't be made otherwise")
	}
	bin := ownProgram(t)
	image := busyboxImage(t)
	info, _ := exec.Command("docker", "info", "--format", "{{.SecurityOptions}}").Output()
	t.Cleanup(func() { _ = exec.Command("docker", "volume", "rm", "fresh-one").Run() })
	for _, c := range dockerRefusals {
		t.Run(c.flags+" "+c.sh, func(t *testing.T) {
			line := append(append([]string{"docker", "run", "--rm"}, strings.Fields(c.flags)...), image, "sh", "-c", c.sh)
			if out, err := exec.Command(line[0], line[1:]...).CombinedOutput(); err == nil {
				t.Fatalf("Docker itself does not refuse it: %s", out)
			}
			_ = exec.Command("docker", "volume", "rm", "fresh-one").Run()
			want := c.want
			if c.apparmor != "" && strings.Contains(string(info), "name=apparmor") {
				want = c.apparmor
			}
			if got := askedWhy(t, bin, line); got != want {
				t.Errorf("refused by %q, want %q", got, want)
			}
		})
	}
}

// askedWhy are the layers of each way, with blanks between the ways.
func askedWhy(t *testing.T, bin string, line []string) string {
	t.Helper()
	cmd := exec.Command(bin, append([]string{"why", "--on-this-machine", "--json", "--"}, line...)...)
	out, err := cmd.Output()
	var answer why.Answer
	if err == nil {
		err = json.Unmarshal(out, &answer)
	}
	if err != nil {
		t.Fatalf("cloison why: %v: %s", err, out)
	}
	var ways []string
	for _, way := range answer.Ways {
		var layers []string
		for _, r := range way {
			layers = append(layers, string(r.Layer))
		}
		slices.Sort(layers)
		ways = append(ways, strings.Join(layers, "+"))
	}
	return strings.Join(ways, " ")
}

// busyboxImage is an image of a small system.
func busyboxImage(t *testing.T) string {
	t.Helper()
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		t.Skip("there is no busybox to make an image of")
	}
	name := fmt.Sprintf("cloison-why:%d", os.Getpid())
	script := fmt.Sprintf(`cd %s && mkdir bin tmp v s etc && chmod 1777 tmp && cp %s bin/busybox && chmod 755 . bin bin/busybox &&
for a in sh chown hostname mount unshare ip touch cat sleep mknod true; do ln -s busybox bin/$a; done &&
echo root:x:0:0::/:/bin/sh > etc/passwd && tar -c . | docker import - %s`, t.TempDir(), busybox, name)
	if out, err := exec.Command("sh", "-c", script).CombinedOutput(); err != nil {
		t.Fatalf("make an image: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("docker", "rmi", "--force", name).Run() })
	return name
}
