//go:build linux

package build

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const modulesDep = `kernel/drivers/virtio/virtio.ko:
kernel/drivers/virtio/virtio_ring.ko: kernel/drivers/virtio/virtio.ko
kernel/drivers/virtio/virtio_pci.ko.xz: kernel/drivers/virtio/virtio_ring.ko kernel/drivers/virtio/virtio.ko
kernel/drivers/char/hw_random/virtio-rng.ko: kernel/drivers/virtio/virtio_ring.ko kernel/drivers/virtio/virtio.ko
`

func TestLoadOrder(t *testing.T) {
	deps, err := dependencies(strings.NewReader(modulesDep))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ wanted, want string }{
		"nothing":                 {"", ""},
		"what it needs, first":    {"virtio_pci", "virtio virtio_ring virtio_pci"},
		"everything once":         {"virtio_pci virtio_rng virtio", "virtio virtio_ring virtio_pci virtio_rng"},
		"the kernel has it in it": {"ext4 virtio", "virtio"},
	} {
		got, err := loadOrder(strings.Fields(test.wanted), deps, []string{"kernel/fs/ext4/ext4.ko"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for i := range got {
			got[i] = moduleName(got[i])
		}
		if !slices.Equal(got, strings.Fields(test.want)) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
	if _, err := loadOrder([]string{"erofs"}, deps, nil); err == nil || !strings.Contains(err.Error(), "no module erofs") {
		t.Errorf("a module that there is not: %v", err)
	}
}

func TestDependenciesRefusesOtherFiles(t *testing.T) {
	if _, err := dependencies(strings.NewReader("kernel/a.ko\n")); err == nil {
		t.Error("no error")
	}
}

func FuzzDependencies(f *testing.F) {
	f.Add(modulesDep)
	f.Add("a.ko: a.ko\nb-c.ko: d.ko a.ko\n")
	f.Fuzz(func(t *testing.T, text string) {
		deps, err := dependencies(strings.NewReader(text))
		if err != nil {
			return
		}
		var all []string
		for file := range deps {
			all = append(all, moduleName(file))
		}
		order, err := loadOrder(all, deps, nil)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Sort(order); len(slices.Compact(order)) != len(order) {
			t.Errorf("a module is loaded twice: %q", order)
		}
	})
}

// bootTree has the modules that the guest boots with, and their lists.
func bootTree(t *testing.T) *tree {
	t.Helper()
	tr := newTree(someTime)
	var dep strings.Builder
	for _, name := range bootModules {
		file := "kernel/" + name + ".ko"
		dep.WriteString(file + ":\n")
		add(t, tr, map[string]string{"usr/lib/modules/6.1/" + file: "module " + name})
	}
	add(t, tr, map[string]string{
		"usr/lib/modules/6.1/modules.dep":     dep.String(),
		"usr/lib/modules/6.1/modules.builtin": "",
		"boot/vmlinuz-6.1":                    "kernel",
	})
	return tr
}

func TestInitrdHoldsModulesAndNoProgram(t *testing.T) {
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		t.Skip("busybox is not installed; it would unpack the archive")
	}
	var b bytes.Buffer
	if err := writeInitrd(&b, bootTree(t), "6.1"); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := exec.Command(busybox, "cpio", "-t")
	cmd.Stdin = bytes.NewReader(b.Bytes())
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	listed := strings.Fields(string(out))
	want := append([]string{"dev/console", "modules/order"}, mountPoints...)
	for _, name := range bootModules {
		want = append(want, "modules/"+name+".ko")
	}
	slices.Sort(want)
	if slices.Sort(listed); !slices.Equal(listed, want) {
		t.Errorf("it holds %q, want %q", listed, want)
	}
	cmd = exec.Command(busybox, "cpio", "-i", "modules/order", "modules/erofs.ko", "modules")
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(b.Bytes())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, want := range map[string]string{
		"order":    strings.Join(bootModules, ".ko\n") + ".ko\n",
		"erofs.ko": "module erofs",
	} {
		if got, err := os.ReadFile(filepath.Join(dir, "modules", name)); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v; want %q", name, got, err, want)
		}
	}
}

func TestInitrdSaysWhichModuleIsMissing(t *testing.T) {
	tr := bootTree(t)
	tr.drop("usr/lib/modules/6.1/kernel/erofs.ko")
	if err := writeInitrd(&bytes.Buffer{}, tr, "6.1"); err == nil || !strings.Contains(err.Error(), "erofs") {
		t.Errorf("got %v", err)
	}
}
