package main

import (
	"os"

	"cloison/sandbox/guest"
)

// beGuest ends here when this process is not a command line but the first
// process of a throw-away VM, or its agent.
func beGuest() {
	if guest.Called(os.Getpid(), os.Args) {
		os.Exit(guest.Main(os.Args))
	}
}
