package build

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"cloison/sandbox/image"
)

// bootModules are what the guest needs before it has a root: the virtual
// hardware on PCI, its disk, its serial ports and its random numbers, then the
// root file system and the layer over it. In the order in which they are loaded.
var bootModules = []string{
	"virtio_pci", "virtio_blk", "virtio_console", "virtio_rng", "erofs", "overlay",
}

// mountPoints are the folders of the initial RAM file system.
var mountPoints = []string{"dev", "lower", "modules", "proc", "root", "sys", "upper"}

// dependencies reads modules.dep(5): module path → paths that must be loaded
// before, nearest first.
func dependencies(r io.Reader) (map[string][]string, error) {
	deps := map[string][]string{}
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		name, rest, ok := strings.Cut(s.Text(), ":")
		if !ok {
			return nil, fmt.Errorf("modules.dep: no colon in %q", s.Text())
		}
		deps[name] = strings.Fields(rest)
	}
	return deps, s.Err()
}

// moduleName is a module's name as the kernel spells it: modules.dep keeps
// file names, where a dash may stand for an underscore.
func moduleName(file string) string {
	name, _, _ := strings.Cut(path.Base(file), ".ko")
	return strings.ReplaceAll(name, "-", "_")
}

// loadOrder lists the files to load, each after what it depends on. A module
// that the kernel was built with (modules.builtin) is left out.
func loadOrder(wanted []string, deps map[string][]string, builtin []string) ([]string, error) {
	files := map[string]string{}
	for file := range deps {
		files[moduleName(file)] = file
	}
	var order []string
	add := func(file string) {
		if !slices.Contains(order, file) {
			order = append(order, file)
		}
	}
	for _, name := range wanted {
		file, ok := files[name]
		if !ok && slices.ContainsFunc(builtin, func(f string) bool { return moduleName(f) == name }) {
			continue
		}
		if !ok {
			return nil, fmt.Errorf("the kernel has no module %s", name)
		}
		// Dependencies stand in the order in which they are unloaded: nearest first.
		for _, dep := range slices.Backward(deps[file]) {
			add(dep)
		}
		add(file)
	}
	return order, nil
}

// writeInitrd writes the initial RAM file system: the modules that load
// orders, and mount points. No program: cloison adds itself as /init.
func writeInitrd(w io.Writer, t *tree, release string) error {
	dir := path.Join("usr/lib/modules", release)
	order, err := bootOrder(t, dir)
	if err != nil {
		return err
	}
	a := image.NewArchive(w)
	for _, name := range mountPoints {
		if err := a.Folder(name, 0o755); err != nil {
			return err
		}
	}
	// The kernel opens it as the standard input and output of /init.
	if err := a.Char("dev/console", 0o600, 5, 1); err != nil {
		return err
	}
	var list strings.Builder
	for _, file := range order {
		n, ok := t.find(path.Join(dir, file))
		if !ok || n.content == nil {
			return fmt.Errorf("module %s is not there", file)
		}
		name := moduleName(file) + ".ko"
		fmt.Fprintln(&list, name)
		if err := a.File("modules/"+name, 0o644, n.content.Size(), io.NewSectionReader(n.content, 0, n.content.Size())); err != nil {
			return err
		}
	}
	if err := a.File("modules/order", 0o644, int64(list.Len()), strings.NewReader(list.String())); err != nil {
		return err
	}
	return a.Close()
}

// bootOrder reads the module lists of a tree.
func bootOrder(t *tree, dir string) ([]string, error) {
	dep, err := t.Open(path.Join(dir, "modules.dep"))
	if err != nil {
		return nil, err
	}
	deps, err := dependencies(dep)
	if err != nil {
		return nil, err
	}
	builtin, err := t.Open(path.Join(dir, "modules.builtin"))
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(builtin)
	if err != nil {
		return nil, err
	}
	return loadOrder(bootModules, deps, strings.Fields(string(b)))
}
