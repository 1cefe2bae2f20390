package progress

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

// helperVariable makes this test binary be another cloison: its value is one
// of helpers, its argument the folder.
const helperVariable = "PROGRESS_TEST_HELPER"

var helpers = map[string]func(dir string) error{
	"tries": tryForEver,
	"even":  func(dir string) error { return markMany(dir, 0) },
	"odd":   func(dir string) error { return markMany(dir, 1) },
	"full":  fillTheDisk,
}

func TestMain(m *testing.M) {
	help, ok := helpers[os.Getenv(helperVariable)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := help(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// helper is the command that runs one of helpers.
func helper(name, dir string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], dir)
	cmd.Env = append(os.Environ(), helperVariable+"="+name)
	cmd.Stderr = os.Stderr
	return cmd
}

// tryForEver fails the same block again and again, and says after each time
// how often by now.
func tryForEver(dir string) error {
	s, warnings, err := Open(dir)
	if err != nil {
		return err
	}
	if len(warnings) > 0 {
		return errors.New(warnings[0])
	}
	for {
		if err := s.Mark("proc-ns", "read-them", Failed); err != nil {
			return err
		}
		fmt.Println(s.State().Lessons["proc-ns"].Blocks["read-them"].Tries)
	}
}

// many is how many blocks each of two writers marks.
const many = 100

// markMany passes every other block, again and again where a busy machine has the
// other writer hold the lock for too long.
func markMany(dir string, from int) error {
	s, _, err := Open(dir)
	for i := from; err == nil && i < 2*many; i += 2 {
		if err = s.Mark("proc-ns", strconv.Itoa(i), Passed); errors.Is(err, ErrLocked) {
			i, err = i-2, nil
		}
	}
	return err
}

// readBack parses the file as it is on disk.
func readBack(t *testing.T, file string) State {
	t.Helper()
	s, from, err := read(file)
	if err != nil || from != Version {
		t.Fatalf("%s: version %d, %v", file, from, err)
	}
	return s
}
