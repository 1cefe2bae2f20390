package main

import (
	"os"

	"cloison/sandbox/vm/kvm"
)

// beProbe ends here when this process is not a command line but a probe of
// KVM, which package kvm has started.
func beProbe() {
	if len(os.Args) > 1 && os.Args[1] == kvm.ProbeVerb {
		os.Exit(kvm.BeProbe(os.Args[2:]))
	}
}
