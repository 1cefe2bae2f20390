package image

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// entry is what a reader of its own finds in an archive.
type entry struct {
	name    string
	mode    uint64
	content string
}

// unpack reads an archive as cpio(5) says, up to its trailer; rest is what
// follows the trailer's padding.
func unpack(t *testing.T, b []byte) (entries []entry, rest []byte) {
	t.Helper()
	at := 0
	pad := func() { at = (at + 3) &^ 3 }
	for {
		h := b[at : at+110]
		if string(h[:6]) != "070701" {
			t.Fatalf("no header at %d: %q", at, h[:6])
		}
		field := func(i int) uint64 {
			n, err := strconv.ParseUint(string(h[6+8*i:14+8*i]), 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		size, length := int(field(6)), int(field(11))
		at += 110
		name := string(b[at : at+length-1])
		at += length
		pad()
		if name == "TRAILER!!!" {
			at = (at + 511) &^ 511
			return entries, b[at:]
		}
		entries = append(entries, entry{name, field(1), string(b[at : at+size])})
		at += size
		pad()
	}
}

// write makes an archive of entries.
func write(t *testing.T, entries []entry) []byte {
	t.Helper()
	var b bytes.Buffer
	a := NewArchive(&b)
	for _, e := range entries {
		var err error
		if e.mode&0o170000 == 0o040000 {
			err = a.Folder(e.name, fs.FileMode(e.mode&0o777))
		} else {
			err = a.File(e.name, fs.FileMode(e.mode&0o777), int64(len(e.content)), strings.NewReader(e.content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var someEntries = []entry{
	{"modules", 0o040755, ""},
	{"modules/a.ko", 0o100644, "12345"},
	{"init", 0o100755, "#!/bin/sh\n"},
	{"empty", 0o100600, ""},
}

func TestArchiveIsReadAsWritten(t *testing.T) {
	got, rest := unpack(t, write(t, someEntries))
	if len(rest) != 0 {
		t.Errorf("%d bytes after the end", len(rest))
	}
	if len(got) != len(someEntries) {
		t.Fatalf("%d entries, want %d", len(got), len(someEntries))
	}
	for i := range got {
		if got[i] != someEntries[i] {
			t.Errorf("got %+v, want %+v", got[i], someEntries[i])
		}
	}
}

func TestArchivesFollowOneAnother(t *testing.T) {
	first, second := write(t, someEntries[:2]), write(t, someEntries[2:])
	_, rest := unpack(t, append(first, second...))
	if got, _ := unpack(t, rest); len(got) != 2 || got[0].name != "init" {
		t.Errorf("the second archive has %+v", got)
	}
}

func TestBusyboxUnpacksAnArchive(t *testing.T) {
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		t.Skip("busybox is not installed; it would unpack the archive")
	}
	dir := t.TempDir()
	cmd := exec.Command(busybox, "cpio", "-i", "-d")
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(write(t, someEntries))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range someEntries {
		path := filepath.Join(dir, want.name)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := uint64(info.Mode().Perm()); got != want.mode&0o777 || info.IsDir() != (want.mode&0o040000 != 0) {
			t.Errorf("%s has mode %v", want.name, info.Mode())
		}
		if info.IsDir() {
			continue
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != want.content {
			t.Errorf("%s holds %q, %v", want.name, b, err)
		}
	}
}

func TestArchiveRefusesAFileThatEndsEarly(t *testing.T) {
	a := NewArchive(io.Discard)
	if err := a.File("x", 0o644, 10, strings.NewReader("short")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	if err := a.Close(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("an archive that is not whole is closed with %v", err)
	}
}

func TestArchiveRefusesWhatItsHeaderCannotSay(t *testing.T) {
	if err := NewArchive(io.Discard).File("x", 0o644, 1<<32, nil); err == nil {
		t.Error("4 GiB were taken")
	}
}

func FuzzArchive(f *testing.F) {
	f.Add("init", "content", uint32(0o755))
	f.Add("a/very/long/name", "", uint32(0))
	f.Fuzz(func(t *testing.T, name, content string, mode uint32) {
		if name == "TRAILER!!!" || strings.ContainsRune(name, 0) {
			return
		}
		want := entry{name, 0o100000 | uint64(mode&0o777), content}
		got, _ := unpack(t, write(t, []entry{want, someEntries[0]}))
		if len(got) != 2 || got[0] != want || got[1] != someEntries[0] {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}
