package vm

import (
	"fmt"
	"strconv"
	"strings"

	"cloison/sandbox/image"
	"cloison/sandbox/link"
	"cloison/sandbox/vm/qemu"
	"cloison/sandbox/vm/template"
)

// Variant is a kind of guest: the kernel takes its security module at boot.
type Variant string

// The variants.
const (
	AppArmor Variant = "apparmor"
	SELinux  Variant = "selinux"
)

// variantFor is the kind of guest that a lesson with these needs gets.
func variantFor(needs []string) Variant {
	for _, need := range needs {
		if need == string(SELinux) {
			return SELinux
		}
	}
	return AppArmor
}

// commandLine is the kernel's.
//
// What comes for TCG alone costs much there: address randomization makes every
// process translate its code anew, mitigations and zeroed pages are work that
// protects nothing here. Under KVM the guest is as Debian ships it.
func commandLine(v Variant, accel qemu.Accel) string {
	words := []string{"cloison.guest", "console=ttyS0", "quiet", "panic=-1", "printk.devkmsg=on", "cryptomgr.notests"}
	if accel == qemu.TCG {
		words = append(words, "tsc=reliable", "norandmaps", "mitigations=off", "init_on_alloc=0")
	}
	if v == SELinux {
		// Debian's list with SELinux for AppArmor; permissive until a lesson
		// says otherwise.
		words = append(words, "lsm=landlock,lockdown,yama,integrity,selinux,bpf", "enforcing=0")
	}
	return strings.Join(words, " ")
}

// basis is everything that a guest depends on.
type basis struct {
	qemu    string // path
	version qemu.Version
	accel   qemu.Accel
	cpu     string // of the host, where the guest sees it
	image   image.Image
	stamps  string // of the image's files
	exe     string // path of the guest's init
	build   string // which exe that is
	variant Variant
	host    host // no guest depends on it, but how long things may take
}

// boot is the QEMU that makes a template in memory file ram.
func (b basis) boot(ram, initrd string) qemu.Config {
	c := b.device(ram)
	c.Memory.Shared = true
	c.Kernel = &qemu.Kernel{Image: b.image.Path(image.Kernel), Initrd: initrd, CommandLine: commandLine(b.variant, b.accel)}
	return c
}

// clone is the QEMU that starts from a template.
func (b basis) clone(ram string) qemu.Config {
	c := b.device(ram)
	c.Incoming = true
	return c
}

func (b basis) device(ram string) qemu.Config {
	return qemu.Config{
		Binary: b.qemu, Version: b.version, Accel: b.accel, CPUs: cpus, Pace: b.host.pace,
		Memory: qemu.Memory{MiB: memory, File: ram},
		Root:   b.image.Path(image.Root), Ports: []string{link.PortName},
	}
}

// parts is what the template depends on. The paths are left out that are
// another time's; that of the image stays, since a clone has it open.
func (b basis) parts() template.Parts {
	c := b.boot("ram", "initrd")
	return template.Parts{
		"qemu":    b.version.String(),
		"args":    strings.Join(c.Args(), " "),
		"cpu":     b.cpu,
		"memory":  strconv.Itoa(memory),
		"image":   b.image.Manifest.Digest(),
		"stamps":  b.stamps,
		"cloison": b.build,
		"variant": string(b.variant),
	}
}

// String is for people who look after a VM.
func (b basis) String() string {
	return fmt.Sprintf("QEMU %s, %s, %s", b.version, b.accel, b.variant)
}
