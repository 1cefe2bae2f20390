package terminal

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the screens of testdata afresh")

// TestScreens shows recorded sessions of 60 by 12 cells, piece by piece, and
// holds the last screen to the one that was looked at and found right.
func TestScreens(t *testing.T) {
	files, err := filepath.Glob("testdata/*.raw")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded sessions: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".raw") + ".golden"
			for _, n := range []int{len(raw), 100, 7, 1} {
				m := newTestModel(t, newFakeShell()).SetSize(60, 12)
				for i := 0; i < len(raw); i += n {
					m = show(t, m, string(raw[i:min(len(raw), i+n)]))
				}
				checkView(t, m)
				c := m.Cursor()
				checkGolden(t, golden, fmt.Sprintf("%s\n-- cursor at %d,%d\n", m.Text(), c.X, c.Y))
			}
		})
	}
}

func checkGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: the screen is\n%s\nwant\n%s", file, got, want)
	}
}
