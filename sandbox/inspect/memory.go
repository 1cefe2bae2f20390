package inspect

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"cloison/sandbox"
)

// readMemory reads the meminfo that the process itself would read: another may
// be mounted over it where the process is (as lxcfs(1) does). Where that
// cannot be seen, it is the one of the whole machine.
func readMemory(p *reading) sandbox.MemoryView {
	const enough = 64 << 10
	for _, name := range []string{p.dir + "/root/proc/meminfo", "proc/meminfo"} {
		text, err := regular(p.root, name, enough)
		if errors.Is(err, fs.ErrPermission) {
			p.skip("root/proc/meminfo")
		}
		if err != nil {
			continue
		}
		if view, err := parseMeminfo(string(text)); err == nil {
			return view
		}
	}
	return sandbox.MemoryView{}
}

// parseMeminfo reads /proc/meminfo, whose kB are 1024 bytes (proc_meminfo(5)).
func parseMeminfo(text string) (sandbox.MemoryView, error) {
	var view sandbox.MemoryView
	fields := map[string]*uint64{
		"MemTotal": &view.Total, "MemFree": &view.Free, "MemAvailable": &view.Available,
	}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(line, ":")
		field, wanted := fields[key]
		if !wanted {
			continue
		}
		kb, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 54)
		if err != nil {
			return sandbox.MemoryView{}, fmt.Errorf("parse meminfo: unexpected line %q", line)
		}
		*field = kb << 10
	}
	if view.Total == 0 {
		return sandbox.MemoryView{}, errors.New("parse meminfo: no MemTotal")
	}
	return view, nil
}
