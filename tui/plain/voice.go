package plain

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cloison/sandbox"
)

// voice says things in words, in one language and at most so wide. It only
// makes text; who prints it is console.
type voice struct {
	lang  sandbox.Lang
	width int
	fill  func(string) string // replaces the lesson's variables; nil for nothing
}

// say is a text of package fmt in the voice's language.
func (v voice) say(en, fr string, args ...any) string {
	text := sandbox.Text{EN: en, FR: fr}.In(v.lang)
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// sentence is say, broken into lines.
func (v voice) sentence(en, fr string, args ...any) string { return v.wrap(v.say(en, fr, args...)) }

// glued are the French signs that never begin or end a line alone.
var glued = strings.NewReplacer(" :", "\u00a0:", " ;", "\u00a0;", " !", "\u00a0!", " ?", "\u00a0?", " »", "\u00a0»", "« ", "«\u00a0")

// wrap breaks sentences into lines. No-break spaces have done their work then.
func (v voice) wrap(text string) string {
	if v.lang == sandbox.French {
		text = glued.Replace(text)
	}
	return broken(ansi.Wordwrap(whole.Replace(text), v.width, ""))
}

// broken replaces what only concerned the breaking of lines.
func broken(text string) string { return ordinary.Replace(text) }

// A hyphen breaks no word: not "passe-t-il", and not a pattern.
var (
	whole    = strings.NewReplacer("-", "\u2011")
	ordinary = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2011", "-")
)

// prose is Markdown of the lesson as text.
func (v voice) prose(markdown string) string { return v.proseIn(markdown, v.width) }

func (v voice) proseIn(markdown string, width int) string {
	if v.fill != nil {
		markdown = v.fill(markdown)
	}
	return broken(markdownText(strings.TrimSpace(markdown), v.say("Section: ", "Section : "), width))
}

// item is a numbered paragraph, its further lines below the text of the first.
func (v voice) item(lead, markdown string) string {
	margin := strings.Repeat(" ", ansi.StringWidth(lead))
	return lead + strings.ReplaceAll(v.proseIn(markdown, max(20, v.width-len(margin))), "\n", "\n"+margin)
}

// lack says why something can't be played here, and what would help.
func (v voice) lack(lack sandbox.Lack, margin string) string {
	return indent(v.wrap(lack.Why.In(v.lang)+"\n"+lack.Remedy.In(v.lang)), margin)
}

// indent puts a margin before every line.
func indent(text, margin string) string { return continued(text, margin, margin) }

// continued puts one margin before the first line, another before the rest.
func continued(text, first, rest string) string {
	return first + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+rest)
}

// greeting is the first thing said.
func (v voice) greeting() string {
	return v.sentence("cloison, line by line. Every answer is a line that ends with Enter; ? lists the words that you can say.",
		"cloison, ligne par ligne. Chaque réponse est une ligne qui se termine par Entrée ; ? énumère les mots que vous pouvez dire.")
}

// help lists the words.
func (v voice) help(inShell bool) string {
	lines := []string{v.sentence("Enter goes on. Figures answer a question or choose a lesson. And these words:",
		"Entrée continue. Les chiffres répondent à une question ou choisissent une leçon. Et ces mots :")}
	slash := ""
	if inShell {
		slash = "/"
		lines[0] = v.sentence("What you type goes to the shell. A line with only a full stop leaves it for the lesson. These words, with the slash, are for the lesson:",
			"Ce que vous tapez va au shell. Une ligne avec seulement un point le quitte pour la leçon. Ces mots, avec la barre oblique, sont pour la leçon :")
	}
	for _, w := range vocabulary {
		name := w.en[0]
		if v.lang == sandbox.French {
			name = w.fr[0]
		}
		lines = append(lines, v.wrap(slash+name+v.say(": ", " : ")+w.does.In(v.lang)))
	}
	if !inShell {
		lines = append(lines, v.sentence("An exclamation mark before a command types it into the terminal: !ls",
			"Un point d’exclamation devant une commande la tape dans le terminal : !ls"))
	}
	return strings.Join(lines, "\n")
}
