package tui

import (
	"fmt"
	"slices"
	"strings"
)

// majorLSMs are the security modules that decide over whole programs; the
// others are everywhere and may be left out where there is no room.
var majorLSMs = []string{"apparmor", "selinux", "smack", "tomoyo"}

// machineLines say where lessons run: machine, kernel, cgroup version, LSMs;
// each line shorter than the one before.
func (m Model) machineLines() []string {
	switch {
	case m.machineErr != nil:
		return []string{m.words.NoMachine}
	case m.machine == nil:
		return []string{m.starting(), m.words.Starting}
	}
	about := m.machine.About()
	release, _, _ := strings.Cut(about.Kernel, "-")
	major := slices.DeleteFunc(slices.Clone(about.LSMs), func(lsm string) bool { return !slices.Contains(majorLSMs, lsm) })
	line := func(kernel string, lsms []string) string {
		parts := []string{about.Name, kernel, m.cgroup(about.CgroupVersion)}
		switch {
		case len(about.LSMs) == 0:
			parts = append(parts, m.words.NoLSM)
		case len(lsms) > 0:
			parts = append(parts, strings.Join(lsms, ","))
		}
		return strings.Join(parts, " · ")
	}
	return []string{line(about.Kernel, about.LSMs), line(about.Kernel, major), line(release, major)}
}

func (m Model) cgroup(version int) string {
	if version == 0 {
		return m.words.NoCgroup
	}
	return fmt.Sprintf(m.words.Cgroup, version)
}
