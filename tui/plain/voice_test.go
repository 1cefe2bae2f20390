package plain

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"cloison/lessons"
	"cloison/sandbox"
)

// ioPipe is a reader from which nothing ever comes.
func ioPipe(t *testing.T) (*io.PipeReader, *io.PipeWriter) {
	r, w := io.Pipe()
	t.Cleanup(func() { w.Close() })
	return r, w
}

// Both languages say each thing with the same arguments.
func TestLanguagesTakeTheSameArguments(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	format := regexp.MustCompile(`%[a-z]`)
	found := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			en, fr, ok := pair(n)
			if !ok {
				return true
			}
			found++
			if !slices.Equal(format.FindAllString(en, -1), format.FindAllString(fr, -1)) {
				t.Errorf("%q and %q take different arguments", en, fr)
			}
			if strings.Contains(fr, "'") {
				t.Errorf("%q has a typewriter's apostrophe", fr)
			}
			return true
		})
	}
	if found < 50 {
		t.Errorf("only %d pairs found", found)
	}
}

// pair is what a call of say or sentence says, in both languages.
func pair(n ast.Node) (en, fr string, ok bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) < 2 {
		return "", "", false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || method.Sel.Name != "say" && method.Sel.Name != "sentence" {
		return "", "", false
	}
	var said [2]string
	for i := range said {
		literal, ok := call.Args[i].(*ast.BasicLit)
		if !ok {
			return "", "", false
		}
		said[i], _ = strconv.Unquote(literal.Value)
	}
	return said[0], said[1], true
}

func TestFrenchSignsStayWithTheirWords(t *testing.T) {
	v := voice{lang: sandbox.French, width: 20}
	for _, line := range strings.Split(v.wrap("Une phrase assez longue : « deux mots » ; et puis ? voilà !"), "\n") {
		if strings.HasPrefix(line, ":") || strings.HasPrefix(line, ";") || strings.HasPrefix(line, "?") || strings.HasPrefix(line, "»") || strings.HasSuffix(line, "«") {
			t.Errorf("the line %q is torn off", line)
		}
	}
}

// The whole course can be told: nothing but text, and prose within the width.
func TestTheWholeCourseCanBeTold(t *testing.T) {
	course, problems := lessons.Load(lessons.Builtin())
	if lessons.Broken(problems) {
		t.Fatal(problems)
	}
	for _, l := range course.Lessons() {
		for _, lang := range []sandbox.Lang{sandbox.English, sandbox.French} {
			v := voice{lang: lang, width: 72}
			p := newPage(l, lang, true)
			for _, b := range p.blocks {
				text := v.block(b, state{})
				if text == "" || noControls(text) != text {
					t.Errorf("%s, %s, line %d: told as %q", l.ID, lang, b.Line, text)
				}
				if b.Kind == lessons.Run || strings.Contains(b.Text, "```") || strings.Contains(b.Text, "|") {
					continue // code and tables are not broken
				}
				for _, line := range strings.Split(text, "\n") {
					if ansi.StringWidth(line) > 72 && strings.Contains(line, " ") {
						t.Errorf("%s, %s, line %d: too wide: %q", l.ID, lang, b.Line, line)
					}
				}
			}
		}
	}
}
