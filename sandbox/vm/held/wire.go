package held

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/link"
	"cloison/sandbox/vm"
)

// What can be asked of a holder.
const (
	askStatus = "status"
	askReset  = "reset"
	askStop   = "stop"
	askGuest  = "guest"
)

// request is the first line of a connection.
type request struct {
	Ask     string     `json:"ask"`
	Variant vm.Variant `json:"variant,omitempty"` // of the fresh guest after a reset; "" is the same kind
}

// line is what a holder says: a stage, or the outcome.
type line struct {
	Stage  *sandbox.Stage `json:"stage,omitempty"`
	Status *Status        `json:"status,omitempty"`
	Error  string         `json:"error,omitempty"`
	Lack   *sandbox.Lack  `json:"lack,omitempty"` // with Error, where the learner can be told more
	Gone   bool           `json:"gone,omitempty"` // with Error: the guest is lost
}

// Status is how a holder's VM is.
type Status struct {
	Running bool          `json:"running"`
	PID     int           `json:"pid,omitempty"`    // the holder's
	QEMU    int           `json:"qemu,omitempty"`   // QEMU's process
	Made    string        `json:"made,omitempty"`   // of what: QEMU's version, accelerator, variant
	Kernel  string        `json:"kernel,omitempty"` // uname -r
	Since   time.Time     `json:"since,omitzero"`
	Memory  uint64        `json:"memory,omitempty"` // bytes of the host's that this VM shares with nobody
	Stopped bool          `json:"stopped,omitempty"`
	Gone    *sandbox.Lack `json:"gone,omitempty"`   // why there is no guest any more
	Making  *Making       `json:"making,omitempty"` // one is on its way
}

// Making is a guest on its way.
type Making struct {
	Again bool         `json:"again,omitempty"` // in the place of one that was there
	Since time.Time    `json:"since"`
	Stage sandbox.Text `json:"stage"` // what it is busy with; empty where that is not known
}

// Failure is an error that a holder has told.
type Failure struct {
	Text string
	Told *sandbox.Lack
	gone bool
}

func (e *Failure) Error() string { return e.Text }

// Is says that a lost guest is a lost guest, whoever tells it.
func (e *Failure) Is(target error) bool { return e.gone && target == link.ErrGone }

// Lack says it to the learner.
func (e *Failure) Lack() sandbox.Lack {
	if e.Told != nil {
		return *e.Told
	}
	return sandbox.Lack{Why: sandbox.Text{EN: e.Text, FR: e.Text}}
}

// failed is the line that tells an error.
func failed(err error) line {
	l := line{Error: err.Error(), Lack: &sandbox.Lack{Why: sandbox.Said(err)}, Gone: errors.Is(err, link.ErrGone)}
	var told interface{ Lack() sandbox.Lack }
	if errors.As(err, &told) {
		lack := told.Lack()
		l.Lack = &lack
	}
	return l
}

// longest is the longest line that is read.
const longest = 64 << 10

// readLine reads one line of JSON and not a byte more: what follows may belong
// to a link.
func readLine(from io.Reader, to any) error {
	var text []byte
	one := make([]byte, 1)
	for len(text) < longest {
		if _, err := io.ReadFull(from, one); err != nil {
			return err
		}
		if one[0] == '\n' {
			return json.Unmarshal(text, to)
		}
		text = append(text, one[0])
	}
	return fmt.Errorf("a line of more than %d bytes", longest)
}

func writeLine(to io.Writer, what any) error {
	text, err := json.Marshal(what)
	if err != nil {
		return err
	}
	_, err = to.Write(append(bytes.TrimSpace(text), '\n'))
	return err
}

// outcome reads lines up to the last one.
func outcome(from io.Reader, told func(sandbox.Stage)) (Status, error) {
	for {
		var l line
		if err := readLine(from, &l); err != nil {
			return Status{}, sandbox.Errorf("the VM's holder has ended: %w", "le processus qui tient la VM s’est terminé : %w", err)
		}
		switch {
		case l.Stage != nil:
			told(*l.Stage)
		case l.Error != "":
			return Status{}, &Failure{l.Error, l.Lack, l.Gone}
		case l.Status != nil:
			return *l.Status, nil
		}
	}
}
