//go:build linux

package build

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// untar reads a tar file's regular files, and what its links point to.
func untar(t *testing.T, b []byte) map[string]string {
	t.Helper()
	files := map[string]string{}
	for r := tar.NewReader(bytes.NewReader(b)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[h.Name] = string(content)
		if h.Typeflag == tar.TypeSymlink {
			files[h.Name] = "-> " + h.Linkname
		}
	}
}

// rootWithBusybox is the part of a root that container images are made of.
func rootWithBusybox(t *testing.T) *tree {
	t.Helper()
	tr := newTree(someTime)
	add(t, tr, map[string]string{
		"usr/bin/busybox":           "ELF",
		"usr/share/cloison/applets": "busybox\nls\nsh\n",
	})
	return tr
}

func TestContainersAreWholeImages(t *testing.T) {
	tr := rootWithBusybox(t)
	if err := addContainers(tr); err != nil {
		t.Fatal(err)
	}
	layers := map[string][]string{}
	for file, tag := range map[string]string{"mini-1.tar": "mini:1", "web-1.tar": "web:1"} {
		b, err := tr.read(imagesFolder + "/" + file)
		if err != nil {
			t.Fatal(err)
		}
		layers[tag] = checkImage(t, untar(t, b), tag)
	}
	if len(layers["mini:1"]) != 1 || len(layers["web:1"]) != 2 || layers["mini:1"][0] != layers["web:1"][0] {
		t.Errorf("web does not stand on mini: %q", layers)
	}
}

// checkImage checks every digest in an image and returns its layers' digests.
func checkImage(t *testing.T, files map[string]string, tag string) []string {
	t.Helper()
	var manifest []struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	if err := json.Unmarshal([]byte(files["manifest.json"]), &manifest); err != nil || len(manifest) != 1 {
		t.Fatalf("%s: manifest %q, %v", tag, files["manifest.json"], err)
	}
	m := manifest[0]
	if !slices.Equal(m.RepoTags, []string{tag}) {
		t.Errorf("tags are %q, want %s", m.RepoTags, tag)
	}
	text, ok := files[m.Config]
	if want := digest([]byte(text)) + ".json"; !ok || m.Config != want {
		t.Errorf("%s: the configuration is %s, want %s", tag, m.Config, want)
	}
	var config imageConfig
	if err := json.Unmarshal([]byte(text), &config); err != nil {
		t.Fatal(err)
	}
	if len(config.RootFS.DiffIDs) != len(m.Layers) || len(config.History) != len(m.Layers) {
		t.Fatalf("%s: %d digests and %d lines of history for %d layers", tag, len(config.RootFS.DiffIDs), len(config.History), len(m.Layers))
	}
	for i, layer := range m.Layers {
		if got := "sha256:" + digest([]byte(files[layer])); got != config.RootFS.DiffIDs[i] {
			t.Errorf("%s: layer %d is %s, want %s", tag, i, got, config.RootFS.DiffIDs[i])
		}
	}
	return m.Layers
}

// TestContainersOfThisComputer: a machine of its own gets the images that the
// VM has, of its own busybox and for its own kind of processor.
func TestContainersOfThisComputer(t *testing.T) {
	bin, dir := t.TempDir(), t.TempDir()
	script := "#!/bin/sh\nprintf 'busybox\\nsh\\n'\n"
	if err := os.WriteFile(filepath.Join(bin, "busybox"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	if err := SaveContainers(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	for file, tag := range map[string]string{"mini-1.tar": "mini:1", "web-1.tar": "web:1"} {
		b, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		files := untar(t, b)
		layers := checkImage(t, files, tag)
		base := untar(t, []byte(files[layers[0]]))
		if base["bin/busybox"] != script || base["bin/sh"] != "-> busybox" {
			t.Errorf("%s: the base layer is %q", tag, base)
		}
		if want := `"architecture":"` + runtime.GOARCH + `"`; !strings.Contains(fmt.Sprint(files), want) {
			t.Errorf("%s is not for %s", tag, runtime.GOARCH)
		}
	}
	t.Setenv("PATH", dir)
	if err := SaveContainers(t.Context(), dir); err == nil {
		t.Error("images were made without a busybox")
	}
}

func TestMiniIsBusyboxByEveryName(t *testing.T) {
	layer, err := baseLayer(someTime, []byte("ELF"), []string{"busybox", "ls", "sh"})
	if err != nil {
		t.Fatal(err)
	}
	files := untar(t, layer)
	for name, want := range map[string]string{"bin/busybox": "ELF", "bin/sh": "-> busybox", "bin/ls": "-> busybox"} {
		if files[name] != want {
			t.Errorf("%s is %q, want %q", name, files[name], want)
		}
	}
	if !strings.HasPrefix(files["etc/passwd"], "root:x:0:0:") {
		t.Errorf("etc/passwd is %q", files["etc/passwd"])
	}
	again, err := baseLayer(someTime, []byte("ELF"), []string{"busybox", "ls", "sh"})
	if err != nil || !bytes.Equal(layer, again) {
		t.Errorf("the same files gave another layer, %v", err)
	}
}

func TestContainersNeedBusybox(t *testing.T) {
	for _, name := range []string{"usr/bin/busybox", "usr/share/cloison/applets"} {
		tr := rootWithBusybox(t)
		tr.drop(name)
		if err := addContainers(tr); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}
