// Package calls is a list of system calls that a fresh process carries out one
// by one, and how each of them is told.
//
// A container's first steps must be taken by the container itself: nobody else
// can pivot its root or drop its capabilities. A Go program cannot simply
// fork(2) and go on, because its other threads do not exist in the child, so
// nothing there may allocate, lock or grow a stack. This package therefore
// prepares everything beforehand: a [Call] is a number, six arguments and
// their texts; [Compile] lays the arguments out in fixed memory; and
// [Program.Start] clones a process that walks the list, reports each outcome
// over a pipe, and ends in execve(2).
//
// It knows system calls as numbers and texts. What they are for is known to
// the packages that build the lists.
//
// See clone(2), syscalls(2), errno(3), prctl(2) for PR_SET_PDEATHSIG.
package calls
