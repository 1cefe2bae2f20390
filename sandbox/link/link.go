// Package link is the wire between cloison and the guest of a throw-away VM:
// SSH over a stream of bytes, normally a virtio-serial port. The host [Dial]s,
// the guest [Serve]s; the [Client] gives programs of the guest ([Client.Run]),
// files ([Client.CopyTo], [Client.CopyFrom]) and, through [Client.Machine], the
// guest's own labs and shells as a sandbox.Machine.
//
// A serial port has no connections: nothing tells the guest that its host is
// another one, after its state has been saved and restored for example, and
// bytes from before may still be on their way. So the host begins with a hello,
// one line behind a mark that cannot occur by chance; whoever reads it drops
// what went before, at any time, and answers with a line that repeats the
// hello's nonce. What follows is SSH.
//
// What is pinned, and what is not: the answer carries the hash of a host key
// that is made for this hello alone, and the host accepts no other. The host
// itself shows no credentials: the other end of the port is a socket that only
// the process which started the VM holds, and a guest that somebody else could
// type hellos into would be theirs already. The host does not trust the guest:
// everything in it is the learner's to break, this agent included.
//
// It knows neither QEMU nor what a guest is made of: the host's end is any
// stream, the guest's is a [Backend].
//
// Sources: RFC 4253 and 4254 (SSH), pty(7), virtio 1.2 section 5.3 (console).
package link

import (
	"errors"
	"fmt"

	"cloison/sandbox"
)

// PortName is what the guest looks for among its virtio-serial ports.
const PortName = "cloison.link"

// ErrGone is in the error of every call that a lost guest makes fail.
var ErrGone = sandbox.Errorf("the machine is gone", "la machine n’est plus là")

// ErrClosed is the cause of a [Gone] that was our own doing.
var ErrClosed = sandbox.Errorf("the connection to the machine was closed", "la connexion à la machine a été fermée")

// errSilent is the cause when nothing answers any more.
var errSilent = sandbox.Errorf("it does not answer any more", "elle ne répond plus")

// errNoAnswer is what is said of a reply that does not reply.
var errNoAnswer = sandbox.Errorf("the guest’s reply does not answer", "la réponse de l’invité ne répond pas")

// errEnded is the cause when the stream ends and nobody explains it.
var errEnded = sandbox.Errorf("its connection has ended", "sa connexion s’est terminée")

// Gone is the end of a guest; it is an [ErrGone].
type Gone struct{ Cause error }

func (g *Gone) Error() string { return fmt.Sprintf("%v: %v", ErrGone, g.Cause) }

func (g *Gone) Unwrap() []error { return []error{ErrGone, g.Cause} }

// Lack says in the learner's languages what has happened and what helps. A
// cause that has such words itself goes first.
func (g *Gone) Lack() sandbox.Lack {
	var told interface{ Lack() sandbox.Lack }
	if errors.As(g.Cause, &told) {
		return told.Lack()
	}
	why := sandbox.Text{
		EN: "The virtual machine is gone: " + g.Cause.Error() + ".",
		FR: "La machine virtuelle n’est plus là\u00a0: " + sandbox.Say(g.Cause, sandbox.French) + ".",
	}
	if errors.Is(g.Cause, errSilent) {
		why = sandbox.Text{
			EN: "The virtual machine does not answer any more.",
			FR: "La machine virtuelle ne répond plus.",
		}
	}
	return sandbox.Lack{Why: why, Remedy: sandbox.Text{
		EN: "Nothing of yours was in it but this lesson’s work: take a fresh one.",
		FR: "Elle ne contenait que le travail de cette leçon\u00a0: prenez-en une neuve.",
	}}
}
