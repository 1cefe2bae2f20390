package plain

import (
	"fmt"
	"strings"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/tui/words"
)

// block says what a block of the lesson is, and how far the learner is with it.
func (v voice) block(b lessons.Block, s state) string {
	switch b.Kind {
	case lessons.Run:
		return v.command(b, s)
	case lessons.Quiz:
		return v.question(b, s)
	case lessons.Task:
		return v.task(b, s)
	case lessons.Xray:
		return v.xray(b)
	case lessons.Note:
		return v.prose(v.say("For the trainer: ", "Pour le formateur : ") + b.Text)
	default:
		return v.prose(b.Text)
	}
}

func (v voice) command(b lessons.Block, s state) string {
	text := b.Run.Command
	if v.fill != nil {
		text = v.fill(text)
	}
	lead := v.say("Command, in terminal %s:", "Commande, dans le terminal %s :", b.Run.Shell)
	if s.status != "" {
		lead += " " + v.say("(played already: %s)", "(déjà jouée : %s)", v.status(s.status))
	}
	return v.wrap(lead) + "\n" + continued(text, "  $ ", "    ")
}

func (v voice) question(b lessons.Block, s state) string {
	lines := []string{v.prose(v.say("Question: ", "Question : ") + b.Text)}
	for i, c := range b.Quiz.Choices {
		lines = append(lines, v.item(fmt.Sprintf("%d. ", i+1), c.Text))
	}
	switch {
	case s.status != "":
		lines = append(lines, v.sentence("You have answered it before: %s.", "Vous y avez déjà répondu : %s.", v.outcome(s.status)))
	case rightOnes(b) > 1:
		lines = append(lines, v.sentence("Several answers may be right.", "Plusieurs réponses peuvent être justes."))
	}
	return strings.Join(lines, "\n")
}

func (v voice) task(b lessons.Block, s state) string {
	lines := []string{v.prose(v.say("Your turn, in terminal %s. ", "À vous, dans le terminal %s. ", terminalOf(b)) + b.Text)}
	switch {
	case s.status == play.Passed:
		lines = append(lines, v.sentence("This task is passed already.", "Cet exercice est déjà réussi."))
	case s.tries > 0:
		lines = append(lines, v.sentence("Checks so far that did not pass: %d.", "Vérifications sans succès jusqu’ici : %d.", s.tries))
	}
	return strings.Join(lines, "\n")
}

func (v voice) xray(b lessons.Block) string {
	var all []string
	for _, what := range b.Show {
		all = append(all, words.In(v.lang).Facts.Sections[what])
	}
	if b.Follow {
		return v.sentence("The X-ray: what the kernel says of the container that was started last. Look at: %s.",
			"La radio : ce que le noyau dit du conteneur démarré en dernier. À regarder : %s.", strings.Join(all, ", "))
	}
	return v.sentence("The X-ray: what the kernel says of the program in the terminal. Look at: %s.",
		"La radio : ce que le noyau dit du programme dans le terminal. À regarder : %s.", strings.Join(all, ", "))
}

// prompt says what Enter does at a block.
func (v voice) prompt(b lessons.Block, s state) string {
	switch {
	case b.Kind == lessons.Run && s.status != "":
		return v.say("Enter plays it again> ", "Entrée la rejoue> ")
	case b.Kind == lessons.Run:
		return v.say("Enter plays it> ", "Entrée la joue> ")
	case b.Kind == lessons.Quiz:
		return v.say("your answer, 1 to %d> ", "votre réponse, 1 à %d> ", len(b.Quiz.Choices))
	case b.Kind == lessons.Task && s.status == play.Passed:
		return v.say("Enter goes on> ", "Entrée continue> ")
	case b.Kind == lessons.Task:
		return v.say("Enter goes to terminal %s> ", "Entrée va au terminal %s> ", terminalOf(b))
	}
	return v.say("Enter shows it> ", "Entrée la montre> ")
}

// status is how a command ended, in a word.
func (v voice) status(s play.Status) string {
	switch s {
	case play.Passed:
		return v.say("passed", "réussie")
	case play.Failed:
		return v.say("failed", "échouée")
	case play.Skipped:
		return v.say("skipped", "sautée")
	}
	return v.say("not well", "en panne")
}

// outcome is how an answer turned out.
func (v voice) outcome(s play.Status) string {
	switch s {
	case play.Passed:
		return v.say("right", "juste")
	case play.Failed:
		return v.say("not right", "ce n’est pas cela")
	}
	return v.say("not answered", "sans réponse")
}

// terminalOf is the name of a block's terminal.
func terminalOf(b lessons.Block) string {
	switch {
	case b.Run != nil && b.Run.Shell != "":
		return b.Run.Shell
	case b.Shell != "":
		return b.Shell
	}
	return "a"
}
