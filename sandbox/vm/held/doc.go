// Package held is the VM that "cloison vm start" leaves running: one process
// per user that holds it, and a Unix socket that other cloisons ask.
//
// The socket lies in a folder that nobody else can enter (unix(7): connecting
// takes write permission); there is no port. A connection begins with one line
// of JSON that says what is wanted, and the holder answers with lines of JSON,
// of which the last one has the outcome. After that, who asked for the guest
// itself has a link to it on the same connection (link.Client.Relay).
//
// The holder stays when its guest is lost, so that whoever comes next learns
// why, and can ask for a fresh one.
package held
