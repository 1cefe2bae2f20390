//go:build linux

package runtime

import (
	"cmp"

	"cloison/sandbox"
	"cloison/sandbox/cgroup"
)

// readDevices finds the numbers of disks and devices, and says which device
// files may be opened, where that can be ruled. In a user namespace nobody can
// make device files, and mounts have dead ones, so no rule is needed.
func (c *container) readDevices(s Surroundings) error {
	for i := range c.Limits.IO {
		l := &c.Limits.IO[i]
		found := s.Sources[l.Device]
		if found.Device != 'b' {
			return sandbox.Errorf("a limit for %s: that is no disk; lsblk lists those of this computer",
				"une limite pour %s : ce n’est pas un disque ; lsblk montre ceux de cet ordinateur", l.Device)
		}
		l.Major, l.Minor = found.Major, found.Minor
	}
	if w := c.Limits.BlkioWeight; w != 0 && (w < 10 || w > 1000) {
		return sandbox.Errorf("--blkio-weight %d: give a number from 10 to 1000", "--blkio-weight %d : donnez un nombre de 10 à 1000", w)
	}
	if c.userNS || !s.Cgroups.Devices {
		if len(c.DeviceRules) > 0 {
			return sandbox.Errorf("--device-cgroup-rule: no cgroup can filter devices here: that takes root, no user namespace, and on version 1 the devices controller",
				"--device-cgroup-rule : aucun cgroup ne peut filtrer les périphériques ici : il faut être root, sans espace de noms utilisateur et, en version 1, avec le contrôleur devices")
		}
		return nil
	}
	c.Limits.Devices = c.openDevices(s)
	return nil
}

// openDevices are the device files that may be opened.
func (c container) openDevices(s Surroundings) []sandbox.DeviceRule {
	rules := cgroup.HarmlessDevices()
	for _, d := range c.Devices {
		found := s.Sources[d.Source]
		rules = append(rules, sandbox.DeviceRule{Type: found.Device, Major: int64(found.Major), Minor: int64(found.Minor), Access: cmp.Or(d.Access, "rwm")})
	}
	return append(rules, c.DeviceRules...)
}
