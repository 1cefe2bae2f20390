package guest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// node is a device file that the kernel would make only once its module is
// loaded, and whose opening loads the module: /dev/loop-control for one. On
// other systems udev makes them (kmod(8), static-nodes).
type node struct {
	name         string // below /dev
	kind         uint32 // unix.S_IFCHR or unix.S_IFBLK
	major, minor uint32
}

// parseNodes reads modules.devname: a module, its device, and a letter for its
// kind with two numbers. Lines that say something else are left out.
func parseNodes(devname string) []node {
	var all []node
	for _, line := range strings.Split(devname, "\n") {
		if n, ok := parseNode(strings.Fields(line)); ok {
			all = append(all, n)
		}
	}
	return all
}

func parseNode(fields []string) (node, bool) {
	if len(fields) != 3 || !filepath.IsLocal(fields[1]) {
		return node{}, false
	}
	n := node{name: fields[1]}
	switch fields[2][0] {
	case 'c':
		n.kind = unix.S_IFCHR
	case 'b':
		n.kind = unix.S_IFBLK
	default:
		return node{}, false
	}
	major, minor, ok := strings.Cut(fields[2][1:], ":")
	first, err1 := strconv.ParseUint(major, 10, 12) // of 12 and 20 bits
	second, err2 := strconv.ParseUint(minor, 10, 20)
	n.major, n.minor = uint32(first), uint32(second)
	return n, ok && err1 == nil && err2 == nil
}

// openToAll are the devices that systemd's udev rules give to everybody
// (50-udev-default.rules): what they do is decided by the rights of whoever
// opens them, so that rootless containers can have networks and file systems.
var openToAll = map[string]bool{"fuse": true, "net/tun": true}

// mode is who may open the device.
func (n node) mode() uint32 {
	if openToAll[n.name] {
		return 0o666
	}
	return 0o600
}

// make makes the file below dir.
func (n node) make(dir string) error {
	path := filepath.Join(dir, n.name)
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = unix.Mknod(path, n.kind|n.mode(), int(unix.Mkdev(n.major, n.minor)))
	}
	if errors.Is(err, unix.EEXIST) {
		return nil
	}
	if err == nil {
		err = unix.Chmod(path, n.mode()) // which no umask changes
	}
	if err != nil {
		return fmt.Errorf("make the device %s: %w", path, err)
	}
	return nil
}

// makeNodes makes the devices of the kernel's modules.
func makeNodes() error {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return fmt.Errorf("ask for the kernel's release: %w", err)
	}
	text, err := os.ReadFile(filepath.Join("/lib/modules", unix.ByteSliceToString(name.Release[:]), "modules.devname"))
	if errors.Is(err, os.ErrNotExist) {
		return nil // no modules, no devices of theirs
	}
	if err != nil {
		return fmt.Errorf("find the devices of modules: %w", err)
	}
	for _, n := range parseNodes(string(text)) {
		if err := n.make("/dev"); err != nil {
			return err
		}
	}
	return nil
}
