package guest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
)

// findPort gives the device of the virtio-serial port of that name; sys is the
// file system of /sys.
func findPort(sys fs.FS, name string) (string, error) {
	files, err := fs.Glob(sys, "class/virtio-ports/*/name")
	if err != nil {
		return "", err
	}
	for _, file := range files {
		text, err := fs.ReadFile(sys, file)
		if err == nil && strings.TrimSpace(string(text)) == name {
			return "/dev/" + path.Base(path.Dir(file)), nil
		}
	}
	return "", fmt.Errorf("there is no virtio-serial port %s", name)
}

// portLimit is how long the port may take to show up.
const portLimit = 30 * time.Second

func openPort(name string) (*os.File, error) {
	for deadline := time.Now().Add(portLimit); ; time.Sleep(2 * time.Millisecond) {
		device, err := findPort(os.DirFS("/sys"), name)
		if err == nil {
			// Not through os.Create and its like: the driver takes one opener.
			f, err := os.OpenFile(device, os.O_RDWR, 0)
			if err == nil || !errors.Is(err, fs.ErrNotExist) {
				return f, err
			}
		}
		if time.Now().After(deadline) {
			return nil, err
		}
	}
}

// port is a stream that does not end. While nobody is at the host's end, the
// device reads as if it were at its end, and says nothing when that changes.
type port struct {
	*os.File
	pause func(time.Duration) // time.Sleep, but for tests
}

// The pauses between two looks at a port without a host.
const (
	firstPause = time.Millisecond
	lastPause  = 50 * time.Millisecond
)

func (p port) Read(b []byte) (int, error) {
	for wait := firstPause; ; wait = min(2*wait, lastPause) {
		n, err := p.File.Read(b)
		if n > 0 || err != nil && !errors.Is(err, io.EOF) {
			return n, err
		}
		p.pause(wait)
	}
}
