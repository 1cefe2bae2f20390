package tui

import (
	"slices"
	"testing"

	"cloison/sandbox"
	"cloison/tui/words"
)

// TestTheMachineIsSaidInLessRoom: what is left out is never denied: a kernel that
// has Landlock is not one without security modules.
func TestTheMachineIsSaidInLessRoom(t *testing.T) {
	for name, test := range map[string]struct {
		lsms []string
		want []string
	}{
		"AppArmor":   {[]string{"landlock", "apparmor"}, []string{"local · 6.12.1-amd64 · cgroup v2 · landlock,apparmor", "local · 6.12.1-amd64 · cgroup v2 · apparmor", "local · 6.12.1 · cgroup v2 · apparmor"}},
		"only small": {[]string{"capability", "landlock"}, []string{"local · 6.12.1-amd64 · cgroup v2 · capability,landlock", "local · 6.12.1-amd64 · cgroup v2", "local · 6.12.1 · cgroup v2"}},
		"none":       {nil, []string{"local · 6.12.1-amd64 · cgroup v2 · no LSM", "local · 6.12.1-amd64 · cgroup v2 · no LSM", "local · 6.12.1 · cgroup v2 · no LSM"}},
	} {
		m := Model{words: words.In(sandbox.English)}
		m.machine = &fakeMachine{about: sandbox.About{Name: "local", Kernel: "6.12.1-amd64", CgroupVersion: 2, LSMs: test.lsms}}
		if got := m.machineLines(); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
