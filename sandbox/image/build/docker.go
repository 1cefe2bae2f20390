package build

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"time"
)

// container is a small container image, as "docker load" takes it.
type container struct {
	Name   string // with its tag: mini:1
	Env    []string
	Cmd    []string
	Layers [][]byte // tar files, lowest first
	Epoch  time.Time
	Arch   string // as Go and OCI call it: amd64
}

// imageConfig is the part of an OCI image configuration that is used here; see
// config.md of the OCI image specification.
type imageConfig struct {
	Created      time.Time `json:"created"`
	Architecture string    `json:"architecture"`
	OS           string    `json:"os"`
	Config       struct {
		Env        []string `json:"Env,omitempty"`
		Cmd        []string `json:"Cmd,omitempty"`
		WorkingDir string   `json:"WorkingDir,omitempty"`
	} `json:"config"`
	RootFS struct {
		Type    string   `json:"type"`
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
	History []history `json:"history"`
}

type history struct {
	Created   time.Time `json:"created"`
	CreatedBy string    `json:"created_by"`
}

// digest is a content address without its "sha256:".
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// config is the JSON that the image's ID is the digest of.
func (c container) config() ([]byte, error) {
	var config imageConfig
	config.Created = c.Epoch.UTC()
	config.Architecture, config.OS = c.Arch, "linux"
	config.Config.Env, config.Config.Cmd, config.Config.WorkingDir = c.Env, c.Cmd, "/"
	config.RootFS.Type = "layers"
	for _, layer := range c.Layers {
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, "sha256:"+digest(layer))
		config.History = append(config.History, history{config.Created, "cloison build-image"})
	}
	return json.Marshal(config)
}

// save writes the image as "docker save" does: a configuration, layers, and a
// manifest.json that names them (moby's image/spec).
func (c container) save(w io.Writer) error {
	config, err := c.config()
	if err != nil {
		return err
	}
	name := digest(config) + ".json"
	entry := struct {
		Config   string
		RepoTags []string
		Layers   []string
	}{Config: name, RepoTags: []string{c.Name}}
	out := newArchive(w, c.Epoch)
	for _, layer := range c.Layers {
		file := digest(layer) + ".tar"
		entry.Layers = append(entry.Layers, file)
		out.file(file, 0o644, layer)
	}
	manifest, err := json.Marshal([]any{entry})
	if err != nil {
		return err
	}
	out.file(name, 0o644, config)
	out.file("manifest.json", 0o644, manifest)
	return out.close()
}

// archive writes a tar file whose bytes depend on nothing but what is in it.
type archive struct {
	*tar.Writer
	epoch time.Time
	err   error
}

func newArchive(w io.Writer, epoch time.Time) *archive {
	return &archive{Writer: tar.NewWriter(w), epoch: epoch}
}

func (a *archive) add(h tar.Header, content []byte) {
	if a.err != nil {
		return
	}
	h.ModTime, h.Size = a.epoch, int64(len(content))
	if a.err = a.WriteHeader(&h); a.err == nil {
		_, a.err = io.Copy(a.Writer, bytes.NewReader(content))
	}
}

func (a *archive) file(name string, mode int64, content []byte) {
	a.add(tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode}, content)
}

func (a *archive) folder(name string, mode int64) {
	a.add(tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: mode}, nil)
}

func (a *archive) link(name, target string) {
	a.add(tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target, Mode: 0o777}, nil)
}

func (a *archive) close() error {
	if a.err != nil {
		return a.err
	}
	return a.Close()
}
