package lessons

import (
	"errors"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// numbered is a folder's name: a number that orders, and an id.
var numbered = regexp.MustCompile(`^([0-9]+)-([a-z0-9][a-z0-9-]*)$`)

// Load reads a course: a folder of chapters, each a folder of lessons. It
// always returns what could be read, together with everything that is wrong;
// see Broken. A lesson or chapter without a translation has its English in
// place of it. A chapter that has no lessons yet is checked and left out.
func Load(fsys fs.FS) (*Course, []Problem) {
	l := &loader{fsys: fsys, course: &Course{}, after: map[string]place{}, ids: map[string]string{}}
	for _, f := range l.folders(".") {
		l.chapter(f)
	}
	if len(l.course.Chapters) == 0 {
		l.add(".", "no chapters here: a course has folders such as 10-kernel, each with a chapter.md")
	}
	l.order()
	l.course.Chapters = slices.DeleteFunc(l.course.Chapters, func(c *Chapter) bool { return len(c.Lessons) == 0 })
	return l.course, inOrder(l.problems)
}

// loader reads one course.
type loader struct {
	fsys     fs.FS
	course   *Course
	problems []Problem
	after    map[string]place  // where a lesson says what comes before it
	ids      map[string]string // id to the folder that has it
}

// place is a line of a file.
type place struct {
	file string
	line int
}

func (l *loader) add(file, message string) {
	l.problems = append(l.problems, Problem{File: file, Line: 1, Message: message})
}

// folder is a chapter's or lesson's folder.
type folder struct {
	path   string
	number int
	id     string
}

// folders lists the numbered folders of dir, in their order.
func (l *loader) folders(dir string) []folder {
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil {
		l.add(dir, err.Error())
	}
	var all []folder
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		at := path.Join(dir, e.Name())
		parts := numbered.FindStringSubmatch(e.Name())
		if parts == nil {
			l.add(at, "a folder's name begins with its number, for example 10-"+e.Name())
			continue
		}
		number, _ := strconv.Atoi(parts[1])
		all = append(all, folder{at, number, parts[2]})
	}
	slices.SortStableFunc(all, func(a, b folder) int { return a.number - b.number })
	return all
}

// chapter reads one chapter's folder and its lessons.
func (l *loader) chapter(f folder) {
	l.unique("chapter", f)
	c := &Chapter{ID: f.id, Title: map[Lang]string{}, Intro: map[Lang]string{}}
	l.course.Chapters = append(l.course.Chapters, c)
	file := path.Join(f.path, "chapter.md")
	if base, ok := l.read(file); ok {
		p := newPage(file, base)
		p.fields(map[string]func(ast.Node){"title": func(n ast.Node) { c.Title[English] = p.text("title", n) }})
		p.titled(c.Title[English])
		c.Intro[English] = strings.TrimSpace(p.body)
		p.words(English)
		l.problems = append(l.problems, p.problems...)
		l.chapterTranslation(path.Join(f.path, "chapter.fr.md"), base, c)
	}
	for _, sub := range l.folders(f.path) {
		l.lesson(sub, c)
	}
}

func (l *loader) chapterTranslation(file string, base []byte, c *Chapter) {
	c.Title[French], c.Intro[French] = c.Title[English], c.Intro[English]
	content, ok := l.readTranslation(file)
	if !ok {
		return
	}
	p := newPage(file, content)
	c.Title[French] = p.translation(base)
	c.Intro[French] = strings.TrimSpace(p.body)
	p.typography()
	p.words(French)
	l.problems = append(l.problems, p.problems...)
}

// lesson reads one lesson's folder.
func (l *loader) lesson(f folder, c *Chapter) {
	l.unique("lesson", f)
	file := path.Join(f.path, "lesson.md")
	base, ok := l.read(file)
	if !ok {
		return
	}
	p := readLesson(file, c.ID, f.id, base)
	lesson := p.lesson
	l.after[f.id] = place{file, p.at("after")}
	l.problems = append(l.problems, p.problems...)
	c.Lessons = append(c.Lessons, lesson)
	lesson.Title[French], lesson.Blocks[French] = lesson.Title[English], lesson.Blocks[English]
	french := path.Join(f.path, "lesson.fr.md")
	if content, ok := l.readTranslation(french); ok {
		l.problems = append(l.problems, readTranslation(french, content, base, lesson)...)
	}
	files := path.Join(f.path, "files")
	if info, err := fs.Stat(l.fsys, files); err == nil && info.IsDir() {
		lesson.Files, _ = fs.Sub(l.fsys, files) // errors only for a path that is not valid
	}
}

// unique says when two folders have one id.
func (l *loader) unique(kind string, f folder) {
	name := kind + " " + f.id
	if before, twice := l.ids[name]; twice {
		l.add(f.path, name+" exists already: "+before)
	}
	l.ids[name] = f.path
}

func (l *loader) read(file string) ([]byte, bool) {
	content, err := fs.ReadFile(l.fsys, file)
	if errors.Is(err, fs.ErrNotExist) {
		l.add(file, "there is no such file")
	} else if err != nil {
		l.add(file, err.Error())
	}
	return content, err == nil
}

// readTranslation is read for a file that may be missing without harm.
func (l *loader) readTranslation(file string) ([]byte, bool) {
	content, err := fs.ReadFile(l.fsys, file)
	if err == nil {
		return content, true
	}
	if errors.Is(err, fs.ErrNotExist) {
		l.add(file, "the French translation is missing")
		l.problems[len(l.problems)-1].Minor = true
	} else {
		l.add(file, err.Error())
	}
	return nil, false
}
