//go:build linux

package rootfs

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
)

// tmpfsFlags are the options of mount(8) that are flags of mount(2): what they
// set, and what they clear.
var tmpfsFlags = map[string]struct{ set, clear uintptr }{
	"ro": {set: unix.MS_RDONLY}, "rw": {clear: unix.MS_RDONLY},
	"nosuid": {set: unix.MS_NOSUID}, "suid": {clear: unix.MS_NOSUID},
	"nodev": {set: unix.MS_NODEV}, "dev": {clear: unix.MS_NODEV},
	"noexec": {set: unix.MS_NOEXEC}, "exec": {clear: unix.MS_NOEXEC},
}

// tmpfsData are the options that tmpfs(5) reads itself.
var tmpfsData = []string{"size", "nr_blocks", "nr_inodes", "mode", "uid", "gid"}

// ParseTmpfs reads TARGET[:OPTIONS] as docker run --tmpfs takes it.
func ParseTmpfs(value string) (sandbox.Tmpfs, error) {
	target, options, _ := strings.Cut(value, ":")
	t := sandbox.Tmpfs{Target: target, Options: options}
	return t, CheckTmpfs(t)
}

// CheckTmpfs says what is wrong with a tmpfs, if anything.
func CheckTmpfs(t sandbox.Tmpfs) error {
	if !path.IsAbs(t.Target) || path.Clean(t.Target) == "/" {
		return sandbox.Errorf("tmpfs %q: the target must be an absolute path below /, such as /run",
			"tmpfs %q : la cible doit être un chemin absolu sous /, par exemple /run", t.Target)
	}
	_, _, err := tmpfsOptions(t.Options)
	return err
}

// tmpfsOptions splits the options into the flags and the data of mount(2).
// Docker's defaults come first: nosuid, nodev and noexec.
func tmpfsOptions(options string) (flags uintptr, data string, err error) {
	flags = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	var own []string
	for _, o := range strings.FieldsFunc(options, func(r rune) bool { return r == ',' }) {
		key, _, _ := strings.Cut(o, "=")
		if f, ok := tmpfsFlags[o]; ok {
			flags = flags&^f.clear | f.set
		} else if key != o && slices.Contains(tmpfsData, key) {
			own = append(own, o)
		} else {
			return 0, "", sandbox.Errorf("tmpfs option %q is unknown: mount(8) and tmpfs(5) list them, for example size=1m,noexec",
				"l’option de tmpfs %q est inconnue : mount(8) et tmpfs(5) en donnent la liste, par exemple size=1m,noexec", o)
		}
	}
	return flags, strings.Join(own, ","), nil
}

// TmpfsOptions are the options of a tmpfs as the OCI runtime specification has
// them: one word each, Docker's defaults first.
func TmpfsOptions(t sandbox.Tmpfs) []string {
	return append([]string{"nosuid", "nodev", "noexec"}, strings.FieldsFunc(t.Options, func(r rune) bool { return r == ',' })...)
}

// temporary mounts one; its options have been checked.
func temporary(t sandbox.Tmpfs) []calls.Call {
	flags, data, _ := tmpfsOptions(t.Options)
	options := t.Options
	if options == "" {
		options = "nosuid,nodev,noexec"
	}
	return append(folders(t.Target), mount("tmpfs", t.Target, "tmpfs", flags, data).
		Because("a place in memory that stays writable and is gone with the container", "un endroit en mémoire, inscriptible, qui disparaît avec le conteneur").
		InShell("mount -t tmpfs -o "+options+" tmpfs "+t.Target))
}
