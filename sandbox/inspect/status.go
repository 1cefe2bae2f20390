package inspect

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"cloison/sandbox"
)

// status is the part of /proc/PID/status that facts are made of
// (proc_pid_status(5)).
type status struct {
	ppid       int
	innerPIDs  []int
	uids, gids sandbox.IDs
	caps       sandbox.Capabilities
	noNewPrivs bool
	seccomp    sandbox.Seccomp
}

func readStatus(root fs.FS, dir string) (status, error) {
	text, err := fs.ReadFile(root, dir+"/status")
	if err != nil {
		return status{}, err
	}
	return parseStatus(string(text))
}

// parseStatus demands what every kernel prints for every process; fields that
// came later stay zero where they are absent.
func parseStatus(text string) (status, error) {
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(line, ":"); ok {
			fields[key] = strings.TrimSpace(value)
		}
	}
	p := fieldParser{fields: fields}
	s := status{
		ppid: p.number("PPid"),
		uids: p.ids("Uid"),
		gids: p.ids("Gid"),
		caps: sandbox.Capabilities{
			Inheritable: p.set("CapInh"),
			Permitted:   p.set("CapPrm"),
			Effective:   p.set("CapEff"),
			Bounding:    p.set("CapBnd"),
		},
	}
	p.optional = true
	s.caps.Ambient = p.set("CapAmb")
	s.innerPIDs = p.numbers("NSpid")
	s.noNewPrivs = p.number("NoNewPrivs") != 0
	s.seccomp = sandbox.Seccomp{Mode: p.number("Seccomp"), Filters: p.number("Seccomp_filters")}
	return s, p.err
}

// fieldParser reads fields and keeps the first error.
type fieldParser struct {
	fields   map[string]string
	optional bool // an absent field is zero
	err      error
}

// value gives a field, and whether there is something to parse.
func (p *fieldParser) value(key string) (string, bool) {
	value, ok := p.fields[key]
	if !ok && !p.optional {
		p.fail(key, "is not there")
	}
	return value, ok && p.err == nil
}

func (p *fieldParser) fail(key, problem string) {
	if p.err == nil {
		p.err = fmt.Errorf("parse status: %s %s", key, problem)
	}
}

func (p *fieldParser) number(key string) int {
	all := p.numbers(key)
	if len(all) == 1 {
		return all[0]
	}
	if _, ok := p.value(key); ok {
		p.fail(key, "is not one number")
	}
	return 0
}

func (p *fieldParser) numbers(key string) []int {
	value, ok := p.value(key)
	if !ok {
		return nil
	}
	var all []int
	for word := range strings.FieldsSeq(value) {
		n, err := strconv.ParseUint(word, 10, 32)
		if err != nil {
			p.fail(key, fmt.Sprintf("has the number %q", word))
			return nil
		}
		all = append(all, int(n))
	}
	return all
}

func (p *fieldParser) ids(key string) sandbox.IDs {
	all := p.numbers(key)
	if len(all) != 4 {
		p.fail(key, "is not four ids")
		return sandbox.IDs{}
	}
	return sandbox.IDs{
		Real: uint32(all[0]), Effective: uint32(all[1]),
		Saved: uint32(all[2]), Filesystem: uint32(all[3]),
	}
}

func (p *fieldParser) set(key string) sandbox.CapSet {
	value, ok := p.value(key)
	if !ok {
		return 0
	}
	bits, err := strconv.ParseUint(value, 16, 64)
	if err != nil {
		p.fail(key, fmt.Sprintf("is the set %q", value))
	}
	return sandbox.CapSet(bits)
}
