//go:build linux

package runtime

import (
	"path"
	"slices"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"

	"cloison/sandbox"
	"cloison/sandbox/capability"
	"cloison/sandbox/idmap"
	"cloison/sandbox/rootfs"
)

// smallestMemory is about what the kernel needs to start a small program.
const smallestMemory = 512 << 10

// container is a spec with its defaults filled in and its texts read.
type container struct {
	sandbox.Spec
	uid, gid uint32
	groups   []uint32
	home     string
	caps     sandbox.CapSet
	ambient  sandbox.CapSet
	userNS   bool
	filter   *specs.LinuxSeccomp // nil without
	context  string              // of SELinux, at the execve; "" stays
}

// check fills a spec's defaults in, and refuses what cannot work.
func check(spec sandbox.Spec, s Surroundings) (container, error) {
	c := container{Spec: spec}
	c.Limits.IO = slices.Clone(spec.Limits.IO) // their numbers are filled in
	if c.Namespaces == nil {
		c.Namespaces = DefaultNamespaces(s.Privileged())
	}
	c.userNS = c.has(sandbox.UserNS)
	if c.userNS && c.UIDMap == nil {
		c.UIDMap, c.GIDMap = idmap.Single(s.UID), idmap.Single(s.GID)
	}
	if c.Hostname == "" {
		c.Hostname = "cloison"
	}
	var errs []error
	errs = append(errs, c.checkCommand(), c.checkNamespaces(s), c.checkLimits(), c.checkRoot(s))
	for _, t := range c.Tmpfs {
		errs = append(errs, rootfs.CheckTmpfs(t))
	}
	errs = append(errs, c.readUser(s.Accounts, s.LeavesGroups), c.readCapabilities(s), c.checkSysctls(), c.checkSettings())
	errs = append(errs, c.readSeccomp(s), c.checkSources(s), c.checkNetwork(s), c.checkLabels(s), c.readDevices(s))
	return c, first(errs)
}

// first is the first error, because one clear error is better than three.
func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *container) has(ns sandbox.Namespace) bool { return slices.Contains(c.Namespaces, ns) }

func (c *container) checkCommand() error {
	if len(c.Args) == 0 || c.Args[0] == "" {
		return sandbox.Errorf("there is no command to run: cloison run -- sh", "il n’y a pas de commande à lancer : cloison run -- sh")
	}
	for _, text := range slices.Concat(c.Args, c.Env, []string{c.Hostname, c.Dir, c.Rootfs}) {
		if strings.ContainsRune(text, 0) {
			return sandbox.Errorf("%q holds a zero byte, which ends a string for the kernel",
				"%q contient un octet nul, qui termine une chaîne pour le noyau", text)
		}
	}
	if len(c.Hostname) > 64 {
		return sandbox.Errorf("--hostname %s: %d bytes; the kernel takes 64", "--hostname %s : %d octets ; le noyau en accepte 64", c.Hostname, len(c.Hostname))
	}
	if c.Dir != "" && !path.IsAbs(c.Dir) {
		return sandbox.Errorf("--workdir %s: the path must be absolute in the container",
			"--workdir %s : le chemin doit être absolu dans le conteneur", c.Dir)
	}
	return nil
}

func (c *container) checkNamespaces(s Surroundings) error {
	switch {
	case !c.has(sandbox.MountNS):
		return sandbox.Errorf("a container needs a mount namespace: without one, pivot_root would change this computer's root",
			"un conteneur a besoin d’un espace de noms de montage : sans lui, pivot_root changerait la racine de cet ordinateur")
	case c.TimeOffset != 0 && !c.has(sandbox.TimeNS):
		return sandbox.Errorf("--time-offset: the clocks can only be ahead in a time namespace",
			"--time-offset : les horloges ne peuvent avancer que dans un espace de noms de temps")
	case !s.Privileged() && !c.userNS:
		return sandbox.Errorf("without CAP_SYS_ADMIN a container needs a user namespace; use one, or be root",
			"sans CAP_SYS_ADMIN, un conteneur a besoin d’un espace de noms utilisateur ; donnez-lui-en un, ou soyez root")
	}
	return nil
}

func (c *container) checkLimits() error {
	switch l := c.Limits; {
	case l.Memory != 0 && l.Memory < smallestMemory:
		return sandbox.Errorf("--memory %d: no program starts in so few bytes; give at least 512k, for example 16m",
			"--memory %d : aucun programme ne démarre en si peu d’octets ; donnez au moins 512k, par exemple 16m", l.Memory)
	case l.CPUs != 0 && (l.CPUs < 0.01 || l.CPUs > 1e6):
		return sandbox.Errorf("--cpus %v: give at least 0.01, for example 0.5 for half of one CPU",
			"--cpus %v : donnez au moins 0.01, par exemple 0.5 pour la moitié d’un processeur", l.CPUs)
	case l.Pids < 0:
		return sandbox.Errorf("--pids-limit %d: give a number above 0; leave the flag out for no limit",
			"--pids-limit %d : donnez un nombre supérieur à 0 ; sans l’option, pas de limite", l.Pids)
	}
	return nil
}

func (c *container) checkRoot(s Surroundings) error {
	switch {
	case c.Rootfs == "" && s.Busybox == "":
		return sandbox.Errorf("there is no busybox to make a root file system of; try apt install busybox-static, or give --rootfs DIR",
			"il n’y a pas de busybox pour en faire un système de fichiers racine ; essayez apt install busybox-static, ou donnez --rootfs DOSSIER")
	case c.Rootfs == "/":
		return sandbox.Errorf("--rootfs /: that is the root already; give a folder that holds a system, or leave --rootfs out",
			"--rootfs / : c’est déjà la racine ; donnez un dossier qui contient un système, ou retirez --rootfs")
	case c.Rootfs != "" && !path.IsAbs(c.Rootfs):
		return sandbox.Errorf("--rootfs %s: the path must be absolute", "--rootfs %s : le chemin doit être absolu", c.Rootfs)
	}
	return nil
}

func (c *container) readCapabilities(s Surroundings) error {
	caps, err := capability.Apply(capability.DockerDefault, c.CapDrop, c.CapAdd)
	if err != nil {
		return err
	}
	c.caps = caps & capability.All(s.LastCap)
	if lacking := c.caps &^ s.Permitted; !c.userNS && lacking != 0 {
		names := capability.Names(lacking)
		return sandbox.Errorf("cloison does not have %s itself, so it cannot give it; add --cap-drop %s",
			"cloison n’a pas %s lui-même, et ne peut donc pas le donner ; ajoutez --cap-drop %s",
			strings.Join(names, " "), strings.Join(names, ","))
	}
	if c.ambient, err = capability.Apply(0, nil, c.Ambient); err != nil {
		return sandbox.Errorf("--cap-ambient: %w", "--cap-ambient : %w", err)
	}
	if lacking := c.ambient &^ c.caps; lacking != 0 {
		return sandbox.Errorf("--cap-ambient: the container does not have %s; add --cap-add %s",
			"--cap-ambient : le conteneur n’a pas %s ; ajoutez --cap-add %s",
			strings.Join(capability.Names(lacking), " "), strings.Join(capability.Names(lacking), ","))
	}
	return nil
}
