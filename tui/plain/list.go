package plain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/lessons/progress"
	"cloison/sandbox"
)

// list is the course as it is told: what is known of each lesson.
type list struct {
	course *lessons.Course
	report progress.Report
	lacks  map[string]sandbox.Lack // by lesson: why it is locked here
	next   string                  // the lesson that Enter opens; "" for none
}

// newList puts together what was done and what the machine can play.
func newList(course *lessons.Course, about sandbox.About, s progress.State) list {
	l := list{course: course, lacks: map[string]sandbox.Lack{}}
	var outline []progress.Outline
	for _, lesson := range course.Lessons() {
		_, lack, locked := play.Missing(lesson, about)
		if locked {
			l.lacks[lesson.ID] = lack
		}
		outline = append(outline, outlineOf(lesson, locked))
	}
	l.report = progress.Summarise(outline, s, nil)
	l.next = l.report.Next
	for _, r := range l.report.Lessons {
		if r.Lesson == s.Last && r.Status == progress.Begun {
			l.next = s.Last
		}
	}
	return l
}

func outlineOf(l *lessons.Lesson, locked bool) progress.Outline {
	return progress.Outline{
		Chapter: l.Chapter, Lesson: l.ID, Title: l.Title[lessons.English], Minutes: l.Minutes, Locked: locked,
		Blocks: l.IDs(lessons.Run, lessons.Task, lessons.Quiz), Tasks: l.IDs(lessons.Task), Quizzes: l.IDs(lessons.Quiz),
	}
}

// find gives the lesson that a number or an id means.
func (l list) find(said string) (*lessons.Lesson, bool) {
	if n, err := strconv.Atoi(said); err == nil {
		all := l.course.Lessons()
		if n < 1 || n > len(all) {
			return nil, false
		}
		return all[n-1], true
	}
	return l.course.Lesson(strings.ToLower(said))
}

// number is where a lesson stands, from 1; 0 when it is not there.
func (l list) number(id string) int {
	return 1 + slices.IndexFunc(l.course.Lessons(), func(lesson *lessons.Lesson) bool { return lesson.ID == id })
}

// few is how many lessons are told without being asked for.
const few = 9

// short tells the whole list where it is short, else what it adds up to.
func (l list) short(v voice) string {
	if len(l.report.Lessons) <= few {
		return l.text(v)
	}
	return v.wrap(l.summary(v) + " " + v.say("“map” lists the lessons.", "« carte » énumère les leçons."))
}

// text tells every lesson, one paragraph each.
func (l list) text(v voice) string {
	lines := []string{v.wrap(l.summary(v))}
	n := 0
	for _, chapter := range l.course.Chapters {
		lines = append(lines, "", v.wrap(v.say("Chapter: ", "Chapitre : ")+titleIn(chapter.Title, v.lang)))
		for range chapter.Lessons {
			lines = append(lines, l.lesson(v, n))
			n++
		}
	}
	return strings.Join(lines, "\n")
}

// titleIn is a title in a language, or in English where it has none.
func titleIn(title map[lessons.Lang]string, lang sandbox.Lang) string {
	if t := title[string(lang)]; t != "" {
		return t
	}
	return title[lessons.English]
}

func (l list) summary(v voice) string {
	r := l.report
	if r.Done == len(r.Lessons) && r.Done > 0 {
		return v.say("All lessons are done: %d. Each can be played again.", "Toutes les leçons sont terminées : %d. Chacune peut être rejouée.", r.Done)
	}
	return v.say("The course: %d of %d lessons done, about %d minutes left.",
		"Leçons terminées : %d sur %d, reste environ %d minutes.", r.Done, len(r.Lessons), r.Left)
}

func (l list) lesson(v voice, n int) string {
	r := l.report.Lessons[n]
	lead := fmt.Sprintf("%d. ", n+1)
	title := titleIn(l.course.Lessons()[n].Title, v.lang)
	lines := []string{v.item(lead, title+v.say(": ", "\u00a0: ")+l.state(v, r)+".")}
	if lack, locked := l.lacks[r.Lesson]; locked {
		lines = append(lines, v.lack(lack, "   "))
	}
	return strings.Join(lines, "\n")
}

func (l list) state(v voice, r progress.LessonReport) string {
	switch r.Status {
	case progress.Done:
		return v.say("done", "terminée")
	case progress.Begun:
		return v.say("begun, about %d minutes left", "commencée, reste environ %d minutes", r.Left)
	case progress.Locked:
		return v.say("locked here", "verrouillée ici")
	}
	return v.say("not begun, %d minutes", "pas commencée, %d minutes", r.Minutes)
}

// goOn says what Enter does.
func (l list) goOn(v voice) string {
	n := l.number(l.next)
	if n == 0 {
		return v.sentence("A lesson’s number opens it. ? lists the words, q leaves.",
			"Le numéro d’une leçon l’ouvre. ? énumère les mots, q quitte.")
	}
	title := strings.TrimRight(titleIn(l.course.Lessons()[n-1].Title, v.lang), ".")
	first := v.say("Enter opens lesson %d, “%s”.", "Entrée ouvre la leçon %d, « %s ».", n, title)
	if l.report.Lessons[n-1].Status == progress.Begun {
		first = v.say("You stopped in lesson %d, “%s”: Enter goes on there.", "Vous en étiez à la leçon %d, « %s » : Entrée y reprend.", n, title)
	}
	return v.wrap(first + " " + v.say("A number opens another one. ? lists the words, q leaves.",
		"Un numéro en ouvre une autre. ? énumère les mots, q quitte."))
}

// completion tells of a course in which everything is done.
func (l list) completion(v voice) string {
	r := l.report
	return v.sentence("You have worked through every lesson here. Tasks passed: %d of %d. Questions answered right at the first try: %d of %d.",
		"Vous avez parcouru toutes les leçons. Exercices réussis : %d sur %d. Questions justes du premier coup : %d sur %d.",
		r.TasksPassed, r.Tasks, r.QuizzesFirst, r.Quizzes)
}
