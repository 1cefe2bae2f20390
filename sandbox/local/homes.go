package local

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// diskHomes is where root's labs have their homes when /run won't do.
const diskHomes = "/var/lib/cloison"

// usualHomes is where the homes of labs are that see the machine's own mounts:
// beside their records in dir, unless no program can be started from there.
// Debian and Ubuntu mount /run so (noexec), and lessons bring programs. flags are
// those of a folder's mount, see statfs(2).
func usualHomes(dir string, uid int, flags func(dir string) int64) string {
	if uid == 0 && flags(dir)&unix.ST_NOEXEC != 0 {
		return diskHomes
	}
	return dir
}

// mountFlags are those of the mount that a folder, which need not be there yet,
// is on; none where nobody can say.
func mountFlags(dir string) int64 {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil && unix.Statfs(filepath.Dir(dir), &st) != nil {
		return 0
	}
	return st.Flags
}

// homeOf is a lab's home, if it has one there.
func (s state) homeOf(id string) string { return filepath.Join(s.homes, id+homeSuffix) }

const homeSuffix = ".home"

// sweepHomes removes those that nobody has a record of: a disk outlives the
// computer's end, and the records don't.
func (s state) sweepHomes() {
	if s.homes == s.dir {
		return
	}
	homes, _ := filepath.Glob(s.homeOf("*"))
	for _, home := range homes {
		id := strings.TrimSuffix(filepath.Base(home), homeSuffix)
		if _, err := os.Lstat(s.file(id)); os.IsNotExist(err) {
			_ = os.RemoveAll(home)
		}
	}
}
