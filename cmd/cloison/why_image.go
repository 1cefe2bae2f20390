package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/why"
)

// docker is the question about a command line of docker run; words follow
// "docker run".
func (f *whyFlags) docker(ctx context.Context, words []string) (why.Subject, func(), error) {
	d, shared, err := parseDocker(words)
	if err != nil {
		return nil, nil, err
	}
	d.spec.Lang = f.spec.Lang
	place, err := os.MkdirTemp("", "cloison-image-")
	if err != nil {
		return nil, nil, err
	}
	closing := func() { _ = os.RemoveAll(place) }
	subject, err := d.subject(ctx, place, shared)
	if err != nil {
		closing()
		return nil, nil, err
	}
	return subject, closing, nil
}

// subject makes the containers' files below place.
func (d *dockerCommand) subject(ctx context.Context, place string, shared []sandbox.Namespace) (why.Subject, error) {
	root := filepath.Join(place, "root")
	if err := errors.Join(os.Chmod(place, 0o755), os.Mkdir(root, 0o755)); err != nil { // other users of the container pass
		return nil, err
	}
	image, err := unpacked(ctx, d.image, root)
	if err != nil {
		return nil, err
	}
	var engine engineInfo
	if err := dockerJSON(ctx, &engine, "info", "--format", "{{json .}}"); err != nil {
		return nil, err
	}
	if err := errors.Join(d.place(volumeFolder(ctx), freshVolume(ctx, place, root)), d.neighbour(ctx)); err != nil {
		return nil, err
	}
	if err := d.complete(image, engine, root, shared); err != nil {
		return nil, err
	}
	if d.remap != "" {
		if err := shift(place, d.spec); err != nil {
			return nil, err
		}
	}
	container, err := why.NewContainer(d.spec, "")
	if err != nil {
		return nil, err
	}
	return container.WithNotes(d.notes, d.doubts).InCopies(), nil
}

// unpacked makes a root of an image: a container is made of it, not started,
// and its files are exported to a folder.
func unpacked(ctx context.Context, image, root string) (config imageConfig, err error) {
	id, err := docker(ctx, "create", image, "/")
	if err != nil {
		return config, err
	}
	id = strings.TrimSpace(id)
	defer func() {
		_, removed := docker(context.WithoutCancel(ctx), "rm", id)
		err = errors.Join(err, removed)
	}()
	if err := dockerJSON(ctx, &config, "image", "inspect", "--format", "{{json .Config}}", image); err != nil {
		return config, err
	}
	return config, export(ctx, id, root)
}

// dockerJSON reads what the command prints into a value.
func dockerJSON(ctx context.Context, into any, args ...string) error {
	text, err := docker(ctx, args...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return sandbox.Errorf("read what docker %s says: %w", "lire ce que dit docker %s : %w", strings.Join(args, " "), err)
	}
	return nil
}

// volumeFolder finds where the engine keeps a volume.
func volumeFolder(ctx context.Context) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		if name == "" || strings.ContainsAny(name, "/.") {
			return "", false
		}
		folder, err := docker(ctx, "volume", "inspect", "--format", "{{.Mountpoint}}", name)
		return strings.TrimSpace(folder), err == nil
	}
}

// freshVolume makes a folder in the place of a volume that the engine would
// make, with what the image has at its target.
func freshVolume(ctx context.Context, place, root string) func(target string) (string, error) {
	return func(target string) (string, error) {
		dir, err := os.MkdirTemp(place, "volume-")
		if err == nil {
			err = os.Chmod(dir, 0o755)
		}
		from := filepath.Join(root, target)
		if info, missing := os.Stat(from); err != nil || target == "" || missing != nil || !info.IsDir() {
			return dir, err
		}
		if said, err := exec.CommandContext(ctx, "cp", "-a", from+"/.", dir).CombinedOutput(); err != nil {
			return "", sandbox.Errorf("fill a volume for %s: %w: %s", "remplir un volume pour %s : %w : %s", target, err, said)
		}
		return dir, nil
	}
}

// neighbour finds the process of the container whose network is shared.
func (d *dockerCommand) neighbour(ctx context.Context) error {
	name, joins := strings.CutPrefix(d.network, "container:")
	if !joins {
		return nil
	}
	pid, err := docker(ctx, "container", "inspect", "--format", "{{.State.Pid}}", name)
	d.network = "container:" + strings.TrimSpace(pid)
	return err
}

// shift gives files to the users of a user namespace, as the engine does.
func shift(place string, spec sandbox.Spec) error {
	if len(spec.UIDMap) == 0 || len(spec.GIDMap) == 0 {
		return nil
	}
	uid, gid := spec.UIDMap[0].Outside, spec.GIDMap[0].Outside
	return filepath.WalkDir(place, func(path string, _ fs.DirEntry, err error) error {
		var st unix.Stat_t
		if err == nil {
			err = unix.Lstat(path, &st)
		}
		if err == nil {
			err = os.Lchown(path, int(uid+st.Uid), int(gid+st.Gid))
		}
		if err == nil && st.Mode&(unix.S_ISUID|unix.S_ISGID) != 0 && st.Mode&unix.S_IFMT == unix.S_IFREG {
			err = unix.Chmod(path, st.Mode&0o7777) // chown(2) clears these
		}
		return err
	})
}

// docker runs the command and gives what it prints.
func docker(ctx context.Context, args ...string) (string, error) {
	var said strings.Builder
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("docker %s: %w: %s", args[0], err, strings.TrimSpace(said.String()))
	}
	return string(out), nil
}

// export unpacks a container's files into a folder.
func export(ctx context.Context, id, dir string) error {
	from, into := exec.CommandContext(ctx, "docker", "export", id), exec.CommandContext(ctx, "tar", "-xpf", "-", "-C", dir, "--numeric-owner")
	pipe, err := from.StdoutPipe()
	if err != nil {
		return err
	}
	into.Stdin = pipe
	if err := from.Start(); err != nil {
		return fmt.Errorf("docker export: %w", err)
	}
	said, err := into.CombinedOutput()
	if err != nil {
		err = sandbox.Errorf("unpack what docker export gives: %w: %s", "déballer ce que donne docker export : %w : %s", err, strings.TrimSpace(string(said)))
	}
	return errors.Join(err, from.Wait())
}
