package play

import (
	"math/rand/v2"
	"slices"

	"cloison/lessons"
	"cloison/sandbox"
)

// Missing finds the first need of a lesson that a machine does not meet; ok
// says whether there is one.
func Missing(lesson *lessons.Lesson, about sandbox.About) (need string, lack sandbox.Lack, ok bool) {
	return missing(Needs(lesson, about), about)
}

// Needs are what a lesson needs of a machine: what it names itself and, before
// that, what its lab needs. Who is not root can only open a lab as the root of
// a user namespace, which owns the lab's others; a shared lab has no others.
func Needs(lesson *lessons.Lesson, about sandbox.About) []string {
	if about.Root || shared(lesson) || slices.Contains(lesson.Needs, "userns") {
		return lesson.Needs
	}
	return append([]string{"userns"}, lesson.Needs...)
}

// shared says whether a lesson works on the machine itself, where the Docker
// daemon lives.
func shared(lesson *lessons.Lesson) bool {
	return slices.Contains(lesson.Needs, "docker")
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
