//go:build linux

package folder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestIsOurs(t *testing.T) {
	top := t.TempDir()
	for _, c := range []struct {
		mode         fs.FileMode
		write, enter bool
	}{
		{0o700, true, true},
		{0o755, true, false},
		{0o711, true, false},
		{0o720, false, false},
		{0o1777, false, false},
	} {
		dir := filepath.Join(top, c.mode.String())
		if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, c.mode)); err != nil {
			t.Fatal(err)
		}
		for nobodyElse, want := range map[fs.FileMode]bool{Write: c.write, Enter: c.enter} {
			if got, err := IsOurs(dir, nobodyElse); got != want || err != nil {
				t.Errorf("%v, bits %v: %v, %v", c.mode, nobodyElse, got, err)
			}
		}
	}
	file, link := filepath.Join(top, "file"), filepath.Join(top, "link")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Symlink(top, link)); err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{file, link} {
		if got, err := IsOurs(other, Write); got || err != nil {
			t.Errorf("%s: %v, %v", other, got, err)
		}
	}
	if _, err := IsOurs(filepath.Join(top, "none"), Write); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing at all: %v", err)
	}
}

func TestSomebodyElsesIsNotOurs(t *testing.T) {
	dir := "/root"
	if os.Geteuid() == 0 {
		dir = t.TempDir()
		if err := os.Chown(dir, 12345, -1); err != nil {
			t.Skip("root may not give a folder away here: ", err)
		}
	}
	if got, err := IsOurs(dir, Write); got || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}
