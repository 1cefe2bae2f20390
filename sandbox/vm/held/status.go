package held

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/vm"
)

// status looks at the guest.
func (h *holder) status() *Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	g := h.guest
	if h.making != nil {
		making := *h.making
		making.Stage = h.stage.now().Name
		return &Status{PID: os.Getpid(), Making: &making}
	}
	if g == nil {
		return &Status{PID: os.Getpid()}
	}
	s := &Status{
		Running: true, PID: os.Getpid(), QEMU: g.PID(), Made: g.String(), Since: h.since,
		Kernel: g.Client.Guest().Kernel, Memory: memoryOf(g.PID()), Stopped: g.Stopped(),
	}
	if err := g.Client.Err(); err != nil {
		s.Running, s.QEMU, s.Memory, s.Gone = false, 0, 0, lackOf(err)
	}
	return s
}

func lackOf(err error) *sandbox.Lack {
	lack := sandbox.Lack{Why: sandbox.Said(err)}
	var gone *vm.Gone
	var told interface{ Lack() sandbox.Lack }
	if errors.As(err, &gone) {
		lack = gone.Lack()
	} else if errors.As(err, &told) {
		lack = told.Lack()
	}
	return &lack
}

// memoryOf is what a process takes for itself alone: pages of the saved memory
// that several VMs map are not counted (smaps_rollup, proc_pid_smaps(5)).
func memoryOf(pid int) uint64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0
	}
	return private(string(text))
}

func private(rollup string) (bytes uint64) {
	for _, l := range strings.Split(rollup, "\n") {
		fields := strings.Fields(l)
		if len(fields) == 3 && (fields[0] == "Private_Clean:" || fields[0] == "Private_Dirty:") {
			if kib, err := strconv.ParseUint(fields[1], 10, 54); err == nil {
				bytes += kib << 10
			}
		}
	}
	return bytes
}
