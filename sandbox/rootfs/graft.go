//go:build linux

package rootfs

import (
	"encoding/binary"
	"fmt"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
)

// Graft is a part of this computer's tree of mounts that appears in the
// container.
//
// It is taken off before the process changes its user, who may not be allowed
// to reach the source, and put on after the root has changed, so that no link
// in the container's files leads the mount out of it (CVE-2021-30465 was that).
// Between the two it hangs on nothing but a file descriptor; mount(2) could
// not do this, open_tree(2) and move_mount(2) can since Linux 5.2.
type Graft struct {
	Source, Target string
	Folder         bool // the source is one
	ReadOnly       bool
	Device         bool // the source is a device file, which is to work
	Why            sandbox.Text
}

func (g Graft) label(i int) string { return fmt.Sprintf("tree%d", i+1) }

// cut takes the sources off.
func cut(grafts []Graft) []calls.Call {
	var list []calls.Call
	for i, g := range grafts {
		taken := calls.New("open_tree", unix.SYS_OPEN_TREE, calls.Named(atCWD, "AT_FDCWD"), calls.String(g.Source), calls.Flags(
			unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE, []calls.Flag{
				{Bit: unix.OPEN_TREE_CLONE, Name: "OPEN_TREE_CLONE"}, {Bit: unix.OPEN_TREE_CLOEXEC, Name: "OPEN_TREE_CLOEXEC"}, {Bit: unix.AT_RECURSIVE, Name: "AT_RECURSIVE"},
			})).Labelled(g.label(i)).Because(g.Why.EN, g.Why.FR).
			InShell("mount --rbind " + g.Source + " DIR")
		list = append(list, taken)
		if bits := g.attributes(); bits != 0 {
			list = append(list, attributes(g.label(i), bits))
		}
	}
	return list
}

func (g Graft) attributes() uintptr {
	var bits uintptr
	if g.ReadOnly {
		bits |= unix.MOUNT_ATTR_RDONLY
	}
	if !g.Device {
		bits |= unix.MOUNT_ATTR_NODEV
	}
	return bits
}

// attributes makes every mount of a tree obey, which a remount of one with
// mount(2) did not.
func attributes(label string, bits uintptr) calls.Call {
	set := calls.Flags(bits, []calls.Flag{{Bit: unix.MOUNT_ATTR_RDONLY, Name: "MOUNT_ATTR_RDONLY"}, {Bit: unix.MOUNT_ATTR_NODEV, Name: "MOUNT_ATTR_NODEV"}}).Text
	data := binary.NativeEndian.AppendUint64(nil, uint64(bits))
	data = append(data, make([]byte, 24)...) // struct mount_attr: attr_clr, propagation, userns_fd
	options := strings.ToLower(strings.NewReplacer("MOUNT_ATTR_RDONLY", "ro", "MOUNT_ATTR_NODEV", "nodev", "|", ",").Replace(set))
	why := sandbox.Text{EN: "device files in it must not work", FR: "les fichiers de périphériques ne doivent pas y fonctionner"}
	if bits&unix.MOUNT_ATTR_RDONLY != 0 {
		why = sandbox.Text{EN: "the container may read it, not write, and device files in it must not work", FR: "le conteneur peut le lire, pas y écrire, et les fichiers de périphériques ne doivent pas y fonctionner"}
	}
	return calls.New("mount_setattr", unix.SYS_MOUNT_SETATTR, calls.From(label), calls.String(""), calls.Flags(unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, []calls.Flag{
		{Bit: unix.AT_EMPTY_PATH, Name: "AT_EMPTY_PATH"}, {Bit: unix.AT_RECURSIVE, Name: "AT_RECURSIVE"},
	}), calls.Bytes(data, "{attr_set = "+set+"}"), calls.Named(uintptr(len(data)), "MOUNT_ATTR_SIZE_VER0")).
		Because(why.EN, why.FR).
		InShell("mount -o remount,bind," + options + "=recursive DIR")
}

// put puts the trees on, inside.
func put(grafts []Graft) []calls.Call {
	var list []calls.Call
	for i, g := range grafts {
		if dir := path.Dir(g.Target); dir != "/dev" {
			list = append(list, folders(dir)...)
		}
		point := empty(g.Target, 0o644)
		if g.Folder {
			point = mkdir(g.Target, 0o755)
		}
		move := calls.New("move_mount", unix.SYS_MOVE_MOUNT, calls.From(g.label(i)), calls.String(""), calls.Named(atCWD, "AT_FDCWD"), calls.String(g.Target),
			calls.Named(unix.MOVE_MOUNT_F_EMPTY_PATH, "MOVE_MOUNT_F_EMPTY_PATH"))
		list = append(list, calls.Group(point.Or(unix.EEXIST, unix.EROFS, unix.EACCES).As(move.String()).
			Because("it appears in the container; the place is made where it is missing", "elle apparaît dans le conteneur ; l’emplacement est créé s’il manque").
			InShell("mount --move DIR "+g.Target), move)...)
	}
	return list
}

// ParseVolume reads SOURCE:TARGET[:OPTIONS] as docker run --volume takes it.
func ParseVolume(value string) (sandbox.Volume, error) {
	source, rest, found := strings.Cut(value, ":")
	target, options, _ := strings.Cut(rest, ":")
	v := sandbox.Volume{Source: source, Target: target}
	if !found {
		return v, sandbox.Errorf("--volume %s: give SOURCE:TARGET, two absolute paths; a volume without a source is what --tmpfs makes",
			"--volume %s : donnez SOURCE:CIBLE, deux chemins absolus ; un volume sans source, c’est ce que fait --tmpfs", value)
	}
	for _, o := range strings.FieldsFunc(options, func(r rune) bool { return r == ',' }) {
		switch o {
		case "ro", "readonly":
			v.ReadOnly = true
		case "rw", "rprivate", "private":
		default:
			return v, sandbox.Errorf("--volume %s: option %q is unknown; there are ro and rw",
				"--volume %s : l’option %q est inconnue ; il y a ro et rw", value, o)
		}
	}
	return v, CheckVolume(v)
}

// CheckVolume says what is wrong with a volume, if anything.
func CheckVolume(v sandbox.Volume) error {
	if !path.IsAbs(v.Source) {
		return sandbox.Errorf("--volume %s:%s: the source must be an absolute path; cloison keeps no volumes with names",
			"--volume %s:%s : la source doit être un chemin absolu ; cloison ne garde pas de volumes nommés", v.Source, v.Target)
	}
	if err := checkTarget(v.Target); err != nil {
		return sandbox.Errorf("--volume %s:%s: %w", "--volume %s:%s : %w", v.Source, v.Target, err)
	}
	return nil
}

func checkTarget(target string) error {
	clean := path.Clean(target)
	switch {
	case !path.IsAbs(target) || clean == "/":
		return sandbox.Errorf("the target must be an absolute path below /", "la cible doit être un chemin absolu sous /")
	case strings.HasPrefix(clean+"/", "/proc/") || strings.HasPrefix(clean+"/", "/sys/"):
		return sandbox.Errorf("nothing may cover /proc and /sys, through which the kernel speaks",
			"rien ne peut recouvrir /proc ni /sys, par où le noyau parle")
	}
	return nil
}

// ParseDevice reads SOURCE[:TARGET[:ACCESS]] as docker run --device takes it.
func ParseDevice(value string) (sandbox.Device, error) {
	parts := strings.Split(value, ":")
	d := sandbox.Device{Source: parts[0], Target: parts[0]}
	switch {
	case len(parts) > 3:
		return d, sandbox.Errorf("--device %s: give SOURCE[:TARGET[:ACCESS]], for example /dev/fuse or /dev/loop0:/dev/disk:r",
			"--device %s : donnez SOURCE[:CIBLE[:ACCÈS]], par exemple /dev/fuse ou /dev/loop0:/dev/disk:r", value)
	case len(parts) == 3:
		d.Target, d.Access = parts[1], parts[2]
	case len(parts) == 2 && strings.Trim(parts[1], "rwm") == "":
		d.Access = parts[1]
	case len(parts) == 2:
		d.Target = parts[1]
	}
	return d, CheckDevice(d)
}

// CheckDevice says what is wrong with a device, if anything.
func CheckDevice(d sandbox.Device) error {
	err := checkTarget(d.Target)
	if !path.IsAbs(d.Source) {
		err = sandbox.Errorf("give an absolute path, such as /dev/fuse", "donnez un chemin absolu, par exemple /dev/fuse")
	}
	if strings.Trim(d.Access, "rwm") != "" {
		err = sandbox.Errorf("access %q: give letters of rwm: read, write, mknod",
			"accès %q : donnez des lettres de rwm : lire (read), écrire (write), mknod", d.Access)
	}
	if err != nil {
		return sandbox.Errorf("--device %s: %w", "--device %s : %w", d.Source, err)
	}
	return nil
}
