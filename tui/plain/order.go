package plain

import (
	"slices"
	"strconv"
	"strings"

	"cloison/sandbox"
)

// verb is what a line asks for.
type verb int

const (
	wordGoOn    verb = iota // an empty line
	wordTyped               // anything else: a command for the shell, an answer, a lesson
	wordNumbers             // digits, outside of a shell
	wordShell
	wordHint
	wordSolution
	wordCheck
	wordText
	wordNext
	wordBack
	wordFacts
	wordStop
	wordWhy
	wordReset
	wordMap
	wordLang
	wordHelp
	wordQuit
	wordLeaveShell // a full stop in a shell
)

// order is a line that has been understood.
type order struct {
	verb verb
	arg  string // what is typed, or the shell's name
}

// word is a word that a learner may say. Every language's names count in
// each, the first of each is the one that is told.
type word struct {
	verb   verb
	en, fr []string
	does   sandbox.Text
}

// vocabulary are the words, in the order in which they are told.
var vocabulary = []word{
	{wordHint, []string{"hint"}, []string{"indice"}, sandbox.Text{EN: "one more hint for the task", FR: "un indice de plus pour l’exercice"}},
	{wordCheck, []string{"check"}, []string{"vérifier", "verifier"}, sandbox.Text{EN: "hand the task in: what is expected, and what was found", FR: "rendre l’exercice : ce qui est attendu, et ce qui a été trouvé"}},
	{wordSolution, []string{"solution"}, []string{"solution"}, sandbox.Text{EN: "a solution of the task, after two checks or once it is passed", FR: "une solution de l’exercice, après deux vérifications ou une fois réussi"}},
	{wordText, []string{"text", "read", "again"}, []string{"texte", "lire", "relire"}, sandbox.Text{EN: "read this step again", FR: "relire cette étape"}},
	{wordNext, []string{"next", "skip"}, []string{"suite", "suivant"}, sandbox.Text{EN: "go on without doing this step", FR: "continuer sans faire cette étape"}},
	{wordBack, []string{"back", "previous"}, []string{"retour", "précédent", "precedent"}, sandbox.Text{EN: "go back one step", FR: "revenir d’une étape"}},
	{wordShell, []string{"shell", "terminal"}, []string{"shell", "terminal"}, sandbox.Text{EN: "type commands of your own in the lesson’s terminal; “shell b” means terminal b", FR: "taper vos propres commandes dans le terminal de la leçon ; « shell b » désigne le terminal b"}},
	{wordFacts, []string{"xray", "x-ray", "facts"}, []string{"radio", "faits"}, sandbox.Text{EN: "the X-ray: what the kernel says of the program in the terminal; “xray container”: of the container that was started last", FR: "la radio : ce que le noyau dit du programme dans le terminal ; « radio conteneur » : du conteneur démarré en dernier"}},
	{wordStop, []string{"stop"}, []string{"stop", "arrêter", "arreter"}, sandbox.Text{EN: "interrupt the program that runs in the terminal, as Ctrl-C does", FR: "interrompre le programme qui tourne dans le terminal, comme Ctrl-C"}},
	{wordWhy, []string{"why", "w"}, []string{"pourquoi", "w"}, sandbox.Text{EN: "find out by experiment who refused the last command", FR: "chercher par l’expérience qui a refusé la dernière commande"}},
	{wordReset, []string{"reset", "r"}, []string{"recommencer", "r"}, sandbox.Text{EN: "begin this step, the machine or the lesson afresh", FR: "reprendre à zéro cette étape, la machine ou la leçon"}},
	{wordMap, []string{"map", "course", "list"}, []string{"carte", "cours", "liste"}, sandbox.Text{EN: "the list of lessons", FR: "la liste des leçons"}},
	{wordLang, []string{"lang", "language"}, []string{"langue"}, sandbox.Text{EN: "change to French (parler français)", FR: "passer à l’anglais (speak English)"}},
	{wordHelp, []string{"help", "?"}, []string{"aide", "?"}, sandbox.Text{EN: "this list", FR: "cette liste"}},
	{wordQuit, []string{"quit", "q"}, []string{"quitter", "q"}, sandbox.Text{EN: "leave; what you have done is kept", FR: "quitter ; ce que vous avez fait est gardé"}},
}

// understand reads a line. In a shell, words need the slash, since everything
// else is typed there; elsewhere they may have it.
func understand(line string, inShell bool) order {
	said := strings.TrimSpace(line)
	switch {
	case said == "":
		return order{verb: wordGoOn}
	case said == "?":
		return order{verb: wordHelp}
	case inShell && said == ".":
		return order{verb: wordLeaveShell}
	}
	name, slash := strings.CutPrefix(said, "/")
	if slash || !inShell {
		if o, ok := wordOrder(name); ok {
			return o
		}
	}
	if inShell {
		return order{wordTyped, line}
	}
	if command, ok := strings.CutPrefix(said, "!"); ok {
		return order{wordShell, "!" + strings.TrimSpace(command)}
	}
	if strings.Trim(said, "0123456789,; ") == "" {
		return order{wordNumbers, said}
	}
	return order{wordTyped, said}
}

// wordOrder finds a word; only a terminal's name may follow "shell", and a
// container "xray".
func wordOrder(said string) (order, bool) {
	fields := strings.Fields(strings.ToLower(said))
	if len(fields) == 0 || len(fields) > 2 {
		return order{}, false
	}
	for _, w := range vocabulary {
		if !slices.Contains(w.en, fields[0]) && !slices.Contains(w.fr, fields[0]) {
			continue
		}
		switch {
		case len(fields) == 1:
			return order{verb: w.verb}, true
		case w.verb == wordShell:
			return order{w.verb, fields[1]}, true
		case w.verb == wordFacts && (fields[1] == "container" || fields[1] == "conteneur"):
			return order{w.verb, "container"}, true
		}
	}
	return order{}, false
}

// choices reads "1 3" or "1,3" as choices counted from 0; ok is false when one
// of them is not there.
func choices(said string, among int) (chosen []int, ok bool) {
	for _, field := range strings.FieldsFunc(said, func(r rune) bool { return r == ' ' || r == ',' || r == ';' }) {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 || n > among {
			return nil, false
		}
		if !slices.Contains(chosen, n-1) {
			chosen = append(chosen, n-1)
		}
	}
	slices.Sort(chosen)
	return chosen, len(chosen) > 0
}
