package main

import (
	"bufio"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"

	"cloison/sandbox"
)

// dockerMount is one of docker run's -v and --mount.
type dockerMount struct {
	source, target string // a source that is no path is the name of a volume; "" is one without a name
	readOnly       bool
}

// readMounts takes --mount for the -v or --tmpfs that means the same.
func (d *dockerCommand) readMounts(values []string) error {
	for _, value := range values {
		fields, err := csv.NewReader(strings.NewReader(value)).Read()
		if err != nil {
			return sandbox.Errorf("docker run --mount %s: %w", "docker run --mount %s : %w", value, err)
		}
		kind, m := "volume", dockerMount{}
		for _, field := range fields {
			key, text, given := strings.Cut(field, "=")
			switch strings.ToLower(key) {
			case "type":
				kind = text
			case "source", "src":
				m.source = text
			case "target", "destination", "dst":
				m.target = text
			case "readonly", "ro":
				m.readOnly = !given || text == "true" || text == "1"
			}
		}
		switch kind {
		case "tmpfs":
			d.tmpfs = append(d.tmpfs, m.target)
		default:
			d.volumes = append(d.volumes, m.String())
		}
	}
	return nil
}

// String is the mount as -v has it.
func (m dockerMount) String() string {
	text := m.source + ":" + m.target
	if m.readOnly {
		text += ":ro"
	}
	return text
}

// parseDockerMount reads a -v. Options that say how mounts spread, or how
// files are labelled, refuse nothing.
func parseDockerMount(value string) dockerMount {
	source, rest, found := strings.Cut(value, ":")
	if !found {
		return dockerMount{target: value}
	}
	target, options, _ := strings.Cut(rest, ":")
	m := dockerMount{source: source, target: target}
	for _, o := range strings.Split(options, ",") {
		m.readOnly = m.readOnly || o == "ro" || o == "readonly"
	}
	return m
}

// place finds where the volumes are. What is not there Docker makes: a folder
// of root's for a path, and for a volume one that begins as the image's.
func (d *dockerCommand) place(volume func(name string) (folder string, ok bool), fresh func(target string) (folder string, err error)) error {
	for i, value := range d.volumes {
		m := parseDockerMount(value)
		var err error
		folder, known := volume(m.source)
		switch {
		case m.source == "":
			m.source, err = fresh(m.target)
		case !strings.ContainsAny(m.source, "/.") && known:
			m.source = folder
		case !strings.ContainsAny(m.source, "/."):
			m.source, err = fresh(m.target)
		default:
			m.source, err = filepath.Abs(m.source)
			if _, missing := os.Stat(m.source); os.IsNotExist(missing) {
				m.source, err = fresh("")
			}
		}
		if err != nil {
			return err
		}
		d.volumes[i] = m.String()
	}
	return nil
}

// readEnv reads the files of --env-file: a line each, NAME=value or NAME.
func (d *dockerCommand) readEnv(files []string) error {
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return sandbox.Errorf("docker run --env-file: %w", "docker run --env-file : %w", err)
		}
		var list []string
		for lines := bufio.NewScanner(file); lines.Scan(); {
			if line := strings.TrimSpace(lines.Text()); line != "" && !strings.HasPrefix(line, "#") {
				list = append(list, line)
			}
		}
		_ = file.Close()
		d.env = append(list, d.env...) // -e counts more
	}
	return nil
}
