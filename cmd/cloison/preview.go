package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"cloison/lessons"
	"cloison/sandbox"
	"cloison/tui"
)

func newPreview(g *globals) *cobra.Command {
	return &cobra.Command{
		Use: g.say("preview DIR", "preview DOSSIER"),
		Short: g.say("Show a lesson while it is being written, anew after each change",
			"Montrer une leçon pendant qu’on l’écrit, après chaque changement"),
		Long: g.say(`Open the course that DIR (a lesson's, a chapter's or a course's folder) belongs
to, with the notes for trainers, and show it anew whenever a file changes. What
lint says is a notice below. A lab stays as it is until its setup, tasks,
variables or files change. No progress is kept.`,
			`Ouvrir le cours auquel appartient DOSSIER (celui d’une leçon, d’un chapitre ou
d’un cours), avec les notes pour le formateur, et le montrer à nouveau chaque
fois qu’un fichier change. Ce que dit lint vient en bas. Un labo reste tel quel
tant que sa préparation, ses exercices, ses variables et ses fichiers ne
changent pas. Aucune progression n’est gardée.`),
		Args: takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.preview(cmd.Context(), cmd.OutOrStdout(), args[0])
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
}

// preview opens the screen on a course and follows its files.
func (g *globals) preview(ctx context.Context, w io.Writer, dir string) error {
	root, lesson, err := previewed(dir)
	if err != nil {
		return codeError{exitUsage, err}
	}
	if !term.IsTerminal(os.Stdin.Fd()) || !term.IsTerminal(os.Stdout.Fd()) {
		return codeError{exitUsage, sandbox.Errorf("preview needs a terminal; without one: cloison lint, cloison play LESSON",
			"preview a besoin d’un terminal ; sans terminal : cloison lint, cloison play LEÇON")}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	changes := make(chan tui.Change)
	go watch(ctx, root, changes)
	first, err := firstGood(w, changes)
	if err != nil {
		return err
	}
	if _, ok := first.Course.Lesson(lesson); !ok {
		lesson = ""
	}
	following := make(chan tui.Change)
	go relay(ctx, first, changes, following)
	stages := make(chan sandbox.Stage)
	err = tui.Run(ctx, tui.Options{
		Course: first.Course, Lang: g.lang(), Lesson: lesson, Trainer: true, Changes: following,
		Capabilities: capabilityNames(), Seed: rand.Uint64(),
		Machine: g.machineToShow(stages), Stages: stages, Refused: isRefusal, Explain: lackOf,
	})
	switch {
	case isRefusal(err):
		return codeError{exitUnable, g.inLanguage(err)}
	case err != nil:
		return codeError{exitFailed, sandbox.Errorf("show the course: %w", "montrer le cours : %w", err)}
	}
	return nil
}

// previewed is the course that a folder belongs to, and the lesson to open, ""
// for none.
func previewed(dir string) (root, lesson string, err error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return "", "", err
	}
	if info, err := os.Stat(absolute); err != nil || !info.IsDir() {
		return "", "", sandbox.Errorf("preview %s: there is no such folder; to begin a lesson: cloison new lesson DIR",
			"preview %s : ce dossier n’existe pas ; pour commencer une leçon : cloison new lesson DOSSIER", dir)
	}
	has := func(name string) bool {
		_, err := os.Stat(filepath.Join(absolute, name))
		return err == nil
	}
	switch parts := folderName.FindStringSubmatch(filepath.Base(absolute)); {
	case has("lesson.md") && parts != nil:
		return filepath.Dir(filepath.Dir(absolute)), parts[1], nil
	case has("chapter.md"):
		return filepath.Dir(absolute), "", nil
	}
	return absolute, "", nil
}

// firstGood waits for a course that can be shown, and prints what is wrong
// until then.
func firstGood(w io.Writer, changes <-chan tui.Change) (tui.Change, error) {
	for c := range changes {
		if c.Course != nil {
			return c, nil
		}
		fmt.Fprintln(w, c.Notice+"\npreview waits for the files to change; Ctrl-C ends it")
	}
	return tui.Change{}, codeError{exitFailed, sandbox.Errorf("interrupted", "interrompu")}
}

// relay tells the screen first what lint said of the course that it was opened
// with, then every change.
func relay(ctx context.Context, first tui.Change, from <-chan tui.Change, to chan<- tui.Change) {
	c, ok := tui.Change{Notice: first.Notice}, true
	for ok {
		select {
		case <-ctx.Done():
			return
		case to <- c:
			c, ok = <-from
		}
	}
}

// pollEvery is how soon a change is seen.
const pollEvery = 300 * time.Millisecond

// watch reads a course at once, and again after each change of its files,
// until ctx ends; then it closes the channel.
func watch(ctx context.Context, root string, changes chan<- tui.Change) {
	defer close(changes)
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	seen := stamps(root)
	change := loadChange(root)
	for {
		select {
		case <-ctx.Done():
			return
		case changes <- change:
		}
		change = tui.Change{}
		for change == (tui.Change{}) {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			now := stamps(root)
			if changed, files := compare(seen, now); changed {
				change = loadChange(root)
				change.Files = files
			}
			seen = now
		}
	}
}

// loadChange reads a course and says what lint says of it.
func loadChange(root string) tui.Change {
	course, problems := lessons.Load(os.DirFS(root))
	c := tui.Change{Course: course, Notice: "lint: no problems"}
	if lessons.Broken(problems) {
		c.Course = nil
	}
	if len(problems) == 0 {
		return c
	}
	worst := max(0, slices.IndexFunc(problems, func(p lessons.Problem) bool { return !p.Minor }))
	c.Notice = problems[worst].String()
	if n := len(problems) - 1; n > 0 {
		c.Notice += fmt.Sprintf(" (and %d more: cloison lint)", n)
	}
	return c
}

// stamp is what changes when a file is written.
type stamp struct {
	size int64
	time time.Time
}

// stamps are those of all files below root. What vanishes meanwhile, or can't
// be read, is left to the loading of the course.
func stamps(root string) map[string]stamp {
	all := map[string]stamp{}
	_ = filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil
		}
		if info, err := e.Info(); err == nil {
			all[name] = stamp{info.Size(), info.ModTime()}
		}
		return nil
	})
	return all
}

// compare says whether any file differs, and whether one does that is no
// Markdown: something that a lesson brings along.
func compare(before, after map[string]stamp) (changed, files bool) {
	note := func(name string) {
		changed = true
		files = files || filepath.Ext(name) != ".md"
	}
	for name, s := range after {
		if before[name] != s {
			note(name)
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			note(name)
		}
	}
	return changed, files
}
