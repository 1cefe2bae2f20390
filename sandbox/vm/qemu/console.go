package qemu

import (
	"net"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Console keeps the end of what a guest prints on its serial console. Nothing
// is written to disk.
type Console struct {
	conn *net.UnixConn
	text *tail
	done chan struct{}
}

// consoleSize is more than a kernel's last words take.
const consoleSize = 64 << 10

func newConsole(conn *net.UnixConn) *Console {
	return &Console{conn: conn, text: newTail(consoleSize), done: make(chan struct{})}
}

func (c *Console) listen() {
	defer close(c.done)
	buf := make([]byte, 4<<10)
	for {
		n, err := c.conn.Read(buf)
		_, _ = c.text.Write(buf[:n])
		if err != nil {
			_ = c.conn.Close()
			return
		}
	}
}

// wait lets what QEMU has left in the socket be read.
func (c *Console) wait() {
	_ = c.conn.SetReadDeadline(time.Now().Add(time.Second))
	<-c.done
}

func (c *Console) close() { _ = c.conn.Close() }

// Text is what the guest printed last, without escape sequences and other
// control characters: a guest must not draw on our screen.
func (c *Console) Text() string { return printable(c.text.String()) }

// Panic is the reason of a kernel panic, "" where there was none.
func (c *Console) Panic() string { return panicReason(c.Text()) }

const panicWords = "Kernel panic - not syncing: "

// panicReason finds the last panic in a console's text.
func panicReason(text string) string {
	i := strings.LastIndex(text, panicWords)
	if i < 0 {
		return ""
	}
	reason, _, _ := strings.Cut(text[i+len(panicWords):], "\n")
	return strings.TrimSpace(reason)
}

// control is a control sequence of a terminal (console_codes(4)).
var control = regexp.MustCompile(`\x1b\[[0-?]*[ -/]*[@-~]`)

// printable leaves out what a terminal would not show as a character.
func printable(text string) string {
	text = control.ReplaceAllString(strings.ToValidUTF8(text, "?"), "")
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r >= ' ' && r != 0x7f && (r < 0x80 || r > 0x9f) {
			return r
		}
		return -1
	}, text)
}

// tail keeps the last bytes of what is written to it.
type tail struct {
	mu   sync.Mutex
	size int
	text []byte
}

func newTail(size int) *tail { return &tail{size: size} }

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if len(t.text) > 2*t.size {
		t.text = append([]byte(nil), t.text[len(t.text)-t.size:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text[max(0, len(t.text)-t.size):])
}
