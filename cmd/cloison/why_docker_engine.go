package main

import (
	"path/filepath"
	"slices"
	"strings"
)

// engineInfo is what docker info says of the settings that each container gets
// without being asked.
type engineInfo struct {
	SecurityOptions []string // such as "name=seccomp,profile=builtin"
	DockerRootDir   string   // with --userns-remap, it ends in the ids: 100000.100000
}

// follow adds what the engine gives each container unless the command line
// says otherwise.
func (d *dockerCommand) follow(e engineInfo) {
	for _, option := range e.SecurityOptions {
		fields := strings.Split(option, ",")
		switch fields[0] {
		case "name=no-new-privileges":
			d.addSecurity("no-new-privileges", "no-new-privileges")
		case "name=seccomp":
			for _, f := range fields[1:] {
				if profile, ok := strings.CutPrefix(f, "profile="); ok && profile != "default" {
					d.addSecurity("seccomp", "seccomp="+profile)
				}
			}
		case "name=userns":
			base, _, ok := strings.Cut(filepath.Base(e.DockerRootDir), ".")
			if ok && d.users != "host" {
				d.remap = base
			}
		case "name=selinux":
			d.note("the SELinux labels of the engine", "les étiquettes SELinux du moteur")
		case "name=rootless":
			d.note("the engine's rootless mode", "le mode rootless du moteur")
		}
	}
}

// addSecurity adds a --security-opt where none of that kind was given.
func (d *dockerCommand) addSecurity(kind, option string) {
	if !slices.ContainsFunc(d.security, func(o string) bool { return strings.HasPrefix(o, kind) }) {
		d.security = append(d.security, option)
	}
}
