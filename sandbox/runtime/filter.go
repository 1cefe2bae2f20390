//go:build linux

package runtime

import (
	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
	"cloison/sandbox/capability"
	"cloison/sandbox/seccomp"
)

// readSeccomp reads the profile, and keeps what of it applies to c. The
// capabilities must have been read.
func (c *container) readSeccomp(s Surroundings) error {
	if c.Seccomp.Off {
		return nil
	}
	profile := seccomp.Default()
	if c.Seccomp.JSON != "" {
		var err error
		if profile, err = seccomp.Parse([]byte(c.Seccomp.JSON)); err != nil {
			return sandbox.Errorf("--security-opt seccomp=%s: %w", "--security-opt seccomp=%s : %w", c.Seccomp.Name, err)
		}
	}
	var err error
	c.filter, err = profile.For(seccomp.Container{Arch: s.Arch, Kernel: s.Kernel, Caps: c.caps})
	return err
}

// held is what the program's permitted set will be.
func (c container) held() sandbox.CapSet {
	if c.uid != 0 {
		return c.ambient
	}
	return c.caps
}

// filtersWithPower says whether loading the filter takes CAP_SYS_ADMIN that the
// program is not to have: without no_new_privs, the kernel wants it, so that
// nobody makes a set-user-ID program stumble over a filter (seccomp(2)).
func (c container) filtersWithPower() bool {
	return c.filter != nil && !c.NoNewPrivileges && !c.held().Has(unix.CAP_SYS_ADMIN)
}

// holdForNow gives the process what its program may have, and CAP_SYS_ADMIN
// until the filter is loaded.
func (p *Plan) holdForNow(c container) calls.Call {
	if !c.filtersWithPower() {
		return capability.Hold(c.held(), c.ambient)
	}
	return capability.Hold(c.held()|1<<unix.CAP_SYS_ADMIN, c.ambient).Because(
		"root is now worth these capabilities and no others; CAP_SYS_ADMIN stays only until the seccomp filter is loaded",
		"root ne vaut plus que ces capabilities, et aucune autre ; CAP_SYS_ADMIN ne reste que le temps de charger le filtre seccomp")
}

// loadFilter comes as late as it can: what follows must be allowed by the
// filter itself.
func (p *Plan) loadFilter(c container) error {
	if c.filter == nil {
		return nil
	}
	filter, err := seccomp.Compile(c.filter)
	if err != nil {
		return sandbox.Errorf("--security-opt seccomp: %w", "--security-opt seccomp : %w", err)
	}
	name := c.Seccomp.Name
	if name == "" {
		name = "builtin" // as --security-opt calls the default one
	}
	load, err := seccomp.Load(filter, name)
	if err != nil {
		return err
	}
	p.child(load)
	if c.filtersWithPower() {
		p.child(capability.Hold(c.held(), c.ambient).Because(
			"the filter is loaded: CAP_SYS_ADMIN goes as well",
			"le filtre est chargé : CAP_SYS_ADMIN disparaît aussi"))
	}
	return nil
}
