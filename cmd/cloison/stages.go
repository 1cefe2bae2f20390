package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"cloison/sandbox"
)

// stageLines tells the stages of a machine that is made ready, one a line,
// with the seconds that each took.
type stageLines struct {
	w    io.Writer
	lang sandbox.Lang

	mu    sync.Mutex
	open  bool         // a line waits for its end
	slow  sandbox.Text // was told
	began time.Time
}

// told ends the line before and begins one, unless that was all.
func (s *stageLines) told(stage sandbox.Stage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open {
		fmt.Fprintf(s.w, " %.1f s\n", time.Since(s.began).Seconds())
	}
	if s.open = !stage.Over(); s.open {
		if stage.Slow != s.slow {
			s.slow = stage.Slow
			printWrapped(s.w, s.slow.In(s.lang), "")
		}
		fmt.Fprint(s.w, stage.Name.In(s.lang)+"…")
		s.began = time.Now()
	}
}

// end ends a line that is open.
func (s *stageLines) end() { s.told(sandbox.Stage{}) }
