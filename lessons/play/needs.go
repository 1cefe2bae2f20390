package play

import (
	"math/rand/v2"

	"cloison/lessons"
	"cloison/sandbox"
)

// Missing finds the first need of a lesson that a machine does not meet; ok
// says whether there is one.
func Missing(lesson *lessons.Lesson, about sandbox.About) (need string, lack sandbox.Lack, ok bool) {
	return missing(lesson.Needs, about)
}

func missing(needs []string, about sandbox.About) (need string, lack sandbox.Lack, ok bool) {
	for _, need := range needs {
		if lack, ok := about.Lacks[need]; ok {
			return need, lack, true
		}
	}
	return "", sandbox.Lack{}, false
}

// Pick chooses a value for each variable: the same ones for the same seed.
func Pick(vars []lessons.Var, seed uint64) map[string]string {
	rnd := rand.New(rand.NewPCG(seed, 0))
	picked := map[string]string{}
	for _, v := range vars {
		if len(v.Values) > 0 {
			picked[v.Name] = v.Values[rnd.IntN(len(v.Values))]
		}
	}
	return picked
}
