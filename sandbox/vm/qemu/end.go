package qemu

import (
	"encoding/json"
	"os"
	"strings"
	"syscall"

	"cloison/sandbox"
)

// End is how a QEMU came to its end, as far as can be told.
type End struct {
	Cause Cause
	// Detail is the kernel's last words, the signal's name, or what QEMU said.
	Detail string
}

// Cause is what ended a QEMU.
type Cause int

// The causes.
const (
	Unknown  Cause = iota
	Panicked       // the guest's kernel; Detail is its reason
	Rebooted       // somebody in the guest asked for it
	PoweredOff
	Killed // by a signal of somebody else; Detail names it
	Failed // QEMU gave up; Detail is what it said
	Closed // by us
)

// String tells the end in a few words.
func (e End) String() string { return e.Text().EN }

// Text is the end in a few words; the detail is as it was seen.
func (e End) Text() sandbox.Text {
	text := map[Cause]sandbox.Text{
		Unknown:    {EN: "it ended", FR: "elle s’est terminée"},
		Panicked:   {EN: "the guest's kernel panicked", FR: "le noyau de l’invité a paniqué"},
		Rebooted:   {EN: "the guest rebooted", FR: "l’invité a redémarré"},
		PoweredOff: {EN: "the guest powered off", FR: "l’invité s’est éteint"},
		Killed:     {EN: "QEMU was killed", FR: "QEMU a été tué"},
		Failed:     {EN: "QEMU gave up", FR: "QEMU a abandonné"},
		Closed:     {EN: "it was closed", FR: "elle a été fermée"},
	}[e.Cause]
	if e.Detail != "" {
		text.EN += ": " + e.Detail
		text.FR += " : " + e.Detail
	}
	return text
}

// End says how QEMU ended; call it after Ended.
func (p *Process) End() End {
	p.mu.Lock()
	defer p.mu.Unlock()
	return explain(traces{
		state: p.cmd.ProcessState, killed: p.killed, shutdown: p.shutdown,
		panic: p.console.Panic(), said: strings.TrimSpace(printable(p.said.String())),
	})
}

// traces are what an end leaves to be seen.
type traces struct {
	state    *os.ProcessState
	killed   bool   // by us
	shutdown string // the reason of QEMU's SHUTDOWN event
	panic    string // on the console
	said     string // by QEMU
}

// explain finds the cause. With -no-reboot and panic=-1, a panic is a reset,
// and a reset is an end: the console tells it from a reboot that was asked for.
func explain(t traces) End {
	if t.panic != "" {
		return End{Panicked, t.panic}
	}
	switch t.shutdown {
	case "guest-shutdown":
		return End{Cause: PoweredOff}
	case "guest-reset":
		return End{Cause: Rebooted}
	case "guest-panic":
		return End{Cause: Panicked}
	}
	if t.killed {
		return End{Cause: Closed}
	}
	if t.state == nil {
		return End{Cause: Unknown}
	}
	if status, ok := t.state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return End{Killed, status.Signal().String()}
	}
	if t.said != "" {
		return End{Failed, t.said}
	}
	return End{Unknown, t.state.String()}
}

// shutdownReason reads the data of a SHUTDOWN event.
func shutdownReason(data json.RawMessage) string {
	var d struct {
		Reason string `json:"reason"`
	}
	if json.Unmarshal(data, &d) != nil {
		return ""
	}
	return d.Reason
}
