package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"cloison/lessons/play"
	"cloison/sandbox"
	"cloison/sandbox/inspect"
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
	Why    string   `json:"why,omitempty"` // it does not open
	Ready  []string `json:"ready"`         // lessons whose needs are met
	Locked []string `json:"locked"`
}

func newDoctor(g *globals) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what this computer offers, what it can teach, and what would help",
		Long: "Say what this computer offers to the lessons, what it can teach, and the remedy for\n" +
			"what it cannot. Changes nothing. Exits with 3 when no lesson can run here at all.",
		Args: cobra.NoArgs,
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
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// diagnose surveys the computer and what its machine can teach.
func (g *globals) diagnose(cmd *cobra.Command) (diagnosis, error) {
	host, err := inspect.Survey(cmd.Context())
	if err != nil {
		return diagnosis{}, codeError{exitUnable, err}
	}
	about := host.About("local")
	local, err := g.teachable(cmd, about)
	if err != nil {
		return diagnosis{}, err
	}
	return diagnosis{About: about, Needs: needsFound(about, g.lang()), Machines: []machine{local}}, nil
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

// teachable opens the machine to see that it does, and sorts the lessons.
func (g *globals) teachable(cmd *cobra.Command, about sandbox.About) (machine, error) {
	course, err := g.loadCourse()
	if err != nil {
		return machine{}, err
	}
	local := machine{Name: about.Name, Opens: true, Ready: []string{}, Locked: []string{}}
	if opened, err := g.openMachine(cmd.Context()); err != nil {
		if exitCode(err) == exitUsage {
			return machine{}, err
		}
		local.Opens, local.Why = false, err.Error()
	} else if err := opened.Close(); err != nil {
		return machine{}, codeError{exitFailed, fmt.Errorf("close the machine: %w", err)}
	}
	for _, lesson := range course.Lessons() {
		if _, _, locked := play.Missing(lesson, about); locked {
			local.Locked = append(local.Locked, lesson.ID)
		} else {
			local.Ready = append(local.Ready, lesson.ID)
		}
	}
	return local, nil
}

// hopeless is the error of a computer where nothing can be shown: neither root
// nor user namespaces.
func (g *globals) hopeless(found diagnosis) error {
	_, noRoot := found.About.Lacks["root"]
	_, noUserNS := found.About.Lacks["userns"]
	if !noRoot || !noUserNS {
		return nil
	}
	return codeError{exitUnable, errors.New(g.say(
		"no lesson can run here: we are not root, and there are no user namespaces; see the remedies above",
		"aucune leçon ne peut tourner ici : nous ne sommes pas root, et il n'y a pas d'espaces de noms utilisateur ; voyez les remèdes ci-dessus",
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
	fmt.Fprintf(w, "\n%s\n", g.say("What can be taught", "Ce qui peut s'enseigner"))
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
