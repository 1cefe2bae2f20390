package link

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"cloison/sandbox"
)

// Every call is an SSH channel of its own, so that each has its own flow
// control and a slow one holds up no other. The channel's type is the verb, its
// extra data the request as JSON. The guest sends replies as JSON, one a line;
// the last has no stage. Closing the channel before that cancels the call.
const (
	verbAbout    = "about@cloison"
	verbClock    = "clock@cloison"
	verbPrepare  = "prepare@cloison"
	verbRest     = "rest@cloison"
	verbPowerOff = "poweroff@cloison"
	verbLab      = "lab@cloison" // lives as long as the lab; data to the guest is a zip of files
	verbExec     = "exec@cloison"
	verbInspect  = "inspect@cloison"
	verbWatch    = "watch@cloison" // its replies go on until the lab is gone
	verbShell    = "shell@cloison" // lives as long as the shell; after the reply, data is the terminal's
	verbRun      = "run@cloison"
	verbFront    = "foreground@cloison"
)

// Requests on a channel, and of the connection itself.
const (
	requestResize = "window-change"  // RFC 4254, section 6.7
	requestClose  = "close@cloison"  // of a lab: close it, then reply a second time
	requestTaken  = "taken@cloison"  // of a shell: how much output has been taken, in all
	requestFollow = "follow@cloison" // of a watch: a sandbox.Subject as JSON
	requestPing   = "ping@cloison"   // of the connection
)

// The requests' JSON.
type (
	clockAsk struct{ Time time.Time }
	labAsk   struct {
		Lesson string
		Env    map[string]string `json:",omitempty"`
		Shared bool              `json:",omitempty"`
		Files  bool              `json:",omitempty"` // a zip of them follows
	}
	execAsk struct {
		Lab    int
		Script string
		Env    []string `json:",omitempty"`
	}
	inspectAsk struct{ Lab, PID int }
	shellAsk   struct {
		Lab        int
		Name       string
		Cols, Rows int
	}
	runAsk struct {
		Shell   int
		Typed   int64 // bytes written to the terminal before
		Command string
		Until   string `json:",omitempty"` // a regular expression
	}
	frontAsk struct{ Shell int }
)

// reply is what the guest says to a call: any number of stages, then one
// without. Fields that a call does not have are zero.
type reply struct {
	Stage   Stage          `json:",omitempty"`
	Error   *failure       `json:",omitempty"`
	ID      int            `json:",omitempty"` // of the lab or shell that was made
	PID     int            `json:",omitempty"`
	About   *sandbox.About `json:",omitempty"`
	Facts   *sandbox.Facts `json:",omitempty"`
	Xray    *sandbox.Xray  `json:",omitempty"`
	Outcome *outcome       `json:",omitempty"`
}

// outcome is a sandbox.Outcome. Output is bytes: JSON's strings hold UTF-8
// only, and programs print what they like.
type outcome struct {
	Output []byte `json:",omitempty"`
	Exit   int    `json:",omitempty"`
	Seen   int64  `json:",omitempty"` // bytes of the terminal that belong before the outcome
}

// failure is an error on its way to the host.
type failure struct {
	Said sandbox.Text
	Kind string `json:",omitempty"` // of kinds
}

// kinds are the errors that callers look for.
var kinds = map[string]error{
	"busy":       sandbox.ErrBusy,
	"ended":      sandbox.ErrEnded,
	"unfinished": sandbox.ErrUnfinished,
	"deadline":   context.DeadlineExceeded,
	"canceled":   context.Canceled,
}

func newFailure(err error) *failure {
	if err == nil {
		return nil
	}
	f := &failure{Said: brief(sandbox.Said(err))}
	for kind, known := range kinds {
		if errors.Is(err, known) {
			f.Kind = kind
		}
	}
	return f
}

// err gives the error back; the kinds' own texts are not repeated.
func (f *failure) err() error {
	if f == nil {
		return nil
	}
	said, known := brief(f.Said), kinds[f.Kind]
	if known != nil && said.EN == known.Error() {
		return known
	}
	said.FR = cmp.Or(said.FR, said.EN) // it may be broken
	return &remoteError{said, known}
}

// brief is as much of it as goes over the wire.
func brief(t sandbox.Text) sandbox.Text {
	return sandbox.Text{EN: cut(t.EN, longestError), FR: cut(t.FR, longestError)}
}

// remoteError is an error of the guest's, in both languages.
type remoteError struct {
	sandbox.Text
	is error // one of ours that it is as well; nil for none
}

func (e *remoteError) Error() string { return e.EN }
func (e *remoteError) Unwrap() error { return e.is }

// Sizes, in bytes, that neither end goes beyond. SSH packets hold 256 KiB.
const (
	longestAsk    = 200 << 10
	longestReply  = 32 << 20
	longestError  = 8 << 10 // in one language
	longestOutput = 8 << 20
)

func cut(s string, n int) string {
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "") + "…"
	}
	return s
}

// readReply takes the next reply off a channel.
func readReply(d *json.Decoder) (reply, error) {
	var r reply
	if err := d.Decode(&r); err != nil {
		return reply{}, fmt.Errorf("read the guest's reply: %w", err)
	}
	return r, nil
}

// replies reads JSON off a channel, but not for ever.
func replies(ch io.Reader) *json.Decoder {
	return json.NewDecoder(io.LimitReader(ch, longestReply))
}

func sendReply(ch ssh.Channel, r reply) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = ch.Write(append(text, '\n'))
	return err
}
