// Package capability knows the capabilities of Linux: their names, sets of them
// as docker run's --cap-drop and --cap-add change them, and the system calls that
// drop them.
//
// It does not know who has which: package inspect reads that from /proc.
//
// Sources: capabilities(7), capset(2), prctl(2), and the kernel's
// include/uapi/linux/capability.h, whose order the numbers follow.
package capability

import (
	"math/bits"
	"os"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"

	"cloison/sandbox"
)

// names has every capability at its number.
var names = [...]string{
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER",
	"CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
	"CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST",
	"CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER",
	"CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE",
	"CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
	"CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD",
	"CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP",
	"CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM",
	"CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF",
	"CAP_CHECKPOINT_RESTORE",
}

// Name is the kernel's spelling of capability n; a number that is newer than
// this program is itself, "CAP_41", as libcap would have it.
func Name(n int) string {
	if n >= 0 && n < len(names) {
		return names[n]
	}
	return "CAP_" + strconv.Itoa(n)
}

// Names lists the capabilities of a set by number.
func Names(set sandbox.CapSet) []string {
	var all []string
	for rest := uint64(set); rest != 0; rest &= rest - 1 {
		all = append(all, Name(bits.TrailingZeros64(rest)))
	}
	return all
}

// Parse gives the number of a capability. It takes the name with or without
// CAP_, in any case; for a name that it does not know, the error suggests the
// nearest one.
func Parse(name string) (int, error) {
	full := "CAP_" + strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(name)), "CAP_")
	for n, known := range names {
		if known == full {
			return n, nil
		}
	}
	if near, ok := nearest(full); ok {
		return 0, sandbox.Errorf("there is no capability %q; did you mean %s?", "la capability %q n’existe pas ; vouliez-vous dire %s ?", name, near)
	}
	return 0, sandbox.Errorf("there is no capability %q; capabilities(7) lists them",
		"la capability %q n’existe pas ; capabilities(7) en donne la liste", name)
}

// Last is the highest number that the running kernel knows, the highest that
// this program knows where /proc does not say.
func Last() int {
	text, err := os.ReadFile("/proc/sys/kernel/cap_last_cap")
	if err != nil {
		return len(names) - 1
	}
	last, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || last < 0 || last > 63 {
		return len(names) - 1
	}
	return last
}

// nearest is the known name that takes the fewest edits, if few enough that
// it may have been meant.
func nearest(full string) (string, bool) {
	const tolerated = 3
	best, fewest := "", tolerated+1
	for _, known := range names {
		if d := levenshtein.ComputeDistance(full, known); d < fewest {
			best, fewest = known, d
		}
	}
	return best, fewest <= tolerated && fewest < len(full)-len("CAP_")
}
