package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/shell"
)

// The lab's own /tmp holds its home and a folder for PATH.
const (
	privateHome = "/tmp/lesson"
	privateBin  = "/tmp/.cloison"
)

// open makes a lab: its record first, so that from then on whatever happens
// somebody knows what to clear. A spare one gets its options later.
func (m *Machine) open(ctx context.Context, o sandbox.LabOptions, spare bool) (*Lab, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	id := shell.NewKey()
	l := &Lab{
		machine: m, key: shell.NewKey(), home: privateHome,
		record:  record{ID: id, Owner: named(os.Getpid()), Cgroups: m.cgroups.of(id)},
		gone:    make(chan struct{}),
		waiting: map[int]chan reply{},
		shells:  map[int]*shell.Shell{},
	}
	s := setup{Private: !o.Shared, Spare: spare, Home: privateHome, Bin: privateBin, State: m.state.dir}
	if l.shared = o.Shared; l.shared {
		if err := l.sharedHome(&s); err != nil {
			return nil, err
		}
	}
	l.env = slices.Concat(labEnv(l, s.Bin), lessonEnv(o.Env))
	if err := l.begin(ctx, o, s); err != nil {
		_ = l.Close()
		return nil, err
	}
	return l, nil
}

// sharedHome is for a lab that sees the machine's own mounts.
func (l *Lab) sharedHome(s *setup) error {
	exe, err := l.machine.exe()
	if err != nil {
		return err
	}
	if s.Exe, err = filepath.EvalSymlinks(exe); err != nil {
		return fmt.Errorf("find cloison: %w", err)
	}
	if err := makeOwn(l.machine.state.homes); err != nil { // who ended the last lab has removed it
		return err
	}
	l.home = l.machine.state.homeOf(l.record.ID)
	s.Home, s.Bin = l.home, filepath.Join(l.home, ".cloison")
	l.record.Folders = []string{l.home}
	return nil
}

// exe is this program.
func (m *Machine) exe() (string, error) {
	if m.o.Exe != "" {
		return m.o.Exe, nil
	}
	exe, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find cloison: %w", err)
	}
	return exe, nil
}

// begin makes the cgroups, starts the keeper and has it set the lab up.
func (l *Lab) begin(ctx context.Context, o sandbox.LabOptions, s setup) error {
	if err := l.machine.state.write(l.record); err != nil {
		return err
	}
	if err := l.record.Cgroups.make(); err != nil {
		return err
	}
	if err := l.startKeeper(o.Shared); err != nil {
		return err
	}
	if err := l.machine.state.write(l.record); err != nil {
		return err
	}
	s.Lab = l.record
	if s.Spare {
		_, _, err := l.call(ctx, request{Setup: &s}, nil)
		return l.whatItSaid(err)
	}
	return l.fill(ctx, o, request{Setup: &s})
}

// fill hands the home to the keeper while it does what it is asked.
func (l *Lab) fill(ctx context.Context, o sandbox.LabOptions, r request) error {
	out, in, err := os.Pipe()
	if err != nil {
		return err
	}
	packed := make(chan error, 1)
	go func() {
		err := pack(in, shell.Rc(l.key), o.Files)
		_ = in.Close()
		packed <- err
	}()
	_, _, err = l.call(ctx, r, out)
	_ = out.Close()
	if packErr := <-packed; packErr != nil && !errors.Is(packErr, syscall.EPIPE) {
		return packErr
	}
	return l.whatItSaid(err)
}

// whatItSaid makes of a keeper's end what it said before.
func (l *Lab) whatItSaid(err error) error {
	if errors.Is(err, errGone) {
		return sandbox.Errorf("the keeper has ended: %s", "le gardien s’est terminé : %s", strings.TrimSpace(l.said.String()))
	}
	return err
}

// startKeeper starts this program again, in the lab's namespaces.
func (l *Lab) startKeeper(shared bool) error {
	exe, err := l.machine.exe()
	if err != nil {
		return err
	}
	ours, theirs, err := newWires()
	if err != nil {
		return err
	}
	l.wire = ours
	defer func() { _ = theirs.Close() }()
	l.said = &bytes.Buffer{}
	keeper := &exec.Cmd{
		Path: exe, Args: []string{"cloison", KeeperVerb}, Env: os.Environ(), Stderr: l.said,
		ExtraFiles:  []*os.File{theirs},
		SysProcAttr: keeperAttr(shared, l.machine.about.Root, os.Geteuid(), os.Getegid()),
	}
	if err := keeper.Start(); err != nil {
		_ = ours.conn.Close()
		return fmt.Errorf("start the keeper: %w", err)
	}
	l.keeper = keeper
	l.record.Keeper = named(l.keeper.Process.Pid)
	go l.listen()
	go func() {
		_ = l.keeper.Wait()
		close(l.gone)
	}()
	return nil
}

// keeperAttr says what namespaces the keeper starts in. Who is not root of the
// machine needs a user namespace first: it owns the others.
func keeperAttr(shared, root bool, uid, gid int) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if shared {
		return attr
	}
	attr.Cloneflags = unix.CLONE_NEWNS | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWNET
	if !root {
		attr.Cloneflags |= unix.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: gid, Size: 1}}
	}
	return attr
}

// labEnv is the environment of every process in the lab, the lesson's own
// variables aside.
func labEnv(l *Lab, bin string) []string {
	env := shell.Env(l.key, l.home)
	env = append(env, "PATH="+labPath(bin, os.Getenv("PATH")), "SHELL=/bin/bash", labVariable+"="+l.record.ID)
	env = append(env, l.record.Cgroups.env()...)
	if host, ok := os.LookupEnv("DOCKER_HOST"); ok {
		env = append(env, "DOCKER_HOST="+host)
	}
	return env
}

// lessonEnv is the lesson's variables.
func lessonEnv(lesson map[string]string) []string {
	var env []string
	for _, name := range slices.Sorted(maps.Keys(lesson)) {
		env = append(env, name+"="+lesson[name])
	}
	return env
}

// labPath is the caller's PATH with cloison first, and with the folders of
// administrators' programs, which ordinary users may not have.
func labPath(bin, callers string) string {
	dirs := []string{bin}
	standard := "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	for _, dir := range strings.Split(callers+":"+standard, ":") {
		if filepath.IsAbs(dir) && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return strings.Join(dirs, ":")
}
