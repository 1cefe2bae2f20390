package plain

import (
	"slices"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/lessons/progress"
	"cloison/sandbox"
)

// enoughTries is after how many tries a task's solution may be looked at.
const enoughTries = 2

// page is how far a learner is in a lesson that is read line by line. It
// keeps the rules of package tui/lesson, so that a learner may change between
// the two: the same places, marks and end.
type page struct {
	lesson *lessons.Lesson
	blocks []lessons.Block
	stops  []int // the blocks at which there is something to do
	at     int   // the stop that comes next; len(stops) after the last
	states map[string]state
}

// state is how far the learner is with one block.
type state struct {
	status play.Status // "" is not done
	chosen []int       // of a question's choices
	asked  bool        // Enter came without a choice
	hints  int         // that have been given
	tries  int         // of a task: handed in and not passed
}

func newPage(l *lessons.Lesson, lang sandbox.Lang, trainer bool) *page {
	p := &page{lesson: l, states: map[string]state{}}
	p.setLang(lang, trainer)
	return p
}

// setLang takes the blocks of a language; ids and places stay.
func (p *page) setLang(lang sandbox.Lang, trainer bool) {
	p.blocks = p.lesson.Blocks[string(lang)]
	if len(p.blocks) == 0 {
		p.blocks = p.lesson.Blocks[lessons.English]
	}
	if !trainer {
		p.blocks = slices.DeleteFunc(slices.Clone(p.blocks), func(b lessons.Block) bool { return b.Kind == lessons.Note })
	}
	p.stops = nil
	for i, b := range p.blocks {
		switch b.Kind {
		case lessons.Run, lessons.Task, lessons.Quiz, lessons.Xray:
			p.stops = append(p.stops, i)
		}
	}
	p.at = min(p.at, len(p.stops))
}

// resume goes to where the learner was an earlier time, and says whether that
// is further than the beginning. A task that was not passed is still open.
func (p *page) resume(was progress.Lesson) bool {
	for _, b := range p.blocks {
		mark, ok := was.Blocks[b.ID]
		switch {
		case !ok || b.ID == "":
		case b.Kind == lessons.Task && mark.Status != progress.Passed:
			s := state{tries: mark.Tries}
			if mark.Status == progress.Shown {
				s.tries = max(s.tries, enoughTries)
			}
			p.states[b.ID] = s
		default:
			p.states[b.ID] = state{status: play.Status(mark.Status)}
		}
	}
	for stop, i := range p.stops {
		if id := p.blocks[i].ID; id != "" && id == was.At && stop > 0 {
			p.at = stop
			return true
		}
	}
	return false
}

// stop is the block that the learner is at; ok is false after the last.
func (p *page) stop() (b lessons.Block, ok bool) {
	if p.at >= len(p.stops) {
		return lessons.Block{}, false
	}
	return p.blocks[p.stops[p.at]], true
}

// stretch is what is read on the way to the stop: the blocks after the stop
// before, up to and with this one, or up to the end.
func (p *page) stretch() []lessons.Block {
	from, to := 0, len(p.blocks)
	if p.at > 0 {
		from = p.stops[p.at-1] + 1
	}
	if p.at < len(p.stops) {
		to = p.stops[p.at] + 1
	}
	return p.blocks[from:to]
}

// move goes n stops on, or back, and says whether that is elsewhere.
func (p *page) move(n int) bool {
	was := p.at
	p.at = min(max(0, p.at+n), len(p.stops))
	return p.at != was
}

// place is the id of the block that the learner is at; "" after the last.
func (p *page) place() string {
	for _, i := range p.stops[p.at:] {
		if id := p.blocks[i].ID; id != "" {
			return id
		}
	}
	return ""
}

// change changes the state of one block.
func (p *page) change(id string, do func(*state)) {
	s := p.states[id]
	do(&s)
	p.states[id] = s
}

// judged takes a verdict on a command or a question, and goes on unless the
// command failed.
func (p *page) judged(b lessons.Block, v play.Verdict) {
	p.change(b.ID, func(s *state) { s.status = v.Status })
	p.leave(b, b.Kind == lessons.Quiz || v.Status != play.Failed)
}

// checked takes what a task's check found; handedIn says that the learner asked
// for it, which counts as a try.
func (p *page) checked(b lessons.Block, v play.Verdict, handedIn bool) {
	p.change(b.ID, func(s *state) {
		if s.status != play.Passed {
			s.status = v.Status
		}
		if handedIn && v.Status == play.Failed {
			s.tries++
		}
	})
	p.leave(b, v.Status == play.Passed)
}

// leave goes on from a block, if that is where the learner is.
func (p *page) leave(b lessons.Block, done bool) {
	if at, ok := p.stop(); ok && done && at.ID == b.ID {
		p.at++
	}
}

// answer judges the choices, counted from 0; none at all skips the question.
func (p *page) answer(b lessons.Block, chosen []int) play.Verdict {
	v := play.Verdict{Status: play.Skipped, Expected: []sandbox.Text{}}
	if len(chosen) > 0 {
		v = play.Answer(b, chosen)
	}
	v.Lesson, v.Block = p.lesson.ID, b.ID
	p.change(b.ID, func(s *state) { s.chosen, s.asked = chosen, false })
	p.judged(b, v)
	return v
}

// settled are the questions that a command settles and that have been put.
func (p *page) settled(run string) []lessons.Block {
	var all []lessons.Block
	for _, b := range p.blocks {
		if b.Kind == lessons.Quiz && b.Quiz.Prove == run && p.states[b.ID].status != "" {
			all = append(all, b)
		}
	}
	return all
}

// task is the task that words such as hint mean: the one that the learner is
// at, else the last one before.
func (p *page) task() (lessons.Block, bool) {
	for stop := min(p.at, len(p.stops)-1); stop >= 0; stop-- {
		if b := p.blocks[p.stops[stop]]; b.Kind == lessons.Task {
			return b, true
		}
	}
	return lessons.Block{}, false
}

// watched is the task whose check runs by itself: the one that the learner is at.
func (p *page) watched() (lessons.Block, bool) {
	b, ok := p.stop()
	return b, ok && b.Kind == lessons.Task && !p.passed(b.ID)
}

// forget takes back what is known of a block.
func (p *page) forget(id string) { delete(p.states, id) }

func (p *page) passed(id string) bool  { return p.states[id].status == play.Passed }
func (p *page) mayLook(id string) bool { return p.passed(id) || p.states[id].tries >= enoughTries }

// undone counts what is not done yet.
func (p *page) undone() int {
	n := 0
	for _, i := range p.stops {
		if b := p.blocks[i]; b.Kind != lessons.Xray && !p.isDone(b) {
			n++
		}
	}
	return n
}

func (p *page) done() bool { return len(p.stops) > 0 && p.undone() == 0 }

func (p *page) isDone(b lessons.Block) bool {
	status := p.states[b.ID].status
	switch b.Kind {
	case lessons.Quiz:
		return status != ""
	case lessons.Task:
		return status == play.Passed
	default:
		return status != "" && status != play.Failed
	}
}

// rightOnes counts the right choices of a question.
func rightOnes(b lessons.Block) int {
	n := 0
	for _, c := range b.Quiz.Choices {
		if c.Right {
			n++
		}
	}
	return n
}
