package main

import (
	"context"
	"fmt"
	"os"
	"sync"

	"cloison/sandbox"
	"cloison/sandbox/local"
)

// condition answers the scripts' own conditions: [root], [disposable] (see
// cloison why), and [lab], which says whether a lab can
// be opened on this computer.
func condition(name string) (bool, error) {
	switch name {
	case "lab":
		return canOpenLab() == nil, nil
	case "root":
		return os.Geteuid() == 0, nil
	case "disposable":
		return local.Disposable(), nil
	}
	return false, fmt.Errorf("unknown condition %q", name)
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
