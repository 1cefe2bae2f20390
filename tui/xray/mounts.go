package xray

import (
	"fmt"
	"strings"

	"cloison/sandbox"
	"cloison/tui/theme"
)

// mounts lists those that the host does not have so. What runtimes put over
// paths of /proc and /sys is told by path alone.
func (m Model) mounts(width int) []string {
	w, seen := m.words.Facts, m.seen.Mounts
	lines := m.about("mounts", []string{m.heading("mounts", w.Mounts)}, width)
	if m.unread("mounts") {
		return append(lines, m.plain("", w.Unread, width)...)
	}
	lines = append(lines, m.plain("gone", fmt.Sprintf(w.MountCount, len(seen.Differ)+seen.More, seen.Same, seen.Gone), width)...)
	var hidden, frozen []string
	for _, mount := range seen.Differ {
		switch point := printable(mount.Point); {
		case mount.Covering && (mount.Type == "proc" || mount.Type == "sysfs"):
			frozen = append(frozen, point)
		case mount.Covering:
			hidden = append(hidden, point)
		default:
			lines = append(lines, m.mount(mount, width)...)
		}
	}
	if seen.More > 0 {
		lines = append(lines, m.plain("", fmt.Sprintf(w.More, seen.More), width)...)
	}
	if len(hidden) > 0 {
		lines = append(lines, m.pair("masked", w.Masked, strings.Join(hidden, " "), width)...)
	}
	if len(frozen) > 0 {
		lines = append(lines, m.pair("readonly", w.ReadOnly, strings.Join(frozen, " "), width)...)
	}
	return m.about("mount", lines, width)
}

// mount is one: + where the host has nothing of the kind there, ~ where it has
// it with other options.
func (m Model) mount(mount sandbox.MountFact, width int) []string {
	sign := m.theme.Good.Render("+")
	if mount.Changed {
		sign = m.theme.Warn.Render("~")
	}
	text := sign + " " + m.theme.Strong.Render(printable(mount.Point)) + " " + printable(mount.Type)
	if options := telling(mount.Options); options != "" {
		text += " " + m.theme.Dim.Render(options)
	}
	if mount.Root != "/" {
		text += " " + m.theme.Dim.Render("← "+printable(mount.Root))
	}
	if mount.Over {
		text += " " + m.theme.Dim.Render(m.words.Facts.Over)
	}
	var lines []string
	for i, line := range theme.Wrap(text, width-4) {
		lead := "    "
		if i == 0 {
			lead = m.mark("mount " + mount.Point + " " + mount.Source)
		}
		lines = append(lines, lead+line)
	}
	return lines
}

// telling are the options that keep something from being done; rw and the
// kinds of access times are not.
func telling(options []string) string {
	var all []string
	for _, o := range options {
		switch o {
		case "ro", "nosuid", "nodev", "noexec":
			all = append(all, o)
		}
	}
	return strings.Join(all, ",")
}

// unread says whether a part of the X-ray could not be read.
func (m Model) unread(part string) bool {
	for _, u := range m.seen.Unread {
		if u == part {
			return true
		}
	}
	return false
}
