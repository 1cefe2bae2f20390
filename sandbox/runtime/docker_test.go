//go:build linux

package runtime

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cloison/sandbox"
	"cloison/sandbox/inspect"
)

// asDocker are the same containers by flags of docker run and by a spec.
type asDocker struct {
	flags  string
	change func(*sandbox.Spec)
}

// asDockers are what both must make alike. None has a network, because ours
// would be another one.
func asDockers(volume string) map[string]asDocker {
	return map[string]asDocker{
		"as it comes": {"", func(*sandbox.Spec) {}},
		"hardened": {"--cap-drop ALL --security-opt no-new-privileges --read-only --user 1000:1000", func(s *sandbox.Spec) {
			s.CapDrop, s.NoNewPrivileges, s.ReadOnly, s.User = []string{"ALL"}, true, true, "1000:1000"
		}},
		"with more": {"--cap-add NET_ADMIN --hostname web --workdir /tmp --env A=b", func(s *sandbox.Spec) {
			s.CapAdd, s.Hostname, s.Dir, s.Env = []string{"NET_ADMIN"}, "web", "/tmp", append(s.Env, "A=b")
		}},
		"limits": {"--memory 64m --memory-swap 64m --pids-limit 50 --cpus 0.5 --oom-score-adj 300 --ulimit nofile=77:88", func(s *sandbox.Spec) {
			s.Limits = sandbox.Limits{Memory: 64 << 20, Pids: 50, CPUs: 0.5}
			s.OOMScoreAdj = 300
			s.Rlimits = []sandbox.Rlimit{{Name: "nofile", Soft: 77, Hard: 88}}
		}},
		"user, groups": {"--user 1000 --group-add tty --group-add 7", func(s *sandbox.Spec) {
			s.User, s.Groups = "1000", []string{"tty", "7"}
		}},
		"mounts": {"--tmpfs /run:size=1m --volume " + volume + ":/v:ro --volume " + volume + ":/w", func(s *sandbox.Spec) {
			s.Tmpfs, s.Volumes = []sandbox.Tmpfs{{Target: "/run", Options: "size=1m"}}, []sandbox.Volume{{Source: volume, Target: "/v", ReadOnly: true}, {Source: volume, Target: "/w"}}
		}},
		"unconfined": {"--security-opt seccomp=unconfined --security-opt systempaths=unconfined", func(s *sandbox.Spec) {
			s.Seccomp.Off, s.Unmasked = true, true
		}},
		"sysctl": {"--sysctl net.ipv4.ip_unprivileged_port_start=5", func(s *sandbox.Spec) {
			s.Sysctls = []sandbox.Sysctl{{Name: "net.ipv4.ip_unprivileged_port_start", Value: "5"}}
		}},
		"host network": {"--network host --hostname web", func(s *sandbox.Spec) {
			s.Namespaces, s.Hostname = without(sandbox.NetNS), "web"
		}},
	}
}

// engine is a Docker Engine with an image that is made of a folder.
type engine struct {
	t           *testing.T
	root, image string
	appArmor    string // the profile that it gives
}

// newEngine makes the image of a root of busybox, which cloison takes as a
// folder, so that both start from the same files.
func newEngine(t *testing.T) engine {
	t.Helper()
	needRoot(t)
	if out, err := exec.Command("docker", "version").CombinedOutput(); err != nil {
		t.Skipf("there is no Docker Engine to compare with: %v: %.100s", err, out)
	}
	base, err := os.MkdirTemp("/var/tmp", "cloison-engine")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(base) })
	e := engine{t: t, root: filepath.Join(base, "root"), image: "cloison-facts:" + strconv.Itoa(os.Getpid())}
	e.script(fmt.Sprintf(`set -e; chmod 755 %[1]s; mkdir %[2]s; cd %[2]s; mkdir bin dev etc proc run sys tmp v w; chmod 1777 tmp
cp "$(command -v busybox)" bin/busybox; chmod 755 bin/busybox; cd bin
for name in $(./busybox --list); do [ $name = busybox ] || ln -s busybox $name; done; cd ..
echo root:x:0:0::/root:/bin/sh > etc/passwd; printf 'root:x:0:\ntty:x:5:\n' > etc/group
tar -c . | docker import - %[3]s`, base, e.root, e.image))
	t.Cleanup(func() { _ = exec.Command("docker", "rmi", "--force", e.image).Run() })
	if info, _ := exec.Command("docker", "info", "--format", "{{.SecurityOptions}}").Output(); strings.Contains(string(info), "name=apparmor") {
		e.appArmor = "docker-default"
	}
	return e
}

func (e engine) script(text string) string {
	e.t.Helper()
	out, err := exec.Command("sh", "-c", text).CombinedOutput()
	if err != nil {
		e.t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// run is a command line of docker run.
func (e engine) run(flags string, more ...string) []string {
	if !strings.Contains(flags, "--network") {
		flags += " --network none"
	}
	if !strings.Contains(flags, "--hostname") {
		flags += " --hostname cloison"
	}
	return append(append([]string{"run"}, strings.Fields(flags)...), more...)
}

// spec is the same container without Docker.
func (e engine) spec(c asDocker, args ...string) sandbox.Spec {
	spec := sandbox.Spec{Args: args, Rootfs: e.root, AppArmor: e.appArmor}
	c.change(&spec)
	return spec
}

// difference is one between our containers and Docker's that is meant, or that
// nobody could do without.
type difference struct {
	what *regexp.Regexp
	why  string
}

// inFacts are those of what the kernel says from outside.
var inFacts = []difference{
	{regexp.MustCompile(`^(ppid|inner_pids|cgroup\.(memory|pids)\.used|cgroup\.cpu\.throttled)$`), "numbers of two processes, and what they use"},
	{regexp.MustCompile(`^(namespaces|cgroup\.paths)\.`), "each has its own; which are the host's is compared apart"},
}

// inside are those of the probe's lines: - is ours, + is Docker's.
var inside = []difference{
	{regexp.MustCompile(`^[-+] (uid=|Groups:)`), "since CVE-2022-36109, Docker counts the user's own group among the further ones"},
	{regexp.MustCompile(`^- ports from 1024|^\+ ports from 0$`), "Docker lets everybody use every port, the container's network being its own"},
	{regexp.MustCompile(`^[-+] cgroup `), "with cgroup v1, Docker makes no cgroup namespace"},
	{regexp.MustCompile(`^\+ /sys/fs/cgroup(/\w+)? r[ow] 1 1$`), "the hierarchies of cgroup v1, each with a mount"},
	{regexp.MustCompile(`^\+ core$`), "runc links /dev/core to /proc/kcore where the kernel has that; ours covers kcore and leaves the link out"},
	{regexp.MustCompile(`^\+ mqueue$`), "Docker mounts the message queues (mq_overview(7)), ours leaves them out"},
	{regexp.MustCompile(`^\+ /etc/(hostname|hosts|resolv\.conf) r[ow] 0 0$`), "files that Docker writes for a container and mounts; ours takes the folder's"},
	{regexp.MustCompile(`^[-+] /proc/interrupts [01]$`), "newer engines hide it (GHSA-6fw5-f8r9-fgfm), as ours does; older ones do not"},
}

func explained(list []difference, what string) bool {
	return slices.ContainsFunc(list, func(d difference) bool { return d.what.MatchString(what) })
}

func TestDockerHasTheSameFacts(t *testing.T) {
	e := newEngine(t)
	needLimits(t)
	for name, c := range asDockers(shared(t, false)) {
		t.Run(name, func(t *testing.T) {
			ours := factsOfOurs(t, e.spec(c, "sleep", "1000"))
			theirs := e.facts(t, c)
			for _, d := range inspect.Diff(ours, theirs) {
				if !explained(inFacts, d.What) && !ofAllTogether(d.What, d.After) {
					t.Errorf("%s is %q with cloison, %q with Docker", d.What, d.Before, d.After)
				}
			}
			for i, ns := range ours.Namespaces {
				if is := theirs.Namespaces[i].Host; ns.Host != is && !(ns.Type == sandbox.CgroupNS && is) {
					t.Errorf("%s is the host's with cloison: %v, with Docker: %v", ns.Type, ns.Host, is)
				}
			}
		})
	}
}

// ofAllTogether says whether it is the ceiling on processes that all of Docker's
// containers have together, where a machine gives them one, as the throw-away
// VM does; a fact tells the lowest limit of a group and those above it.
func ofAllTogether(what, value string) bool {
	limit, err := os.ReadFile("/sys/fs/cgroup/docker/pids.max")
	return err == nil && what == "cgroup.pids.limit" && value == strings.TrimSpace(string(limit))
}

func (e engine) facts(t *testing.T, c asDocker) sandbox.Facts {
	t.Helper()
	id := e.script("docker " + strings.Join(e.run(c.flags, "--detach", e.image, "sleep", "1000"), " "))
	defer func() { _ = exec.Command("docker", "rm", "--force", id).Run() }()
	pid, err := strconv.Atoi(e.script("docker inspect --format '{{.State.Pid}}' " + id))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "Docker's process", func() bool { return comm(pid) == "sleep" })
	return factsOf(t, pid)
}

func TestDockerStartsAlike(t *testing.T) {
	e := newEngine(t)
	needLimits(t)
	for name, c := range asDockers(shared(t, false)) {
		t.Run(name, func(t *testing.T) {
			ours := order{Spec: e.spec(c, "sh", "-c", probe)}.give(t, false)
			theirs, _ := exec.Command("docker", e.run(c.flags, "--rm", e.image, "sh", "-c", probe)...).CombinedOutput()
			for _, line := range differing(t, ours.out+ours.told, string(theirs)) {
				if !explained(inside, line) {
					t.Errorf("not explained: %s", line)
				}
			}
		})
	}
}
