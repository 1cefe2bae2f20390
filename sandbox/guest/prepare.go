package guest

import (
	"context"
	"fmt"
	"os/exec"
	"syscall"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/link"
)

// prepare gets the guest ready to be saved. What runs here once runs faster
// later: its pages are in memory, its modules loaded, its networks made.
func prepare(ctx context.Context, tell func(link.Stage), machine func(context.Context) (sandbox.Machine, error)) error {
	if hasDocker() {
		if err := startDocker(ctx, tell); err != nil {
			return err
		}
	}
	tell(link.StageWarmUp)
	if hasDocker() {
		if err := runOnce(ctx); err != nil {
			return err
		}
	}
	m, err := machine(ctx)
	if err != nil {
		return err
	}
	if err := warmLab(ctx, m); err != nil {
		return fmt.Errorf("warm up: %w", err)
	}
	return spareLabs(ctx, m)
}

// spareLabs leaves labs in the saved state that only want to be taken.
func spareLabs(ctx context.Context, m sandbox.Machine) error {
	spare, ok := m.(interface {
		Spare(ctx context.Context, shared bool) error
	})
	if !ok {
		return nil
	}
	for _, shared := range []bool{false, true} {
		if err := spare.Spare(ctx, shared); err != nil {
			return err
		}
	}
	return nil
}

func startDocker(ctx context.Context, tell func(link.Stage)) error {
	tell(link.StageContainerd)
	if err := containerd.up(ctx, containerd.start, containerd.listens); err != nil {
		return err
	}
	tell(link.StageDockerd)
	if err := dockerd.up(ctx, dockerd.start, dockerd.answers); err != nil {
		return err
	}
	tell(link.StageImages)
	return loadImages(ctx)
}

// usual are commands that most lessons type.
const usual = `for c in "ls /" "ps" "id" "cat /proc/self/status" "ip address" "mount" "unshare true" "capsh --print" "stat /" \
	"docker version" "cloison inspect"; do $c; done >/dev/null 2>&1; true`

// warmLab does once what a lesson does.
func warmLab(ctx context.Context, m sandbox.Machine) error {
	lab, err := m.Open(ctx, sandbox.LabOptions{Lesson: "warm-up"})
	if err != nil {
		return err
	}
	defer func() { _ = lab.Close() }()
	sh, err := lab.Shell(ctx, sandbox.ShellOptions{Name: "a"})
	if err != nil {
		return err
	}
	go func() {
		for range sh.Output() {
		}
	}()
	if _, err := sh.Run(ctx, usual); err != nil {
		return err
	}
	if _, err := lab.Exec(ctx, usual, nil); err != nil {
		return err
	}
	if _, err := lab.Inspect(ctx, sh.PID()); err != nil {
		return err
	}
	return lab.Close()
}

// rewarmPause gives a learner's first prompt the start.
const rewarmPause = 500 * time.Millisecond

// rewarm runs, for nothing but their running, the large programs that a
// learner may be about to type. An emulator that begins from a saved state has
// to translate all code anew, and translates code once for all processes: what
// takes a second the first time then takes a tenth.
func rewarm() {
	group, err := openGroup(idleGroup)
	if err != nil {
		return
	}
	defer func() { _ = group.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), rewarmLimit)
	defer cancel()
	for _, args := range [][]string{{"cloison", "run", "--dry-run", "--", "true"}, {"docker", "version"}} {
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Env, cmd.Dir = environment, "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: int(group.Fd())}
		_ = cmd.Run() // nobody waits for it
	}
}

const rewarmLimit = 30 * time.Second
