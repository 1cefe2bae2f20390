package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// update rewrites the expected output of the scripts ("cmp stdout want") from
// what the program really says: go test ./cmd/cloison -run TestScripts -update
var update = flag.Bool("update", false, "rewrite the golden parts of testdata/script")

// TestMain makes this test binary stand in for cloison when it is called by
// that name, which is how the scripts call it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"cloison": main})
}

// TestScripts types the command lines of testdata/script: each file is a
// script and the files that it works on, see
// https://pkg.go.dev/github.com/rogpeppe/go-internal/testscript.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               plainSurroundings,
		Condition:           condition,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// plainSurroundings keeps the caller's language, colours and progress out of
// the scripts.
func plainSurroundings(env *testscript.Env) error {
	env.Setenv("LC_ALL", "C.UTF-8")
	env.Setenv("NO_COLOR", "1")
	env.Setenv("COLUMNS", "80")
	env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, ".state"))
	env.Setenv("CLOISON_IMAGE", filepath.Join(env.WorkDir, ".image")) // no VM unless a script wants one
	env.Setenv("GOCOVERDIR", os.Getenv("GOCOVERDIR"))
	return nil
}

// exits runs a command and demands its exit status: exits 3 cloison verify.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARG...]")
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = ended.ExitCode()
	}
	if want := args[0]; want != strconv.Itoa(got) {
		ts.Fatalf("exit status %d, want %s", got, want)
	}
}
