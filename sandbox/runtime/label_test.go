//go:build linux

package runtime

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cloison/sandbox"
)

func TestRelabel(t *testing.T) {
	const own = "unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023"
	for want, l := range map[string]sandbox.SELinuxLabel{
		"unconfined_u:unconfined_r:container_t:s0-s0:c0.c1023": {Type: "container_t"},
		"system_u:system_r:container_t:s0:c1,c2":               {User: "system_u", Role: "system_r", Type: "container_t", Level: "s0:c1,c2"},
	} {
		if got, err := relabel(own, l); err != nil || got != want {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
	}
	if got, err := relabel("u:r:t", sandbox.SELinuxLabel{Level: "s0"}); err != nil || got != "u:r:t:s0" {
		t.Errorf("without a level before: got %s, %v", got, err)
	}
	for own, l := range map[string]sandbox.SELinuxLabel{"kernel": {Type: "x"}, "a:b:c": {Type: "x:y"}, "a:b:d": {User: "x y"}} {
		if got, err := relabel(own, l); err == nil {
			t.Errorf("%s became %s", own, got)
		}
	}
}

func TestLabelsAreTold(t *testing.T) {
	s := rootV1
	s.Labels = Labels{AppArmor: "/proc/self/attr/apparmor/exec", SELinux: true, Context: "u:r:t:s0"}
	plan, err := New(sandbox.Spec{Args: []string{"sh"}, AppArmor: "lesson", SELinux: sandbox.SELinuxLabel{Type: "container_t"}}, s)
	if err != nil {
		t.Fatal(err)
	}
	text := told(plan, sandbox.English)
	for _, want := range []string{
		`write(open("/proc/self/attr/apparmor/exec"), "exec lesson")`, "$ aa-exec -p lesson CMD",
		`write(open("/proc/self/attr/exec"), "u:r:container_t:s0")`, "$ runcon u:r:container_t:s0 CMD",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the plan lacks %s", want)
		}
	}
}

// TestAppArmorForReal loads a profile of its own.
func TestAppArmorForReal(t *testing.T) {
	needRoot(t)
	if lookAtLabels().AppArmor == "" {
		t.Skip("AppArmor is not on in this kernel")
	}
	parser, err := exec.LookPath("apparmor_parser")
	if err != nil {
		t.Skip("there is no apparmor_parser to load a profile with")
	}
	file := filepath.Join(t.TempDir(), "profile")
	profile := "profile cloison-test flags=(attach_disconnected,mediate_deleted) {\n file,\n capability,\n network,\n signal,\n deny /etc/** w,\n}\n"
	if err := os.WriteFile(file, []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(parser, "-r", file).CombinedOutput(); err != nil {
		t.Skipf("no profile can be loaded here: %s", out)
	}
	defer func() { _ = exec.Command(parser, "-R", file).Run() }()
	spec := shell("cat /proc/self/attr/current; echo x >/tmp/x && echo x >/etc/x")
	spec.AppArmor = "cloison-test"
	if got := (order{Spec: spec}).give(t, false); got.code != 1 || got.out != "cloison-test (enforce)\n" || !strings.Contains(got.told, "Permission denied") {
		t.Errorf("exit code %d, said %q and %q", got.code, got.out, got.told)
	}
	spec.AppArmor = "cloison-no-such"
	if got := (order{Spec: spec}).give(t, false); got.code != 125 || !strings.Contains(got.told, "no AppArmor profile of this name is loaded") {
		t.Errorf("exit code %d, said %q", got.code, got.told)
	}
}

// TestSELinuxForReal asks for the context that the process has anyway, which
// every policy allows.
func TestSELinuxForReal(t *testing.T) {
	needRoot(t)
	l := lookAtLabels()
	if !l.SELinux {
		t.Skip("SELinux is not on in this kernel")
	}
	spec := shell("cat /proc/self/attr/current")
	spec.SELinux = sandbox.SELinuxLabel{Type: strings.SplitN(l.Context, ":", 4)[2]}
	if got := (order{Spec: spec}).give(t, false); strings.TrimRight(got.out, "\x00\n") != l.Context {
		t.Errorf("exit code %d, said %q and %q; want %s", got.code, got.out, got.told, l.Context)
	}
	spec.SELinux = sandbox.SELinuxLabel{Type: "no_such_type_t"}
	if got := (order{Spec: spec}).give(t, false); got.code != 125 || !strings.Contains(got.told, "/proc/self/attr/exec") {
		t.Errorf("exit code %d, said %q", got.code, got.told)
	}
}
