package local

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// end kills whatever the lab holds and removes what was made for it. The
// namespaces, and the mounts in them, go with the last process.
func (k *keeper) end() error {
	if !k.killAll(clearLimit) {
		return errors.New("end a lab: some of its processes do not die") // the record stays
	}
	if k.state.root == nil {
		return nil // cloison went before it could say what the lab has; the next one clears it
	}
	if k.start != nil {
		k.start.leave()
	}
	if err := k.lab.Cgroups.remove(clearLimit); err != nil {
		return err
	}
	return k.state.forget(k.lab)
}

// killAll kills until nobody is left in the lab's cgroups and among our
// descendants. Orphans come to us, since we are a subreaper. The pauses grow:
// a thousand processes take their time to die, and need the processor for it.
func (k *keeper) killAll(limit time.Duration) bool {
	wait := pause
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(wait) {
		found := k.lab.Cgroups.kill()
		if found == 0 {
			for _, pid := range descendants(os.Getpid()) {
				_ = unix.Kill(pid, unix.SIGKILL)
			}
		}
		if left := k.reap(); !left && found == 0 {
			return true
		}
		wait = min(2*wait, longestPause)
	}
	return false
}

// longestPause is the longest time between two looks.
const longestPause = 100 * time.Millisecond
