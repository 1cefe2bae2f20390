package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/inspect"
)

// watchInterval is how often --watch looks: often enough that a learner who
// presses Enter in one terminal sees the change at once in another.
const watchInterval = 250 * time.Millisecond

// watched is one line of --watch --json.
type watched struct {
	Time    time.Time        `json:"time"`
	PID     int              `json:"pid"`
	Changes []inspect.Change `json:"changes,omitempty"`
	Facts   *sandbox.Facts   `json:"facts,omitempty"`
	Ended   bool             `json:"ended,omitempty"`
}

// watch shows the processes and then what changes, until all have ended.
func (i inspection) watch(ctx context.Context, pids []int) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	last := map[int]sandbox.Facts{}
	for _, pid := range pids {
		facts, err := i.reader.Read(pid)
		if err != nil {
			return codeError{exitFailed, i.explain(pid, err)}
		}
		last[pid] = facts
		if err := i.begin(facts); err != nil {
			return codeError{exitFailed, err}
		}
	}
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	for len(last) > 0 {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := i.look(last); err != nil {
			return codeError{exitFailed, err}
		}
	}
	return nil
}

// begin shows a process as it is when the watch begins.
func (i inspection) begin(facts sandbox.Facts) error {
	if i.asJSON {
		return i.line(watched{PID: facts.PID, Facts: &facts})
	}
	return writeXray(i.out, facts, i.lang)
}

// look reads every process again and tells what changed; it takes out of last
// those that have ended.
func (i inspection) look(last map[int]sandbox.Facts) error {
	for pid, before := range last {
		after, err := i.reader.Read(pid)
		if errors.Is(err, inspect.ErrGone) {
			delete(last, pid)
			err = i.tell(watched{PID: pid, Ended: true})
		} else if err == nil {
			if changes := inspect.Diff(before, after); len(changes) > 0 {
				last[pid] = after
				err = i.tell(watched{PID: pid, Changes: changes, Facts: &after})
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tell prints what happened, for programs or for people.
func (i inspection) tell(w watched) error {
	if i.asJSON {
		return i.line(w)
	}
	return writeChanges(i.out, time.Now(), w, i.lang)
}

// line prints one object on one line.
func (i inspection) line(w watched) error {
	w.Time = time.Now()
	return json.NewEncoder(i.out).Encode(w)
}

// writeChanges tells what happened to a watched process, a line a change.
func writeChanges(w io.Writer, at time.Time, what watched, lang sandbox.Lang) error {
	x := &xray{lang: lang}
	head := at.Format("15:04:05.000") + "  PID " + fmt.Sprint(what.PID)
	if what.Ended {
		fmt.Fprintln(&x.text, head+"  "+x.say("has ended", "est terminé"))
	}
	for _, c := range what.Changes {
		fmt.Fprintf(&x.text, "%s  %s: %s\n", head, c.What, printable(x.change(c.What, c.Before, c.After)))
	}
	_, err := io.WriteString(w, x.text.String())
	return err
}

// change tells both values; of long lists, only what came and went.
func (x *xray) change(what, before, after string) string {
	if !strings.HasPrefix(what, "capabilities.") {
		return x.value(what, before) + " → " + x.value(what, after)
	}
	was, is := strings.Fields(before), strings.Fields(after)
	var moved []string
	for _, name := range was {
		if !slices.Contains(is, name) {
			moved = append(moved, "-"+name)
		}
	}
	for _, name := range is {
		if !slices.Contains(was, name) {
			moved = append(moved, "+"+name)
		}
	}
	return strings.Join(moved, " ")
}

// value spells one value for people.
func (x *xray) value(what, v string) string {
	bytes, err := strconv.ParseUint(v, 10, 64)
	switch {
	case v == "":
		return "∅"
	case v == "max":
		return x.say("no limit", "sans limite")
	case err == nil && strings.Contains("."+what, ".memory."):
		return x.size(bytes)
	}
	return v
}
