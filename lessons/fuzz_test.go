package lessons

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzInfo wants ParseInfo to take any text, and to read again what it writes.
func FuzzInfo(f *testing.F) {
	for _, seed := range []string{
		"", "sh", "sh {run id=x}", `sh {run expect="^\d+ \"x\"$" reject=a}`, "task {id=}", "quiz {", "xray {show=a,b", `x {a="b"c}`, `{"}`, "{=}", `sh {run id="\`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		info, err := ParseInfo(s)
		if err != nil || strings.ContainsAny(info.Lang, "{}") {
			return
		}
		again, err := ParseInfo(info.String())
		if err != nil {
			t.Fatalf("%q was read, %q is not: %v", s, info, err)
		}
		if diff := cmp.Diff(info, again); diff != "" {
			t.Errorf("%q: %s", s, diff)
		}
	})
}

// FuzzLoadLesson wants every file to be read without panic, and every problem
// to be on a line that the file has.
func FuzzLoadLesson(f *testing.F) {
	f.Add(lessonMD, lessonFR)
	f.Add("", "")
	f.Add("---\n---\n", "---\nof: x\n---\n```sh {run id=ps}\n```")
	f.Add("---\ntasks: {a: [b]}\nvars: !!x\n---\n```quiz {id=a}\n- [x]", "\ufeff---\r\ntitle: &a *a\r\n---\r\n")
	f.Add("---\ntitle: |\n  x\n---\n- a\n  ```sh {run id=b}", "~~~note\n> ```task")
	f.Fuzz(func(t *testing.T, base, translation string) {
		fsys := course(map[string]string{"10-kernel/9-ps/lesson.md": base, "10-kernel/9-ps/lesson.fr.md": translation})
		c, problems := Load(fsys)
		for _, p := range problems {
			file, ok := fsys[p.File]
			if !ok {
				continue // a missing file, or a folder
			}
			if last := 1 + strings.Count(string(file.Data), "\n"); p.Line < 1 || p.Line > last {
				t.Errorf("%s: the file has %d lines", p, last)
			}
		}
		for _, l := range c.Lessons() {
			for lang, blocks := range l.Blocks {
				checkBlocks(t, lang, blocks, problems)
			}
		}
	})
}

// checkBlocks wants a block to have what its kind promises, so that whoever
// shows a course needs no nil checks.
func checkBlocks(t *testing.T, lang Lang, blocks []Block, problems []Problem) {
	t.Helper()
	last := 0
	for _, b := range blocks {
		if b.Line < last || b.Line < 1 {
			t.Errorf("%s: block %q on line %d follows line %d", lang, b.ID, b.Line, last)
		}
		last = b.Line
		if (b.Kind == Run) != (b.Run != nil) || (b.Kind == Quiz) != (b.Quiz != nil) {
			t.Errorf("%s: block %q lacks its contents", lang, b.ID)
		}
		if b.Kind == Run && b.Run.Timeout <= 0 && !Broken(problems) {
			t.Errorf("%s: block %q has no time", lang, b.ID)
		}
	}
}
