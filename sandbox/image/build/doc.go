//go:build linux

// Package build makes the image of the throw-away VM from Debian packages.
//
// What is done is said by pure functions: which packages (packages.go), which
// commands (plan.go), what the tree looks like in the end (finish.go). The
// rest carries it out in five stages: apt reads Debian's signed lists and
// downloads packages into a cache of its own, so that a build that was broken
// off goes on where it was; mmdebstrap installs them into an empty root,
// without being root where the computer lets it; the root is read as a tar
// file, mended, and packed as EROFS; sums are taken, and the image is put in
// its place by one rename.
//
// It knows nothing of QEMU. See mmdebstrap(1), apt.conf(5), apt-secure(8),
// SOURCE_DATE_EPOCH at reproducible-builds.org, and rename(2).
package build
