package guest

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"cloison/sandbox/link"
)

// wake makes a guest that may have been restored from a saved state one of its
// own: others have been restored from it too.
func wake(h link.Hello) error {
	if err := setClock(h.Time); err != nil {
		return err
	}
	if err := stir(h.Entropy); err != nil {
		return err
	}
	if err := identify(h.MachineID); err != nil {
		return err
	}
	if h.Hostname == "" {
		return nil
	}
	return nameHost(h.Hostname)
}

func setClock(t time.Time) error {
	ts := unix.NsecToTimespec(t.UnixNano())
	if err := unix.ClockSettime(unix.CLOCK_REALTIME, &ts); err != nil {
		return fmt.Errorf("set the clock: %w", err)
	}
	return nil
}

// stir adds fresh bytes to the kernel's random numbers, credits them, and has
// them used at once (random(4)). Without that two clones of one state draw the
// same numbers.
func stir(fresh []byte) error {
	if len(fresh) == 0 {
		return errors.New("the hello brings no fresh random numbers")
	}
	f, err := os.OpenFile("/dev/urandom", os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("stir the random numbers: %w", err)
	}
	defer func() { _ = f.Close() }()
	pool := poolInfo(fresh)
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), unix.RNDADDENTROPY, uintptr(unsafe.Pointer(&pool[0]))); errno != 0 {
		return fmt.Errorf("add to the random numbers: %w", errno)
	}
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), unix.RNDRESEEDCRNG, 0); errno != 0 {
		return fmt.Errorf("seed the random numbers: %w", errno)
	}
	return nil
}

// poolInfo is a struct rand_pool_info: how many bits the bytes are worth, how
// many bytes they are, the bytes.
func poolInfo(fresh []byte) []byte {
	b := make([]byte, 8, 8+len(fresh))
	binary.NativeEndian.PutUint32(b, uint32(len(fresh)*8))
	binary.NativeEndian.PutUint32(b[4:], uint32(len(fresh)))
	return append(b, fresh...)
}

// identify writes machine-id(5).
func identify(id string) error {
	if raw, err := hex.DecodeString(id); err != nil || len(raw) != 16 {
		return fmt.Errorf("%q is no machine id", id)
	}
	if err := os.WriteFile("/etc/machine-id", []byte(id+"\n"), 0o444); err != nil {
		return fmt.Errorf("write the machine id: %w", err)
	}
	return nil
}
