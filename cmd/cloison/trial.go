package main

import (
	"os"

	"cloison/sandbox/why"
)

// beTrial ends here when this process is not a command line but one run of a
// refused command, which package why has started.
func beTrial() {
	if len(os.Args) > 1 && os.Args[1] == why.TrialVerb {
		os.Exit(why.BeTrial())
	}
}
