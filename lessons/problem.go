package lessons

import (
	"fmt"
	"sort"
)

// Problem is something wrong with a course, and where.
type Problem struct {
	File    string // slash-separated, from the course's folder
	Line    int    // from 1
	Message string
	// Minor problems leave a course that can be used: a translation that is
	// missing (the English stands in) or older than its base.
	Minor bool
}

// String gives the problem as compilers do: file:line: message.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
}

// Broken says whether a course with these problems can't be used.
func Broken(problems []Problem) bool {
	for _, p := range problems {
		if !p.Minor {
			return true
		}
	}
	return false
}

// report collects the problems of one file.
type report struct {
	file     string
	problems []Problem
}

func (r *report) add(line int, format string, args ...any) {
	r.problems = append(r.problems, Problem{File: r.file, Line: max(line, 1), Message: fmt.Sprintf(format, args...)})
}

func (r *report) minor(line int, format string, args ...any) {
	r.add(line, format, args...)
	r.problems[len(r.problems)-1].Minor = true
}

// inOrder sorts problems by file and line; what is found first comes first.
func inOrder(problems []Problem) []Problem {
	sort.SliceStable(problems, func(i, j int) bool {
		a, b := problems[i], problems[j]
		if a.File != b.File {
			return a.File < b.File
		}
		return a.Line < b.Line
	})
	return problems
}
