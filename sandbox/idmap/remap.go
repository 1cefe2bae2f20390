//go:build linux

package idmap

import (
	"io"
	"strconv"
	"strings"

	"github.com/moby/sys/user"

	"cloison/sandbox"
)

// The range taken where nobody has set one aside: what Debian and Ubuntu give
// their first user.
const (
	fallbackBase = 100000
	fallbackSize = 65536
)

// Remap reads the value of --userns-remap. "default" takes the first range
// that the files subuid(5) or subgid(5) hold for the user, by name or number,
// and 100000:65536 where they hold none; BASE[:SIZE] is taken as it is.
func Remap(value, name string, uid int, subids io.Reader) ([]sandbox.IDRange, error) {
	if value == "default" {
		return subordinate(name, uid, subids)
	}
	base, size, sized := strings.Cut(value, ":")
	if !sized {
		size = strconv.Itoa(fallbackSize)
	}
	first, err1 := strconv.ParseUint(base, 10, 32)
	count, err2 := strconv.ParseUint(size, 10, 32)
	if err1 != nil || err2 != nil || count == 0 || first+count > 1<<32-1 {
		return nil, sandbox.Errorf("%q is no id range: write default, or BASE[:SIZE] such as 100000:65536",
			"%q n’est pas une plage d’identifiants : écrivez default, ou BASE[:TAILLE], par exemple 100000:65536", value)
	}
	return []sandbox.IDRange{{Inside: 0, Outside: uint32(first), Size: uint32(count)}}, nil
}

func subordinate(name string, uid int, subids io.Reader) ([]sandbox.IDRange, error) {
	owned, err := user.ParseSubIDFilter(subids, func(s user.SubID) bool {
		return s.Count > 0 && (s.Name == name || s.Name == strconv.Itoa(uid))
	})
	if err != nil {
		return nil, sandbox.Errorf("read the subordinate ids of %s: %w", "lire les identifiants subordonnés de %s : %w", name, err)
	}
	if len(owned) == 0 {
		return []sandbox.IDRange{{Outside: fallbackBase, Size: fallbackSize}}, nil
	}
	return []sandbox.IDRange{{Outside: uint32(owned[0].SubID), Size: uint32(owned[0].Count)}}, nil
}
