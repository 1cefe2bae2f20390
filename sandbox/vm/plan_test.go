package vm

import (
	"strings"
	"testing"

	"cloison/sandbox/image"
	"cloison/sandbox/vm/qemu"
)

func sample() basis {
	return basis{
		qemu: "/usr/bin/qemu-system-x86_64", version: qemu.Version{Major: 7, Minor: 2}, accel: qemu.TCG,
		image:  image.Image{Dir: "/cache/image", Manifest: image.Manifest{Format: 1, Release: "6.12"}},
		stamps: "kernel 1 2", exe: "/bin/cloison", build: "abc", variant: AppArmor,
	}
}

func TestCommandLine(t *testing.T) {
	for _, test := range []struct {
		variant     Variant
		accel       qemu.Accel
		want, never []string
	}{
		{AppArmor, qemu.TCG, []string{"cloison.guest", "panic=-1", "norandmaps", "mitigations=off"}, []string{"lsm="}},
		{AppArmor, qemu.KVM, []string{"cloison.guest", "panic=-1"}, []string{"norandmaps", "mitigations", "init_on_alloc", "lsm="}},
		{SELinux, qemu.TCG, []string{"selinux", "enforcing=0", "norandmaps"}, []string{"apparmor"}},
	} {
		line := " " + commandLine(test.variant, test.accel) + " "
		for _, word := range test.want {
			if !strings.Contains(line, word) {
				t.Errorf("%s, %s: %q lacks %s", test.variant, test.accel, line, word)
			}
		}
		for _, word := range test.never {
			if strings.Contains(line, word) {
				t.Errorf("%s, %s: %q has %s", test.variant, test.accel, line, word)
			}
		}
	}
}

func TestVariantFor(t *testing.T) {
	for needs, want := range map[string]Variant{"": AppArmor, "root docker": AppArmor, "apparmor": AppArmor, "root selinux": SELinux} {
		if got := variantFor(strings.Fields(needs)); got != want {
			t.Errorf("%q: %s", needs, got)
		}
	}
}

func TestBootAndClone(t *testing.T) {
	b := sample()
	boot := strings.Join(b.boot("/d/ram", "/d/initrd").Args(), " ")
	clone := strings.Join(b.clone("/t/ram").Args(), " ")
	for _, want := range []string{"-kernel /cache/image/kernel -initrd /d/initrd", "mem-path=/d/ram,share=on", "name=cloison.link", "file=/cache/image/root"} {
		if !strings.Contains(boot, want) {
			t.Errorf("%s\nlacks %q", boot, want)
		}
	}
	for _, want := range []string{"mem-path=/t/ram,share=off", "-incoming defer", "name=cloison.link", "file=/cache/image/root"} {
		if !strings.Contains(clone, want) {
			t.Errorf("%s\nlacks %q", clone, want)
		}
	}
	if strings.Contains(clone, "-kernel") || strings.Contains(clone, " -S ") {
		t.Error("a clone boots")
	}
}

// Whatever a saved guest depends on changes its key; where it is kept does not.
func TestKeyOfATemplate(t *testing.T) {
	key := func(change func(*basis)) string {
		b := sample()
		change(&b)
		return string(b.parts().Key())
	}
	was := key(func(*basis) {})
	for name, change := range map[string]func(*basis){
		"QEMU":          func(b *basis) { b.version.Micro++ },
		"accelerator":   func(b *basis) { b.accel = qemu.KVM },
		"processor":     func(b *basis) { b.cpu = "other" },
		"variant":       func(b *basis) { b.variant = SELinux },
		"our program":   func(b *basis) { b.build = "other" },
		"touched image": func(b *basis) { b.stamps = "kernel 1 3" },
		"another image": func(b *basis) { b.image.Manifest.Release = "6.13" },
		"image's place": func(b *basis) { b.image.Dir = "/other" },
	} {
		if key(change) == was {
			t.Errorf("%s: the key stays", name)
		}
	}
	if key(func(b *basis) { b.host.pace = 9 }) != was {
		t.Error("how busy the host is makes another key")
	}
	if key(func(b *basis) { b.exe = "/elsewhere/cloison" }) != was {
		t.Error("where our program is makes another key")
	}
}

func TestBuildOf(t *testing.T) {
	if _, err := buildOf("/etc/passwd"); err == nil {
		t.Error("a text is a program")
	}
	if _, err := buildOf("/no/such/file"); err == nil {
		t.Error("nothing is a program")
	}
	if lack, ok := errorLack(func() error { _, err := buildOf("/bin/ls"); return err }()); !ok || !strings.Contains(lack.Remedy.EN, "CGO_ENABLED=0") {
		t.Errorf("a program with shared libraries: %+v", lack)
	}
}
