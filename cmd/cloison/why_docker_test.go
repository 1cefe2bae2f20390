package main

import (
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
		notes  string // beginnings, apart from the one on the network
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
		"--net none -d -p 80:80 --restart always --name n -l a=b -e B=2 -m 16m --memory-swap 32m --mount x i c": {func(s sandbox.Spec) bool {
			return s.Limits.Memory == 16<<20 && s.Env[1] == "B=2" && s.Name == "n"
		}, "/entry c", "--memory-swap, --mount", ""},
		"--net none --pid container:x i c":                          {func(sandbox.Spec) bool { return true }, "/entry c", "--pid=container:x", ""},
		"--net none --security-opt no-new-privileges --read-only i": {func(s sandbox.Spec) bool { return s.NoNewPrivileges && s.ReadOnly }, "/entry serve", "", ""},
		"-v /tmp:/t:ro --net none i":                                {func(s sandbox.Spec) bool { return len(s.Volumes) == 1 && s.Volumes[0].ReadOnly }, "/entry serve", "", ""},
	} {
		d, shared, err := parseDocker(strings.Fields(line))
		if err == nil {
			err = d.complete(image, t.TempDir(), shared)
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
			notes = append(notes, strings.Fields(n.EN)[0])
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

func TestDockerThatCannotBeTranslated(t *testing.T) {
	for line, want := range map[string]string{
		"":                 "no image",
		"--rm":             "no image",
		"--no-such-flag i": "unknown flag",
	} {
		if _, _, err := parseDocker(strings.Fields(line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("docker run %s: %v, want %q", line, err, want)
		}
	}
	d, shared, err := parseDocker([]string{"image"})
	if err != nil || len(d.notes) != 1 {
		t.Fatalf("%v, notes %v", err, d.notes)
	}
	if err := d.complete(imageConfig{}, t.TempDir(), shared); err == nil || !strings.Contains(err.Error(), "no command") {
		t.Errorf("an image without a command: %v", err)
	}
}
