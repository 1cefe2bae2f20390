//go:build linux

// Package idmap knows what to write into uid_map and gid_map, so that the
// users of a user namespace become other users outside.
//
// It does not know processes: the caller writes the files below /proc/PID.
//
// See user_namespaces(7), subuid(5), and dockerd(8) for --userns-remap.
package idmap

import (
	"fmt"
	"strings"

	"cloison/sandbox"
)

// File is one file below /proc/PID and what is written into it, in one
// write(2) as the kernel demands.
type File struct {
	Name, Value string
}

// Files are what makes the maps of a new user namespace, in order. Someone
// without CAP_SETGID outside must give up setgroups(2) first, or leaving a
// group could open what the group was denied (user_namespaces(7)).
func Files(uids, gids []sandbox.IDRange, privileged bool) []File {
	var files []File
	if !privileged {
		files = append(files, File{"setgroups", "deny"})
	}
	return append(files, File{"uid_map", Format(uids)}, File{"gid_map", Format(gids)})
}

// Format writes a map as the kernel reads it: inside, outside, size.
func Format(ranges []sandbox.IDRange) string {
	lines := make([]string, len(ranges))
	for i, r := range ranges {
		lines[i] = fmt.Sprintf("%d %d %d", r.Inside, r.Outside, r.Size)
	}
	return strings.Join(lines, "\n")
}

// Single maps id 0 inside to one id outside: all that an ordinary user may do
// without the help of newuidmap(1).
func Single(outside int) []sandbox.IDRange {
	return []sandbox.IDRange{{Inside: 0, Outside: uint32(outside), Size: 1}}
}

// Has says whether an id exists inside.
func Has(ranges []sandbox.IDRange, inside uint32) bool {
	_, ok := Outside(ranges, inside)
	return ok
}

// Outside is who id inside is for the rest of the computer.
func Outside(ranges []sandbox.IDRange, inside uint32) (uint32, bool) {
	for _, r := range ranges {
		if inside >= r.Inside && uint64(inside) < uint64(r.Inside)+uint64(r.Size) {
			return r.Outside + (inside - r.Inside), true
		}
	}
	return 0, false
}
