package main

import (
	"slices"
	"strconv"
	"strings"

	"cloison/lessons"
	"cloison/sandbox"
)

// chosenPart says which of the lessons named are played, and with which of
// their variables' values.
type chosenPart struct {
	need  string // only those that ask for it; "" is all
	shard string // "k/n"; "" is all
	value uint   // see withValue
}

// of chooses among the lessons with those ids, or all of them.
func (p chosenPart) of(course *lessons.Course, ids []string) ([]*lessons.Lesson, error) {
	chosen, err := choose(course, ids)
	if err != nil {
		return nil, err
	}
	if chosen = needing(chosen, p.need); p.need != "" && len(chosen) == 0 {
		return nil, codeError{exitUsage, sandbox.Errorf("no lesson needs %s; there are the needs %s", "aucune leçon n’a besoin de %s ; les besoins sont %s", p.need, strings.Join(lessons.Needs, ", "))}
	}
	if chosen, err = sharded(chosen, p.shard); err != nil {
		return nil, err
	}
	for i, l := range chosen {
		chosen[i] = withValue(l, p.value)
	}
	return chosen, nil
}

// withValue is a lesson whose variables have one value each: the n-th, from 1,
// where the first comes again after the last; 0 leaves the choice.
func withValue(l *lessons.Lesson, n uint) *lessons.Lesson {
	if n == 0 || len(l.Vars) == 0 {
		return l
	}
	one := *l
	one.Vars = nil
	for _, v := range l.Vars {
		if all := uint(len(v.Values)); all > 0 {
			v.Values = []string{v.Values[(n-1)%all]}
		}
		one.Vars = append(one.Vars, v)
	}
	return &one
}

// needing gives those that ask for that need, all of them when it is "".
func needing(all []*lessons.Lesson, need string) (some []*lessons.Lesson) {
	for _, l := range all {
		asks := func(b lessons.Block) bool {
			return slices.Contains(b.Needs, need) || b.Run != nil && slices.Contains(b.Run.Needs, need)
		}
		if need == "" || slices.Contains(l.Needs, need) || slices.ContainsFunc(l.Blocks[lessons.English], asks) {
			some = append(some, l)
		}
	}
	return some
}

// choose gives the lessons with those ids, all of them when none is named.
func choose(course *lessons.Course, ids []string) ([]*lessons.Lesson, error) {
	if len(ids) == 0 {
		return course.Lessons(), nil
	}
	var chosen []*lessons.Lesson
	for _, id := range ids {
		l, err := findLesson(course, id)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, l)
	}
	return chosen, nil
}

// sharded gives every n-th lesson from the k-th, for the shard "k/n"; "" is all.
func sharded(all []*lessons.Lesson, shard string) (some []*lessons.Lesson, err error) {
	if shard == "" {
		return all, nil
	}
	before, after, _ := strings.Cut(shard, "/")
	k, err1 := strconv.Atoi(before)
	n, err2 := strconv.Atoi(after)
	if err1 != nil || err2 != nil || k < 1 || k > n {
		return nil, codeError{exitUsage, sandbox.Errorf("--shard %s: want K/N, as in 1/2", "--shard %s : donnez K/N, comme 1/2", shard)}
	}
	for i := k - 1; i < len(all); i += n {
		some = append(some, all[i])
	}
	return some, nil
}
