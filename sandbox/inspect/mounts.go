package inspect

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/moby/sys/mountinfo"

	"cloison/sandbox"
)

// mostMounts is how many mounts that differ from the host's are told one by one.
const mostMounts = 128

// mountKey says what is mounted where: what stays the same when a mount
// namespace is copied. The numbers of the mounts do not (mount_namespaces(7)).
type mountKey struct {
	point, fstype, root string
	major, minor        int
}

func keyOf(m *mount) mountKey {
	return mountKey{m.Mountpoint, m.FSType, m.Root, m.Major, m.Minor}
}

// parseMounts reads /proc/PID/mountinfo.
func parseMounts(text []byte) ([]*mount, error) {
	mounts, err := mountinfo.GetMountsFromReader(bytes.NewReader(text), nil)
	if err != nil {
		return nil, fmt.Errorf("parse mountinfo: %w", err)
	}
	return mounts, nil
}

// compareMounts tells how a process's mounts differ from the host's.
func compareMounts(own, host []*mount) sandbox.MountFacts {
	hosts := map[mountKey]*mount{}
	for _, m := range host {
		hosts[keyOf(m)] = m
	}
	var facts sandbox.MountFacts
	seen, points := map[mountKey]bool{}, map[string]bool{}
	for _, m := range own {
		theirs := hosts[keyOf(m)]
		seen[keyOf(m)] = true
		if theirs != nil && sameOptions(m, theirs) {
			facts.Same++
		} else if fact := mountFact(m); len(facts.Differ) < mostMounts {
			fact.Changed, fact.Over = theirs != nil, points[m.Mountpoint]
			facts.Differ = append(facts.Differ, fact)
		} else {
			facts.More++
		}
		points[m.Mountpoint] = true
	}
	for key := range hosts {
		if !seen[key] {
			facts.Gone++
		}
	}
	return facts
}

func sameOptions(a, b *mount) bool {
	return a.Options == b.Options && isReadOnly(a) == isReadOnly(b)
}

// isReadOnly looks at both places where a mount can be read-only: the mount,
// and the file system below it.
func isReadOnly(m *mount) bool {
	return slices.Contains(strings.Split(m.Options, ","), "ro") ||
		slices.Contains(strings.Split(m.VFSOptions, ","), "ro")
}

func mountFact(m *mount) sandbox.MountFact {
	options := strings.Split(m.Options, ",")
	if isReadOnly(m) && !slices.Contains(options, "ro") {
		options = append([]string{"ro"}, slices.DeleteFunc(options, func(o string) bool { return o == "rw" })...)
	}
	return sandbox.MountFact{
		Point: m.Mountpoint, Type: m.FSType, Source: m.Source, Root: m.Root,
		Options: options, Covering: isCover(m),
	}
}

// isCover says whether a mount hides a path of the kernel's file systems or
// makes it read-only, as container runtimes do with what is not namespaced
// (maskedPaths and readonlyPaths in the OCI runtime specification).
func isCover(m *mount) bool {
	if !strings.HasPrefix(m.Mountpoint, "/proc/") && !strings.HasPrefix(m.Mountpoint, "/sys/") {
		return false
	}
	switch m.FSType {
	case "tmpfs":
		return isReadOnly(m) || m.Root == "/null"
	case "devtmpfs":
		return m.Root == "/null"
	case "proc", "sysfs":
		return m.Root != "/" && isReadOnly(m)
	}
	return false
}
