package why

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cloison/sandbox"
)

func TestLayersAreThoseThatAreThere(t *testing.T) {
	user := []sandbox.Namespace{sandbox.UserNS}
	for name, c := range map[string]struct {
		spec       sandbox.Spec
		privileged bool
		want       string
	}{
		"a container as it comes":  {sandbox.Spec{}, true, "capabilities+seccomp+masked"},
		"nothing on":               {sandbox.Spec{Unmasked: true, Seccomp: sandbox.SeccompProfile{Off: true}}, true, "capabilities"},
		"an ordinary user":         {sandbox.Spec{User: "1000", NoNewPrivileges: true}, true, "dac+capabilities+nnp+seccomp+masked"},
		"a namespace of our own":   {sandbox.Spec{Namespaces: user, ReadOnly: true}, true, "capabilities+userns+seccomp+readonly+masked"},
		"one that we can't leave":  {sandbox.Spec{Namespaces: user}, false, "capabilities+seccomp+masked"},
		"limits":                   {sandbox.Spec{Limits: sandbox.Limits{Pids: 1}}, true, "capabilities+seccomp+cgroup+masked"},
		"a read-only volume":       {sandbox.Spec{Volumes: []sandbox.Volume{{ReadOnly: true}}}, true, "capabilities+seccomp+readonly+masked"},
		"a limit of the processes": {sandbox.Spec{Rlimits: []sandbox.Rlimit{{Name: "nofile"}}}, true, "capabilities+seccomp+cgroup+masked"},
	} {
		if got := Layers(c.spec, Here{Privileged: c.privileged}).String(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestRelaxChangesOneLayer relaxes each layer of a container that has all of
// them, and finds that this one is gone, no other, and the spec untouched.
func TestRelaxChangesOneLayer(t *testing.T) {
	full := func() sandbox.Spec {
		return sandbox.Spec{
			User: "1000", Namespaces: []sandbox.Namespace{sandbox.MountNS, sandbox.UserNS}, NoNewPrivileges: true, ReadOnly: true,
			AppArmor: "docker-default", SELinux: sandbox.SELinuxLabel{Type: "container_t"},
			Limits: sandbox.Limits{Memory: 1 << 20}, Volumes: []sandbox.Volume{{Source: "/a", Target: "/a", ReadOnly: true}},
		}
	}
	here := Here{Privileged: true, May: 1<<41 - 1}
	spec := full()
	before := Layers(spec, here)
	for _, l := range before {
		after := Layers(Relax(spec, Set{l}, here), here)
		want := before.Without(l)
		if l == DAC || l == Capabilities { // they are relaxed by giving, not by leaving out
			want = before
		}
		if !slices.Equal(after, want) {
			t.Errorf("%s relaxed: left are %s, want %s", l, after, want)
		}
	}
	if diff := cmp.Diff(full(), spec); diff != "" {
		t.Errorf("relaxing changed the spec itself:\n%s", diff)
	}
	given := Relax(spec, Set{Capabilities}, here)
	if slices.Contains(given.CapAdd, "CAP_FOWNER") || !slices.Contains(given.Ambient, "CAP_SYS_ADMIN") {
		t.Errorf("capabilities of an ordinary user: %v, ambient %v", given.CapAdd, given.Ambient)
	}
}

// TestRelaxOpensDevices lets every device be opened where a cgroup filters
// them, and only there: elsewhere a rule would be an error.
func TestRelaxOpensDevices(t *testing.T) {
	users := sandbox.Spec{Namespaces: []sandbox.Namespace{sandbox.UserNS}}
	for name, c := range map[string]struct {
		spec    sandbox.Spec
		devices bool
		relaxed Set
		want    int
	}{
		"a filter":                        {sandbox.Spec{}, true, Set{Cgroup}, 1},
		"a filter that stays":             {sandbox.Spec{}, true, Set{Capabilities}, 0},
		"no filter":                       {sandbox.Spec{}, false, Set{Cgroup}, 0},
		"a user namespace":                {users, true, Set{Cgroup}, 0},
		"a user namespace that goes, too": {users, true, Set{Cgroup, UserNS}, 1},
	} {
		if got := Relax(c.spec, c.relaxed, Here{Devices: c.devices}).DeviceRules; len(got) != c.want {
			t.Errorf("%s: rules %+v, want %d", name, got, c.want)
		}
	}
	if got := Layers(sandbox.Spec{}, Here{Devices: true}).String(); got != "capabilities+seccomp+cgroup+masked" {
		t.Errorf("layers are %s", got)
	}
}
