package play

import (
	"slices"
	"strings"

	"cloison/lessons"
	"cloison/sandbox"
)

// Answer judges the choices, counted from 0, that a learner took in a quiz: it
// is passed when exactly the right ones were taken. Observed is what was
// chosen. It gives the answer away in neither Expected nor Reason.
func Answer(b lessons.Block, chosen []int) Verdict {
	v := Verdict{Block: b.ID, Status: Passed, Expected: []sandbox.Text{}}
	if b.Quiz == nil {
		v.Status, v.Reason = Failed, both("this block asks nothing", "ce bloc ne pose pas de question")
		return v
	}
	right, missed, wrong := 0, 0, 0
	var taken []string
	for i, c := range b.Quiz.Choices {
		took := slices.Contains(chosen, i)
		if took {
			taken = append(taken, c.Text)
		}
		if c.Right {
			right++
		}
		if c.Right && !took {
			missed++
		}
		if took && !c.Right {
			wrong++
		}
	}
	v.Observed = strings.Join(taken, "\n")
	v.Expected = append(v.Expected, wanted(right))
	switch {
	case wrong == 0 && missed == 0:
		return v
	case len(taken) == 0:
		v.Reason = both("nothing was chosen", "aucun choix")
	case wrong == 0:
		v.Reason = both("right so far, but something is missing", "juste jusque-là, mais il en manque")
	case right > 1:
		v.Reason = both("not quite", "pas tout à fait")
	default:
		v.Reason = both("that is not it", "ce n’est pas cela")
	}
	v.Status = Failed
	return v
}

// wanted says how many answers are right.
func wanted(right int) sandbox.Text {
	if right == 1 {
		return both("the one right answer", "la seule bonne réponse")
	}
	return both("all right answers and no other", "toutes les bonnes réponses, et aucune autre")
}
