// Package image knows what the image of the throw-away VM is: a folder with a
// kernel, an initial RAM file system without any program in it, a read-only
// root file system, and a manifest that says what each of them must be.
//
// It opens an image and tells a whole one from a broken one, and it writes
// cpio archives, for the image and for the second one that puts the running
// cloison beside it as /init. It does not build images (package build does)
// and starts nothing (package vm does).
//
// The folder appears by one rename, so that a build that was broken off never
// looks like an image; see rename(2).
package image
