package terminal

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// maxOldMouse is the highest coordinate, from 0, of the mouse reports of X10.
const maxOldMouse = 222

// encodeMouse is the report of a mouse event to a program with these modes
// (ctlseqs, "Mouse Tracking"); nil when it did not ask for such events.
func encodeMouse(msg tea.MouseMsg, m modes) []byte {
	if !wantsMouse(msg, m.mouse) {
		return nil
	}
	mouse := msg.Mouse()
	_, motion := msg.(tea.MouseMotionMsg)
	_, release := msg.(tea.MouseReleaseMsg)
	button := mouse.Button
	if release && !m.sgrMouse {
		button = tea.MouseNone // X10 reports do not say which
	}
	mod := mouse.Mod
	if m.mouse == mousePress {
		mod = 0
	}
	b := ansi.EncodeMouseButton(button, motion,
		mod&tea.ModShift != 0, mod&tea.ModAlt != 0, mod&tea.ModCtrl != 0)
	switch {
	case m.sgrMouse:
		return []byte(ansi.MouseSgr(b, mouse.X, mouse.Y, release))
	case mouse.X > maxOldMouse || mouse.Y > maxOldMouse:
		return nil
	}
	return []byte{0x1b, '[', 'M', b + 32, byte(mouse.X + 33), byte(mouse.Y + 33)}
}

// wantsMouse says whether a mouse mode includes an event.
func wantsMouse(msg tea.MouseMsg, mode mouseMode) bool {
	switch msg := msg.(type) {
	case tea.MouseClickMsg, tea.MouseWheelMsg:
		return mode >= mousePress
	case tea.MouseReleaseMsg:
		return mode >= mouseNormal
	case tea.MouseMotionMsg:
		return mode == mouseAny || mode == mouseDrag && msg.Button != tea.MouseNone
	}
	return false
}

// focusReport is the report of a terminal's getting or losing the focus (?1004).
func focusReport(focused bool) []byte {
	if focused {
		return []byte(ansi.Focus)
	}
	return []byte(ansi.Blur)
}
