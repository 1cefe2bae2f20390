package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"testing/fstest"

	"cloison/lessons"
	"cloison/sandbox"
	"cloison/sandbox/shell"
)

// plainMachine runs a lesson's commands in a marked bash with nothing around it,
// so that what the verbs say can be tested wherever there is a bash.
type plainMachine struct {
	lacks  map[string]sandbox.Lack
	opened int
}

func (m *plainMachine) About() sandbox.About { return sandbox.About{Name: "plain", Lacks: m.lacks} }
func (m *plainMachine) Close() error         { return nil }

func (m *plainMachine) Open(_ context.Context, o sandbox.LabOptions) (sandbox.Lab, error) {
	m.opened++
	dir, err := os.MkdirTemp("", "plainlab")
	return plainLab{o.Env, dir, &[]*shell.Shell{}}, err
}

type plainLab struct {
	env    map[string]string
	dir    string
	shells *[]*shell.Shell
}

func (l plainLab) Exec(ctx context.Context, script string, _ []string) (sandbox.Outcome, error) {
	cmd := exec.CommandContext(ctx, "bash", "-c", script)
	cmd.Env = os.Environ()
	for name, value := range l.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		err = nil
	}
	return sandbox.Outcome{Output: string(out), Exit: cmd.ProcessState.ExitCode()}, err
}

// Shell starts a marked bash on a terminal, in a home of its own.
func (l plainLab) Shell(_ context.Context, _ sandbox.ShellOptions) (sandbox.Shell, error) {
	home, err := os.MkdirTemp(l.dir, "home")
	if err != nil {
		return nil, err
	}
	key := shell.NewKey()
	if err := os.WriteFile(filepath.Join(home, ".bashrc"), []byte(shell.Rc(key)), 0o600); err != nil {
		return nil, err
	}
	master, slave, err := shell.Terminal(80, 24)
	if err != nil {
		return nil, err
	}
	defer slave.Close()
	cmd := exec.Command("bash")
	cmd.Dir = home
	cmd.Env = append(shell.Env(key, home), "PATH="+os.Getenv("PATH"))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	tty, err := shell.Master(master)
	if err != nil {
		return nil, err
	}
	sh := shell.New(tty, shell.Options{Key: key, PID: cmd.Process.Pid, Close: func() error {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return nil
	}})
	*l.shells = append(*l.shells, sh)
	return sh, nil
}

func (l plainLab) Inspect(context.Context, int) (sandbox.Facts, error) { return sandbox.Facts{}, nil }

func (l plainLab) Watch(context.Context, int, <-chan sandbox.Subject) (<-chan sandbox.Xray, error) {
	return nil, nil
}

func (l plainLab) Close() error {
	for _, sh := range *l.shells {
		_ = sh.Close()
	}
	return os.RemoveAll(l.dir)
}

// readCourse makes a course of one chapter from lesson texts by folder name.
// Their translations are missing, which lets a course be used.
func readCourse(t testing.TB, texts map[string]string) *lessons.Course {
	t.Helper()
	fsys := fstest.MapFS{"10-kernel/chapter.md": {Data: []byte("---\ntitle: The kernel\n---\n")}}
	for folder, text := range texts {
		fsys["10-kernel/"+folder+"/lesson.md"] = &fstest.MapFile{Data: []byte(text)}
	}
	course, problems := lessons.Load(fs.FS(fsys))
	for _, p := range problems {
		if !p.Minor {
			t.Error(p)
		}
	}
	return course
}
