// Package terminal is the pane in which a learner works: one live
// [sandbox.Shell] on a terminal emulator, as a Bubble Tea component. Several
// shells are several Models; the parent draws the tabs.
//
// It knows xterm's control sequences (ctlseqs, console_codes(4), terminfo(5)
// entry xterm-256color) and the words of package sandbox. It does not know
// lessons, verdicts or any other pane, and it never does I/O in Update: one
// goroutine writes to the shell, one Cmd at a time reads from it.
//
// What a program inside may not do to the learner: the clipboard (OSC 52) is
// out of its reach, the bell is silent, hyperlinks are shown as plain text,
// and a window title is only kept, without control characters, for [Model.Title].
//
// The emulator is github.com/charmbracelet/x/vt. What it lacks is made up for
// here: its panics and endless loops (guard.go), wide characters at the margin
// and slow scrolling (help.go), shrinking (resize.go), modified keys (keys.go).
// What stays: lines are not wrapped anew when the width changes, and a
// combining mark that arrives in another chunk than its letter is lost.
package terminal

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cloison/sandbox"
)

// wheelLines is how far one notch of the mouse wheel scrolls.
const wheelLines = 3

// Model is one terminal. Its copies share one screen, so keep only the latest,
// as Bubble Tea does.
type Model struct {
	id      string
	look    Look
	screen  *screen
	reader  *reader
	writer  *writer
	focused bool
	ended   bool
	back    int // lines scrolled back
	cache   *cache
}

// New returns a terminal of 80 by 24 cells on shell. The id is carried by every
// message of this terminal. It starts the goroutines that write to the shell;
// Close, or the end of ctx, stops them. The caller goes on owning the shell.
func New(ctx context.Context, shell sandbox.Shell, id string, look Look) Model {
	ctx, cancel := context.WithCancel(ctx)
	w := newWriter(ctx, shell)
	s := newScreen(defaultCols, defaultRows)
	s.colours(look)
	go w.pump(s.answers())
	context.AfterFunc(ctx, s.close)
	return Model{
		id:     id,
		look:   look,
		screen: s,
		reader: newReader(ctx, cancel, shell.Output(), id),
		writer: w,
		cache:  &cache{},
	}
}

// Init returns the Cmd that waits for the shell's first output.
func (m Model) Init() tea.Cmd { return m.reader.next }

// Update takes what the shell wrote, and, when the terminal has the focus, keys
// and pastes. Mouse messages go through [Model.Mouse], in the pane's coordinates.
func (m Model) Update(msg tea.Msg) (Model, tea.Cmd) {
	switch msg := msg.(type) {
	case OutputMsg:
		return m.output(msg)
	case tea.KeyPressMsg:
		return m.key(tea.Key(msg)), nil
	case tea.PasteMsg:
		return m.paste(msg.Content), nil
	}
	return m, nil
}

// output shows what the shell wrote and waits for more.
func (m Model) output(msg OutputMsg) (Model, tea.Cmd) {
	if msg.from != m.reader {
		return m, nil
	}
	pushed := m.screen.write(msg.Data)
	if m.back > 0 {
		m.back += pushed // what the learner is reading stays where it is
	}
	m.back = m.clampBack(m.back)
	m.cache.drop()
	if msg.Ended {
		m.ended = true
		m.writer.stop()
		return m, nil
	}
	return m, m.reader.next
}

// key types one key, unless it is one of those that scroll.
func (m Model) key(k tea.Key) Model {
	if !m.focused {
		return m
	}
	if n := m.scrollKey(k); n != 0 {
		return m.Scroll(n)
	}
	return m.send(encode(k, m.screen.modes))
}

// scrollKey says how many lines a key scrolls back; 0 when it is for the shell.
func (m Model) scrollKey(k tea.Key) int {
	if k.Mod&typedMods != tea.ModShift || m.screen.alt() {
		return 0
	}
	switch k.Code {
	case tea.KeyPgUp, tea.KeyKpPgUp:
		return max(1, m.screen.rows()-1)
	case tea.KeyPgDown, tea.KeyKpPgDown:
		return -max(1, m.screen.rows()-1)
	}
	return 0
}

// paste types text, marked as pasted when the program inside asked for that.
func (m Model) paste(text string) Model {
	if !m.focused {
		return m
	}
	return m.send(pasted(text, m.screen.modes.bracketedPaste))
}

// send types p, and brings the view back to where it will show.
func (m Model) send(p []byte) Model {
	if len(p) == 0 || m.ended {
		return m
	}
	m.writer.send(p)
	return m.Scroll(-m.back)
}

// Mouse takes a mouse message whose coordinates the parent has made relative
// to the pane. It goes to the program inside if that asked for the mouse;
// otherwise the wheel scrolls.
func (m Model) Mouse(msg tea.MouseMsg) Model {
	if mouse := msg.Mouse(); mouse.X < 0 || mouse.Y < 0 || mouse.X >= m.screen.cols() || mouse.Y >= m.screen.rows() {
		return m
	}
	if m.screen.modes.mouse != mouseOff {
		m.writer.send(encodeMouse(msg, m.screen.modes))
		return m
	}
	wheel, ok := msg.(tea.MouseWheelMsg)
	if !ok {
		return m
	}
	return m.wheel(wheel.Button)
}

// wheel scrolls, or presses the arrow keys where there is nothing to scroll:
// that is what pagers and editors understand.
func (m Model) wheel(b tea.MouseButton) Model {
	lines, arrow := 0, tea.KeyUp
	switch b {
	case tea.MouseWheelUp:
		lines = wheelLines
	case tea.MouseWheelDown:
		lines, arrow = -wheelLines, tea.KeyDown
	default:
		return m
	}
	if !m.screen.alt() {
		return m.Scroll(lines)
	}
	for range wheelLines {
		m = m.send(encode(tea.Key{Code: arrow}, m.screen.modes))
	}
	return m
}

// Scroll scrolls n lines back, or forward when n is negative. The alternate
// screen has no past.
func (m Model) Scroll(n int) Model {
	m.back = m.clampBack(m.back + n)
	m.cache.drop()
	return m
}

func (m Model) clampBack(n int) int {
	if m.screen.alt() {
		return 0
	}
	return min(max(0, n), m.screen.past.len())
}

// SetSize gives the terminal cols by rows cells, at least 1 by 1, and tells the
// shell before anything typed later reaches it.
func (m Model) SetSize(cols, rows int) Model {
	cols, rows = max(1, cols), max(1, rows)
	if cols == m.screen.cols() && rows == m.screen.rows() && m.writer.sized() {
		return m
	}
	m.screen.resize(cols, rows)
	m.writer.resize(cols, rows)
	return m.Scroll(0)
}

// SetFocus says whether keys come here, and tells the program inside if it asked.
func (m Model) SetFocus(focused bool) Model {
	if focused != m.focused && m.screen.modes.focus {
		m.writer.send(focusReport(focused))
	}
	m.focused = focused
	return m
}

// SetLook changes the words and colours, for another language or theme.
func (m Model) SetLook(look Look) Model {
	m.look = look
	m.screen.colours(look)
	m.cache.drop()
	return m
}

// ID is the id given to New.
func (m Model) ID() string { return m.id }

// Focused says whether keys come here.
func (m Model) Focused() bool { return m.focused }

// Ended says whether the shell has ended; the last screen stays to be read.
func (m Model) Ended() bool { return m.ended }

// Back is how many lines the view is scrolled back.
func (m Model) Back() int { return m.back }

// Title is what the program inside calls the window, on one line without
// control characters; "" when it never did.
func (m Model) Title() string { return m.screen.title }

// Close stops the terminal's goroutines and its Cmd. A write that the shell
// blocks ends when the shell is closed.
func (m Model) Close() { m.reader.cancel() }
