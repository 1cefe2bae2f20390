// Package template keeps saved machines: a folder each, with the memory of a
// guest that has booted and the state of its devices, from which any number
// of fresh guests are started in a fraction of a second.
//
// A template is found by its key, a hash of everything that it depends on, so
// that one made by another QEMU or for another image is never used: it is
// simply not found, and made again. It is made in a folder of another name and
// renamed when it is whole (rename(2)), by one program at a time (flock(2)),
// with all the room that it may need asked for at the start (fallocate(2)): a
// memory file that could not grow would kill QEMU with SIGBUS (mmap(2)).
//
// The package knows no QEMU and no guest: who makes a template fills the files.
package template
