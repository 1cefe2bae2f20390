package main

import (
	"os"

	"cloison/sandbox/local"
)

// beKeeper ends here when this process is not a command line but the keeper of
// a lab, which package local has started.
func beKeeper() {
	if len(os.Args) > 1 && os.Args[1] == local.KeeperVerb {
		os.Exit(local.Keep())
	}
}
