package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cloison/sandbox"
)

func TestDockerIsTranslated(t *testing.T) {
	image := imageConfig{Env: []string{"A=1"}, Entrypoint: []string{"/entry"}, Cmd: []string{"serve"}, User: "7", WorkingDir: "/srv"}
	for line, want := range map[string]struct {
		check  func(s sandbox.Spec) bool
		args   string
		notes  string // what is not translated
		lacked sandbox.Namespace
	}{
		"--net host alpine":              {func(s sandbox.Spec) bool { return s.User == "7" && s.Dir == "/srv" && s.Env[0] == "A=1" }, "/entry serve", "", sandbox.NetNS},
		"--net host alpine sh -c x":      {func(s sandbox.Spec) bool { return !s.Bridge }, "/entry sh -c x", "", sandbox.NetNS},
		"--entrypoint sh --net host i":   {func(sandbox.Spec) bool { return true }, "sh", "", sandbox.NetNS},
		"--entrypoint sh --net host i a": {func(sandbox.Spec) bool { return true }, "sh a", "", sandbox.NetNS},
		"--rm -it --net none --cap-drop ALL --cap-add CHOWN -u 5 -w / i c": {func(s sandbox.Spec) bool {
			return s.User == "5" && s.Dir == "/" && s.CapDrop[0] == "ALL" && s.CapAdd[0] == "CHOWN"
		}, "/entry c", "", ""},
		"--privileged --net none i c": {func(s sandbox.Spec) bool {
			return s.CapAdd[0] == "ALL" && s.Seccomp.Off && s.Unmasked
		}, "/entry c", "", ""},
		"--pid=host --ipc host --uts host --net none i c": {func(s sandbox.Spec) bool { return s.Hostname == "" }, "/entry c", "", sandbox.PIDNS},
		"--net none -d -p 80:80 --restart always --name n -l a=b -e B=2 -m 16m --memory-swap 32m i c": {func(s sandbox.Spec) bool {
			return s.Limits.Memory == 16<<20 && s.Env[1] == "B=2" && s.Name == "n"
		}, "/entry c", "--memory-swap", ""},
		"--net none --pid container:x i c":                          {func(sandbox.Spec) bool { return true }, "/entry c", "--pid=container:x", ""},
		"--net none --security-opt no-new-privileges --read-only i": {func(s sandbox.Spec) bool { return s.NoNewPrivileges && s.ReadOnly }, "/entry serve", "", ""},
		"--net mine i":               {func(s sandbox.Spec) bool { return !s.Bridge }, "/entry serve", "", ""},
		"-v /tmp:/t:ro --net none i": {func(s sandbox.Spec) bool { return len(s.Volumes) == 1 && s.Volumes[0].ReadOnly }, "/entry serve", "", ""},
	} {
		d, shared, err := parseDocker(strings.Fields(line))
		if err == nil {
			err = d.complete(image, engineInfo{}, t.TempDir(), shared)
		}
		if err != nil {
			t.Errorf("docker run %s: %v", line, err)
			continue
		}
		if got := strings.Join(d.spec.Args, " "); got != want.args || !want.check(d.spec) {
			t.Errorf("docker run %s: %q, %+v", line, got, d.spec)
		}
		var notes []string
		for _, n := range d.notes {
			notes = append(notes, n.EN[strings.LastIndex(n.EN, ": ")+2:])
		}
		if diff := cmp.Diff(want.notes, strings.Join(notes, ", ")); diff != "" {
			t.Errorf("docker run %s: notes (-want +got)\n%s", line, diff)
		}
		for _, ns := range d.spec.Namespaces {
			if ns == want.lacked {
				t.Errorf("docker run %s: it has its own %s namespace", line, ns)
			}
		}
	}
}

// TestDockerFollowsTheEngine gives what the engine is set to, unless the command
// line says otherwise.
func TestDockerFollowsTheEngine(t *testing.T) {
	all := engineInfo{
		SecurityOptions: []string{"name=seccomp,profile=unconfined", "name=userns", "name=no-new-privileges", "name=cgroupns"},
		DockerRootDir:   "/var/lib/docker/231072.231072",
	}
	profile := filepath.Join(t.TempDir(), "profile.json")
	if err := os.WriteFile(profile, []byte(`{"defaultAction": "SCMP_ACT_ALLOW"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, check := range map[string]func(d *dockerCommand) bool{
		"i c": func(d *dockerCommand) bool {
			return d.spec.Seccomp.Off && d.spec.NoNewPrivileges && d.remap == "231072"
		},
		"--userns host i c":                          func(d *dockerCommand) bool { return d.remap == "" },
		"--security-opt seccomp=" + profile + " i c": func(d *dockerCommand) bool { return !d.spec.Seccomp.Off && d.spec.Seccomp.JSON != "" },
	} {
		d, _, err := parseDocker(strings.Fields(line))
		if err != nil {
			t.Fatal(err)
		}
		d.follow(all)
		if err := d.fill(); err != nil || !check(d) {
			t.Errorf("docker run %s: %v, remap %q, %+v", line, err, d.remap, d.spec)
		}
	}
	d, _, err := parseDocker([]string{"i", "c"})
	if err != nil {
		t.Fatal(err)
	}
	d.follow(engineInfo{SecurityOptions: []string{"name=seccomp,profile=builtin", "name=selinux"}})
	if d.security[0] != "seccomp=builtin" || len(d.notes) != 1 {
		t.Errorf("%q, notes %v", d.security, d.notes)
	}
}

func TestDockerMounts(t *testing.T) {
	here := t.TempDir()
	for line, want := range map[string]string{
		"-v /a:/b i":                  "/fresh:/b", // there is no /a
		"-v " + here + ":/b:ro,z i":   here + ":/b:ro",
		"-v /b i":                     "/fresh/b:/b",
		"-v known:/b:ro i":            here + ":/b:ro",
		"-v unknown:/b i":             "/fresh/b:/b",
		"--mount src=known,dst=/b i":  here + ":/b",
		"--mount type=tmpfs,dst=/b i": "",
		"--mount type=bind,source=" + here + ",target=/b,readonly i": here + ":/b:ro",
		"--mount source=" + here + ",target=/b,ro=false i":           here + ":/b",
	} {
		d, _, err := parseDocker(strings.Fields(line))
		if err != nil {
			t.Errorf("docker run %s: %v", line, err)
			continue
		}
		err = d.place(func(name string) (string, bool) { return here, name == "known" }, func(target string) (string, error) { return "/fresh" + target, nil })
		if got := strings.Join(d.volumes, " "); err != nil || got != want {
			t.Errorf("docker run %s: %q, %v; want %q", line, got, err, want)
		}
		if (want == "") != (len(d.tmpfs) == 1) {
			t.Errorf("docker run %s: tmpfs %q", line, d.tmpfs)
		}
	}
}

func TestDockerEnvFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(file, []byte("# remark\nA=1\n\nB=2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, _, err := parseDocker([]string{"-e", "B=3", "--env-file", file, "i"})
	if got := strings.Join(d.env, " "); err != nil || got != "A=1 B=2 B=3" {
		t.Errorf("%q, %v", got, err)
	}
	if _, _, err := parseDocker([]string{"--env-file", file + "x", "i"}); err == nil {
		t.Error("a file that is not there is read")
	}
}

func TestDockerThatCannotBeTranslated(t *testing.T) {
	for line, want := range map[string]string{
		"":                 "no image",
		"--rm":             "no image",
		"--no-such-flag i": "unknown flag",
	} {
		if _, _, err := parseDocker(strings.Fields(line)); err == nil || !strings.Contains(err.Error(), want) || sandbox.Say(err, sandbox.French) == err.Error() {
			t.Errorf("docker run %s: %v, want %q", line, err, want)
		}
	}
	d, shared, err := parseDocker([]string{"image"})
	if err != nil || len(d.notes) != 0 || len(d.doubts) != 1 {
		t.Fatalf("%v, notes %v, doubts %v", err, d.notes, d.doubts)
	}
	if err := d.complete(imageConfig{}, engineInfo{}, t.TempDir(), shared); err == nil || !strings.Contains(err.Error(), "no command") {
		t.Errorf("an image without a command: %v", err)
	}
}
