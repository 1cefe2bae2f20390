package local

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"cloison/sandbox/network"
)

// hostname is what a lab is called in its UTS namespace.
const hostname = "lab"

// tmpSize is how much of the memory the lab's /tmp may fill. Half of it, which
// is what tmpfs(5) takes by itself, would leave a small VM nothing.
const tmpSize = "20%"

// setUp makes the lab what its processes find: mounts, a home, a loopback
// device, a name. home is a tar of what the home holds.
func (k *keeper) setUp(s setup, home *os.File) error {
	unix.Umask(0o022)
	k.lab, k.home = s.Lab, s.Home
	var err error
	if k.state, err = findState(s.State); err != nil {
		return err
	}
	if !s.Private {
		k.state.homes = filepath.Dir(s.Home)
	} else if err := arrange(); err != nil {
		return err
	}
	if err := furnish(s, home); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.start, err = newStarter(s.Lab.Cgroups)
	return err
}

// arrange sets the fresh namespaces up. The private tmpfs on /tmp is where the
// home is: a folder that is there on every system.
func arrange() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	if err := unix.Mount("tmpfs", "/tmp", "tmpfs", 0, "mode=1777,size="+tmpSize); err != nil {
		return fmt.Errorf("mount a tmpfs on /tmp: %w", err)
	}
	if err := unix.Sethostname([]byte(hostname)); err != nil {
		return fmt.Errorf("set the host name: %w", err)
	}
	return network.LoopbackUp()
}

// furnish fills the home and puts cloison where PATH finds it.
func furnish(s setup, home *os.File) error {
	for _, dir := range []string{s.Home, s.Bin} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("make a home: %w", err)
		}
	}
	if err := fillHome(s, home); err != nil {
		return fmt.Errorf("fill the home: %w", err)
	}
	return putSelf(s.Exe, filepath.Join(s.Bin, "cloison"))
}

func fillHome(s setup, home *os.File) error {
	switch {
	case s.Spare:
		return unix.Mkfifo(filepath.Join(s.Home, rcFile), 0o644)
	case home == nil:
		return errors.New("no files came")
	}
	return unpack(home, s.Home)
}

// putSelf makes this program appear as file: by a link to exe, or, where the
// mounts are our own, by a mount of the very file that runs.
func putSelf(exe, file string) error {
	if exe != "" {
		return os.Symlink(exe, file)
	}
	if err := os.WriteFile(file, nil, 0o755); err != nil {
		return fmt.Errorf("put cloison into the lab: %w", err)
	}
	if err := unix.Mount("/proc/self/exe", file, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("put cloison into the lab: %w", err)
	}
	return nil
}

// unpack makes the files of a tar below dir, and nothing outside of it.
func unpack(from io.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	for r := tar.NewReader(from); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := unpackOne(root, h, r); err != nil {
			return fmt.Errorf("make %s: %w", h.Name, err)
		}
	}
}

func unpackOne(root *os.Root, h *tar.Header, content io.Reader) error {
	if h.Typeflag == tar.TypeDir {
		return root.MkdirAll(filepath.Clean(h.Name), 0o755)
	}
	f, err := root.OpenFile(h.Name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, os.FileMode(h.Mode).Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Close())
}
