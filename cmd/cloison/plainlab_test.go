package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"testing/fstest"

	"cloison/lessons"
	"cloison/sandbox"
)

// plainMachine runs a lesson's commands with bash and nothing around them, so
// that what the verbs say can be tested wherever there is a bash.
type plainMachine struct {
	lacks  map[string]sandbox.Lack
	opened int
}

func (m *plainMachine) About() sandbox.About { return sandbox.About{Name: "plain", Lacks: m.lacks} }
func (m *plainMachine) Close() error         { return nil }

func (m *plainMachine) Open(_ context.Context, o sandbox.LabOptions) (sandbox.Lab, error) {
	m.opened++
	return plainLab{o.Env}, nil
}

type plainLab struct{ env map[string]string }

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

func (l plainLab) Shell(context.Context, sandbox.ShellOptions) (sandbox.Shell, error) {
	out := make(chan []byte)
	close(out)
	return plainShell{l, out}, nil
}

func (l plainLab) Inspect(context.Context, int) (sandbox.Facts, error) { return sandbox.Facts{}, nil }
func (l plainLab) Close() error                                        { return nil }

type plainShell struct {
	plainLab
	out chan []byte
}

func (s plainShell) Run(ctx context.Context, command string) (sandbox.Outcome, error) {
	return s.Exec(ctx, command, nil)
}

func (s plainShell) RunUntil(ctx context.Context, command string, _ *regexp.Regexp) (sandbox.Outcome, error) {
	return s.Exec(ctx, command, nil)
}

func (s plainShell) Write(p []byte) (int, error) { return len(p), nil }
func (s plainShell) Output() <-chan []byte       { return s.out }
func (s plainShell) Resize(int, int) error       { return nil }
func (s plainShell) PID() int                    { return os.Getpid() }
func (s plainShell) Foreground() (int, error)    { return os.Getpid(), nil }

// readCourse makes a course of one chapter from lesson texts by folder name.
// Their translations are missing, which lets a course be used.
func readCourse(t *testing.T, texts map[string]string) *lessons.Course {
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
