package xray

import (
	"fmt"
	"strings"

	"cloison/sandbox"
)

// network lists the devices of the process's network namespace, and where the
// other ends of its veths are.
func (m Model) network(width int) []string {
	w := m.words.Facts
	lines := m.about("network", []string{m.heading("network", w.Network)}, width)
	switch {
	case m.unread("devices"):
		return append(lines, m.plain("", w.Unread, width)...)
	case len(m.seen.Devices) == 0:
		return append(lines, m.plain("", w.NoDevices, width)...)
	}
	for _, d := range m.seen.Devices {
		lines = append(lines, m.device(d, width)...)
	}
	return m.about("device", lines, width)
}

// device is one of them.
func (m Model) device(d sandbox.DeviceFact, width int) []string {
	w := m.words.Facts
	state := m.theme.Warn.Render(w.Down)
	if d.Up {
		state = m.theme.Good.Render(w.Up)
	}
	text := m.theme.Strong.Render(printable(d.Name)) + " " + state
	if d.Kind != "" && d.Kind != "loopback" {
		text += " " + printable(d.Kind)
	}
	if d.Master != "" {
		text += " " + fmt.Sprintf(w.PortOf, printable(d.Master))
	}
	if len(d.Addresses) > 0 {
		text += " " + m.theme.Dim.Render(strings.Join(d.Addresses, " "))
	}
	lines := m.plain("device "+d.Name, text, width)
	if d.Kind != "veth" {
		return lines
	}
	return append(lines, m.plain("", "⇄ "+m.peer(d.Peer), width)...)
}

// peer says where the other end of a veth is.
func (m Model) peer(p *sandbox.PeerFact) string {
	w := m.words.Facts
	if p == nil || p.Name == "" {
		return w.PeerUnknown
	}
	text := printable(p.Name)
	switch {
	case p.Here:
		text += " " + w.PeerHere
	case p.Host:
		text += " " + w.PeerHost
	case p.PID != 0:
		text += " " + fmt.Sprintf(w.PeerOf, m.nameOf(p.PID))
	}
	if p.Master != "" {
		text += ", " + fmt.Sprintf(w.PortOf, printable(p.Master))
	}
	return text
}
