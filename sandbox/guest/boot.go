package guest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// boot is the initramfs: it finds the root file system and becomes its init.
func boot() error {
	if err := mountAll(early); err != nil {
		return err
	}
	words, err := readCommandLine()
	if err != nil {
		return err
	}
	if !words.has(Word) {
		return fmt.Errorf("the kernel’s command line does not say %s", Word)
	}
	if err := loadModules("/modules"); err != nil {
		return err
	}
	if err := await("/dev/vda", rootLimit); err != nil {
		return err
	}
	if err := mountRoot(words.value("cloison.root")); err != nil {
		return err
	}
	if err := putSelf("/root" + self); err != nil {
		return err
	}
	return become("/root")
}

// rootLimit is how long the disk may take to show up after its module.
const rootLimit = 30 * time.Second

// await waits for a file that the kernel is about to make.
func await(file string, limit time.Duration) error {
	for deadline := time.Now().Add(limit); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(file); err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s does not show up", file)
		}
	}
}

// loadModules loads the modules of a folder in the order that it names.
func loadModules(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "order"))
	if err != nil {
		return fmt.Errorf("load modules: %w", err)
	}
	for _, name := range strings.Fields(string(text)) {
		if err := loadModule(filepath.Join(dir, moduleFile(name))); err != nil {
			return err
		}
	}
	return os.RemoveAll(dir) // memory
}

// moduleFile takes a module's name for that of its file.
func moduleFile(name string) string {
	if strings.HasSuffix(name, ".ko") {
		return name
	}
	return name + ".ko"
}

func loadModule(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("load a module: %w", err)
	}
	defer func() { _ = f.Close() }()
	err = unix.FinitModule(int(f.Fd()), "", 0)
	if err != nil && !errors.Is(err, unix.EEXIST) {
		return fmt.Errorf("load module %s: %w", filepath.Base(file), err)
	}
	return nil
}

// mountRoot lays the layers over one another; kind is the root's file system,
// "" for whichever of the usual ones it is.
func mountRoot(kind string) error {
	kinds := []string{"erofs", "squashfs", "ext4"}
	if kind != "" {
		kinds = []string{kind}
	}
	var failed []error
	for _, kind := range kinds {
		all := layers(kind)
		if err := all[0].do(); err != nil {
			failed = append(failed, err)
			continue
		}
		if err := all[1].do(); err != nil {
			return err
		}
		for _, dir := range []string{"/upper/files", "/upper/work"} {
			if err := os.Mkdir(dir, 0o755); err != nil {
				return fmt.Errorf("make the root: %w", err)
			}
		}
		return mountAll(all[2:])
	}
	return errors.Join(failed...)
}

// putSelf makes this program appear as file. It is mounted there, and not
// copied: it is large, and memory is all there is.
func putSelf(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("put cloison into the root: %w", err)
	}
	if err := os.WriteFile(file, nil, 0o755); err != nil {
		return fmt.Errorf("put cloison into the root: %w", err)
	}
	if err := unix.Mount(bootName, file, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("put cloison into the root: %w", err)
	}
	return nil
}

// become moves what is mounted into the new root, makes that the root, and
// executes its init, as switch_root(8) does.
func become(root string) error {
	for _, m := range early {
		if err := unix.Mount(m.where, root+m.where, "", unix.MS_MOVE, ""); err != nil {
			return fmt.Errorf("move %s to the new root: %w", m.where, err)
		}
	}
	if err := os.Chdir(root); err != nil {
		return fmt.Errorf("enter the new root: %w", err)
	}
	if err := unix.Mount(".", "/", "", unix.MS_MOVE, ""); err != nil {
		return fmt.Errorf("move the new root: %w", err)
	}
	if err := unix.Chroot("."); err != nil {
		return fmt.Errorf("enter the new root: %w", err)
	}
	if err := os.Chdir("/"); err != nil {
		return fmt.Errorf("enter the new root: %w", err)
	}
	return fmt.Errorf("execute %s: %w", self, syscall.Exec(self, []string{"cloison", Verb, partInit}, environment))
}

// environment is that of init, of the agent and of what they start: clean,
// whatever the kernel's command line may have put into ours.
var environment = []string{
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"HOME=/root", "USER=root", "LOGNAME=root", "SHELL=/bin/bash", "LANG=C.UTF-8", "TERM=linux",
}
