//go:build linux

package runtime

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

func TestSettingsForReal(t *testing.T) {
	for user, plain := range users(t) {
		for name, c := range map[string]struct {
			script string
			change func(*sandbox.Spec)
			code   int
			out    string
			told   string
		}{
			"ulimit":         {"ulimit -n; ulimit -H -n", func(s *sandbox.Spec) { s.Rlimits = []sandbox.Rlimit{{Name: "nofile", Soft: 64, Hard: 128}} }, 0, "64\n128\n", ""},
			"too many files": {"exec 3>/dev/null 4>/dev/null 5>/dev/null", func(s *sandbox.Spec) { s.Rlimits = []sandbox.Rlimit{{Name: "nofile", Soft: 5, Hard: 5}} }, 1, "", "Too many open files"},
			"sysctl": {"cat /proc/sys/net/ipv4/ip_unprivileged_port_start", func(s *sandbox.Spec) {
				s.Sysctls = []sandbox.Sysctl{{Name: "net.ipv4.ip_unprivileged_port_start", Value: "81"}}
			}, 0, "81\n", ""},
			"no such sysctl":    {"true", func(s *sandbox.Spec) { s.Sysctls = []sandbox.Sysctl{{Name: "net.ipv4.nonsense", Value: "1"}} }, 125, "", "has no such setting"},
			"no such value":     {"true", func(s *sandbox.Spec) { s.Sysctls = []sandbox.Sysctl{{Name: "net.ipv4.ip_default_ttl", Value: "x"}} }, 125, "", "the kernel does not take this value"},
			"killed first":      {"cat /proc/self/oom_score_adj", func(s *sandbox.Spec) { s.OOMScoreAdj = 500 }, 0, "500\n", ""},
			"clocks ahead":      {"[ $(cut -d. -f1 /proc/uptime) -gt 86400000 ] && echo ahead", ahead(86400000 * time.Second), 0, "ahead\n", ""},
			"clocks before 0":   {"true", ahead(-200000 * time.Hour), 125, "", "a clock would stand before 0"},
			"clocks of its own": {"readlink /proc/self/ns/time | cut -d: -f1; [ $(readlink /proc/self/ns/time) = $(readlink /proc/self/ns/time_for_children) ] && echo inside", ahead(0), 0, "time\ninside\n", ""},
		} {
			for _, explain := range []bool{false, true} {
				spec := shell(c.script)
				spec.Namespaces = DefaultNamespaces(!plain)
				c.change(&spec)
				got := order{Spec: spec, Explain: explain}.give(t, plain)
				if got.code != c.code || got.out != c.out || !strings.Contains(got.told, c.told) {
					t.Errorf("%s, %s: exit code %d, said %q and %q; want %d and %q", user, name, got.code, got.out, got.told, c.code, c.out)
				}
			}
		}
	}
}

// TestOpenFilesAreTheCallers lowers the soft limit for the programs that this one
// starts; Go raises it again in them.
func TestOpenFilesAreTheCallers(t *testing.T) {
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 321, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Setrlimit(unix.RLIMIT_NOFILE, &before) }()
	for user, plain := range users(t) {
		spec := shell("ulimit -S -n")
		spec.Namespaces = DefaultNamespaces(!plain)
		if got := (order{Spec: spec}).give(t, plain); got.out != "321\n" {
			t.Errorf("%s: said %q and %q, want 321", user, got.out, got.told)
		}
	}
}

func ahead(d time.Duration) func(*sandbox.Spec) {
	return func(s *sandbox.Spec) {
		s.Namespaces = append(s.Namespaces, sandbox.TimeNS)
		s.TimeOffset = d
	}
}

func TestGroupsAndAmbientForReal(t *testing.T) {
	needRoot(t)
	for name, c := range map[string]struct {
		script string
		change func(*sandbox.Spec)
		out    string
	}{
		"groups":           {"id -G", func(s *sandbox.Spec) { s.Groups = []string{"tty", "7"} }, "0 5 7\n"},
		"groups of a user": {"id -u; id -G", func(s *sandbox.Spec) { s.User, s.Groups = "nobody", []string{"7"} }, "65534\n65534 7\n"},
		"a name":           {"id -u; id -g; echo $HOME", func(s *sandbox.Spec) { s.User = "nobody:tty" }, "65534\n5\n/\n"},
		"a bare number":    {"id -u; id -g", func(s *sandbox.Spec) { s.User = "1000" }, "1000\n0\n"},
		"ambient": {"grep -E 'Cap(Inh|Prm|Eff|Amb)' /proc/self/status | tr -d '\n\t'", func(s *sandbox.Spec) {
			s.User, s.Ambient = "1000:1000", []string{"NET_BIND_SERVICE"}
		}, "CapInh:0000000000000400CapPrm:0000000000000400CapEff:0000000000000400CapAmb:0000000000000400"},
		"ambient without privileges": {"grep CapEff /proc/self/status; grep Seccomp: /proc/self/status", func(s *sandbox.Spec) {
			s.User, s.Ambient, s.NoNewPrivileges = "1000:1000", []string{"CHOWN"}, true
		}, "CapEff:\t0000000000000001\nSeccomp:\t2\n"},
	} {
		spec := shell(c.script)
		c.change(&spec)
		if got := (order{Spec: spec}).give(t, false); got.out != c.out {
			t.Errorf("%s: said %q and %q, want %q", name, got.out, got.told, c.out)
		}
	}
}
