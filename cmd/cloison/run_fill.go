package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/docker/go-units"

	"cloison/sandbox"
	"cloison/sandbox/cgroup"
	"cloison/sandbox/rootfs"
)

// fill reads the flags that need reading.
func (f *runFlags) fill() error {
	for _, read := range []func() error{f.fillLimits, f.fillDisks, f.fillMounts, f.fillSysctls, f.fillSecurity, f.fillNetwork} {
		if err := read(); err != nil {
			return err
		}
	}
	f.spec.Env = environment(f.env, os.LookupEnv)
	return nil
}

func (f *runFlags) fillLimits() error {
	var err error
	if f.spec.Limits.Memory, err = parseBytes(f.memory); err != nil {
		return err
	}
	for _, value := range f.ulimits {
		u, err := units.ParseUlimit(value)
		if err != nil {
			return sandbox.Errorf("--ulimit %s: %w; give NAME=SOFT[:HARD], such as nofile=64:128",
				"--ulimit %[1]s : donnez NOM=SOFT[:HARD], par exemple nofile=64:128", value, err)
		}
		f.spec.Rlimits = append(f.spec.Rlimits, sandbox.Rlimit{Name: u.Name, Soft: u.Soft, Hard: u.Hard})
	}
	return nil
}

// fillDisks reads the flags about disks and devices.
func (f *runFlags) fillDisks() error {
	for _, name := range speedFlags {
		for _, value := range *f.speeds[name] {
			at := strings.LastIndexByte(value, ':')
			l := sandbox.IOLimit{Write: strings.Contains(name, "write"), Operations: strings.HasSuffix(name, "iops")}
			if at > 0 {
				l.Device = value[:at]
				l.Rate, _ = units.RAMInBytes(value[at+1:])
			}
			if l.Rate <= 0 || !filepath.IsAbs(l.Device) {
				return sandbox.Errorf("--%s %s: give DEVICE:RATE, such as /dev/loop0:1mb, or /dev/loop0:100 for operations",
					"--%s %s : donnez PÉRIPHÉRIQUE:DÉBIT, par exemple /dev/loop0:1mb, ou /dev/loop0:100 pour des opérations", name, value)
			}
			f.spec.Limits.IO = append(f.spec.Limits.IO, l)
		}
	}
	for _, value := range f.rules {
		r, err := cgroup.ParseDeviceRule(value)
		if err != nil {
			return err
		}
		f.spec.DeviceRules = append(f.spec.DeviceRules, r)
	}
	return nil
}

func (f *runFlags) fillMounts() error {
	for _, value := range f.tmpfs {
		t, err := rootfs.ParseTmpfs(value)
		if err != nil {
			return err
		}
		f.spec.Tmpfs = append(f.spec.Tmpfs, t)
	}
	for _, value := range f.volumes {
		v, err := rootfs.ParseVolume(value)
		if err != nil {
			return err
		}
		f.spec.Volumes = append(f.spec.Volumes, v)
	}
	for _, value := range f.devices {
		d, err := rootfs.ParseDevice(value)
		if err != nil {
			return err
		}
		f.spec.Devices = append(f.spec.Devices, d)
	}
	return f.fillRoot()
}

func (f *runFlags) fillRoot() error {
	if f.rootfs == "" {
		return nil
	}
	dir, err := filepath.Abs(f.rootfs)
	if err == nil {
		f.spec.Rootfs, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return sandbox.Errorf("--rootfs: %w", "--rootfs : %w", err)
	}
	return nil
}

func (f *runFlags) fillSysctls() error {
	for _, value := range f.sysctls {
		name, setting, ok := strings.Cut(value, "=")
		if !ok || name == "" {
			return sandbox.Errorf("--sysctl %s: give NAME=VALUE, for example net.ipv4.ip_forward=1",
				"--sysctl %s : donnez NOM=VALEUR, par exemple net.ipv4.ip_forward=1", value)
		}
		f.spec.Sysctls = append(f.spec.Sysctls, sandbox.Sysctl{Name: name, Value: setting})
	}
	return nil
}

func (f *runFlags) fillSecurity() error {
	for _, option := range f.security {
		if err := f.securityOption(option); err != nil {
			return err
		}
	}
	return nil
}

func (f *runFlags) securityOption(option string) error {
	switch {
	case option == "no-new-privileges", option == "no-new-privileges=true", option == "no-new-privileges:true":
		f.spec.NoNewPrivileges = true
	case option == "systempaths=unconfined":
		f.spec.Unmasked = true
	case strings.HasPrefix(option, "apparmor=") || strings.HasPrefix(option, "apparmor:"):
		if f.spec.AppArmor = option[len("apparmor="):]; f.spec.AppArmor == "unconfined" {
			f.spec.AppArmor = "" // nothing confines it that does not confine cloison
		}
	case strings.HasPrefix(option, "label=") || strings.HasPrefix(option, "label:"):
		return f.selinux(option[len("label="):])
	case strings.HasPrefix(option, "seccomp=") || strings.HasPrefix(option, "seccomp:"):
		return f.seccomp(option[len("seccomp="):])
	default:
		return sandbox.Errorf("--security-opt %s: there are no-new-privileges, seccomp=FILE|unconfined, apparmor=PROFILE, label=PART:VALUE and systempaths=unconfined",
			"--security-opt %s : il y a no-new-privileges, seccomp=FICHIER|unconfined, apparmor=PROFIL, label=PARTIE:VALEUR et systempaths=unconfined", option)
	}
	return nil
}

// selinux reads a part of the context of --security-opt label=PART:VALUE.
func (f *runFlags) selinux(value string) error {
	part, text, found := strings.Cut(value, ":")
	l := &f.spec.SELinux
	to, known := map[string]*string{"user": &l.User, "role": &l.Role, "type": &l.Type, "level": &l.Level}[part]
	switch {
	case value == "disable":
		*l = sandbox.SELinuxLabel{}
	case known && found && text != "":
		*to = text
	default:
		return sandbox.Errorf("--security-opt label=%s: give user:, role:, type: or level: and a value, or disable",
			"--security-opt label=%s : donnez user:, role:, type: ou level: et une valeur, ou disable", value)
	}
	return nil
}

// seccomp reads the profile of --security-opt seccomp=FILE.
func (f *runFlags) seccomp(value string) error {
	switch value {
	case "unconfined":
		f.spec.Seccomp = sandbox.SeccompProfile{Off: true}
		return nil
	case "builtin":
		f.spec.Seccomp = sandbox.SeccompProfile{}
		return nil
	}
	text, err := os.ReadFile(value)
	if err != nil {
		return sandbox.Errorf("--security-opt seccomp: %w; give the file of a profile, or unconfined",
			"--security-opt seccomp : %w ; donnez le fichier d’un profil, ou unconfined", err)
	}
	f.spec.Seccomp = sandbox.SeccompProfile{JSON: string(text), Name: filepath.Base(value)}
	return nil
}

// fillNetwork reads --network.
func (f *runFlags) fillNetwork() error {
	other, joins := strings.CutPrefix(f.network, "container:")
	switch {
	case f.network == "bridge":
		f.spec.Bridge = true
	case joins && other != "":
		f.spec.JoinNet = other
	case f.network != "none" && f.network != "host":
		return sandbox.Errorf("--network %s: give none, bridge, host, or container:NAME|PID",
			"--network %s : donnez none, bridge, host, ou container:NOM|PID", f.network)
	}
	return nil
}

// ownNetwork says whether the container gets a network namespace of its own.
func (f *runFlags) ownNetwork() bool { return f.network == "none" || f.network == "bridge" }

// withClocks adds the time namespace that --time-offset asks for.
func (f *runFlags) withClocks(list []sandbox.Namespace) []sandbox.Namespace {
	f.spec.TimeOffset = f.ahead
	if f.clocks {
		list = append(slices.Clone(list), sandbox.TimeNS)
	}
	return list
}

// environment reads -e: a bare name takes the caller's value, if there is one.
func environment(flags []string, lookup func(string) (string, bool)) []string {
	var env []string
	for _, e := range flags {
		if strings.Contains(e, "=") {
			env = append(env, e)
		} else if value, ok := lookup(e); ok {
			env = append(env, e+"="+value)
		}
	}
	return env
}
