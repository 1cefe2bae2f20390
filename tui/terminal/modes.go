package terminal

import "github.com/charmbracelet/x/ansi"

// mouseMode is which mouse events a program asked for; each includes the ones before.
type mouseMode int

const (
	mouseOff    mouseMode = iota
	mousePress            // ?9
	mouseNormal           // ?1000: and releases
	mouseDrag             // ?1002: and motion with a button down
	mouseAny              // ?1003: and any motion
)

// modes are the modes of the program inside that change what is sent to it
// (ctlseqs, "DEC Private Mode Set").
type modes struct {
	cursorKeys     bool // ?1, DECCKM
	keypad         bool // ?66, DECNKM, or DECKPAM
	noWrap         bool // not ?7, DECAWM
	bracketedPaste bool // ?2004
	focus          bool // ?1004
	mouse          mouseMode
	sgrMouse       bool // ?1006

	mouseSet [mouseAny + 1]bool
}

// set notes that a mode was set or reset.
func (m *modes) set(mode ansi.Mode, on bool) {
	switch mode {
	case ansi.ModeCursorKeys:
		m.cursorKeys = on
	case ansi.ModeNumericKeypad:
		m.keypad = on
	case ansi.ModeAutoWrap:
		m.noWrap = !on
	case ansi.ModeBracketedPaste:
		m.bracketedPaste = on
	case ansi.ModeFocusEvent:
		m.focus = on
	case ansi.ModeMouseExtSgr:
		m.sgrMouse = on
	case ansi.ModeMouseX10:
		m.setMouse(mousePress, on)
	case ansi.ModeMouseNormal:
		m.setMouse(mouseNormal, on)
	case ansi.ModeMouseButtonEvent:
		m.setMouse(mouseDrag, on)
	case ansi.ModeMouseAnyEvent:
		m.setMouse(mouseAny, on)
	}
}

// setMouse keeps the strongest of the mouse modes that are set.
func (m *modes) setMouse(mode mouseMode, on bool) {
	m.mouseSet[mode] = on
	m.mouse = mouseOff
	for i, set := range m.mouseSet {
		if set {
			m.mouse = mouseMode(i)
		}
	}
}
