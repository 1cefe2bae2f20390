//go:build linux

package cgroup

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/containerd/cgroups/v3/cgroup2"
	"github.com/opencontainers/runtime-spec/specs-go"

	"cloison/sandbox"
)

// HarmlessDevices are those that every container may open, as with runc: any
// may be made, which alone does nothing, and the usual ones may be used.
func HarmlessDevices() []sandbox.DeviceRule {
	rules := []sandbox.DeviceRule{{Type: 'c', Major: -1, Minor: -1, Access: "m"}, {Type: 'b', Major: -1, Minor: -1, Access: "m"}}
	for _, n := range [][2]int64{
		{1, 3}, {1, 5}, {1, 7}, {1, 8}, {1, 9}, // null zero full random urandom
		{5, 0}, {5, 2}, {136, -1}, // tty ptmx, and the terminals of devpts
	} {
		rules = append(rules, sandbox.DeviceRule{Type: 'c', Major: n[0], Minor: n[1], Access: "rwm"})
	}
	return rules
}

// ParseDeviceRule reads "c 10:229 rwm" as docker run --device-cgroup-rule takes
// it; * is any number.
func ParseDeviceRule(text string) (sandbox.DeviceRule, error) {
	bad := sandbox.Errorf("--device-cgroup-rule %q: give type, numbers and access, for example 'c 10:229 rw' or 'b *:* r'",
		"--device-cgroup-rule %q : donnez type, numéros et accès, par exemple 'c 10:229 rw' ou 'b *:* r'", text)
	f := strings.Fields(text)
	if len(f) != 3 || len(f[0]) != 1 || !strings.Contains("abc", f[0]) || f[2] == "" || strings.Trim(f[2], "rwm") != "" {
		return sandbox.DeviceRule{}, bad
	}
	major, minor, _ := strings.Cut(f[1], ":")
	r := sandbox.DeviceRule{Type: f[0][0], Access: f[2]}
	for at, n := range map[*int64]string{&r.Major: major, &r.Minor: minor} {
		if *at = -1; n == "*" {
			continue
		}
		v, err := strconv.ParseUint(n, 10, 32)
		if err != nil {
			return sandbox.DeviceRule{}, bad
		}
		*at = int64(v)
	}
	return r, nil
}

// ruleText is a rule as version 1 reads it.
func ruleText(r sandbox.DeviceRule) string {
	star := func(n int64) string {
		if n < 0 {
			return "*"
		}
		return number(n)
	}
	return fmt.Sprintf("%c %s:%s %s", r.Type, star(r.Major), star(r.Minor), r.Access)
}

// devices closes all device files but those of the rules: by the controller of
// version 1, and on version 2, which has none, by a program of BPF that the
// kernel asks at every open(2) and mknod(2).
func devices(version int, rules []sandbox.DeviceRule) Value {
	why := sandbox.Text{
		EN: "who may mknod(2) still cannot open the host's disks: device files are closed, except the harmless and the named ones",
		FR: "qui peut faire mknod(2) n’ouvre pas pour autant les disques de l’hôte : les fichiers de périphériques sont fermés, sauf les inoffensifs et ceux qu’on nomme",
	}
	if version == 1 {
		v := Value{Controller: "devices", File: "devices.deny", Value: "a", Why: why}
		for _, r := range rules {
			v.More = append(v.More, Line{"devices.allow", ruleText(r)})
		}
		return v
	}
	list := []specs.LinuxDeviceCgroup{program(sandbox.DeviceRule{Type: 'a', Major: -1, Minor: -1, Access: "rwm"}, false)}
	for _, r := range rules {
		list = append(list, program(r, true))
		// The library's program takes a rule for fulfilled when one of the ways of
		// access that are asked for is in it; so those that are not must be refused.
		if r.Access != "m" && !strings.Contains(r.Access, "w") {
			list = append(list, program(only(r, "w"), false))
		}
		if r.Access != "m" && !strings.Contains(r.Access, "r") {
			list = append(list, program(only(r, "r"), false))
		}
	}
	return Value{Controller: "devices", File: "BPF_CGROUP_DEVICE", Value: fmt.Sprint(len(rules)), Why: why, V2: &cgroup2.Resources{Devices: list}}
}

func only(r sandbox.DeviceRule, access string) sandbox.DeviceRule {
	r.Access = access
	return r
}

// program is a rule as the library takes it; of two that fit, the later counts.
func program(r sandbox.DeviceRule, allow bool) specs.LinuxDeviceCgroup {
	return specs.LinuxDeviceCgroup{Allow: allow, Type: string(r.Type), Major: &r.Major, Minor: &r.Minor, Access: r.Access}
}
