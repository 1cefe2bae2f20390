package plain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
)

// answered follows an answer: how it turned out and why, or that a command
// will show it.
func (v voice) answered(b lessons.Block, s state) string {
	switch {
	case b.Quiz.Prove == "":
		return v.explained(b, s)
	case s.status == play.Skipped:
		return v.sentence("Not answered. A command will show it.", "Sans réponse. Une commande va le montrer.")
	}
	return v.sentence("Noted. A command will show whether it is so.", "C’est noté. Une commande va montrer si c’est bien cela.")
}

// explained says how an answer turned out, what is right, and why.
func (v voice) explained(b lessons.Block, s state) string {
	var said, right []string
	for i, c := range b.Quiz.Choices {
		if c.Right {
			right = append(right, fmt.Sprintf("%d, %s", i+1, strings.TrimRight(c.Text, ".")))
		}
	}
	for _, n := range s.chosen {
		said = append(said, fmt.Sprint(n+1))
	}
	var parts []string
	if b.Quiz.Prove != "" {
		parts = append(parts, v.say("The question before is settled.", "La question posée est tranchée."))
	}
	if len(said) > 0 {
		parts = append(parts, v.say("You said %s: %s.", "Vous avez dit %s : %s.", strings.Join(said, ", "), v.outcome(s.status)))
	}
	if s.status != play.Passed {
		parts = append(parts, v.say("Right is %s.", "La bonne réponse : %s.", strings.Join(right, "; ")))
	}
	return v.prose(strings.Join(parts, " ") + "\n\n" + b.Quiz.Explanation)
}

// verdict says how a command ended. What it printed has been printed.
func (v voice) verdict(verdict play.Verdict) string {
	reason := strings.TrimRight(verdict.Reason.In(v.lang), ".")
	switch verdict.Status {
	case play.Passed:
		return v.sentence("Passed. Expected: %s.", "Réussi. Attendu : %s.", v.expected(verdict))
	case play.Skipped:
		return v.sentence("Skipped: %s.", "Sauté : %s.", reason)
	}
	return v.sentence("Failed: %s.", "Échoué : %s.", reason) + "\n" + v.found(verdict)
}

func (v voice) expected(verdict play.Verdict) string {
	var all []string
	for _, e := range verdict.Expected {
		all = append(all, strings.ReplaceAll(e.In(v.lang), "`", "")) // it may be Markdown
	}
	if len(all) == 0 {
		return v.say("a prompt came back", "une invite est revenue")
	}
	return strings.Join(all, v.say("; ", " ; "))
}

// found says what was expected, and where it was looked for.
func (v voice) found(verdict play.Verdict) string {
	text := v.sentence("Expected: %s", "Attendu : %s", v.expected(verdict))
	if where := verdict.Source.In(v.lang); where != "" {
		text += "\n" + v.sentence("Source: %s", "Source : %s", where)
	}
	return text
}

// checked says in full what a check found.
func (v voice) checked(verdict play.Verdict) string {
	var lines []string
	switch verdict.Status {
	case play.Passed:
		lines = append(lines, v.sentence("Passed.", "Réussi."))
	case play.Failed:
		lines = append(lines, v.sentence("Not there yet.", "Pas encore."))
	}
	if reason := v.reason(verdict); reason != "" {
		lines = append(lines, reason)
	}
	if verdict.Observed != "" {
		lines = append(lines, v.say("Observed:", "Observé :"), indent(cleaned(verdict.Observed), "  "))
	}
	return strings.Join(append(lines, v.found(verdict)), "\n")
}

// reason is why a check did not pass; "" where it has nothing to tell. The
// screen's advice, a key, is replaced by a word's.
func (v voice) reason(verdict play.Verdict) string {
	text := verdict.Reason.In(v.lang)
	switch {
	case verdict.Status == play.Unwell:
		text, _, _ = strings.Cut(text, sandbox.Text{EN: "; r for", FR: "\u00a0; r pour"}.In(v.lang))
		first, size := utf8.DecodeRuneInString(text)
		return v.wrap(string(unicode.ToUpper(first)) + text[size:] + ". " + v.say("“reset” gives a fresh one.", "« recommencer » en donne une neuve."))
	case verdict.Reason == play.NotYet:
		return ""
	}
	return v.wrap(text)
}

// output is what a command printed: its end where it is long.
func (v voice) output(text string) string {
	text = strings.TrimRight(cleaned(text), "\n ")
	if text == "" {
		return v.say("It printed nothing.", "Rien ne s’affiche.")
	}
	lines := strings.Split(text, "\n")
	if left := len(lines) - longest; left > 0 {
		lines = append([]string{v.say("The first lines are left out: %d.", "Les premières lignes sont omises : %d.", left)}, lines[left:]...)
	}
	return strings.Join(lines, "\n")
}

// longest is how many lines of output are read out.
const longest = 200

// machineGone tells that the lab is no longer there.
func (v voice) machineGone(cause string) string {
	return v.sentence("The machine is gone: %s. “reset” gives a fresh one, and you go on where you are; what you have done is kept.",
		"La machine n’est plus là : %s. « recommencer » en donne une neuve, et vous reprenez où vous en êtes ; ce que vous avez fait est gardé.",
		strings.TrimRight(cause, "."))
}

// further lists what may be read after the lesson.
func (v voice) further(l *lessons.Lesson) string {
	if len(l.See) == 0 {
		return ""
	}
	return v.sentence("Further reading: %s.", "Pour aller plus loin : %s.", strings.Join(l.See, ", "))
}

// lessonEnd says at the end whether everything is done.
func (v voice) lessonEnd(undone int) string {
	if undone == 0 {
		return v.sentence("This lesson is done.", "Cette leçon est terminée.")
	}
	return v.sentence("This is the end of the lesson. Steps not done yet: %d. “back” goes back.",
		"C’est la fin de la leçon. Étapes pas encore faites : %d. « retour » revient en arrière.", undone)
}
