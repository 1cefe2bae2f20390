package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
)

// played is what became of one lesson.
type played struct {
	lesson   *lessons.Lesson
	verdicts []play.Verdict
	took     time.Duration
}

// jobsFor is how many lessons are played at once when n were asked for, 0 being
// the usual number. Labs of this computer share its kernel, so that what one
// lesson changes the others would see: there it is one. Each lab of a VM has a
// kernel of its own, and QEMU keeps about one processor busy for each.
func jobsFor(n uint, machine string) (int, error) {
	switch {
	case machine != vmName && n > 1:
		return 0, codeError{exitUsage, sandbox.Errorf("--jobs %d needs --machine vm: lessons on this computer share its kernel, and would see each other",
			"--jobs %d demande --machine vm : les leçons sur cet ordinateur partagent son noyau, et se verraient l’une l’autre", n)}
	case machine != vmName:
		return 1, nil
	case n == 0:
		return min(runtime.NumCPU(), 4), nil
	}
	return int(n), nil
}

// verifyEach plays the lessons, so many at once, and tells of each in their
// order. It gives up when ctx ends.
func (g *globals) verifyEach(ctx context.Context, m sandbox.Machine, chosen []*lessons.Lesson, jobs int, tell func(played)) error {
	results := make([]chan played, len(chosen))
	for i := range results {
		results[i] = make(chan played, 1)
	}
	next := make(chan int)
	for range jobs {
		go func() {
			for i := range next {
				results[i] <- g.verifyOne(ctx, m, chosen[i])
			}
		}()
	}
	go func() {
		defer close(next)
		for i := range chosen {
			next <- i
		}
	}()
	for _, result := range results {
		one := <-result
		if ctx.Err() == nil {
			tell(one)
		}
	}
	return ctx.Err()
}

// verifyAgain plays those that failed once more, one after the other, and keeps
// what came of that.
func (g *globals) verifyAgain(ctx context.Context, w io.Writer, m sandbox.Machine, each []played) error {
	for i, p := range each {
		if !p.failed() {
			continue
		}
		fmt.Fprintf(w, "%s %s\n", g.say("again", "bis  "), p.lesson.ID)
		each[i] = g.verifyOne(ctx, m, p.lesson)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		g.printVerified(w, p.lesson, each[i].verdicts, each[i].took)
	}
	return nil
}

func (p played) failed() bool {
	var one verification
	one.add(p.verdicts)
	return one.Failed > 0
}

// verifyOne plays a lesson to its end, or says why it could not be.
func (g *globals) verifyOne(ctx context.Context, m sandbox.Machine, l *lessons.Lesson) played {
	if ctx.Err() != nil {
		return played{lesson: l}
	}
	began := time.Now()
	verdicts, err := g.verifyLesson(ctx, m, l)
	if err != nil {
		verdicts = append(verdicts, broken(l, err))
	}
	return played{l, verdicts, time.Since(began)}
}

// slow is how many of the slowest lessons are named.
const slow = 10

// printSlowest names the lessons that took longest, where there are so many
// that it can't be seen at a glance.
func (g *globals) printSlowest(w io.Writer, all []played, took time.Duration) {
	if len(all) <= slow {
		return
	}
	slices.SortStableFunc(all, func(a, b played) int { return cmp.Compare(b.took, a.took) })
	var names []string
	for _, p := range all[:slow] {
		names = append(names, fmt.Sprintf("%s %.1fs", p.lesson.ID, p.took.Seconds()))
	}
	fmt.Fprintf(w, "%s%s\n", g.say("slowest: ", "les plus longues\u00a0: "), strings.Join(names, ", "))
	fmt.Fprintf(w, "%s, %s\n", count(len(all), "lesson"), took.Round(time.Second))
}
