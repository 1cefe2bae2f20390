package main

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cloison/sandbox"
	"cloison/sandbox/idmap"
	"cloison/sandbox/rootfs"
	"cloison/sandbox/runtime"
)

// exitNotMade is what docker run ends with when there is no container.
const exitNotMade = 125

// runFlags are the flags of run, spelled as docker run spells them.
type runFlags struct {
	telling
	spec     sandbox.Spec
	memory   string
	env      []string
	remap    string
	network  string
	rootfs   string
	tmpfs    []string
	security []string
}

func newRun(g *globals) *cobra.Command {
	f := &runFlags{}
	c := &cobra.Command{
		Use:   "run [flags] [--] COMMAND [ARG...]",
		Short: "Start a container, and tell each kernel call that makes it",
		Long: `Start a container: a process in namespaces, a cgroup, a root file system and
capability sets of its own. Without --rootfs the root is made of busybox and is
gone with the container.

Ends with the command's own exit code, 128+N when signal N killed it, 125 when
the container could not be made, 126 when the command cannot be run, 127 when it
is not there. The command is number 1 of its PID namespace, so signals that it
does not handle are ignored; the third SIGINT or SIGTERM in 3 seconds kills it.`,
		Example: `cloison run -- sh
cloison run --explain --memory 64m --pids-limit 20 -- sh
cloison run --dry-run --cap-drop ALL --read-only --tmpfs /run -- id`,
		Args: atLeast(1, "there is no command to run: cloison run -- sh"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(g, cmd, args) },
	}
	asDockerDoes(c)
	f.telling.register(c)
	f.register(c)
	return c
}

// atLeast demands arguments, with the exit code of docker run.
func atLeast(n int, message string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < n {
			return codeError{exitNotMade, errors.New(message)}
		}
		return nil
	}
}

// asDockerDoes makes flags end at the command, and a wrong one end with 125.
func asDockerDoes(c *cobra.Command) {
	c.Flags().SetInterspersed(false)
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return codeError{exitNotMade, err} })
}

func (f *runFlags) register(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.spec.Hostname, "hostname", "cloison", "host name in the container")
	flags.StringVarP(&f.memory, "memory", "m", "", "limit of memory, swap included: 16m, 0.5g")
	flags.Float64Var(&f.spec.Limits.CPUs, "cpus", 0, "limit of CPU time, in CPUs: 0.5")
	flags.Int64Var(&f.spec.Limits.Pids, "pids-limit", 0, "limit of processes and threads")
	flags.StringSliceVar(&f.spec.CapDrop, "cap-drop", nil, "capabilities to drop from Docker's default, or ALL")
	flags.StringSliceVar(&f.spec.CapAdd, "cap-add", nil, "capabilities to add, or ALL")
	flags.StringVarP(&f.spec.User, "user", "u", "", "user in the container, by number: UID[:GID] (default 0:0)")
	flags.StringVar(&f.remap, "userns-remap", "", "map the container's users to others: default, or BASE[:SIZE]")
	flags.StringVar(&f.network, "network", "none", "network: none (loopback only) or host")
	flags.BoolVar(&f.spec.ReadOnly, "read-only", false, "make the root file system read-only")
	flags.StringArrayVar(&f.tmpfs, "tmpfs", nil, "a fresh tmpfs: TARGET[:OPTIONS]")
	flags.StringVar(&f.rootfs, "rootfs", "", "folder that becomes the root file system")
	flags.StringArrayVarP(&f.env, "env", "e", nil, "variable for the command: NAME=VALUE, or NAME to take it from here")
	flags.StringVarP(&f.spec.Dir, "workdir", "w", "", "working directory of the command (default /)")
	// Habits of docker run that change nothing here.
	flags.BoolP("interactive", "i", true, "as docker run -i; a container here always has your input")
	flags.BoolP("tty", "t", true, "as docker run -t; a container here always has your terminal")
	flags.Bool("rm", true, "as docker run --rm; a container here is always removed")
	flags.StringArrayVar(&f.security, "security-opt", nil, "no-new-privileges, or seccomp=FILE|unconfined: another filter of system calls than the default")
}

func (f *runFlags) run(g *globals, cmd *cobra.Command, args []string) error {
	f.spec.Args = args
	if err := f.fill(); err != nil {
		return notMade(g, err)
	}
	s, err := runtime.Look(f.spec)
	if err != nil {
		return notMade(g, err)
	}
	if err := f.namespaces(s); err != nil {
		return notMade(g, err)
	}
	plan, err := runtime.New(f.spec, s)
	if err != nil {
		return notMade(g, err)
	}
	return f.carryOut(g, cmd, plan)
}

// fill reads the flags that need reading.
func (f *runFlags) fill() error {
	var err error
	if f.spec.Limits.Memory, err = parseBytes(f.memory); err != nil {
		return err
	}
	for _, value := range f.tmpfs {
		t, err := rootfs.ParseTmpfs(value)
		if err != nil {
			return err
		}
		f.spec.Tmpfs = append(f.spec.Tmpfs, t)
	}
	f.spec.Env = environment(f.env, os.LookupEnv)
	if f.rootfs != "" {
		if f.spec.Rootfs, err = filepath.Abs(f.rootfs); err == nil {
			f.spec.Rootfs, err = filepath.EvalSymlinks(f.spec.Rootfs)
		}
		if err != nil {
			return fmt.Errorf("--rootfs: %w", err)
		}
	}
	for _, option := range f.security {
		if err := f.securityOption(option); err != nil {
			return err
		}
	}
	return nil
}

func (f *runFlags) securityOption(option string) error {
	switch {
	case option == "no-new-privileges", option == "no-new-privileges=true", option == "no-new-privileges:true":
		f.spec.NoNewPrivileges = true
	case strings.HasPrefix(option, "seccomp=") || strings.HasPrefix(option, "seccomp:"):
		return f.seccomp(option[len("seccomp="):])
	default:
		return fmt.Errorf("--security-opt %s: there are no-new-privileges and seccomp=FILE|unconfined", option)
	}
	return nil
}

// seccomp reads the profile of --security-opt seccomp=FILE.
func (f *runFlags) seccomp(value string) error {
	switch value {
	case "unconfined":
		f.spec.Seccomp = sandbox.SeccompProfile{Off: true}
		return nil
	case "builtin":
		f.spec.Seccomp = sandbox.SeccompProfile{}
		return nil
	}
	text, err := os.ReadFile(value)
	if err != nil {
		return fmt.Errorf("--security-opt seccomp: %w; give the file of a profile, or unconfined", err)
	}
	f.spec.Seccomp = sandbox.SeccompProfile{JSON: string(text), Name: filepath.Base(value)}
	return nil
}

// namespaces picks the namespaces and id maps.
func (f *runFlags) namespaces(s runtime.Surroundings) error {
	list := runtime.DefaultNamespaces(s.Privileged())
	switch f.network {
	case "none":
	case "host":
		list = slices.DeleteFunc(list, func(ns sandbox.Namespace) bool { return ns == sandbox.NetNS })
	default:
		return fmt.Errorf("--network %s: give none or host", f.network)
	}
	f.spec.Namespaces = list
	if f.remap == "" {
		return nil
	}
	if !s.Privileged() {
		return errors.New("--userns-remap needs root: an ordinary user may only map himself, which happens without the flag")
	}
	f.spec.Namespaces = append(f.spec.Namespaces, sandbox.UserNS)
	return f.remapUsers(s.UID)
}

// remapUsers reads --userns-remap with what subuid(5) and subgid(5) say of the
// caller.
func (f *runFlags) remapUsers(uid int) error {
	name := ""
	if u, err := user.LookupId(fmt.Sprint(uid)); err == nil {
		name = u.Username
	}
	for file, ranges := range map[string]*[]sandbox.IDRange{"/etc/subuid": &f.spec.UIDMap, "/etc/subgid": &f.spec.GIDMap} {
		text, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("--userns-remap: %w", err)
		}
		if *ranges, err = idmap.Remap(f.remap, name, uid, strings.NewReader(string(text))); err != nil {
			return fmt.Errorf("--userns-remap: %w", err)
		}
	}
	return nil
}

// environment reads -e: a bare name takes the caller's value, if there is one.
func environment(flags []string, lookup func(string) (string, bool)) []string {
	var env []string
	for _, e := range flags {
		if strings.Contains(e, "=") {
			env = append(env, e)
		} else if value, ok := lookup(e); ok {
			env = append(env, e+"="+value)
		}
	}
	return env
}
