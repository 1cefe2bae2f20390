package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cloison/lessons"
)

// The README's tour leaves out no verb, and its table no lesson.
func TestReadmeIsComplete(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range newRoot(&globals{}).Commands() {
		if !c.Hidden && !strings.Contains(string(text), "cloison "+c.Name()) {
			t.Errorf("README.md does not name the verb %s", c.Name())
		}
	}
	course, problems := lessons.Load(lessons.Builtin())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, l := range course.Lessons() {
		if !strings.Contains(string(text), "`"+l.ID+"`") {
			t.Errorf("README.md does not name the lesson %s", l.ID)
		}
	}
}

// The architecture in CONTRIBUTING.md has a line for every package.
func TestArchitectureNamesEveryPackage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, "cloison/")
		if !strings.Contains(string(text), "\n"+name+" ") {
			t.Errorf("CONTRIBUTING.md does not say what %s is", name)
		}
	}
}
