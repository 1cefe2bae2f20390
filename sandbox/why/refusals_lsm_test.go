//go:build linux

package why

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cloison/sandbox"
)

// profiles for AppArmor, each of which allows everything but one thing.
var profiles = map[string]string{
	"write":      "mount, umount, capability, deny /etc/** w, deny /**/kept/** w,",
	"read":       "mount, umount, capability, deny /etc/passwd r,",
	"mount":      "umount, capability,",
	"umount":     "mount, capability,",
	"capability": "mount, umount, capability, deny capability chown,",
	"network":    "mount, umount, capability, deny network inet,",
	"knobs":      "mount, umount, capability, deny /proc/sys/** w,",
}

// loadProfiles hands them to the kernel for the time of a test, or says why not.
func loadProfiles(t *testing.T) {
	if on, err := os.ReadFile("/sys/module/apparmor/parameters/enabled"); err != nil || !strings.HasPrefix(string(on), "Y") {
		t.Skip("AppArmor is not on in this kernel")
	}
	parser, err := exec.LookPath("apparmor_parser")
	if err != nil {
		t.Skip("there is no apparmor_parser to load profiles with")
	}
	var text strings.Builder
	for name, rules := range profiles {
		fmt.Fprintf(&text, "profile %s flags=(attach_disconnected,mediate_deleted) {\n file,\n network,\n signal,\n ptrace,\n unix,\n pivot_root,\n %s\n}\n", profile(name), strings.ReplaceAll(rules, ", ", ",\n "))
	}
	file := filepath.Join(t.TempDir(), "profiles")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), parser, "--replace", "--skip-cache", file).CombinedOutput(); err != nil {
		t.Fatalf("load the profiles: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command(parser, "--remove", file).CombinedOutput(); err != nil {
			t.Errorf("unload the profiles: %v: %s", err, out)
		}
	})
}

func profile(name string) string { return "cloison-why-" + name }

func under(name string) func(*sandbox.Spec) {
	return func(s *sandbox.Spec) { s.AppArmor = profile(name) }
}

func dockerDefault(s *sandbox.Spec) { s.AppArmor = "docker-default" }

// appArmorRefusals are by a profile alone, and by two or three layers.
func appArmorRefusals(dir string) []refusal {
	const mount, swappiness = "mount -t tmpfs none /mnt", "v=$(cat /proc/sys/vm/swappiness) && echo $v > /proc/sys/vm/swappiness"
	list := []refusal{
		{"a file that a profile keeps", on(under("write")), "echo x > /etc/x", []string{"apparmor"}, ""},
		{"a folder that a profile keeps", on(under("write")), "mkdir /etc/d", []string{"apparmor"}, ""},
		{"removal that a profile forbids", on(under("write")), "rm /etc/passwd", []string{"apparmor"}, ""},
		{"a mode that a profile keeps", on(under("write")), "chmod 777 /etc/passwd", []string{"apparmor"}, ""},
		{"a file that a profile hides", on(under("read")), "cat /etc/passwd", []string{"apparmor"}, ""},
		{"a mount that a profile does not know", on(under("mount")), mount, []string{"apparmor"}, ""},
		{"an umount that a profile does not know", on(under("umount")), "umount /dev/shm", []string{"apparmor"}, ""},
		{"a capability that a profile keeps", on(under("capability")), "chown 1 /tmp", []string{"apparmor"}, ""},
		{"sockets that a profile forbids", on(under("network")), "httpd -p 127.0.0.1:8000", []string{"apparmor"}, ""},
		{"a knob that a profile keeps", on(under("knobs")), swappiness, []string{"apparmor"}, ""},

		{"a file: profile and permissions", on(under("write"), ordinary), "echo >> /etc/passwd", []string{"apparmor+dac"}, ""},
		{"a file: profile and read-only", on(under("write"), readOnly), "echo >> /etc/passwd", []string{"apparmor+readonly"}, ""},
		{"a folder: profile and filter", on(under("write"), filter("mkdir")), "mkdir /etc/d", []string{"apparmor+seccomp"}, "mkdir"},
		{"a mount: profile and capabilities", on(under("mount"), drop("SYS_ADMIN")), mount, []string{"apparmor+capabilities"}, "CAP_SYS_ADMIN"},
		{"a mount: profile and filter", on(under("mount"), filter("mount")), mount, []string{"apparmor+seccomp"}, "mount"},
		{"an owner: profile and capabilities", on(under("capability"), drop("CHOWN")), "chown 1 /tmp", []string{"apparmor+capabilities"}, "CAP_CHOWN"},
		{"a knob: profile and protection", on(under("knobs"), masked), swappiness, []string{"apparmor+masked"}, ""},
		{"a knob: profile and user namespace", on(under("knobs"), remapped), swappiness, []string{"apparmor+userns"}, ""},
		{"sockets: profile and filter", on(under("network"), filter("socket")), "httpd -p 127.0.0.1:8000", []string{"apparmor+seccomp"}, "socket"},
		{"a file of a volume: profile and permissions", on(under("write"), ordinary, volume(dir, "/srv/kept", false)), "echo >> /srv/kept/secret", []string{"apparmor+dac"}, ""},
		{"a mount: profile, capabilities and filter", on(under("mount"), drop("SYS_ADMIN"), defaultFilter), mount, []string{"apparmor+capabilities+seccomp"}, "CAP_SYS_ADMIN"},
	}
	if loaded, _ := os.ReadFile("/sys/kernel/security/apparmor/profiles"); strings.Contains(string(loaded), "docker-default ") {
		list = append(list,
			refusal{"a mount under Docker's profile", on(dockerDefault), mount, []string{"apparmor"}, ""},
			refusal{"a knob under Docker's profile", on(dockerDefault), swappiness, []string{"apparmor"}, ""},
			refusal{"a mount as it comes from Docker", on(dockerDefault, drop("SYS_ADMIN"), defaultFilter), mount, []string{"apparmor+capabilities+seccomp"}, "CAP_SYS_ADMIN"},
			refusal{"a knob as it comes from Docker", on(dockerDefault, masked), swappiness, []string{"apparmor+masked"}, ""},
		)
	}
	return list
}

func TestAppArmorRefusals(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: a container without any layer can't be made otherwise")
	}
	loadProfiles(t)
	dir, may := prepared(t), permitted(t)
	var s score
	s.tell(t)
	for _, r := range appArmorRefusals(dir) {
		t.Run(r.name, func(t *testing.T) { // the profiles go when the test does, so it waits
			s.judge(t, r, open(may))
		})
	}
}

// TestAppArmorProcesses asks in the contexts of processes under a profile.
func TestAppArmorProcesses(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: most of these worlds can't be made otherwise")
	}
	loadProfiles(t)
	kept := filepath.Join(prepared(t), "kept", "file")
	if err := errors.Join(os.Mkdir(filepath.Dir(kept), 0o755), os.WriteFile(kept, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	const sleep = " sleep 600"
	for _, w := range []inWorld{
		{"a file that a profile keeps", "exec aa-exec -p " + profile("write") + sleep, nil, "echo >> " + kept, []string{"apparmor"}, "", false},
		{"a mount that a profile does not know", "exec aa-exec -p " + profile("mount") + sleep, nil, "mount -t tmpfs none /mnt", []string{"apparmor"}, "", false},
		{"a file: profile and permissions", "exec setpriv --reuid 1000 --regid 1000 --clear-groups aa-exec -p " + profile("write") + sleep, nil, "echo >> " + kept, []string{"apparmor+dac"}, "", false},
		{"a mount: profile and capabilities", "exec setpriv --bounding-set=-sys_admin aa-exec -p " + profile("mount") + sleep, nil, "mount -t tmpfs none /mnt", []string{"apparmor+capabilities"}, "CAP_SYS_ADMIN", false},
		{"within aa-exec", "exec" + sleep, nil, "aa-exec -p " + profile("mount") + " mount -t tmpfs none /mnt", []string{"apparmor"}, "", false},
		{"a mount in a container", "", on(under("mount"), drop("SYS_ADMIN"), defaultFilter), "mount -t tmpfs none /mnt", []string{"apparmor+capabilities+seccomp"}, "CAP_SYS_ADMIN", false},
	} {
		t.Run(w.name, func(t *testing.T) { w.judge(t) })
	}
}

// contained is the confinement of Docker's containers, with categories.
func contained(s *sandbox.Spec) {
	s.SELinux = sandbox.SELinuxLabel{Type: "container_t", Level: "s0:c1,c2"}
}

// labelled files for a container under SELinux: a root of its own, and folders
// of other labels, where anybody may write.
type labelledFiles struct{ root, unlabelled, readOnly, others string }

func labelFiles(t *testing.T) labelledFiles {
	if _, err := os.Stat("/sys/fs/selinux/enforce"); err != nil {
		t.Skip("SELinux is not on in this kernel")
	}
	mode, err := os.ReadFile("/sys/fs/selinux/enforce")
	if err != nil {
		t.Fatal(err)
	}
	enforce(t, "1")
	t.Cleanup(func() { enforce(t, string(mode)) })
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		t.Skip("there is no busybox to make a root of")
	}
	dir := prepared(t)
	f := labelledFiles{filepath.Join(dir, "root"), filepath.Join(dir, "unlabelled"), filepath.Join(dir, "readonly"), filepath.Join(dir, "others")}
	script := fmt.Sprintf(`set -e
cd %s; umask 0
mkdir -p root/bin root/etc root/tmp root/dev root/proc root/sys root/v root/mnt unlabelled readonly others
cp %s root/bin/busybox; chmod 755 root root/bin root/etc root/bin/busybox
for a in sh cat touch mkdir rm chown chmod ln mount echo dmesg hostname unshare; do ln -s busybox root/bin/$a; done
echo root:x:0:0:root:/:/bin/sh > root/etc/passwd
for d in unlabelled readonly others; do echo open > $d/open; echo secret > $d/secret; chmod 600 $d/secret; done
chcon -R -t container_file_t root others
chcon -R -t container_ro_file_t readonly root/bin
chcon -R -l s0:c3,c4 others
chcon -R -l s0 root
`, dir, busybox)
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", script).CombinedOutput(); err != nil {
		t.Skipf("this policy has not the types of containers: %v: %s", err, out)
	}
	return f
}

func enforce(t *testing.T, mode string) {
	t.Helper()
	if err := os.WriteFile("/sys/fs/selinux/enforce", []byte(mode), 0o644); err != nil {
		t.Fatal(err)
	}
}

// selinuxRefusals are by a type or by categories alone, and by two layers.
func selinuxRefusals(f labelledFiles) []refusal {
	in := func(dir string, more ...func(*sandbox.Spec)) []func(*sandbox.Spec) {
		root := func(s *sandbox.Spec) { s.Rootfs = f.root }
		return append(on(root, contained, volume(dir, "/v", false)), more...)
	}
	locked := func(s *sandbox.Spec) { s.Volumes[0].ReadOnly = true }
	return []refusal{
		{"a file of no container", in(f.unlabelled), "cat /v/open", []string{"selinux"}, ""},
		{"a file to write of no container", in(f.unlabelled), "echo >> /v/open", []string{"selinux"}, ""},
		{"a folder of no container", in(f.unlabelled), "ls /v", []string{"selinux"}, ""},
		{"a mode of no container's file", in(f.unlabelled), "chmod 666 /v/open", []string{"selinux"}, ""},
		{"an owner of no container's file", in(f.unlabelled), "chown 0 /v/open", []string{"selinux"}, ""},
		{"a file that containers only read", in(f.readOnly), "echo >> /v/open", []string{"selinux"}, ""},
		{"a file of another container", in(f.others), "cat /v/open", []string{"selinux"}, ""},
		{"a file of another container to write", in(f.others), "echo >> /v/open", []string{"selinux"}, ""},

		{"a file: type and permissions", in(f.unlabelled, ordinary), "cat /v/secret", []string{"dac+selinux"}, ""},
		{"a file: categories and permissions", in(f.others, ordinary), "cat /v/secret", []string{"dac+selinux"}, ""},
		{"a file: type and read-only", in(f.unlabelled, locked), "echo >> /v/open", []string{"readonly+selinux"}, ""},
		{"a file: type and user namespace", in(f.unlabelled, remapped), "cat /v/secret", []string{"selinux+userns"}, ""},
		{"a mode: type and filter", in(f.unlabelled, filter("chmod", "fchmodat", "fchmodat2")), "chmod 666 /v/open", []string{"seccomp+selinux"}, "chmod"},
		{"an owner: type and capabilities", in(f.unlabelled, drop("CHOWN")), "chown 1 /v/open", []string{"capabilities+selinux"}, "CAP_CHOWN"},
		{"a file: type, permissions and read-only", in(f.unlabelled, ordinary, locked), "echo >> /v/secret", []string{"dac+readonly+selinux"}, ""},
		// Debian's container_t may use no capability for files, whoever gives them.
		{"an owner: capabilities, and a type without", in(f.readOnly, drop("CHOWN")), "touch /tmp/f && chown 1 /tmp/f", []string{"capabilities+selinux"}, "CAP_CHOWN"},
		{"a file: permissions, and a type without capabilities", in(f.readOnly, ordinary), "cat /v/secret", []string{"dac+selinux"}, ""},
	}
}

func TestSELinuxRefusals(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: a container without any layer can't be made otherwise")
	}
	f, may := labelFiles(t), permitted(t)
	var s score
	s.tell(t)
	for _, r := range selinuxRefusals(f) {
		t.Run(r.name, func(t *testing.T) { s.judge(t, r, open(may)) }) // in one root, so one by one
	}
}
