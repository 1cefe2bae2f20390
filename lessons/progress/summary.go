package progress

import (
	"slices"
	"time"
)

// Outline is a lesson of the course, as far as progress needs to know it.
type Outline struct {
	Chapter, Lesson, Title string
	Minutes                int
	Blocks                 []string // ids of the blocks that can be marked, in reading order
	Tasks, Quizzes         []string // which of them are tasks and quizzes
	Locked                 bool     // this machine can't play it
}

// How far a lesson is.
const (
	Done    = "done"
	Begun   = "begun"
	Unbegun = "open"
	Locked  = "locked" // not done, and this machine can't play it
)

// Report is how far a learner is in a course or a path.
type Report struct {
	Lessons      []LessonReport `json:"lessons"`
	Done         int            `json:"done"` // lessons, as the next three
	Begun        int            `json:"begun"`
	Open         int            `json:"open"`
	Locked       int            `json:"locked"`
	Minutes      int            `json:"minutes"`
	Left         int            `json:"minutes_left"` // of lessons that are neither done nor locked
	Tasks        int            `json:"tasks"`
	TasksPassed  int            `json:"tasks_passed"`
	Shown        int            `json:"solutions_shown"` // tasks whose solution was looked at, and not passed
	Quizzes      int            `json:"quizzes"`
	QuizzesFirst int            `json:"quizzes_first_try"` // right at first try
	Next         string         `json:"next,omitempty"`    // the lesson to go on with; "" when none can be played
	Started      time.Time      `json:"started,omitzero"`
	Finished     time.Time      `json:"finished,omitzero"` // zero until every lesson is done
}

// LessonReport is how far a learner is in a lesson.
type LessonReport struct {
	Chapter      string    `json:"chapter"`
	Lesson       string    `json:"id"`
	Title        string    `json:"title"`
	Status       string    `json:"status"`
	At           string    `json:"at,omitempty"` // id of the block that the learner is at
	Minutes      int       `json:"minutes"`
	Left         int       `json:"minutes_left"`
	Blocks       int       `json:"blocks"`  // that can be marked
	Settled      int       `json:"settled"` // those passed, skipped or shown
	Tasks        int       `json:"tasks"`
	TasksPassed  int       `json:"tasks_passed"`
	Shown        int       `json:"solutions_shown"`
	Quizzes      int       `json:"quizzes"`
	QuizzesFirst int       `json:"quizzes_first_try"`
	Begun        time.Time `json:"begun,omitzero"`
	Done         time.Time `json:"done,omitzero"`
}

// Summarise says how far a learner is in the lessons of a path, in its order;
// a nil path is the whole outline. Ids that the outline does not know are left
// out.
func Summarise(outline []Outline, s State, path []string) Report {
	var r Report
	for _, o := range chosen(outline, path) {
		r.add(summariseLesson(o, s.Lessons[o.Lesson]))
	}
	if r.Done < len(r.Lessons) {
		r.Finished = time.Time{}
	}
	r.Next = next(r.Lessons, s.Last)
	return r
}

// chosen are the lessons of a path.
func chosen(outline []Outline, path []string) []Outline {
	if path == nil {
		return outline
	}
	var all []Outline
	for _, id := range path {
		if i := slices.IndexFunc(outline, func(o Outline) bool { return o.Lesson == id }); i >= 0 {
			all = append(all, outline[i])
		}
	}
	return all
}

func summariseLesson(o Outline, l Lesson) LessonReport {
	r := LessonReport{
		Chapter: o.Chapter, Lesson: o.Lesson, Title: o.Title, At: l.At,
		Minutes: o.Minutes, Blocks: len(o.Blocks), Tasks: len(o.Tasks), Quizzes: len(o.Quizzes),
		Begun: l.Begun, Done: l.Done,
	}
	r.Settled = count(o.Blocks, l, func(m Mark) bool { return rank[m.Status] > 0 && m.Status != Failed })
	r.TasksPassed = count(o.Tasks, l, func(m Mark) bool { return m.Status == Passed })
	r.Shown = count(o.Tasks, l, func(m Mark) bool { return m.Status == Shown })
	r.QuizzesFirst = count(o.Quizzes, l, func(m Mark) bool { return m.Status == Passed && m.Tries == 1 })
	switch {
	case !l.Done.IsZero():
		r.Status = Done
	case o.Locked:
		r.Status = Locked
	case !l.Begun.IsZero():
		r.Status, r.Left = Begun, left(o.Minutes, len(o.Blocks), r.Settled)
	default:
		r.Status, r.Left = Unbegun, o.Minutes
	}
	return r
}

// count says how many of the blocks have such a mark.
func count(blocks []string, l Lesson, such func(Mark) bool) int {
	n := 0
	for _, id := range blocks {
		if m, marked := l.Blocks[id]; marked && such(m) {
			n++
		}
	}
	return n
}

// left shares a lesson's minutes among its blocks, and rounds up: what is not
// done takes a minute at least.
func left(minutes, blocks, settled int) int {
	if blocks == 0 {
		return minutes
	}
	return max(1, (minutes*(blocks-settled)+blocks-1)/blocks)
}

// add counts a lesson in.
func (r *Report) add(l LessonReport) {
	r.Lessons = append(r.Lessons, l)
	switch l.Status {
	case Done:
		r.Done++
	case Begun:
		r.Begun++
	case Locked:
		r.Locked++
	default:
		r.Open++
	}
	r.Minutes += l.Minutes
	r.Left += l.Left
	r.Tasks += l.Tasks
	r.TasksPassed += l.TasksPassed
	r.Quizzes += l.Quizzes
	r.QuizzesFirst += l.QuizzesFirst
	r.Shown += l.Shown
	if r.Started.IsZero() || !l.Begun.IsZero() && l.Begun.Before(r.Started) {
		r.Started = l.Begun
	}
	if l.Done.After(r.Finished) {
		r.Finished = l.Done
	}
}

// next is where to go on: where the learner was last, then what else was
// begun, then the first that is open from there, and round again from the top.
func next(all []LessonReport, last string) string {
	after := 1 + slices.IndexFunc(all, func(l LessonReport) bool { return l.Lesson == last })
	all = slices.Concat(all[after:], all[:after])
	for _, fits := range []func(LessonReport) bool{
		func(l LessonReport) bool { return l.Lesson == last && (l.Status == Begun || l.Status == Unbegun) },
		func(l LessonReport) bool { return l.Status == Begun },
		func(l LessonReport) bool { return l.Status == Unbegun },
	} {
		if i := slices.IndexFunc(all, fits); i >= 0 {
			return all[i].Lesson
		}
	}
	return ""
}
