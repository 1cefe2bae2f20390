package vm

import (
	"os"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"

	"cloison/sandbox"
	"cloison/sandbox/image"
	"cloison/sandbox/vm/qemu"
)

// Options say what a VM is made of. The zero value will do.
type Options struct {
	Exe   string // the program that is the guest's init: this one
	Image string // folder of the image; "" is the usual one
	Cache string // folder of saved machines; "" is the usual one
	// Accel is how guest code is run; "" finds out.
	Accel qemu.Accel
	// Spare keeps a guest ready for the next lab, beside those that are used.
	Spare bool
	// Told hears of each stage as it begins. It may be called from another
	// goroutine, but never by two at once.
	Told func(sandbox.Stage)

	silence time.Duration // of the link; tests have less patience
}

// memory is a guest's, in MiB: enough for Docker with its images in RAM. What a
// guest has not touched takes no memory of the host's.
const memory = 1024

// cpus of a guest: two, so that one that is busy leaves one for the learner.
const cpus = 2

// filled puts the usual values where there are none.
func (o Options) filled() (Options, error) {
	if o.Exe == "" {
		exe, err := os.Executable()
		if err != nil {
			return o, err
		}
		o.Exe = exe
	}
	if o.Image == "" {
		o.Image = image.Folder()
	}
	if o.Cache == "" {
		o.Cache = filepath.Join(xdg.CacheHome, "cloison", "vm")
	}
	if o.Told == nil {
		o.Told = func(sandbox.Stage) {}
	}
	return o, nil
}
