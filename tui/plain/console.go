package plain

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// console is where the conversation is held: lines in, text out, and Ctrl-C.
// Nothing that it prints moves the cursor, rings or colours, whatever it is
// given.
type console struct {
	out        io.Writer
	in         <-chan string    // closed where there are no more lines
	interrupts <-chan os.Signal // nil for none
	typed      bool             // a person types at a terminal: what is typed stands there already
	open       bool             // the last line has not been ended
	warned     bool             // Ctrl-C was the last thing said
}

// event is what ends a wait.
type event int

const (
	aLine       event = iota // a line came
	noMore                   // no more lines come
	interrupted              // Ctrl-C
	woken                    // the time is over
	heard                    // a program wrote something
	ended                    // what was waited for has ended
	over                     // the context is over
)

// wait is what else than a line may end a wait. A nil channel never does.
type wait struct {
	deaf  bool // no line is taken
	wake  <-chan time.Time
	heard <-chan struct{}
	ended <-chan struct{}
}

// readLines reads lines in the background, one at a time as they are asked for.
func readLines(ctx context.Context, r io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		reader := bufio.NewReader(r)
		for {
			line, err := reader.ReadString('\n')
			if err != nil && line == "" {
				return
			}
			select {
			case lines <- strings.TrimRight(line, "\r\n"):
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return lines
}

// tell prints paragraphs, each with an empty line after it.
func (c *console) tell(paragraphs ...string) {
	for _, p := range paragraphs {
		if p != "" {
			c.line(p)
			c.line("")
		}
	}
}

// line prints a text and ends its line.
func (c *console) line(text string) {
	c.endLine()
	fmt.Fprintln(c.out, noControls(text))
}

// endLine ends a line that was begun, by a prompt for example.
func (c *console) endLine() {
	if c.open {
		fmt.Fprintln(c.out)
	}
	c.open = false
}

// prompt prints a prompt, unless it stands there already.
func (c *console) prompt(text string) {
	if text == "" || c.open {
		return
	}
	fmt.Fprint(c.out, noControls(text))
	c.open = true
}

// wait waits for a line or what else w names. A line that no terminal has
// shown is printed after its prompt, so that the whole can be read afterwards.
func (c *console) wait(ctx context.Context, w wait) (event, string) {
	in := c.in
	if w.deaf {
		in = nil
	}
	select {
	case line, more := <-in:
		if !more {
			c.endLine()
			return noMore, ""
		}
		c.warned = false
		if !c.typed {
			fmt.Fprintln(c.out, noControls(line))
		}
		c.open = false
		return aLine, line
	case <-c.interrupts:
		c.endLine()
		return interrupted, ""
	case <-w.wake:
		return woken, ""
	case <-w.heard:
		return heard, ""
	case <-w.ended:
		return ended, ""
	case <-ctx.Done():
		c.endLine()
		return over, ""
	}
}

// ask prompts and waits for a line. Ctrl-C is asked back about, once; it ends
// the conversation when it is meant, as the end of the lines does: the event is
// noMore then.
func (c *conversation) ask(ctx context.Context, prompt string, w wait) (event, string) {
	for {
		c.prompt(prompt)
		e, line := c.wait(ctx, w)
		switch {
		case e == over, e == interrupted && c.warned:
			return noMore, ""
		case e == interrupted:
			c.warned = true
			c.line(c.voice.sentence("Ctrl-C once more leaves the course; what you have done is kept.",
				"Encore Ctrl-C quitte le cours ; ce que vous avez fait est gardé."))
			continue
		}
		return e, line
	}
}
