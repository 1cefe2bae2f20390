package main

import (
	"context"
	"fmt"
	"os"
	"sync"

	"cloison/sandbox"
	"cloison/sandbox/local"
)

// condition answers the scripts' own conditions: [lab] says whether a lab can
// be opened on this computer.
func condition(name string) (bool, error) {
	if name != "lab" {
		return false, fmt.Errorf("unknown condition %q", name)
	}
	return canOpenLab() == nil, nil
}

// canOpenLab opens a lab and closes it again, once. The keeper is this test
// binary, called by the name cloison; see TestMain.
var canOpenLab = sync.OnceValue(func() error {
	state, err := os.MkdirTemp("", "cloison-state")
	if err != nil {
		return err
	}
	defer os.RemoveAll(state)
	m, err := local.New(local.Options{Anyway: true, StateDir: state})
	if err != nil {
		return err
	}
	defer m.Close()
	lab, err := m.Open(context.Background(), sandbox.LabOptions{Lesson: "probe"})
	if err != nil {
		return err
	}
	return lab.Close()
})
