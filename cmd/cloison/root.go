package main

import (
	"runtime/debug"

	"github.com/spf13/cobra"
)

// globals are the flags that every verb takes.
type globals struct {
	langFlag string
	columns  int    // of the terminal that the help is printed on; 0 is none
	course   string // folder of another course; "" is the built-in one
	path     string // file with a choice of lessons; "" is all of them
	machine  string // auto, local, vm
	anyway   bool   // --on-this-machine
	trainer  bool   // of the course alone: --trainer
	plain    bool   // and --plain
}

// newRoot builds the command tree, whose flags g holds.
func newRoot(g *globals) *cobra.Command {
	root := &cobra.Command{
		Use: "cloison",
		Short: g.say("A terminal workshop on container isolation and Docker security",
			"Un atelier dans le terminal sur l’isolation des conteneurs et la sécurité de Docker"),
		Long: g.say(`A terminal workshop on container isolation and Docker security. Without a verb,
the course opens: a map of the lessons, and for each its text, a live shell and
the X-ray. Enter goes on, ? shows every key. The verbs do without the screen
what the lessons use.`,
			`Un atelier dans le terminal sur l’isolation des conteneurs et la sécurité de
Docker. Sans commande, le cours s’ouvre : une carte des leçons et, pour chacune,
son texte, un vrai shell et la radio. Entrée fait avancer, « ? » montre toutes
les touches. Les commandes font sans l’écran ce dont se servent les leçons.`),
		Example: g.say(`  cloison                      the course, where you stopped
  cloison container-is-a-process --lang fr
  cloison doctor               what this computer can teach
  cloison run --explain -- sh  a container, told as it is made`,
			`  cloison                      le cours, là où vous l’avez laissé
  cloison container-is-a-process --lang en
  cloison doctor               ce que cet ordinateur permet d’apprendre
  cloison run --explain -- sh  un conteneur, raconté à mesure qu’il se fait`),
		// execute prints errors, on one line.
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(debug.ReadBuildInfo()),
	}
	flags := root.PersistentFlags()
	flags.StringVar(&g.langFlag, "lang", g.langFlag, g.say("language: en or fr (default: from the locale)",
		"langue : en ou fr (par défaut : d’après la locale)"))
	flags.Lookup("lang").DefValue = "" // what was read ahead is no default
	flags.StringVar(&g.course, "course", "", g.say("folder of a course to use instead of the built-in one",
		"dossier d’un cours à la place de celui du programme"))
	flags.StringVar(&g.path, "path", "", g.say("file that names the lessons to take, one id a line; its first # line is its name",
		"fichier qui nomme les leçons à suivre, un identifiant par ligne ; sa première ligne # est son nom"))
	flags.StringVar(&g.machine, "machine", "auto", g.say("where lessons run: auto, local or vm",
		"où jouer : auto, local ou vm"))
	flags.BoolVar(&g.anyway, "on-this-machine", false, g.say("run lessons as root here although nothing says that this computer is disposable",
		"jouer les leçons en root ici, bien que rien n’indique que l’on peut casser cet ordinateur"))
	g.opensCourse(root)
	for _, verb := range verbs {
		root.AddCommand(verb(g))
	}
	g.completes(root)
	return root
}

// verbs lists every verb's constructor.
var verbs = []func(*globals) *cobra.Command{
	newList, newProgress, newPlay, newVerify, newLint,
	newInspect, newDoctor,
	newRun, newExec, newWhy, newVM,
	newNew, newPreview,
	newBuildImage,
	newMan,
}

// version is the released version or, in a build from a checkout, its commit.
func version(info *debug.BuildInfo, ok bool) string {
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return info.Main.Version + " (" + s.Value + ")"
		}
	}
	return info.Main.Version
}
