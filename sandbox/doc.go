// Package sandbox holds the words that every room of cloison shares: what a
// container is made of ([Spec]), what the kernel says of a process ([Facts]),
// and the places where a lesson's commands run ([Machine], [Lab], [Shell]).
//
// It knows no kernel and starts no process, so it builds on every operating
// system. The packages below it each know one kernel idea; see the ARCHITECTURE
// section of CONTRIBUTING.md.
package sandbox
