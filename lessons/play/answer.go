package play

import (
	"slices"
	"strings"

	"cloison/lessons"
	"cloison/sandbox"
)

// Answer judges the choices of a quiz, by their indices: exactly the right
// ones are right. It is pure; its texts are in the language of the block.
func Answer(b lessons.Block, chosen []int) Verdict {
	var right, given []string
	status := Passed
	for i, c := range b.Quiz.Choices {
		picked := slices.Contains(chosen, i)
		if c.Right {
			right = append(right, c.Text)
		}
		if picked {
			given = append(given, c.Text)
		}
		if c.Right != picked {
			status = Failed
		}
	}
	expected := strings.Join(right, "; ")
	return Verdict{
		Block: b.ID, Status: status, Expected: []sandbox.Text{{EN: expected, FR: expected}},
		Observed: strings.Join(given, "\n"),
	}
}
