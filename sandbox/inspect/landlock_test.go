package inspect

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTryLandlock asks a setpriv of our own what a survey makes of its answers.
func TestTryLandlock(t *testing.T) {
	for name, c := range map[string]struct{ script, want string }{
		"it works":               {`[ "$*" = "--landlock-access fs:make-block true" ]`, ""},
		"an option it lacks":     {"echo \"setpriv: unrecognized option '--landlock-access'\" >&2; exit 1", "exit status 1: setpriv: unrecognized option"},
		"a kernel without":       {"echo 'setpriv: landlock_create_ruleset failed'; echo more; exit 127", "exit status 127: setpriv: landlock_create_ruleset failed"},
		"one that says no words": {"exit 3", "exit status 3"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "setpriv"), []byte("#!/bin/sh\n"+c.script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", dir)
		err := tryLandlock(t.Context())
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "more")):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
