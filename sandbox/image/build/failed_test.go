//go:build linux

package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"cloison/sandbox"
)

func TestExplainFindsTheWords(t *testing.T) {
	broken := errors.New("mmdebstrap: exit status 25")
	for name, test := range map[string]struct {
		printed []string
		want    []string
	}{
		"no room":      {[]string{"dpkg: error: cannot copy: No space left on device", "E: install failed"}, []string{"not enough room", "cannot copy", "TMPDIR"}},
		"no network":   {[]string{"Err:1 trixie InRelease", "  Temporary failure resolving 'deb'", "E: Some index files failed to download."}, []string{"could not be downloaded", "Temporary failure", "what has arrived is kept"}},
		"no range":     {[]string{"newuidmap: write to uid_map failed", "E: child had a non-zero exit status"}, []string{"user namespace", "/etc/subuid"}},
		"another":      {[]string{"E: first", "E: Unable to locate package x", "I: removing tempdir"}, []string{"exit status 25", "Unable to locate package x"}},
		"no such mark": {[]string{"something", "went wrong"}, []string{"exit status 25", "went wrong"}},
		"silence":      {nil, []string{"exit status 25"}},
	} {
		err := tail(test.printed).explain(broken)
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q lacks %q", name, err, want)
			}
		}
	}
}

func TestExplainLeavesWhatIsClear(t *testing.T) {
	b := &builder{}
	b.run.tail = tail{"No space left on device"}
	for _, err := range []error{context.Canceled, noNetwork(errors.New("x"))} {
		if got := b.explain(err); got != err {
			t.Errorf("%v became %v", err, got)
		}
	}
	full := &fs.PathError{Op: "write", Path: "root", Err: syscall.ENOSPC}
	var failed *Failed
	if err := (&builder{}).explain(fmt.Errorf("write root: %w", full)); !errors.As(err, &failed) || !strings.Contains(failed.In(sandbox.French), "pas assez de place") {
		t.Errorf("got %v", err)
	}
}

func TestFailedSpeaksBothLanguages(t *testing.T) {
	for _, f := range []*Failed{
		{Why: sandbox.Text{EN: "why", FR: "pourquoi"}, Try: sandbox.Text{EN: "try", FR: "essayez"}},
		{Why: sandbox.Text{EN: "why", FR: "pourquoi"}, Try: sandbox.Text{EN: "try", FR: "essayez"}, Err: errors.New("seen")},
	} {
		en, fr := f.In(sandbox.English), f.In(sandbox.French)
		if !strings.HasPrefix(en, "why") || !strings.HasSuffix(en, "; try") || !strings.HasPrefix(fr, "pourquoi") || !strings.HasSuffix(fr, "\u00a0; essayez") {
			t.Errorf("%q, %q", en, fr)
		}
		if f.Err != nil && (!strings.Contains(en, "seen") || !strings.Contains(fr, "seen")) {
			t.Errorf("%q, %q do not say what was seen", en, fr)
		}
	}
}

func TestEnoughRoom(t *testing.T) {
	dir := t.TempDir()
	if err := enough(dir, 1); err != nil {
		t.Error(err)
	}
	var failed *Failed
	if err := enough(dir, 1<<62); !errors.As(err, &failed) || !strings.Contains(err.Error(), "MiB are needed") {
		t.Errorf("got %v", err)
	}
	if err := enough(dir+"/none", 1); err == nil || errors.As(err, &failed) {
		t.Errorf("no such folder: %v", err)
	}
	if !sameDisk(dir, dir) || sameDisk(dir, "/proc") || sameDisk(dir, dir+"/none") {
		t.Error("disks are not told apart")
	}
}
