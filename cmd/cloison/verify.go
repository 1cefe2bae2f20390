package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
)

func newVerify(g *globals) *cobra.Command {
	var how verifying
	var part chosenPart
	var jobs uint
	cmd := &cobra.Command{
		Use: g.say("verify [LESSON...]", "verify [LEÇON...]"),
		Short: g.say("Play every block of the lessons and judge them, for who writes or maintains a course",
			"Jouer et juger tous les blocs des leçons, pour l’auteur d’un cours"),
		Long: g.say(`Play every command of the lessons named, or of all, each lesson in a fresh lab,
and judge what comes back. A task's check must fail, pass after the reference
solution has been typed, and fail again in another fresh lab; a question is
settled by the command that proves it. Where a block says which layer refuses
it, experiments must name that layer (cloison why). Exits with 1 when something
fails, with 3 when nothing could run.`,
			`Jouer toutes les commandes des leçons nommées, ou de toutes, chaque leçon dans
un labo neuf, et juger ce qui revient. La vérification d’un exercice doit
échouer, réussir une fois tapée la solution de référence, et échouer encore dans
un autre labo neuf ; une question est tranchée par la commande qui la prouve. Si
un bloc dit quelle couche le refuse, des expériences doivent nommer cette couche
(cloison why). Se termine avec 1 quand quelque chose échoue, avec 3 quand rien
n’a pu être joué.`),
		ValidArgsFunction: g.completeLessons,
		RunE: func(cmd *cobra.Command, args []string) error {
			course, err := g.loadCourse()
			if err != nil {
				return err
			}
			chosen, err := part.of(course, args)
			if err != nil {
				return err
			}
			machine, err := g.machineName(cmd.Context())
			if err != nil {
				return err
			}
			if how.jobs, err = jobsFor(jobs, machine); err != nil {
				return err
			}
			return g.withMachine(cmd.Context(), func(ctx context.Context, m sandbox.Machine) error {
				return g.verifyOn(ctx, cmd.OutOrStdout(), m, chosen, how)
			})
		},
	}
	cmd.Flags().BoolVar(&how.asJSON, "json", false, printsJSON.In(g.lang()))
	cmd.Flags().UintVar(&jobs, "jobs", 0, g.say("play so many lessons at once, each in a VM of its own (default: one for each processor, at most 4)",
		"jouer autant de leçons à la fois, chacune dans sa propre VM (par défaut : une par processeur, au plus 4)"))
	cmd.Flags().StringVar(&part.need, "needs", "", g.say("play only lessons that need this of a machine, such as docker, as a whole or in a block",
		"jouer seulement les leçons qui demandent cela à une machine, docker par exemple, en entier ou dans un bloc"))
	cmd.Flags().BoolVar(&how.retry, "retry", false, g.say("play a lesson that fails once more at the end, and say so: for a busy computer",
		"rejouer à la fin une leçon qui échoue, et le dire : pour un ordinateur occupé"))
	cmd.Flags().StringVar(&part.shard, "shard", "", g.say("play a part of these lessons: 1/2 is the first, third, … of them, 2/2 all the others",
		"jouer une partie de ces leçons : 1/2, c’est la première, la troisième, etc. ; 2/2, toutes les autres"))
	cmd.Flags().UintVar(&part.value, "value", 0, g.say("play with the first, second, … value of each variable of the lessons (default: any)",
		"jouer avec la première, la deuxième, etc., valeur de chaque variable des leçons (par défaut : n’importe laquelle)"))
	return cmd
}

// verification is the verdicts of many lessons, and its JSON.
type verification struct {
	Passed   int            `json:"passed"`
	Failed   int            `json:"failed"`
	Skipped  int            `json:"skipped"`
	Verdicts []play.Verdict `json:"verdicts"`
}

// verifying is how lessons are verified: so many at once, and told in JSON.
type verifying struct {
	jobs   int
	retry  bool // a lesson that fails is played once more
	asJSON bool
}

func (g *globals) verifyOn(ctx context.Context, w io.Writer, m sandbox.Machine, chosen []*lessons.Lesson, how verifying) error {
	text := w
	if how.asJSON {
		text = io.Discard
	}
	all := verification{Verdicts: []play.Verdict{}}
	var each []played
	began := time.Now()
	err := g.verifyEach(ctx, m, chosen, how.jobs, func(p played) {
		g.printVerified(text, p.lesson, p.verdicts, p.took)
		each = append(each, p)
	})
	if err == nil && how.retry {
		err = g.verifyAgain(ctx, text, m, each)
	}
	if err != nil {
		return err
	}
	for _, p := range each {
		all.add(p.verdicts)
	}
	g.printSlowest(text, each, time.Since(began))
	g.printClosing(text, all)
	if how.asJSON {
		if err := printJSON(w, all); err != nil {
			return err
		}
	}
	return all.end()
}

// verifyLesson proves every block of a lesson in a fresh lab. What the
// machine lacks for the lesson as a whole skips each of them.
func (g *globals) verifyLesson(ctx context.Context, m sandbox.Machine, l *lessons.Lesson) (verdicts []play.Verdict, err error) {
	blocks := provable(l)
	if _, lack, locked := play.Missing(l, m.About()); locked {
		return skipped(l, blocks, lack), nil
	}
	err = inLab(ctx, m, g.lang(), l, func(p *play.Player) (err error) {
		verdicts, err = proveBlocks(ctx, p, blocks)
		return err
	})
	if err == nil {
		err = g.proveDenied(ctx, m, l, verdicts)
	}
	settleQuestions(l, verdicts)
	if err == nil {
		err = g.proveUndone(ctx, m, l, verdicts)
	}
	if lack, lacking := lackOf(err); lacking && len(verdicts) == 0 {
		return skipped(l, blocks, lack), nil
	}
	return verdicts, err
}

// skipped is the verdict on each block of a lesson that the machine can't play.
func skipped(l *lessons.Lesson, blocks []lessons.Block, lack sandbox.Lack) []play.Verdict {
	var all []play.Verdict
	for _, b := range blocks {
		all = append(all, play.Verdict{Lesson: l.ID, Block: b.ID, Status: play.Skipped, Expected: []sandbox.Text{}, Reason: lack.Why})
	}
	return all
}

// broken is the verdict on a lesson that could not be played to its end.
func broken(l *lessons.Lesson, err error) play.Verdict {
	return play.Verdict{
		Lesson: l.ID, Block: "(lesson)", Status: play.Failed,
		Expected: []sandbox.Text{{EN: "the lesson can be played", FR: "la leçon peut être jouée"}},
		Reason:   sandbox.Said(err),
	}
}

func (all *verification) add(verdicts []play.Verdict) {
	all.Verdicts = append(all.Verdicts, verdicts...)
	for _, v := range verdicts {
		switch v.Status {
		case play.Passed:
			all.Passed++
		case play.Skipped:
			all.Skipped++
		default:
			all.Failed++
		}
	}
}

// end is the exit code that the verdicts deserve.
func (all *verification) end() error {
	switch {
	case all.Failed > 0:
		return codeError{code: exitFailed}
	case all.Passed == 0:
		return codeError{exitUnable, sandbox.Errorf("nothing could be played on this machine; see: cloison doctor",
			"rien n’a pu être joué sur cette machine ; voyez : cloison doctor")}
	}
	return nil
}

// printVerified writes a lesson's line, and what there is to know of each
// block that did not pass.
func (g *globals) printVerified(w io.Writer, l *lessons.Lesson, verdicts []play.Verdict, took time.Duration) {
	var one verification
	one.add(verdicts)
	state := "ok  "
	if one.Failed > 0 {
		state = "FAIL"
	} else if one.Passed == 0 {
		state = "skip"
	}
	fmt.Fprintf(w, "%s  %s  %s passed, %.1fs\n", state, l.ID, tally(l, verdicts), took.Seconds())
	for _, v := range verdicts {
		if v.Status != play.Passed && v.Status != play.Skipped {
			g.printFailure(w, v)
		}
	}
}

// tally counts what passed by its kind: "5 of 6 blocks, 1 of 1 task".
func tally(l *lessons.Lesson, verdicts []play.Verdict) string {
	kinds := map[string]lessons.Kind{}
	for _, b := range l.Blocks[lessons.English] {
		kinds[b.ID] = b.Kind
	}
	all, passed := map[lessons.Kind]int{}, map[lessons.Kind]int{}
	for _, v := range verdicts {
		kind, ok := kinds[v.Block]
		if !ok {
			kind = lessons.Run // the verdict on the lesson as a whole
		}
		all[kind]++
		if v.Status == play.Passed {
			passed[kind]++
		}
	}
	var parts []string
	for _, k := range []struct {
		kind lessons.Kind
		name string
	}{{lessons.Run, "block"}, {lessons.Task, "task"}, {lessons.Quiz, "question"}} {
		if all[k.kind] > 0 || k.kind == lessons.Run {
			parts = append(parts, fmt.Sprintf("%d of %s", passed[k.kind], count(all[k.kind], k.name)))
		}
	}
	return strings.Join(parts, ", ")
}

func (g *globals) printFailure(w io.Writer, v play.Verdict) {
	fmt.Fprintln(w, indent(v.Block+": "+v.Reason.In(g.lang()), "      "))
	fmt.Fprintf(w, "        %s%s\n", g.say("expected: ", "attendu\u00a0: "), said(v.Expected, g.lang()))
	if v.Observed != "" {
		fmt.Fprintf(w, "        %s\n%s\n", g.say("observed:", "observé\u00a0:"), indent(v.Observed, "          "))
	}
	if source := v.Source.In(g.lang()); source != "" {
		fmt.Fprintf(w, "        %s%s\n", g.say("source: ", "source\u00a0: "), source)
	}
}

// printClosing writes the counts, which scripts look for, and each skip's reason.
func (g *globals) printClosing(w io.Writer, all verification) {
	var reasons []string
	blocks := map[string][]string{}
	for _, v := range all.Verdicts {
		if v.Status != play.Skipped {
			continue
		}
		reason := v.Reason.In(g.lang())
		if len(blocks[reason]) == 0 {
			reasons = append(reasons, reason)
		}
		blocks[reason] = append(blocks[reason], v.Lesson+"/"+v.Block)
	}
	for _, reason := range reasons {
		fmt.Fprintf(w, "skip  %s\n%s\n", reason, wrapped(blocks[reason], "      "))
	}
	fmt.Fprintf(w, "%d passed, %d failed, %d skipped\n", all.Passed, all.Failed, all.Skipped)
}

// wrapped writes words in lines of at most 80 columns.
func wrapped(words []string, margin string) string {
	text, column := margin, len(margin)
	for i, word := range words {
		if i > 0 && column+1+len(word) > 80 {
			text, column = text+"\n"+margin, len(margin)
		} else if i > 0 {
			text, column = text+" ", column+1
		}
		text, column = text+word, column+len(word)
	}
	return text
}
