package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"cloison/lessons"
)

// readme is one of the two, of which neither is a translation of the other: they
// have the same to say.
type readme struct {
	lang        lessons.Lang
	file, other string
	hours       string // how they call them
}

var readmes = []readme{
	{lessons.English, "README.md", "README.fr.md", "hours"},
	{lessons.French, "README.fr.md", "README.md", "heures"},
}

func (r readme) text(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", r.file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The tour leaves out no verb, and the links lead somewhere.
func TestReadmeIsComplete(t *testing.T) {
	for _, r := range readmes {
		text := r.text(t)
		for _, c := range newRoot(&globals{}).Commands() {
			if !c.Hidden && !strings.Contains(text, "cloison "+c.Name()) {
				t.Errorf("%s does not name the verb %s", r.file, c.Name())
			}
		}
		var linked []string
		for _, link := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(text, -1) {
			linked = append(linked, link[1])
			if _, err := os.Stat(filepath.Join("..", "..", link[1])); err != nil {
				t.Errorf("%s links to what is not there: %v", r.file, err)
			}
		}
		if len(linked) == 0 || linked[0] != r.other {
			t.Errorf("%s does not lead to %s first", r.file, r.other)
		}
	}
}

// The table has every lesson in the course's order, by its title, and the
// README the time that all take.
func TestReadmeTellsTheCourse(t *testing.T) {
	course, problems := lessons.Load(lessons.Builtin())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, r := range readmes {
		var want []string
		minutes := 0
		for _, c := range course.Chapters {
			want = append(want, "| **"+c.Title[string(r.lang)]+"** | |")
			for _, l := range c.Lessons {
				want = append(want, "| "+l.ID+" | "+begunSmall(l.Title[string(r.lang)])+" |")
				minutes += l.Minutes
			}
		}
		text := r.text(t)
		var got []string
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "| ") {
				got = append(got, strings.ReplaceAll(strings.TrimSpace(line), "`", ""))
			}
		}
		got = got[min(1, len(got)):] // the heading
		for i, line := range want {
			if i >= len(got) || got[i] != line {
				t.Errorf("%s: line %d of the table should be (`code` apart):\n%s", r.file, i+1, line)
				break
			}
		}
		if len(got) > len(want) {
			t.Errorf("%s: the table has a line that no lesson has: %s", r.file, got[len(want)])
		}
		if hours := strconv.Itoa((minutes+30)/60) + " " + r.hours; !strings.Contains(text, hours) {
			t.Errorf("%s does not say that the course takes %s", r.file, hours)
		}
	}
}

func begunSmall(title string) string {
	title = strings.ReplaceAll(title, "`", "")
	for i, first := range title {
		return string(unicode.ToLower(first)) + title[i+len(string(first)):]
	}
	return title
}

var (
	fenced = regexp.MustCompile("(?ms)^```\n(.*?)^```$")
	inline = regexp.MustCompile("`([^`]+)`")
	// placeholders are what stands for something else in a command.
	placeholders = strings.NewReplacer("DOSSIER", "DIR", "FICHIER", "FILE", "NOM", "NAME", "help COMMANDE", "help VERB", "COMMANDE", "COMMAND")
)

// commands are the lines between fences without what is said of them.
func (r readme) commands(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, block := range fenced.FindAllStringSubmatch(r.text(t), -1) {
		for line := range strings.Lines(block[1]) {
			command, _, _ := strings.Cut(strings.TrimSpace(line), "  ")
			all = append(all, placeholders.Replace(command))
		}
	}
	return all
}

// named are the names and commands in the prose.
func (r readme) named(t *testing.T) []string {
	t.Helper()
	all := map[string]bool{}
	for _, span := range inline.FindAllStringSubmatch(fenced.ReplaceAllString(r.text(t), ""), -1) {
		all[placeholders.Replace(strings.Join(strings.Fields(span[1]), " "))] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// Whoever reads the one README types the same as who reads the other, and is told
// of the same files, flags and variables.
func TestReadmesSayTheSame(t *testing.T) {
	en, fr := readmes[0], readmes[1]
	for what, said := range map[string][2][]string{
		"commands": {en.commands(t), fr.commands(t)},
		"names":    {en.named(t), fr.named(t)},
	} {
		if len(said[0]) < 20 {
			t.Errorf("%s has %d %s; does this test still see them?", en.file, len(said[0]), what)
		}
		for i, s := range said[:] {
			for _, one := range s {
				if !slices.Contains(said[1-i], one) {
					t.Errorf("%s, not in %s: %s", readmes[i].file, readmes[1-i].file, one)
				}
			}
		}
		if !t.Failed() && !slices.Equal(said[0], said[1]) {
			t.Errorf("the %s are not in the same order: %q, %q", what, said[0], said[1])
		}
	}
}

// One thing has one name there as in the lessons, and French is set as in print.
func TestReadmeHasTheCoursesWords(t *testing.T) {
	for _, r := range readmes {
		text := r.text(t)
		for _, block := range fenced.FindAllString(text, -1) {
			text = strings.Replace(text, block, withoutCommands(block), 1)
		}
		text = inline.ReplaceAllString(text, "xx")
		for _, w := range lessons.OtherWords(r.lang, text) {
			t.Errorf("%s says %q; the course has another word for it: %s", r.file, w.Said, w.Instead)
		}
		if r.lang != lessons.French {
			continue
		}
		for line := range strings.Lines(text) {
			if elision.MatchString(line) {
				t.Errorf("%s: the apostrophe is ’ (U+2019): %s", r.file, line)
			}
			if breaks.MatchString(line) {
				t.Errorf("%s: a no-break space (U+00A0) stands inside « » and before ; : ! ?: %s", r.file, line)
			}
		}
	}
}

// withoutCommands is what is said of the commands of a block.
func withoutCommands(block string) string {
	var said strings.Builder
	for line := range strings.Lines(block) {
		_, about, _ := strings.Cut(strings.TrimSpace(line), "  ")
		said.WriteString(about + "\n")
	}
	return said.String()
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
