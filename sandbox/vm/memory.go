package vm

import (
	"os"
	"strconv"
	"strings"
)

// What has to be free on the host: QEMU and a guest that has just been
// restored take some 60 MiB, and what the guest then does comes on top. A guest
// that boots fills its page cache.
const (
	roomToStart = 192 << 20
	roomToMake  = 640 << 20
)

// enoughMemory says whether the host has so many bytes to spare.
func enoughMemory(need uint64) error {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return nil // it can't be told
	}
	if free, ok := available(string(text)); ok && free < need {
		return lackOfMemory(free, need)
	}
	return nil
}

// available reads MemAvailable of /proc/meminfo (proc_meminfo(5)), in bytes.
func available(meminfo string) (bytes uint64, ok bool) {
	for _, line := range strings.Split(meminfo, "\n") {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "MemAvailable:" {
			kib, err := strconv.ParseUint(fields[1], 10, 54)
			if err != nil {
				return 0, false
			}
			return kib << 10, true
		}
	}
	return 0, false
}
