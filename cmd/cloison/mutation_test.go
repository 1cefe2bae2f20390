package main

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
	"cloison/sandbox/local"
)

// TestMutants breaks each condition of each shipped block and task once and
// wants its judgement to turn. Each lesson is played for real, and its broken
// blocks are judged against what really came back.
func TestMutants(t *testing.T) {
	if err := canOpenLab(); err != nil {
		t.Skip("no lab can be opened here:", err)
	}
	course, problems := lessons.Load(lessons.Builtin())
	if lessons.Broken(problems) {
		t.Fatal(problems)
	}
	m, err := local.New(local.Options{Anyway: true, StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	killed, survived := 0, 0
	for _, l := range course.Lessons() {
		t.Run(l.ID, func(t *testing.T) {
			if _, lack, locked := play.Missing(l, m.About()); locked {
				t.Skip(lack.Why.EN)
			}
			hunt := huntTwice(t, m, l)
			t.Logf("%d mutants killed, %d survived", hunt.killed, hunt.survived)
			killed, survived = killed+hunt.killed, survived+hunt.survived
		})
	}
	t.Logf("%d mutants killed, %d survived", killed, survived)
	if killed == 0 {
		t.Error("no mutant was killed: nothing was played")
	}
}

// TestMutationsSurvive shows that a hunt can fail: some conditions hold of
// anything, and a check that prints but never decides passes either way.
func TestMutationsSurvive(t *testing.T) {
	o := sandbox.Outcome{Output: "something\n"}
	for _, run := range []lessons.RunBlock{{Expect: []string{".*"}}, {Expect: []string{"x?$"}}} {
		found := 0
		for _, mutant := range blockMutants(run, o) {
			if v, err := play.Judge(mutant.run, mutant.outcome, nil); err == nil && v.Status == play.Passed {
				found++
			}
		}
		if found == 0 {
			t.Errorf("%v: no mutant survives", run.Expect)
		}
	}
}

// huntTwice plays a lesson again of which something did not pass unbroken: lessons
// that measure time may fail on a busy computer, as verify --retry knows.
func huntTwice(t *testing.T, m sandbox.Machine, l *lessons.Lesson) *hunt {
	t.Helper()
	first := &hunt{T: t}
	first.lesson(m, l)
	if len(first.unwell) == 0 {
		return first
	}
	t.Logf("once more, since of the unbroken: %q", first.unwell)
	second := &hunt{T: t}
	second.lesson(m, l)
	for _, what := range second.unwell {
		t.Errorf("does not pass unbroken, twice: %s", what)
	}
	return second
}

// hunt counts mutants.
type hunt struct {
	*testing.T
	killed, survived int
	unwell           []string // what failed without being broken
}

// judged counts one mutant: its verdict must not be a pass.
func (h *hunt) judged(name string, v play.Verdict) {
	h.Helper()
	if v.Status == play.Passed {
		h.survived++
		h.Errorf("survivor: %s", name)
		return
	}
	h.killed++
}

// lesson plays a lesson in one lab, solving its tasks where they stand, as
// verify does.
func (h *hunt) lesson(m sandbox.Machine, shipped *lessons.Lesson) {
	h.Helper()
	l := *shipped
	l.Tasks = maps.Clone(shipped.Tasks)
	for id, task := range shipped.Tasks {
		for name, check := range checkMutants(task.Check) {
			l.Tasks[id+" "+name] = lessons.TaskCheck{Check: check, Solve: task.Solve}
		}
	}
	err := inLab(h.Context(), m, sandbox.English, &l, func(p *play.Player) error {
		for _, b := range provable(shipped) {
			var err error
			switch b.Kind {
			case lessons.Run:
				err = h.block(p, b, l.ID+"/"+b.ID)
			case lessons.Task:
				err = h.task(p, b, l.ID+"/"+b.ID)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.Errorf("%s: %v", l.ID, err)
	}
}

// block plays a run block and hunts its mutants.
func (h *hunt) block(p *play.Player, b lessons.Block, name string) error {
	h.Helper()
	typed, err := p.Type(h.Context(), b)
	if err != nil || typed.Skipped != nil {
		return err
	}
	v, err := play.Judge(typed.Run, typed.Outcome, typed.Ended)
	if err != nil {
		return err
	}
	if v.Status != play.Passed {
		h.unwell = append(h.unwell, fmt.Sprintf("%s: %s\n%s", name, v.Reason.EN, v.Observed))
		return nil
	}
	for _, mutant := range blockMutants(typed.Run, typed.Outcome) {
		v, err := play.Judge(mutant.run, mutant.outcome, typed.Ended)
		if err != nil {
			return err
		}
		h.judged(name+": "+mutant.name, v)
	}
	return nil
}

// mutant is a broken block, or the outcome of a machine that is broken.
type mutant struct {
	name    string
	run     lessons.RunBlock
	outcome sandbox.Outcome
}

// blockMutants breaks each condition of a block once: turned round, and met
// with an output from which everything has gone.
func blockMutants(run lessons.RunBlock, o sandbox.Outcome) []mutant {
	var all []mutant
	add := func(o sandbox.Outcome, name string, change func(*lessons.RunBlock)) {
		broken := run
		broken.Expect, broken.Reject = slices.Clone(run.Expect), slices.Clone(run.Reject)
		change(&broken)
		all = append(all, mutant{name, broken, o})
	}
	silent := sandbox.Outcome{Exit: o.Exit}
	for i, expr := range run.Expect {
		add(o, fmt.Sprintf("expect=%q turned round", expr), func(r *lessons.RunBlock) {
			r.Expect = slices.Delete(r.Expect, i, i+1)
			r.Reject = append(r.Reject, expr)
		})
		if o.Output != "" {
			add(silent, fmt.Sprintf("expect=%q alone, of a command that says nothing", expr), func(r *lessons.RunBlock) {
				r.Expect, r.Reject, r.Until = []string{expr}, nil, ""
			})
		}
	}
	for i, expr := range run.Reject {
		add(o, fmt.Sprintf("reject=%q turned round", expr), func(r *lessons.RunBlock) {
			r.Reject = slices.Delete(r.Reject, i, i+1)
			r.Expect = append(r.Expect, expr)
		})
		add(o, fmt.Sprintf("reject=%q rejects everything", expr), func(r *lessons.RunBlock) { r.Reject[i] = "(?s).*" })
	}
	switch {
	case run.Until != "":
		add(o, "until never matches", func(r *lessons.RunBlock) { r.Until = `\z.\A` })
	case run.Exit != lessons.AnyExit:
		add(o, "another exit", func(r *lessons.RunBlock) { r.Exit = (r.Exit + 1) % 256 })
	}
	return all
}

// checkMutants breaks a check: turned round, always passing, never passing.
func checkMutants(check string) map[string]string {
	return map[string]string{
		"turned round": "! (\n" + check + "\n)",
		"true":         "true",
		"false":        "false",
	}
}

// task runs every broken check before and after the solution.
func (h *hunt) task(p *play.Player, b lessons.Block, name string) error {
	h.Helper()
	before, err := h.checks(p, b)
	if err != nil {
		return err
	}
	solved, err := solve(h.Context(), p, b)
	if err != nil {
		return err
	}
	if v := taskVerdict(before[b.ID], solved, before[b.ID]); v.Status != play.Passed {
		if v.Status != play.Skipped {
			h.unwell = append(h.unwell, fmt.Sprintf("%s: %s\n%s", name, v.Reason.EN, v.Observed))
		}
		return nil
	}
	after, err := h.checks(p, b)
	if err != nil {
		return err
	}
	for id, v := range after {
		if id != b.ID {
			h.judged(name+": check of "+id, taskVerdict(before[id], v, before[id]))
		}
	}
	return nil
}

// checks runs a task's check and all its mutants.
func (h *hunt) checks(p *play.Player, b lessons.Block) (map[string]play.Verdict, error) {
	all := map[string]play.Verdict{}
	ids := []string{b.ID}
	for name := range checkMutants("") {
		ids = append(ids, b.ID+" "+name)
	}
	for _, id := range ids {
		broken := b
		broken.ID = id
		v, err := p.Check(h.Context(), broken)
		if err != nil {
			return nil, err
		}
		all[id] = v
	}
	return all, nil
}
