// Package qemu starts one QEMU and talks to it: the command line, the process,
// the monitor (QMP), the serial console, and the saving and restoring of a
// guest's state.
//
// It knows no image, no lesson and no guest agent. A guest is reached by the
// file descriptors that QEMU inherits (socketpair(2)): nothing listens on the
// host, neither a port nor a socket in a folder.
//
// How a state is saved and restored quickly: the guest's memory is a file
// (memory-backend-file). While a template is made, QEMU maps it shared, so the
// file is the memory. The migration stream is then told to leave out what is
// in that file (the capability x-ignore-shared) and holds only the devices:
// some hundred kilobytes. A clone maps the same file privately, so that the
// kernel copies a page when the guest writes to it (MAP_PRIVATE, mmap(2)), and
// reads the stream; nothing is ever loaded whole.
//
// See qemu(1), the QEMU QMP Reference Manual, seccomp(2) for -sandbox, and
// PR_SET_PDEATHSIG(2const) for why QEMU ends with us.
package qemu
