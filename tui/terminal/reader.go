package terminal

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// batch is how many bytes one message carries at most. Parsing that many keeps
// Update short enough that a key typed during a flood is still felt at once.
const batch = 32 << 10

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
}

func newReader(ctx context.Context, cancel context.CancelFunc, output <-chan []byte, id string) *reader {
	return &reader{ctx: ctx, cancel: cancel, output: output, id: id}
}

// next is a tea.Cmd that waits for output, then takes what else is there, up
// to one batch.
func (r *reader) next() tea.Msg {
	data := r.rest
	if len(data) == 0 {
		select {
		case <-r.ctx.Done():
			return nil
		case chunk, ok := <-r.output:
			if !ok {
				return OutputMsg{ID: r.id, Ended: true, from: r}
			}
			data = chunk
		}
	}
	data, ended := r.gather(data)
	r.rest = data[min(batch, len(data)):]
	data = data[:len(data)-len(r.rest)]
	return OutputMsg{ID: r.id, Data: data, Ended: ended && len(r.rest) == 0, from: r}
}

// gather appends what the shell has written already, until data is a batch.
func (r *reader) gather(data []byte) (_ []byte, ended bool) {
	for len(data) < batch {
		select {
		case chunk, ok := <-r.output:
			if !ok {
				return data, true
			}
			data = append(data, chunk...)
		default:
			return data, false
		}
	}
	return data, false
}
