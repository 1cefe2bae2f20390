package capability

import (
	"slices"
	"strings"

	"cloison/sandbox"
)

// DockerDefault is what Docker leaves to a container's root unless told
// otherwise: fourteen capabilities (moby, oci/caps/defaults.go,
// DefaultCapabilities).
var DockerDefault = set(
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD",
	"CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP",
	"CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
)

// set makes a set of names that are in the list above.
func set(members ...string) sandbox.CapSet {
	var s sandbox.CapSet
	for _, name := range members {
		s |= 1 << slices.Index(names[:], name)
	}
	return s
}

// All is every capability up to number last.
func All(last int) sandbox.CapSet { return 1<<(last+1) - 1 }

// Apply changes base as docker run's --cap-drop and --cap-add do, whatever
// their order on the command line: dropping ALL starts from nothing, adding
// ALL from everything; then the other names are dropped, and added. Names are
// as [Parse] takes them. ALL is everything that this program knows; whoever
// uses the set leaves out what the kernel does not have.
func Apply(base sandbox.CapSet, drop, add []string) (sandbox.CapSet, error) {
	dropped, dropAll, err := parseAll(drop)
	if err != nil {
		return 0, err
	}
	added, addAll, err := parseAll(add)
	if err != nil {
		return 0, err
	}
	switch {
	case addAll:
		return All(len(names)-1) &^ dropped, nil
	case dropAll:
		return added, nil
	}
	return base&^dropped | added, nil
}

// parseAll gives the named capabilities, and whether ALL was among the names.
func parseAll(list []string) (named sandbox.CapSet, all bool, err error) {
	for _, name := range list {
		if strings.EqualFold(name, "ALL") || strings.EqualFold(name, "CAP_ALL") {
			all = true
			continue
		}
		n, err := Parse(name)
		if err != nil {
			return 0, false, err
		}
		named |= 1 << n
	}
	return named, all, nil
}
