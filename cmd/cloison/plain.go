package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"cloison/sandbox"
	"cloison/tui/plain"
)

// plainWidth is how wide lines are at most where the course is read line by
// line, in cells; a narrower terminal's width counts.
const plainWidth = 72

// readCourse holds the course line by line.
func (g *globals) readCourse(cmd *cobra.Command, args []string) error {
	course, err := g.loadChosen()
	if err != nil {
		return err
	}
	lesson := ""
	if len(args) == 1 {
		l, err := findLesson(course, args[0])
		if err != nil {
			return err
		}
		lesson = l.ID
	}
	store, err := g.openProgress(cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	return plain.Run(ctx, plain.Options{
		Course: course, Lesson: lesson, Lang: g.lang(), Trainer: g.trainer,
		Progress: store, Seed: store.State().Seed,
		Machine: func(ctx context.Context) (sandbox.Machine, error) { return g.openMachine(ctx) },
		Explain: lackOf, Facts: xrayText,
		In: cmd.InOrStdin(), Out: cmd.OutOrStdout(), Typed: onTerminal(), Width: plainColumns(), Interrupts: interrupts,
	})
}

// isDumb says whether a terminal can't move its cursor, by what it is called.
// See terminfo(5) for "dumb".
func isDumb(terminal string) bool { return terminal == "dumb" || terminal == "" }

// plainColumns is how wide lines may be.
func plainColumns() int {
	if columns, _, err := term.GetSize(os.Stdout.Fd()); err == nil && columns > 0 {
		return min(columns, plainWidth)
	}
	return plainWidth
}
