package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cloison/lessons"
	"cloison/sandbox"
	"cloison/sandbox/capability"
)

// xrayText tells what the kernel says of what runs in front of a terminal: the
// process and its ids, then what a lesson wants shown (see lessons.XrayFacts), or
// everything.
func xrayText(seen sandbox.Xray, show []string, lang sandbox.Lang) string {
	x := &xray{lang: lang, all: capability.All(capability.Last())}
	f := seen.Facts
	x.process(f)
	if len(show) == 0 {
		show = lessons.XrayFacts
	}
	protections := false
	for _, what := range show {
		switch what {
		case "processes":
			x.processes(seen.Processes, seen.Omitted)
		case "namespaces":
			x.namespaces(f)
		case "capabilities":
			x.capabilities(f.Capabilities)
		case "cgroup":
			x.cgroup(f.Cgroup)
		case "memory":
			x.memory(f.Memory)
		case "seccomp", "lsm":
			if !protections {
				x.protections(f)
			}
			protections = true
		case "mounts":
			x.mounts(seen.Mounts, slices.Contains(seen.Unread, "mounts"))
		case "network":
			x.devices(seen.Devices, slices.Contains(seen.Unread, "devices"))
		}
	}
	return x.text.String()
}

// processes tells the lab's, each below and right of its parent.
func (x *xray) processes(all []sandbox.ProcessFact, omitted int) {
	x.title("Processes of the lesson", "Processus de la leçon")
	for _, p := range all {
		line := strings.Repeat("  ", p.Depth) + p.Command
		if p.Inner != p.PID && p.Inner != 0 {
			line += fmt.Sprintf(x.say(" (number %d inside)", " (numéro %d à l’intérieur)"), p.Inner)
		}
		x.row(strconv.Itoa(p.PID), line)
	}
	if omitted > 0 {
		x.row(x.say("and more", "et d’autres"), strconv.Itoa(omitted))
	}
}

// mounts tells those that the host does not have so.
func (x *xray) mounts(m sandbox.MountFacts, unread bool) {
	x.title("Mounts that differ from the host's", "Montages qui diffèrent de ceux de l’hôte")
	if unread {
		x.row(x.say("not readable", "illisibles"))
		return
	}
	for _, mount := range m.Differ {
		what := mount.Type + " " + strings.Join(mount.Options, ",")
		if mount.Root != "/" && mount.Root != "" {
			what += x.say(", a bind of ", ", bind de ") + mount.Root
		}
		x.row(printable(mount.Point), what)
	}
	if m.More > 0 {
		x.row(x.say("and more", "et d’autres"), strconv.Itoa(m.More))
	}
	x.row(x.say("as the host's", "comme l’hôte"), strconv.Itoa(m.Same))
	x.row(x.say("host's, gone", "hôte, absents"), strconv.Itoa(m.Gone))
}

// devices tells the network devices.
func (x *xray) devices(all []sandbox.DeviceFact, unread bool) {
	x.title("Network interfaces", "Interfaces réseau")
	if unread || len(all) == 0 {
		x.row(x.say("none seen", "aucune vue"))
		return
	}
	for _, d := range all {
		state := x.say("down", "inactive")
		if d.Up {
			state = x.say("up", "active")
		}
		parts := []string{state}
		if d.Kind != "" {
			parts = append(parts, d.Kind)
		}
		if d.Master != "" {
			parts = append(parts, x.say("port of ", "port de ")+d.Master)
		}
		if d.Peer != nil && d.Peer.Name != "" {
			parts = append(parts, x.say("other end ", "autre bout ")+d.Peer.Name)
		}
		x.row(printable(d.Name), strings.Join(append(parts, d.Addresses...), ", "))
	}
}
