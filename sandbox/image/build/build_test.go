//go:build linux

package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/image"
)

// stand puts programs of our own in the place of Debian's, so that a build
// meets what real ones rarely do. scripts/test builds with the real ones.
func stand(t *testing.T, mmdebstrap string) Options {
	t.Helper()
	dir := t.TempDir()
	tr := filepath.Join(dir, "prepared.tar")
	if err := os.WriteFile(tr, rootTar(t), 0o644); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(dir, "bin")
	for _, dir := range []string{bin, filepath.Join(dir, "big")} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, script := range map[string]string{
		"apt-config": `echo 'Acquire::http::Proxy "";'`,
		"apt-get": `lists=$(sed -n 's/^Dir::State::lists "\(.*\)";/\1/p' "$APT_CONFIG")
			case $* in
			*update*) echo dlstatus:1:50.0:half >&3; echo "Package: a" >"$lists/x_Packages" ;;
			esac`,
		"mmdebstrap": `for last; do :; done
			case $* in
			--unshare-helper*) shift; exec "$@" ;;
			*--variant=custom*) exit 0 ;;
			esac
			cp "$PREPARED" "$last"; mkdir "$TMPDIR/mmdebstrap.x"
			` + mmdebstrap,
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("PREPARED", tr)
	return Options{Dir: filepath.Join(dir, "cache", "image"), Cache: filepath.Join(dir, "cache", "packages"), Scratch: filepath.Join(dir, "big")}
}

// rootTar is a root with all that a build looks for.
func rootTar(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	a := newArchive(&b, someTime)
	for name, content := range map[string]string{
		"usr/bin/busybox": "ELF", "usr/share/cloison/applets": "sh\n",
		"var/lib/dpkg/status": "Package: a\nVersion: 1\n",
	} {
		a.file(name, 0o755, []byte(content))
	}
	boot := bootTree(t)
	for _, name := range names(t, boot) {
		if content, err := boot.read(name); err == nil {
			a.file(name, 0o644, content)
		}
	}
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// leftovers are what a build must not leave beside the image and its cache.
func leftovers(t *testing.T, o Options) {
	t.Helper()
	for _, path := range []string{o.Dir + ".part", o.Scratch} {
		entries, err := os.ReadDir(path)
		if err == nil && len(entries) > 0 {
			t.Errorf("%s still holds %v", path, entries)
		}
	}
}

func TestBuildPutsAWholeImageInItsPlace(t *testing.T) {
	o := stand(t, `echo "Unpacking a (1) ..."`)
	var told []string
	o.Tell = func(s sandbox.Stage) { told = append(told, s.Name.EN) }
	if !Needed(o.Dir) {
		t.Error("there is no image, but none is needed")
	}
	var log bytes.Buffer
	for range 2 { // the second one takes the first one's place
		i, err := Build(t.Context(), o, &log)
		if err != nil {
			t.Fatalf("%v\n%s", err, &log)
		}
		if err := i.Verify(t.Context()); err != nil {
			t.Error(err)
		}
		if i.Manifest.Release != "6.1" || Needed(o.Dir) {
			t.Errorf("the image is %+v", i.Manifest)
		}
		leftovers(t, o)
	}
	all := strings.Join(told, "\n")
	for _, stage := range []sandbox.Text{stageLists, stageDownload, stageInstall, stagePack, stageSums} {
		if !strings.Contains(all, stage.EN) {
			t.Errorf("nothing was told of %q", stage.EN)
		}
	}
}

func TestABuildThatFailsLeavesTheOldImage(t *testing.T) {
	o := stand(t, "")
	old, err := Build(t.Context(), o, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		mmdebstrap, want string
	}{
		"no room":      {`echo "tar: No space left on device"; exit 2`, "not enough room"},
		"a bad root":   {`echo garbage >"$last"`, "tar"},
		"no root":      {`rm "$last"`, "no such file"},
		"no namespace": {`echo "E: newuidmap failed"; exit 1`, "user namespace"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := stand(t, test.mmdebstrap)
			bad.Dir = o.Dir
			if _, err := Build(t.Context(), bad, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			leftovers(t, bad)
			if i, err := image.Open(o.Dir); err != nil || i.Manifest.Built != old.Manifest.Built {
				t.Errorf("the old image is %+v, %v", i.Manifest, err)
			}
		})
	}
}

func TestABuildThatIsBrokenOffLeavesNothing(t *testing.T) {
	o := stand(t, `echo "Unpacking a (1) ..."; exec sleep 1000`)
	ctx, cancel := context.WithCancel(t.Context())
	o.Tell = func(s sandbox.Stage) {
		if s.Name == stageInstall && s.Part > 0 {
			cancel()
		}
	}
	if _, err := Build(ctx, o, &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	leftovers(t, o)
	if _, err := os.Stat(o.Dir); err == nil {
		t.Error("there is something that looks like an image")
	}
}

func TestRemainsOfADeadBuildAreCleared(t *testing.T) {
	o := stand(t, "")
	for _, dir := range []string{o.Dir + ".part", filepath.Join(o.Scratch, fmt.Sprintf("cloison-image-%d", os.Getuid()), "mmdebstrap.old")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "half"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Build(t.Context(), o, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(o.Dir, "half")); err == nil {
		t.Error("the remains are in the image")
	}
	leftovers(t, o)
}

// TestTheSecondBuildTakesTheFirstOnesImage starts one build while another runs.
func TestTheSecondBuildTakesTheFirstOnesImage(t *testing.T) {
	o := stand(t, "")
	unlock, err := lock(t.Context(), o.Dir+".lock", nil)
	if err != nil {
		t.Fatal(err)
	}
	waits, built := make(chan bool, 1), make(chan error, 1)
	second := o
	second.Tell = func(s sandbox.Stage) {
		select {
		case waits <- s.Name == stageWait:
		default:
		}
	}
	var stages bytes.Buffer // its log: a build of its own would write one
	go func() {
		_, err := Build(t.Context(), second, &stages)
		built <- err
	}()
	if !<-waits {
		t.Error("it does not wait")
	}
	writeWhole(t, o)
	unlock()
	if err := <-built; err != nil || stages.Len() > 0 {
		t.Errorf("%v, and it ran %s", err, &stages)
	}
}

// writeWhole writes a small image that counts as built just now.
func writeWhole(t *testing.T, o Options) {
	t.Helper()
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	m := image.Manifest{
		Format: image.Format, Suite: suite, Arch: arch, Release: "6.1",
		Built: time.Now().Add(time.Second), Recipe: Recipe(), Files: map[string]image.File{},
	}
	for _, name := range []string{image.Kernel, image.Initrd, image.Root} {
		path := filepath.Join(o.Dir, name)
		if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
		f, err := image.Describe(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		m.Files[name] = f
	}
	if err := m.Write(o.Dir); err != nil {
		t.Fatal(err)
	}
}

func TestNeededFollowsTheRecipe(t *testing.T) {
	o := stand(t, "")
	i, err := Build(t.Context(), o, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	other := i.Manifest
	other.Recipe = "another"
	if err := other.Write(o.Dir); err != nil {
		t.Fatal(err)
	}
	if !Needed(o.Dir) {
		t.Error("an image of another recipe is good enough")
	}
}

func TestBuildSaysWhichToolIsMissing(t *testing.T) {
	o := stand(t, "")
	t.Setenv("PATH", t.TempDir())
	var failed *Failed
	if _, err := Build(t.Context(), o, &bytes.Buffer{}); !errors.As(err, &failed) || !strings.Contains(err.Error(), "mmdebstrap") {
		t.Errorf("got %v", err)
	}
}

func TestScratchIsNotMemory(t *testing.T) {
	if got := scratch(""); got != "/var/tmp" {
		t.Errorf("got %s", got)
	}
	if got := scratch("/big"); got != "/big" {
		t.Errorf("got %s", got)
	}
}
