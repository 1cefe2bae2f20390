package progress

import "time"

// change is one thing that happened, applied to the newest state that there is.
type change func(*State)

// rank orders statuses: a mark is replaced only by one that is as good or
// better, so that neither looking again at what was passed nor another cloison
// takes anything away.
var rank = map[string]int{Skipped: 1, Failed: 2, Shown: 3, Passed: 4}

// marked notes how a block ended.
func marked(lesson, block, status string, now time.Time) change {
	return in(lesson, now, func(l *Lesson) {
		m := l.Blocks[block]
		if m.Status != Passed && (status == Passed || status == Failed) {
			m.Tries++
		}
		if rank[status] > rank[m.Status] || (status == m.Status && status != Passed) {
			m.Status, m.When = status, now
		}
		if l.Blocks == nil {
			l.Blocks = map[string]Mark{}
		}
		l.Blocks[block] = m
	})
}

// reached notes where the learner is.
func reached(lesson, block string, now time.Time) change {
	return in(lesson, now, func(l *Lesson) { l.At = block })
}

// finished notes that a lesson is done; the first time counts.
func finished(lesson string, now time.Time) change {
	return in(lesson, now, func(l *Lesson) {
		if l.Done.IsZero() {
			l.Done = now
		}
	})
}

// in changes one lesson, and begins it where need be.
func in(lesson string, now time.Time, do func(*Lesson)) change {
	return func(s *State) {
		l := s.Lessons[lesson]
		if l.Begun.IsZero() {
			l.Begun = now
		}
		do(&l)
		if s.Lessons == nil {
			s.Lessons = map[string]Lesson{}
		}
		s.Lessons[lesson], s.Last = l, lesson
	}
}

// forgotten takes a lesson back, or with "" all of them.
func forgotten(lesson string) change {
	return func(s *State) {
		if lesson == "" {
			s.Last, s.Lessons = "", map[string]Lesson{}
			return
		}
		delete(s.Lessons, lesson)
		if s.Last == lesson {
			s.Last = ""
		}
	}
}

// forgottenBlock takes a block back, and with it that its lesson is done.
func forgottenBlock(lesson, block string) change {
	return func(s *State) {
		if l, ok := s.Lessons[lesson]; ok {
			delete(l.Blocks, block)
			l.Done = time.Time{}
			s.Lessons[lesson] = l
		}
	}
}
