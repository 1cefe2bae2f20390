package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The chapter of CONTRIBUTING.md whose commands and files are carried out.
const chapterTitle = "## Write a lesson in ten minutes"

// fence is a fenced part of the chapter: its language, the rest of its info
// string, and what is in it.
type fence struct {
	lang, about, text string
	line              int
}

// fencesOf are the fences between a heading and the next one of its level.
func fencesOf(markdown, heading string) []fence {
	var all []fence
	inside, closing := false, ""
	for i, line := range strings.Split(markdown, "\n") {
		ticks := regexp.MustCompile("^`{3,}").FindString(line)
		switch {
		case closing != "" && line == closing:
			closing = ""
		case closing != "":
			all[len(all)-1].text += line + "\n"
		case strings.HasPrefix(line, "## "):
			inside = line == heading
		case inside && ticks != "":
			lang, about, _ := strings.Cut(line[len(ticks):], " ")
			all = append(all, fence{lang: lang, about: about, line: i + 1})
			closing = ticks
		}
	}
	return all
}

func TestFencesOf(t *testing.T) {
	text := "```sh\nno\n```\n## A\n```sh one two\na\nb\n```\ntext\n````markdown\n```sh\n```\n````\n## B\n```sh\nno\n```\n"
	want := []fence{{"sh", "one two", "a\nb\n", 5}, {"markdown", "", "```sh\n```\n", 10}}
	if got := fencesOf(text, "## A"); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// reader does what a chapter says, in a folder of its own.
type reader struct {
	t      *testing.T
	dir    string
	env    []string
	output string  // of the last command
	second *screen // the second terminal
}

// TestTenMinutes does exactly what the chapter says: saves its files, types its
// commands and compares what comes back, in the real program. As root on a
// computer that is not disposable, "cloison" is "cloison --on-this-machine".
func TestTenMinutes(t *testing.T) {
	if err := canOpenLab(); err != nil {
		t.Skip("no lab can be opened here:", err)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	wrapper := "#!/bin/sh\nexec " + anyway(program(t)) + " \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "cloison"), []byte(wrapper), 0o700); err != nil {
		t.Fatal(err)
	}
	r := &reader{t: t, dir: t.TempDir()}
	r.env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "LC_ALL=C.UTF-8", "XDG_STATE_HOME="+t.TempDir())
	did := map[string]int{}
	for _, f := range fencesOf(string(text), chapterTitle) {
		r.do(f)
		did[f.lang]++
	}
	if did["sh"] < 6 || did["text"] < 6 || did["markdown"] < 2 {
		t.Errorf("the chapter has lost something: %v", did)
	}
}

func (r *reader) do(f fence) {
	r.t.Helper()
	switch {
	case f.lang == "markdown":
		r.save(f)
	case f.lang == "sh" && f.about == "second-terminal":
		r.second = newScreen(r.t, 80, 24, "sh", "-c", "cd "+r.dir+" && PATH="+pathIn(r.env)+" "+f.text+"\ncat")
	case f.lang == "sh":
		r.run(f)
	case f.about == "second-terminal":
		r.second.waitFor(strings.Split(strings.TrimSpace(f.text), "\n")...)
	case f.lang == "text":
		if missing := unlike(r.output, f.text); missing != "" {
			r.t.Errorf("CONTRIBUTING.md:%d: %q is not said (any more):\n%s", f.line, missing, r.output)
		}
	default:
		r.t.Errorf("CONTRIBUTING.md:%d: nobody knows what to do with %q", f.line, f.lang)
	}
}

func pathIn(env []string) string {
	path := ""
	for _, v := range env {
		if after, ok := strings.CutPrefix(v, "PATH="); ok {
			path = after // the last one counts
		}
	}
	return path
}

// save replaces a file as editors do.
func (r *reader) save(f fence) {
	r.t.Helper()
	name := filepath.Join(r.dir, f.about)
	if err := os.WriteFile(name+"~", []byte(f.text), 0o600); err != nil {
		r.t.Fatalf("CONTRIBUTING.md:%d: %v", f.line, err)
	}
	if err := os.Rename(name+"~", name); err != nil {
		r.t.Fatal(err)
	}
}

// run types commands, the last of which ends as the fence says: exit=N, else 0.
func (r *reader) run(f fence) {
	r.t.Helper()
	cmd := exec.Command("sh", "-ec", f.text)
	cmd.Dir, cmd.Env = r.dir, r.env
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		r.t.Fatal(err)
	}
	r.output = string(out)
	want := "exit=" + fmt.Sprint(cmd.ProcessState.ExitCode())
	if f.about != want && (f.about != "" || want != "exit=0") {
		r.t.Fatalf("CONTRIBUTING.md:%d: %s ended with %s:\n%s", f.line, f.text, want, out)
	}
}

// unlike gives the first line of want that does not come in got, in order; "…"
// stands for any lines, or for the rest of one.
func unlike(got, want string) string {
	lines := strings.Split(strings.TrimSpace(got), "\n")
	skip := false
	for _, w := range strings.Split(strings.TrimSpace(want), "\n") {
		if w == "…" {
			skip = true
			continue
		}
		start, open := strings.CutSuffix(w, "…")
		for len(lines) > 0 && skip && !fits(lines[0], start, open) {
			lines = lines[1:]
		}
		if len(lines) == 0 || !fits(lines[0], start, open) {
			return w
		}
		lines, skip = lines[1:], false
	}
	if len(lines) > 0 && !skip {
		return "(the end, before " + lines[0] + ")"
	}
	return ""
}

func TestUnlike(t *testing.T) {
	for _, test := range []struct {
		got, want string
		like      bool
	}{
		{"a\nb\n", "a\nb\n", true},
		{"a\nb\nc\n", "a\n…\nc\n", true},
		{"a 1\nb\n", "a …\nb\n", true},
		{"a\nb\n", "…\nb\n", true},
		{"a\nb\n", "a\n…\n", true},
		{"a\nb\n", "a\n", false},
		{"a\nb\n", "b\n", false},
		{"a\n", "a\nb\n", false},
		{"a\nb\n", "…\nc\n", false},
	} {
		if missing := unlike(test.got, test.want); (missing == "") != test.like {
			t.Errorf("unlike(%q, %q) = %q", test.got, test.want, missing)
		}
	}
}

func fits(line, start string, open bool) bool {
	return line == start || open && strings.HasPrefix(line, start)
}
