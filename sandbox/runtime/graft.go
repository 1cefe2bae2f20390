//go:build linux

package runtime

import (
	"debug/elf"
	"errors"
	"io/fs"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/rootfs"
)

// Source is what a volume or a device is on this computer.
type Source struct {
	Folder bool
	Device byte // 'c' or 'b'; 0 for everything else
	Major  uint32
	Minor  uint32
}

// lookAtSources finds out about the volumes and devices of a spec.
func (s *Surroundings) lookAtSources(spec sandbox.Spec) error {
	s.Sources = map[string]Source{}
	for _, v := range spec.Volumes {
		if err := s.lookAtSource(verbatim("--volume"), v.Source); err != nil {
			return err
		}
	}
	for _, d := range spec.Devices {
		if err := s.lookAtSource(verbatim("--device"), d.Source); err != nil {
			return err
		}
	}
	for _, l := range spec.Limits.IO {
		if err := s.lookAtSource(sandbox.Text{EN: "a limit for", FR: "une limite pour"}, l.Device); err != nil {
			return err
		}
	}
	if !spec.Init {
		return nil
	}
	var err error
	if s.Self, err = os.Executable(); err != nil {
		return sandbox.Errorf("--init: %w", "--init : %w", err)
	}
	return checkStatic(s.Self)
}

// checkStatic refuses a program that needs a loader, which a container does not
// have for it.
func checkStatic(file string) error {
	program, err := elf.Open(file)
	if err != nil {
		return sandbox.Errorf("--init: %w", "--init : %w", err)
	}
	defer program.Close()
	if slices.ContainsFunc(program.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		return sandbox.Errorf("--init: %s is linked dynamically and would not run in a container; build cloison with CGO_ENABLED=0",
			"--init : %s est lié dynamiquement et ne tournerait pas dans un conteneur ; compilez cloison avec CGO_ENABLED=0", file)
	}
	return nil
}

func (s *Surroundings) lookAtSource(flag sandbox.Text, path string) error {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); errors.Is(err, fs.ErrNotExist) {
		return sandbox.Errorf("%s %s: there is no such file or folder here; make it first",
			"%s %s : il n’y a ni fichier ni dossier de ce nom ici ; créez-le d’abord", flag, path)
	} else if err != nil {
		return sandbox.Errorf("%s %s: %w", "%s %s : %w", flag, path, err)
	}
	found := Source{Major: unix.Major(uint64(st.Rdev)), Minor: unix.Minor(uint64(st.Rdev))}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		found.Folder = true
	case unix.S_IFCHR:
		found.Device = 'c'
	case unix.S_IFBLK:
		found.Device = 'b'
	}
	s.Sources[path] = found
	return nil
}

func (c *container) checkSources(s Surroundings) error {
	for _, v := range c.Volumes {
		if err := rootfs.CheckVolume(v); err != nil {
			return err
		}
	}
	for _, d := range c.Devices {
		if err := rootfs.CheckDevice(d); err != nil {
			return err
		}
		if s.Sources[d.Source].Device == 0 {
			return sandbox.Errorf("--device %s: that is no device file; ls -l /dev shows some, with c or b in front",
				"--device %s : ce n’est pas un fichier de périphérique ; ls -l /dev en montre, avec c ou b devant", d.Source)
		}
	}
	return nil
}

// grafts are the volumes, the devices, and the first process of --init.
func (c container) grafts(s Surroundings) []rootfs.Graft {
	var all []rootfs.Graft
	for _, v := range c.Volumes {
		all = append(all, rootfs.Graft{
			Source: v.Source, Target: v.Target, ReadOnly: v.ReadOnly, Folder: s.Sources[v.Source].Folder,
			Why: sandbox.Text{
				EN: "a volume is a piece of the host's tree of mounts: copied here, it hangs on a file descriptor only",
				FR: "un volume est un morceau de l’arbre de montage de l’hôte : copié ici, il ne tient qu’à un descripteur de fichier",
			},
		})
	}
	for _, d := range c.Devices {
		all = append(all, rootfs.Graft{
			Source: d.Source, Target: d.Target, Device: true,
			Why: sandbox.Text{
				EN: "the device file that is to work in the container",
				FR: "le fichier de périphérique qui doit fonctionner dans le conteneur",
			},
		})
	}
	if c.Init {
		all = append(all, rootfs.Graft{
			Source: s.Self, Target: initPath, ReadOnly: true,
			Why: sandbox.Text{
				EN: "cloison's own program will be process number 1, read-only because the container could write to it otherwise (CVE-2019-5736)",
				FR: "le programme de cloison lui-même sera le processus numéro 1, en lecture seule car le conteneur pourrait sinon l’écrire (CVE-2019-5736)",
			},
		})
	}
	return all
}
