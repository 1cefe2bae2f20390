package inspect

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// surveyCgroup looks at the cgroup file systems; what cannot be read counts as
// not there.
func surveyCgroup(root fs.FS) CgroupHost {
	return cgroupHost(root, func(name string) bool {
		return unix.Faccessat(unix.AT_FDCWD, "/"+name, unix.W_OK, unix.AT_EACCESS) == nil
	})
}

// cgroupHost is surveyCgroup with its question to the kernel, may we write
// there?, left to the caller.
func cgroupHost(root fs.FS, writable func(name string) bool) CgroupHost {
	mounts, err := fs.ReadFile(root, "proc/self/mountinfo")
	if err != nil {
		return CgroupHost{}
	}
	all, err := parseHierarchies(mounts)
	if err != nil {
		return CgroupHost{}
	}
	v2 := all.of("")
	host := CgroupHost{V1: v1Controllers(all, line(root, "proc/cgroups"))}
	if len(v2) > 0 {
		host.V2 = words(root, path.Join(folderOf(v2[0]), "cgroup.controllers"))
	}
	host.Writable = rootsWritable(all, host, writable)
	if host.Version() == 2 && !host.Writable {
		host.Delegated = delegated(root, v2, writable)
	}
	return host
}

// v1Controllers are those of /proc/cgroups, its first column, that a v1
// hierarchy is mounted with.
func v1Controllers(all hierarchies, procCgroups string) []string {
	var found []string
	for row := range strings.Lines(procCgroups) {
		name, _, _ := strings.Cut(row, "\t")
		if !strings.HasPrefix(name, "#") && len(all.of(name)) > 0 {
			found = append(found, name)
		}
	}
	return found
}

// rootsWritable says whether cgroups with memory and pids can be made at the
// top of the hierarchies.
func rootsWritable(all hierarchies, host CgroupHost, writable func(string) bool) bool {
	v2 := host.Version() == 2
	for _, controller := range []string{"memory", "pids"} {
		mounts := all.of(controller)
		if v2 && slices.Contains(host.V2, controller) {
			mounts = all.of("")
		}
		if !slices.ContainsFunc(mounts, func(m *mount) bool { return writable(folderOf(m)) }) {
			return false
		}
	}
	return true
}

// delegated is the nearest folder above or at our own cgroup in which we may
// make cgroups with memory and pids and move ourselves between them: it and
// its cgroup.procs are ours, and its children have the controllers, or we may
// give them because it holds no processes itself (admin-guide/cgroup-v2.rst,
// "Delegation" and "No Internal Process Constraint").
func delegated(root fs.FS, v2 hierarchies, writable func(string) bool) string {
	paths, err := parseCgroup(line(root, "proc/self/cgroup"))
	if err != nil {
		return ""
	}
	for _, folder := range v2.folders(root, paths[""]) {
		if !writable(folder) || !writable(path.Join(folder, "cgroup.procs")) {
			continue
		}
		if hasBoth(words(root, path.Join(folder, "cgroup.subtree_control"))) {
			return "/" + folder
		}
		control := path.Join(folder, "cgroup.subtree_control")
		empty := len(words(root, path.Join(folder, "cgroup.procs"))) == 0
		if empty && hasBoth(words(root, path.Join(folder, "cgroup.controllers"))) && writable(control) {
			return "/" + folder
		}
	}
	return ""
}

// hasBoth says whether memory and pids are among the controllers.
func hasBoth(controllers []string) bool {
	return without([]string{"memory", "pids"}, controllers) == ""
}

// words are those of a one-line file.
func words(root fs.FS, name string) []string {
	return strings.Fields(line(root, name))
}

// hasUserManager says whether systemd-run --user would find its systemd, by
// the bus in the folder that pam_systemd(8) names to sessions.
func hasUserManager(root fs.FS, runtimeDir string) bool {
	folder, ok := strings.CutPrefix(path.Clean(runtimeDir), "/")
	return ok && exists(root, path.Join(folder, "bus"))
}
