//go:build linux

package why

import "testing"

func TestCounted(t *testing.T) {
	for text, want := range map[string]string{
		"low 0\noom 1\noom_kill 3\n":                    "3",
		"oom_kill_disable 0\nunder_oom 0\noom_kill 1\n": "1",
		"oom_kill 0\n": "",
		"":             "",
		"oom_kill":     "",
		"oom_group_kill 5\noom_kill 0\nsomething else 3\n": "",
	} {
		if got, ok := counted(text, "oom_kill"); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", text, got, ok)
		}
	}
}

func TestAskedLabel(t *testing.T) {
	for call, want := range map[string]string{
		`write(open("/proc/self/attr/apparmor/exec"), "exec docker-default")`:     "/proc/self/attr/apparmor/exec: exec docker-default",
		`write(open("/proc/self/attr/exec"), "system_u:system_r:container_t:s0")`: "/proc/self/attr/exec: system_u:system_r:container_t:s0",
		`write(open("/proc/self/setgroups"), "deny")`:                             "",
		`execve("/bin/attr/", …)`:                                                 "",
	} {
		e, ok := asked(call)
		if got := e.Source + ": " + e.Says; ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q, %v", call, got, ok)
		}
	}
}
