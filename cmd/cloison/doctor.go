package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
	"cloison/sandbox/inspect"
	"cloison/sandbox/local"
	"cloison/sandbox/vm"
)

// diagnosis is what doctor found, and its JSON.
type diagnosis struct {
	About    sandbox.About `json:"about"`
	Needs    []needFound   `json:"needs"`
	Machines []machine     `json:"machines"`
}

// needFound is one need, in the learner's language.
type needFound struct {
	Name   string `json:"name"`
	What   string `json:"what"`
	Met    bool   `json:"met"`
	Why    string `json:"why,omitempty"`
	Remedy string `json:"remedy,omitempty"`
}

// machine is what one machine can teach.
type machine struct {
	Name   string   `json:"name"`
	Opens  bool     `json:"opens"`
	Why    string   `json:"why,omitempty"`    // it does not open, or is slow
	Remedy string   `json:"remedy,omitempty"` // what would help
	Ready  []string `json:"ready"`            // lessons whose needs are met
	Locked []string `json:"locked"`
}

func newDoctor(g *globals) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "doctor",
		Short: g.say("Say what this computer offers, what it can teach, and what would help",
			"Dire ce que cet ordinateur offre et peut enseigner, et les remèdes"),
		Long: g.say(`Say what this computer offers to the lessons, what it can teach, and the remedy
for what it cannot. Changes nothing. Exits with 3 when no lesson can run here
at all.`,
			`Dire ce que cet ordinateur offre aux leçons, ce qu’il peut enseigner, et le
remède là où il ne peut pas. Ne change rien. Se termine avec 3 quand aucune
leçon ne peut s’y jouer.`),
		Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			found, err := g.diagnose(cmd)
			if err != nil {
				return err
			}
			if asJSON {
				err = printJSON(cmd.OutOrStdout(), found)
			} else {
				g.printDiagnosis(cmd.OutOrStdout(), found)
			}
			if err != nil {
				return codeError{exitFailed, err}
			}
			return g.hopeless(found)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, printsJSON.In(g.lang()))
	return cmd
}

// diagnose surveys the computer and what its machines can teach.
func (g *globals) diagnose(cmd *cobra.Command) (diagnosis, error) {
	if err := g.checkMachine(); err != nil {
		return diagnosis{}, err
	}
	host, err := inspect.Survey(cmd.Context())
	if err != nil {
		return diagnosis{}, codeError{exitUnable, err}
	}
	course, err := g.loadCourse()
	if err != nil {
		return diagnosis{}, err
	}
	about := host.About(localName)
	return diagnosis{About: about, Needs: needsFound(about, g.lang()), Machines: []machine{
		g.diagnoseLocal(course, about), g.diagnoseVM(cmd.Context(), course),
	}}, nil
}

// needsFound puts every need beside what about lacks.
func needsFound(about sandbox.About, lang sandbox.Lang) []needFound {
	var all []needFound
	for _, need := range inspect.Needs {
		lack, missing := about.Lacks[need.Name]
		all = append(all, needFound{
			Name: need.Name, What: need.What.In(lang), Met: !missing,
			Why: lack.Why.In(lang), Remedy: lack.Remedy.In(lang),
		})
	}
	return all
}

// diagnoseLocal opens this computer as a machine to see that it does open.
func (g *globals) diagnoseLocal(course *lessons.Course, about sandbox.About) machine {
	found := teachable(course, about)
	opened, err := local.New(local.Options{Anyway: g.anyway})
	if err == nil {
		err = opened.Close()
	}
	if err != nil {
		found.Opens, found.Why = false, g.inLanguage(err).Error()
	}
	return found
}

// diagnoseVM looks whether there is what a VM is made of; it starts none.
func (g *globals) diagnoseVM(ctx context.Context, course *lessons.Course) machine {
	yard, err := vm.NewYard(ctx, vm.Options{})
	if err != nil {
		lack, told := lackOf(err)
		if !told {
			lack.Why = sandbox.Said(err)
		}
		return machine{Name: vmName, Why: lack.Why.In(g.lang()), Remedy: lack.Remedy.In(g.lang()), Ready: []string{}, Locked: lessonIDs(course)}
	}
	found := teachable(course, yard.About())
	if slow, ok := yard.Slow(ctx); ok {
		found.Why, found.Remedy = slow.Why.In(g.lang()), slow.Remedy.In(g.lang())
	}
	return found
}

// teachable sorts the lessons by whether a machine meets their needs.
func teachable(course *lessons.Course, about sandbox.About) machine {
	found := machine{Name: about.Name, Opens: true, Ready: []string{}, Locked: []string{}}
	for _, lesson := range course.Lessons() {
		if _, _, locked := play.Missing(lesson, about); locked {
			found.Locked = append(found.Locked, lesson.ID)
		} else {
			found.Ready = append(found.Ready, lesson.ID)
		}
	}
	return found
}

// hopeless is the error of a computer where nothing can be shown: neither root
// nor user namespaces.
func (g *globals) hopeless(found diagnosis) error {
	_, noRoot := found.About.Lacks["root"]
	_, noUserNS := found.About.Lacks["userns"]
	if !noRoot || !noUserNS || slices.ContainsFunc(found.Machines, func(m machine) bool { return m.Opens && m.Name == vmName }) {
		return nil
	}
	return codeError{exitUnable, errors.New(g.say(
		"no lesson can run here: we are not root, and there are no user namespaces; see the remedies above",
		"aucune leçon ne peut tourner ici : nous ne sommes pas root, et il n’y a pas d’espaces de noms utilisateur ; voyez les remèdes ci-dessus",
	))}
}

func (g *globals) printDiagnosis(w io.Writer, found diagnosis) {
	g.printAbout(w, found.About)
	fmt.Fprintf(w, "\n%s\n", g.say("What lessons may need", "Ce dont les leçons peuvent avoir besoin"))
	width := 0
	for _, need := range found.Needs {
		width = max(width, len(need.Name))
	}
	for _, need := range found.Needs {
		met := g.say("yes", "oui")
		if !need.Met {
			met = g.say("no ", "non")
		}
		fmt.Fprintf(w, "  %s  %-*s  %s\n", met, width, need.Name, need.What)
		printWrapped(w, need.Why, "       ")
		printWrapped(w, need.Remedy, "       → ")
	}
	fmt.Fprintf(w, "\n%s\n", g.say("What can be taught", "Ce qui peut s’enseigner"))
	for _, m := range found.Machines {
		g.printTeachable(w, m)
	}
}

func (g *globals) printAbout(w io.Writer, about sandbox.About) {
	who := g.say("ordinary user", "utilisateur ordinaire")
	if about.Root {
		who = "root"
	}
	cgroup := g.say("no memory controller", "pas de contrôleur memory")
	if about.CgroupVersion > 0 {
		cgroup = fmt.Sprintf("v%d", about.CgroupVersion)
	}
	modules := g.say("none", "aucun")
	if len(about.LSMs) > 0 {
		modules = strings.Join(about.LSMs, ", ")
	}
	fmt.Fprintf(w, "%s\n", g.say("This computer", "Cette machine"))
	for _, row := range [][2]string{
		{g.say("kernel", "noyau"), about.Kernel},
		{g.say("user", "utilisateur"), who},
		{"cgroup", cgroup},
		{g.say("LSMs", "modules LSM"), modules},
	} {
		printWrapped(w, row[1], fmt.Sprintf("  %-12s ", row[0]))
	}
}

func (g *globals) printTeachable(w io.Writer, m machine) {
	total := len(m.Ready) + len(m.Locked)
	fmt.Fprintf(w, "  %s%s%s\n", m.Name, g.say(": ", " : "), fmt.Sprintf(g.say("%d lessons of %d are ready", "%d leçons sur %d sont prêtes"), len(m.Ready), total))
	if len(m.Locked) > 0 {
		printWrapped(w, g.say("locked: ", "verrouillées : ")+strings.Join(m.Locked, ", "), "       ")
	}
	printWrapped(w, m.Why, "       ")
	printWrapped(w, m.Remedy, "       → ")
}

// printWrapped prints a paragraph behind a margin, within 80 columns; nothing
// for an empty text.
func printWrapped(w io.Writer, text, margin string) {
	if text == "" {
		return
	}
	width := len([]rune(margin))
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		for _, piece := range wrap(line, xrayWidth-width) {
			fmt.Fprintln(w, margin+piece)
			margin = strings.Repeat(" ", width)
		}
	}
}
