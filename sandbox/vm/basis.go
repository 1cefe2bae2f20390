package vm

import (
	"context"
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"cloison/sandbox/image"
	"cloison/sandbox/vm/kvm"
	"cloison/sandbox/vm/qemu"
	"cloison/sandbox/vm/template"
)

// look finds out what guests can be made of here. What is lacking is a
// [*Lacking] or an [*image.Lack].
func look(ctx context.Context, o Options) (basis, error) {
	if runtime.GOARCH != "amd64" {
		return basis{}, &Lacking{noProcessor}
	}
	host := hostOf(os.DirFS("/"))
	path, version, err := qemu.Find(ctx, host.pace)
	if err != nil {
		return basis{}, lackOfQEMU(err)
	}
	img, err := image.Open(o.Image)
	if err != nil {
		return basis{}, err
	}
	b := basis{qemu: path, version: version, accel: o.Accel, image: img, exe: o.Exe, variant: AppArmor, host: host}
	if b.stamps, err = stampsOf(img); err != nil {
		return basis{}, fmt.Errorf("look at the VM's image: %w", err)
	}
	if b.build, err = buildOf(o.Exe); err != nil {
		return basis{}, err
	}
	if b.accel == "" {
		b.accel = qemu.TCG
		if verdict(o, version).Decide(ctx, o.Exe, b.host.now).Usable {
			b.accel = qemu.KVM
		}
	}
	if b.accel == qemu.KVM {
		b.cpu = hostCPU()
	}
	return b, nil
}

// verdict is where it is remembered what KVM can do.
func verdict(o Options, v qemu.Version) kvm.Memory {
	return kvm.Memory{File: filepath.Join(o.Cache, "kvm.json"), QEMU: v.String()}
}

// stampsOf tells whether somebody has touched the image's files: then they are
// verified again.
func stampsOf(img image.Image) (string, error) {
	var all []string
	for _, name := range []string{image.Kernel, image.Initrd, image.Root} {
		s, err := template.StampOf(img.Path(name))
		if err != nil {
			return "", err
		}
		all = append(all, fmt.Sprintf("%s %d %d", name, s.Size, s.Modified.UnixNano()))
	}
	return strings.Join(all, ", "), nil
}

// hostCPU is the processor and kernel that a guest under KVM depends on.
func hostCPU() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(text), "\n\n")
	var kept []string
	for _, line := range strings.Split(first, "\n") {
		switch name, _, _ := strings.Cut(line, "\t"); name {
		case "model name", "stepping", "microcode", "flags":
			kept = append(kept, line)
		}
	}
	release, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	sum := sha256.Sum256([]byte(strings.Join(kept, "\n") + string(release)))
	return hex.EncodeToString(sum[:8])
}

// buildOf tells one build of a program from another, by the build ID that the
// Go linker makes of its content. Such a program is alone in the guest's
// initramfs, where it finds no shared library.
func buildOf(exe string) (string, error) {
	file, err := elf.Open(exe)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", exe, err)
	}
	defer func() { _ = file.Close() }()
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP {
			return "", &Lacking{dynamic(exe)}
		}
	}
	if note := file.Section(".note.go.buildid"); note != nil {
		if id, err := note.Data(); err == nil && len(id) > noteHeader {
			return strings.TrimRight(string(id[noteHeader:]), "\x00"), nil
		}
	}
	return digest(exe)
}

// noteHeader are the three sizes and the name "Go\0\0" of an ELF note.
const noteHeader = 16

func digest(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
