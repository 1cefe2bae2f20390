package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"cloison/sandbox/why"
)

// docker is the question about a command line of docker run; words follow
// "docker run".
func (f *whyFlags) docker(ctx context.Context, words []string) (why.Subject, func(), error) {
	d, shared, err := parseDocker(words)
	if err != nil {
		return nil, nil, err
	}
	image, root, err := unpacked(ctx, d.image)
	if err != nil {
		return nil, nil, err
	}
	closing := func() { _ = os.RemoveAll(root) }
	if err := d.complete(image, root, shared); err != nil {
		closing()
		return nil, nil, err
	}
	container, err := why.NewContainer(d.spec, "")
	if err != nil {
		closing()
		return nil, nil, err
	}
	return container.WithNotes(d.notes), closing, nil
}

// unpacked makes a root of an image: a container is made of it, not started,
// and its files are exported to a folder, which is the caller's to remove.
func unpacked(ctx context.Context, image string) (config imageConfig, root string, err error) {
	id, err := docker(ctx, "create", image, "/")
	if err != nil {
		return config, "", err
	}
	id = strings.TrimSpace(id)
	defer func() {
		_, removed := docker(context.WithoutCancel(ctx), "rm", id)
		err = errors.Join(err, removed)
	}()
	text, err := docker(ctx, "image", "inspect", "--format", "{{json .Config}}", image)
	if err != nil {
		return config, "", err
	}
	if err := json.Unmarshal([]byte(text), &config); err != nil {
		return config, "", fmt.Errorf("read what docker image inspect %s says: %w", image, err)
	}
	if root, err = os.MkdirTemp("", "cloison-image-"); err != nil {
		return config, "", err
	}
	if err = export(ctx, id, root); err == nil {
		err = os.Chmod(root, 0o755) // other users of the container pass through it
	}
	if err != nil {
		_ = os.RemoveAll(root)
	}
	return config, root, err
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
		err = fmt.Errorf("unpack what docker export gives: %w: %s", err, strings.TrimSpace(string(said)))
	}
	return errors.Join(err, from.Wait())
}
