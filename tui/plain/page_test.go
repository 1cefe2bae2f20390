package plain

import (
	"testing"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/lessons/progress"
	"cloison/sandbox"
)

// sample is a lesson with one block of each kind.
const sample = `---
title: Sample
minutes: 5
tasks:
  work: {check: "false", solve: "true", fail-if: "false"}
see: [ns(7)]
---
Before.

` + "```quiz {id=guess prove=show}\nHow many?\n- [ ] none\n- [x] one\nBecause.\n```\n\n" +
	"```sh {run id=show expect=\"^1$\"}\necho 1\n```\n\nBetween.\n\n" +
	"```task {id=work}\nDo it.\nexpected: `it` is done\nhint: first\nhint: second\n```\n\n" +
	"```note\nFor you.\n```\n\n```xray {show=namespaces}\n```\n\nAfter.\n"

func samplePage(t *testing.T) *page {
	t.Helper()
	return newPage(sampleCourse(t).Lessons()[0], sandbox.English, false)
}

func TestPageStops(t *testing.T) {
	p := samplePage(t)
	for _, want := range []string{"guess", "show", "work", ""} {
		b, ok := p.stop()
		if !ok || b.ID != want {
			t.Errorf("the stop is %q, %v; want %q", b.ID, ok, want)
		}
		p.move(1)
	}
	if _, ok := p.stop(); ok || p.move(1) || p.place() != "" {
		t.Error("it goes on after the end")
	}
	for range 9 {
		p.move(-1)
	}
	if p.place() != "guess" {
		t.Errorf("the place is %q", p.place())
	}
}

func TestPageStretches(t *testing.T) {
	p := samplePage(t)
	var told []int
	for {
		told = append(told, len(p.stretch()))
		if !p.move(1) {
			break
		}
	}
	all := 0
	for _, n := range told {
		all += n
	}
	if all != len(p.blocks) {
		t.Errorf("%v blocks are told, of %d", told, len(p.blocks))
	}
	with := newPage(p.lesson, sandbox.English, true)
	if len(with.blocks) != len(p.blocks)+1 {
		t.Error("a trainer gets no note")
	}
}

func TestPageIsDoneInTheEnd(t *testing.T) {
	p := samplePage(t)
	quiz, _ := p.stop()
	if v := p.answer(quiz, []int{0}); v.Status != play.Failed || v.Block != "guess" {
		t.Errorf("the answer: %+v", v)
	}
	if len(p.settled("show")) != 1 {
		t.Error("the command settles no question")
	}
	run, _ := p.stop()
	p.judged(run, play.Verdict{Status: play.Failed})
	if at, _ := p.stop(); at.ID != "show" || p.undone() != 2 {
		t.Errorf("after a failure at %q, undone %d", at.ID, p.undone())
	}
	p.judged(run, play.Verdict{Status: play.Passed})
	task, ok := p.watched()
	if !ok || task.ID != "work" {
		t.Fatalf("watched is %q, %v", task.ID, ok)
	}
	p.checked(task, play.Verdict{Status: play.Failed}, false)
	p.checked(task, play.Verdict{Status: play.Failed}, true)
	if p.mayLook("work") || p.states["work"].tries != 1 {
		t.Error("a check by itself counts as a try")
	}
	p.checked(task, play.Verdict{Status: play.Failed}, true)
	if !p.mayLook("work") {
		t.Error("the solution stays shut after two tries")
	}
	p.checked(task, play.Verdict{Status: play.Passed}, false)
	if !p.done() || p.at != 3 {
		t.Errorf("done %v, at %d", p.done(), p.at)
	}
	p.checked(task, play.Verdict{Status: play.Failed}, true)
	if !p.passed("work") {
		t.Error("a later failure takes the pass away")
	}
	if b, ok := p.task(); !ok || b.ID != "work" {
		t.Error("words such as solution mean no task after it")
	}
}

func TestPageResumes(t *testing.T) {
	was := progress.Lesson{At: "work", Blocks: map[string]progress.Mark{
		"guess": {Status: progress.Passed}, "show": {Status: progress.Passed}, "work": {Status: progress.Shown, Tries: 1},
	}}
	p := samplePage(t)
	if !p.resume(was) || p.place() != "work" {
		t.Errorf("resumed at %q", p.place())
	}
	if !p.mayLook("work") || p.passed("work") || p.undone() != 1 {
		t.Error("a solution that was seen makes no pass, but may be seen again")
	}
	if len(p.settled("show")) != 1 {
		t.Error("a question that was answered an earlier time is not explained")
	}
	if samplePage(t).resume(progress.Lesson{At: "guess"}) || samplePage(t).resume(progress.Lesson{At: "gone"}) {
		t.Error("the beginning, or nowhere, is resumed")
	}
	p.forget("work")
	if p.mayLook("work") {
		t.Error("a forgotten step keeps its tries")
	}
}

func TestTaskBefore(t *testing.T) {
	p := samplePage(t)
	if _, ok := p.task(); ok {
		t.Error("there is a task before the first")
	}
	if n := rightOnes(lessons.Block{Quiz: &lessons.QuizBlock{Choices: []lessons.Choice{{Right: true}, {}, {Right: true}}}}); n != 2 {
		t.Errorf("right ones: %d", n)
	}
}
