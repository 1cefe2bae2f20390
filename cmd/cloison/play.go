package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
)

func newPlay(g *globals) *cobra.Command {
	return &cobra.Command{
		Use: g.say("play LESSON", "play LEÇON"),
		Short: g.say("Play a lesson without the screen: text, commands, output, verdicts",
			"Jouer une leçon sans l’écran : texte, commandes, sorties, verdicts"),
		Long: g.say(`Play a lesson line by line on standard output: its text, its commands with what
they print, and the verdicts. Exits with 1 when a verdict fails, with 3 when
this machine can't play the lesson.`,
			`Jouer une leçon ligne par ligne sur la sortie standard : son texte, ses
commandes avec ce qu’elles affichent, et les verdicts. Se termine avec 1 quand
un verdict échoue, avec 3 quand cette machine ne peut pas jouer la leçon.`),
		Args:              takes(1, 1),
		ValidArgsFunction: g.completeLesson,
		RunE: func(cmd *cobra.Command, args []string) error {
			course, err := g.loadCourse()
			if err != nil {
				return err
			}
			lesson, err := findLesson(course, args[0])
			if err != nil {
				return err
			}
			return g.withMachine(cmd.Context(), func(ctx context.Context, m sandbox.Machine) error {
				return g.playLesson(ctx, cmd.OutOrStdout(), m, lesson)
			})
		},
	}
}

// seed picks the values of a lesson's variables for the verbs without a learner.
const seed = 0

func (g *globals) playLesson(ctx context.Context, w io.Writer, m sandbox.Machine, lesson *lessons.Lesson) error {
	if _, lack, locked := play.Missing(lesson, m.About()); locked {
		return codeError{exitUnable, g.lackError(lack)}
	}
	lang := string(g.lang())
	fmt.Fprintf(w, "%s\n", lesson.Title[lang])
	failed := false
	err := inLab(ctx, m, g.lang(), lesson, func(p *play.Player) error {
		for _, b := range lesson.Blocks[lang] {
			v, err := g.playBlock(ctx, w, p, b)
			if err != nil {
				return err
			}
			failed = failed || v.Status == play.Failed
		}
		return nil
	})
	switch lack, lacking := lackOf(err); {
	case lacking:
		return codeError{exitUnable, g.lackError(lack)}
	case err == nil && failed:
		return codeError{code: exitFailed}
	}
	return err
}

// cleanupLimit is for the cleanup of a lesson that had containers, a cluster
// perhaps.
const cleanupLimit = 30 * time.Second

// inLab starts a player, lets it be used, and closes it even when ctx has
// ended by then. Its errors deserve exitFailed.
func inLab(ctx context.Context, m sandbox.Machine, lang sandbox.Lang, lesson *lessons.Lesson, use func(*play.Player) error) error {
	p := play.New(lesson, m, play.Pick(lesson.Vars, seed), lang)
	err := p.Start(ctx)
	if err == nil {
		err = use(p)
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), m.About().Within(cleanupLimit))
	defer cancel()
	if err = errors.Join(err, p.Close(closing)); err != nil {
		return codeError{exitFailed, err}
	}
	return nil
}

// playBlock shows one block, and plays it when it runs.
func (g *globals) playBlock(ctx context.Context, w io.Writer, p *play.Player, b lessons.Block) (play.Verdict, error) {
	if b.Kind != lessons.Run {
		if text := p.Fill(g.markdown(b)); text != "" {
			fmt.Fprintf(w, "\n%s\n", wrapMarkdown(text))
		}
		return play.Verdict{}, nil
	}
	fmt.Fprintf(w, "\n%s\n", indent(p.Fill(b.Run.Command), "  $ "))
	v, err := p.Play(ctx, b)
	if err != nil {
		return v, err
	}
	if v.Observed != "" {
		fmt.Fprintln(w, indent(v.Observed, "  "))
	}
	g.printVerdict(w, v)
	return v, nil
}

// markdown is what a block says that is read, not run; notes are the
// trainer's, and the X-ray has a verb of its own.
func (g *globals) markdown(b lessons.Block) string {
	switch b.Kind {
	case lessons.Prose:
		return b.Text
	case lessons.Task:
		return g.say("Task: ", "Exercice\u00a0: ") + b.Text + bullets(b.Hints)
	case lessons.Quiz:
		return g.quizMarkdown(b)
	}
	return ""
}

// quizMarkdown asks and answers: nobody is there to choose.
func (g *globals) quizMarkdown(b lessons.Block) string {
	var choices, right []string
	for _, c := range b.Quiz.Choices {
		choices = append(choices, c.Text)
		if c.Right {
			right = append(right, c.Text)
		}
	}
	return g.say("Question: ", "Question\u00a0: ") + b.Text + bullets(choices) + "\n\n" +
		g.say("Answer: ", "Réponse\u00a0: ") + strings.Join(right, separator.In(g.lang())) + "\n\n" + b.Quiz.Explanation
}

func bullets(all []string) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString("\n- " + strings.ReplaceAll(s, "\n", "\n  "))
	}
	if len(all) == 0 {
		return ""
	}
	return "\n" + b.String()
}

// printVerdict says in a line how a block ended, and why in some more when it
// did not pass.
func (g *globals) printVerdict(w io.Writer, v play.Verdict) {
	lang := g.lang()
	switch v.Status {
	case play.Passed:
		fmt.Fprintln(w, "  → "+g.say("ok: ", "ok\u00a0: ")+said(v.Expected, lang))
	case play.Skipped:
		fmt.Fprintln(w, "  → "+g.say("skip: ", "omis\u00a0: ")+v.Reason.In(lang))
	default:
		fmt.Fprintln(w, "  → "+g.say("FAIL: ", "ÉCHEC\u00a0: ")+v.Reason.In(lang))
		fmt.Fprintln(w, "    "+g.say("expected: ", "attendu\u00a0: ")+said(v.Expected, lang))
		fmt.Fprintln(w, "    "+g.say("source: ", "source\u00a0: ")+v.Source.In(lang))
	}
}

// separator stands between things that are all true.
var separator = sandbox.Text{EN: "; ", FR: "\u00a0; "}

// said joins conditions in one language.
func said(all []sandbox.Text, lang sandbox.Lang) string {
	var parts []string
	for _, t := range all {
		parts = append(parts, t.In(lang))
	}
	if len(parts) == 0 {
		return sandbox.Text{EN: "a prompt came back", FR: "une invite est revenue"}.In(lang)
	}
	return strings.Join(parts, separator.In(lang))
}
