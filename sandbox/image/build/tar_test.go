//go:build linux

package build

import (
	"archive/tar"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// netRaw is the attribute of a file with the capability CAP_NET_RAW: struct
// vfs_cap_data in linux/capability.h.
const netRaw = "\x01\x00\x00\x02\x00\x20\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// sampleTar is a tar file with everything that a Debian root has in it.
func sampleTar(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	put := func(h tar.Header, content string) {
		h.Size, h.ModTime, h.Format = int64(len(content)), someTime, tar.FormatPAX
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	put(tar.Header{Typeflag: tar.TypeDir, Name: "./", Mode: 0o755}, "")
	put(tar.Header{Typeflag: tar.TypeDir, Name: "./etc/", Mode: 0o755}, "")
	put(tar.Header{Typeflag: tar.TypeReg, Name: "./etc/shadow", Mode: 0o640, Gid: 42}, "root:*:\n")
	put(tar.Header{Typeflag: tar.TypeReg, Name: "./usr/bin/su", Mode: 0o4755}, "set-user-ID")
	put(tar.Header{
		Typeflag: tar.TypeReg, Name: "./usr/bin/ping", Mode: 0o755, Uid: 1000, Gid: 100_000,
		PAXRecords: map[string]string{xattrRecord + "security.capability": netRaw},
	}, strings.Repeat("p", 5000))
	put(tar.Header{Typeflag: tar.TypeLink, Name: "./usr/bin/ping6", Linkname: "./usr/bin/ping"}, "")
	put(tar.Header{Typeflag: tar.TypeSymlink, Name: "./bin", Linkname: "usr/bin", Mode: 0o777}, "")
	put(tar.Header{Typeflag: tar.TypeChar, Name: "./dev/null", Mode: 0o666, Devmajor: 1, Devminor: 3}, "")
	put(tar.Header{Typeflag: tar.TypeBlock, Name: "./dev/big", Mode: 0o600, Devmajor: 259, Devminor: 300}, "")
	put(tar.Header{Typeflag: tar.TypeFifo, Name: "./run/pipe", Mode: 0o600}, "")
	put(tar.Header{Typeflag: tar.TypeDir, Name: "./tmp/", Mode: 0o1777}, "")
	put(tar.Header{Typeflag: tar.TypeReg, Name: "./" + strings.Repeat("long/", 60) + "name", Mode: 0o644}, "deep")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sampleTree is the tree of sampleTar.
func sampleTree(t testing.TB) *tree {
	t.Helper()
	r := bytes.NewReader(sampleTar(t))
	tr, err := readTar(r, r, someTime)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestReadTar(t *testing.T) {
	tr := sampleTree(t)
	for name, want := range map[string]struct {
		mode     fs.FileMode
		uid, gid int
		content  string
	}{
		"etc":            {fs.ModeDir | 0o755, 0, 0, ""},
		"etc/shadow":     {0o640, 0, 42, "root:*:\n"},
		"usr/bin/su":     {fs.ModeSetuid | 0o755, 0, 0, "set-user-ID"},
		"usr/bin/ping":   {0o755, 1000, 100_000, strings.Repeat("p", 5000)},
		"usr/bin/ping6":  {0o755, 1000, 100_000, strings.Repeat("p", 5000)},
		"dev/null":       {fs.ModeDevice | fs.ModeCharDevice | 0o666, 0, 0, ""},
		"dev/big":        {fs.ModeDevice | 0o600, 0, 0, ""},
		"run/pipe":       {fs.ModeNamedPipe | 0o600, 0, 0, ""},
		"tmp":            {fs.ModeDir | fs.ModeSticky | 0o777, 0, 0, ""},
		"long/long/long": {fs.ModeDir | 0o755, 0, 0, ""},
	} {
		n, ok := tr.find(name)
		if !ok {
			t.Errorf("%s is not there", name)
			continue
		}
		if n.mode != want.mode || n.uid != want.uid || n.gid != want.gid {
			t.Errorf("%s is %v of %d:%d", name, n.mode, n.uid, n.gid)
		}
		if want.content == "" {
			continue
		}
		if b, err := tr.read(name); err != nil || string(b) != want.content {
			t.Errorf("%s holds %.20q, %v", name, b, err)
		}
	}
	if target, err := tr.ReadLink("bin"); err != nil || target != "usr/bin" {
		t.Errorf("bin points to %q, %v", target, err)
	}
	for _, name := range []string{"usr/bin/ping", "usr/bin/ping6"} {
		if n, _ := tr.find(name); n.xattrs["security.capability"] != netRaw {
			t.Errorf("%s has the attributes %q", name, n.xattrs)
		}
	}
}

func TestReadTarRefuses(t *testing.T) {
	make := func(headers ...tar.Header) []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for _, h := range headers {
			if err := w.WriteHeader(&h); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for name, b := range map[string][]byte{
		"a hard link to nothing":  make(tar.Header{Typeflag: tar.TypeLink, Name: "a", Linkname: "b"}),
		"a hard link to a folder": make(tar.Header{Typeflag: tar.TypeDir, Name: "b/"}, tar.Header{Typeflag: tar.TypeLink, Name: "a", Linkname: "b"}),
		"a file below a link":     make(tar.Header{Typeflag: tar.TypeSymlink, Name: "a", Linkname: "/etc"}, tar.Header{Typeflag: tar.TypeReg, Name: "a/passwd"}),
		"a file cut short":        sampleTar(t)[:len(sampleTar(t))/2],
		"something else":          bytes.Repeat([]byte("no tar file "), 100),
	} {
		if tr, err := readTar(bytes.NewReader(b), bytes.NewReader(b), someTime); err == nil {
			t.Errorf("%s: no error, but %q", name, names(t, tr))
		}
	}
}

func TestDeviceNumbersAreTheKernels(t *testing.T) {
	for _, d := range [][2]uint32{{1, 3}, {5, 1}, {259, 300}, {4095, 1<<20 - 1}} {
		got := device(d[0], d[1])
		// new_decode_dev of include/linux/kdev_t.h
		if major, minor := got&0xfff00>>8, got&0xff|got>>12&0xfff00; major != d[0] || minor != d[1] {
			t.Errorf("%d:%d became %d:%d", d[0], d[1], major, minor)
		}
	}
}

// FuzzTar reads any bytes as a tar file; what it takes for one must pack, and
// be read back from the packed file as it was.
func FuzzTar(f *testing.F) {
	f.Add(sampleTar(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		tr, err := readTar(r, r, someTime)
		if err != nil || tr.size() > int64(len(b)) {
			return
		}
		path := filepath.Join(t.TempDir(), "root")
		pack(t, tr, path)
		if !slices.ContainsFunc(names(t, tr), func(name string) bool { return !utf8.ValidString(name) }) {
			sameAs(t, tr, path) // whose reader wants UTF-8
		}
	})
}

// pack writes a tree into a file.
func pack(t *testing.T, tr *tree, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := writeEROFS(f, tr); err != nil {
		t.Fatal(err)
	}
}
