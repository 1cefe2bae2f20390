//go:build linux

package runtime

import (
	"fmt"
	"strings"
	"testing"

	"cloison/sandbox"
)

// deny is a profile that allows all but some calls.
func deny(action string, names ...string) sandbox.SeccompProfile {
	return sandbox.SeccompProfile{Name: "own.json", JSON: fmt.Sprintf(
		`{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["%s"], "action": "%s"}]}`, strings.Join(names, `", "`), action)}
}

func TestSeccompForReal(t *testing.T) {
	const status = "grep ^Seccomp: /proc/self/status"
	fchmod := []string{"chmod", "fchmod", "fchmodat", "fchmodat2"}
	for user, plain := range users(t) {
		for name, c := range map[string]struct {
			script  string
			profile sandbox.SeccompProfile
			code    int
			out     string
		}{
			"default":             {status, sandbox.SeccompProfile{}, 0, "Seccomp:\t2\n"},
			"unconfined":          {status, sandbox.SeccompProfile{Off: true}, 0, "Seccomp:\t0\n"},
			"no new namespaces":   {"unshare -U true", sandbox.SeccompProfile{}, 1, ""},
			"unless unconfined":   {"unshare -U echo made", sandbox.SeccompProfile{Off: true}, 0, "made\n"},
			"a list of refusals":  {"chmod 700 /tmp || echo refused", deny("SCMP_ACT_ERRNO", fchmod...), 0, "refused\n"},
			"which replaces ours": {"unshare -U echo made", deny("SCMP_ACT_ERRNO", fchmod...), 0, "made\n"},
			"killed":              {"chmod 700 /tmp; echo $?", deny("SCMP_ACT_KILL_PROCESS", fchmod...), 0, "159\n"},
			"SIGSYS":              {"exec chmod 700 /tmp", deny("SCMP_ACT_KILL_PROCESS", fchmod...), 159, ""},
		} {
			for _, explain := range []bool{false, true} {
				spec := shell(c.script)
				spec.Seccomp = c.profile
				got := order{Spec: spec, Explain: explain}.give(t, plain)
				if got.code != c.code || got.out != c.out {
					t.Errorf("%s, %s, explained %v: exit code %d, said %q and %q; want %d and %q", user, name, explain, got.code, got.out, got.told, c.code, c.out)
				}
			}
		}
	}
}

func TestSeccompWithEveryUser(t *testing.T) {
	needRoot(t)
	for name, change := range map[string]func(*sandbox.Spec){
		"root":              func(*sandbox.Spec) {},
		"user":              func(s *sandbox.Spec) { s.User = "1000:1000" },
		"no new privileges": func(s *sandbox.Spec) { s.NoNewPrivileges = true },
		"both":              func(s *sandbox.Spec) { s.NoNewPrivileges, s.User = true, "1000:1000" },
		"administrator":     func(s *sandbox.Spec) { s.CapAdd = []string{"SYS_ADMIN"} },
		"nothing":           func(s *sandbox.Spec) { s.CapDrop = []string{"ALL"} },
	} {
		spec := shell("grep -E '^(Cap(Prm|Eff|Bnd)|Seccomp):' /proc/self/status")
		spec.Seccomp.Off = true
		change(&spec)
		without := order{Spec: spec}.give(t, false)
		spec.Seccomp.Off = false
		with := order{Spec: spec}.give(t, false)
		if want := strings.Replace(without.out, "Seccomp:\t0", "Seccomp:\t2", 1); with.out != want || want == without.out {
			t.Errorf("%s: with a filter %q and %q, without %q", name, with.out, with.told, without.out)
		}
	}
}

// TestSeccompTooStrict has filters that refuse what the birth itself needs.
func TestSeccompTooStrict(t *testing.T) {
	for user, plain := range users(t) {
		for name, c := range map[string]struct {
			profile sandbox.SeccompProfile
			code    int
			told    string
		}{
			"no execve":            {deny("SCMP_ACT_ERRNO", "execve"), 126, "run true: EPERM (operation not permitted): the seccomp filter is loaded already"},
			"no capset":            {deny("SCMP_ACT_ERRNO", "capset"), 125, "allow execve and capset in the profile"},
			"death for execve":     {deny("SCMP_ACT_KILL_PROCESS", "execve"), 159, ""},
			"no way out":           {deny("SCMP_ACT_ERRNO", "execve", "exit_group"), 126, "run true: EPERM"},
			"not a word":           {deny("SCMP_ACT_ERRNO", "execve", "write"), 125, ""},
			"neither word nor end": {deny("SCMP_ACT_ERRNO", "execve", "write", "read", "exit_group"), 139, ""},
		} {
			for _, explain := range []bool{false, true} {
				spec := sandbox.Spec{Args: []string{"true"}, Seccomp: c.profile}
				got := order{Spec: spec, Explain: explain}.give(t, plain)
				if got.code != c.code || !strings.Contains(got.told, c.told) {
					t.Errorf("%s, %s, explained %v: exit code %d, said %q; want %d and %q", user, name, explain, got.code, got.told, c.code, c.told)
				}
			}
		}
	}
}
