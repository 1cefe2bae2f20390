package terminal

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"
)

// What one message carries at most, in bytes and in lines: few enough that
// Update is short and a key typed during a flood is felt at once.
const (
	batch      = 32 << 10
	batchLines = 1 << 10
)

// OutputMsg carries what a terminal's shell wrote. The parent hands it to the
// Model of that ID, whether it is on the screen or not.
type OutputMsg struct {
	ID    string
	Data  []byte
	Ended bool // the shell ended; no other message follows

	from *reader // a closed terminal of the same id may still have one under way
}

// reader turns a shell's output into messages, one at a time.
type reader struct {
	ctx    context.Context
	cancel context.CancelFunc
	output <-chan []byte
	id     string
	rest   []byte // read, but too much for the last message
	ended  bool   // output is closed
}

func newReader(ctx context.Context, cancel context.CancelFunc, output <-chan []byte, id string) *reader {
	return &reader{ctx: ctx, cancel: cancel, output: output, id: id}
}

// next is a tea.Cmd that waits for output, then takes what else is there, up
// to one batch.
func (r *reader) next() tea.Msg {
	data := r.rest
	if len(data) == 0 && !r.ended {
		select {
		case <-r.ctx.Done():
			return nil
		case chunk, ok := <-r.output:
			r.ended, data = !ok, slices.Clip(chunk)
		}
	}
	data = r.gather(data)
	n := oneBatch(data)
	data, r.rest = data[:n], data[n:]
	return OutputMsg{ID: r.id, Data: data, Ended: r.ended && len(r.rest) == 0, from: r}
}

// gather appends what the shell has written already, until data is a batch.
func (r *reader) gather(data []byte) []byte {
	for len(data) < batch && !r.ended {
		select {
		case chunk, ok := <-r.output:
			r.ended = !ok
			data = append(data, chunk...)
		default:
			return data
		}
	}
	return data
}

// oneBatch is how much of data one message carries.
func oneBatch(data []byte) int {
	data = data[:min(batch, len(data))]
	lines := 0
	for i, b := range data {
		if b == '\n' {
			lines++
		}
		if lines == batchLines {
			return i + 1
		}
	}
	return len(data)
}
