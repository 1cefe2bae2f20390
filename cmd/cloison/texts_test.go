package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cloison/lessons"
)

// TestErrorsAreSaidTwice compares the two formats of each error that a learner
// is told: they take the same arguments in the same order, or count them.
func TestErrorsAreSaidTwice(t *testing.T) {
	found := 0
	eachCall(t, func(at token.Position, name string, args []ast.Expr) {
		if name != "sandbox.Errorf" && name != "Errorf" {
			return
		}
		found++
		en, ok1 := literal(args[0])
		fr, ok2 := literal(args[1])
		if !ok1 || !ok2 {
			t.Errorf("%s: the two formats are not written here", at)
			return
		}
		if wrong := mismatch(en, fr, len(args)-2); wrong != "" {
			t.Errorf("%s: %q and %q: %s", at, en, fr, wrong)
		}
	})
	if found < 100 {
		t.Errorf("found %d errors in both languages; does this test still see them?", found)
	}
}

// TestAdviceIsSaidTwice finds errors that speak to a learner, of a flag or of
// what to try, in one language alone.
func TestAdviceIsSaidTwice(t *testing.T) {
	eachCall(t, func(at token.Position, name string, args []ast.Expr) {
		if name != "errors.New" && name != "fmt.Errorf" {
			return
		}
		if text, ok := literal(args[0]); ok && advises(text) {
			t.Errorf("%s: %q is said in English alone; sandbox.Errorf says it in French too", at, text)
		}
	})
}

// TestFrenchIsSetAsInPrint wants the apostrophe of the lessons in the program
// too, and spaces at which no line ends. The course line by line makes all its
// spaces plain for who has it read aloud.
func TestFrenchIsSetAsInPrint(t *testing.T) {
	eachFile(t, func(files *token.FileSet, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			at, text := files.Position(lit.Pos()), lit.Value
			if elision.MatchString(text) {
				t.Errorf("%s: %s: the apostrophe is ’ (U+2019)", at, text)
			}
			if french.MatchString(text) && breaks.MatchString(text) && !strings.Contains(at.Filename, "tui/plain/") {
				t.Errorf("%s: %s: a no-break space (U+00A0) stands inside « » and before ; : ! ?", at, text)
			}
			return true
		})
	})
}

// TestOneThingHasOneName wants the program to say the lessons' words: whoever
// reads of one thing by two names looks for two things.
func TestOneThingHasOneName(t *testing.T) {
	eachFile(t, func(files *token.FileSet, f *ast.File) {
		if strings.HasSuffix(files.Position(f.Pos()).Filename, "lessons/words.go") {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING || !surelyFrench.MatchString(lit.Value) {
				return true
			}
			text, _ := strconv.Unquote(lit.Value)
			for _, w := range lessons.OtherWords(lessons.French, text) {
				t.Errorf("%s: %q is called %q in lessons: %s", files.Position(lit.Pos()), w.Said, w.Instead, text)
			}
			return true
		})
	})
}

var (
	elision = regexp.MustCompile(`(?i)(?:^|[^\pL\pN’'\\%])(?:[ldnsmtjc]|qu|lorsqu|puisqu|jusqu|quelqu|aujourd)'[\pL\pN/%$]`)
	french  = regexp.MustCompile(`[éèêàâùûôîçœÉÀ’][^»]*\pL`)
	// surelyFrench is no English with the apostrophe of print, as french may be.
	surelyFrench = regexp.MustCompile(`[éèêàâùûôîçœÉÀ\x{a0}]|\b(?:[lLdDnNsSjJcC]|qu)’\pL{2}`)
	breaks       = regexp.MustCompile(`« | »|[^ ] [;:!?](?:[ "\x60\n)\\]|$)`)
)

func TestTextRulesNotice(t *testing.T) {
	for _, c := range []struct {
		en, fr string
		args   int
		wrong  bool
	}{
		{"%s: give %d", "%s\u00a0: donnez %d", 2, false},
		{"%s: %w; give one", "%[1]s\u00a0: donnez-en un", 2, false},
		{"100%% of %s", "100\u00a0%% de %s", 1, false},
		{"%s: give %d", "%d\u00a0: donnez %s", 2, true},
		{"%s: give one", "donnez-en un", 1, true},
		{"%s", "%[2]s !", 1, true},
		{"give one", "give one", 0, true},
		{"give one", "", 0, true},
	} {
		if got := mismatch(c.en, c.fr, c.args); (got != "") != c.wrong {
			t.Errorf("%q and %q: %q", c.en, c.fr, got)
		}
	}
	for text, want := range map[string]bool{
		`"l'hôte"`: true, `"sh -c 'd'"`: false, `"isn't"`: false, `"printf '%s'"`: false, `"qu'il"`: true, `"aujourd'hui"`: true,
	} {
		if elision.MatchString(text) != want {
			t.Errorf("%s: want %t", text, want)
		}
	}
	for text, want := range map[string]bool{
		"--memory 5: too little": true, "it is there; remove it": true, "parse stat: %d fields": false,
	} {
		if advises(text) != want {
			t.Errorf("%q: want %t", text, want)
		}
	}
}

func advises(text string) bool { return strings.HasPrefix(text, "--") || strings.Contains(text, "; ") }

var verb = regexp.MustCompile(`%(?:\[(\d)\])?[-+# 0]*\d*(?:\.\d+)?([a-zA-Z%])`)

// mismatch says what is wrong with two formats for so many arguments.
func mismatch(en, fr string, args int) string {
	if en == "" || fr == "" || en == fr {
		return "it is the same in both languages, or missing in one"
	}
	verbs, counted := map[string][]string{}, map[string]bool{}
	for _, format := range []string{en, fr} {
		for _, v := range verb.FindAllStringSubmatch(format, -1) {
			if v[2] == "%" {
				continue
			}
			verbs[format] = append(verbs[format], v[2])
			if n, err := strconv.Atoi(v[1]); err == nil {
				counted[format] = true
				if n > args {
					return "it has no argument " + v[1]
				}
			}
		}
		if !counted[format] && len(verbs[format]) != args {
			return "it does not use each argument once, and does not count them"
		}
	}
	if !counted[en] && !counted[fr] && !slices.Equal(verbs[en], verbs[fr]) {
		return "their verbs differ"
	}
	return ""
}

// literal is the text of a string that is written down, also in pieces.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		a, ok1 := literal(e.X)
		b, ok2 := literal(e.Y)
		return a + b, ok1 && ok2 && e.Op == token.ADD
	}
	return "", false
}

// eachCall visits the calls of the program by their names as they are written.
func eachCall(t *testing.T, visit func(at token.Position, name string, args []ast.Expr)) {
	t.Helper()
	eachFile(t, func(files *token.FileSet, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				visit(files.Position(call.Pos()), called(call.Fun), call.Args)
			}
			return true
		})
	})
}

func called(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if of, ok := e.X.(*ast.Ident); ok {
			return of.Name + "." + e.Sel.Name
		}
	}
	return ""
}

// eachFile visits the program's files, without its tests.
func eachFile(t *testing.T, visit func(*token.FileSet, *ast.File)) {
	t.Helper()
	files := token.NewFileSet()
	for _, top := range []string{"cmd", "sandbox", "lessons", "tui"} {
		err := filepath.WalkDir(filepath.Join("..", "..", top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err == nil {
				visit(files, f)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
