package lessons

import "strings"

// quiz cuts a quiz's fence into the question, the choices, and the explanation
// that follows them.
func (p *page) quiz(content, id string, line int) (question string, q *QuizBlock) {
	q = &QuizBlock{}
	var asked, explained []string
	for _, l := range strings.Split(content, "\n") {
		choice, isChoice := parseChoice(l)
		indented := strings.HasPrefix(l, "  ") && strings.TrimSpace(l) != ""
		switch {
		case len(explained) > 0:
			explained = append(explained, l)
		case isChoice:
			q.Choices = append(q.Choices, choice)
		case len(q.Choices) == 0:
			asked = append(asked, l)
		case indented:
			last := &q.Choices[len(q.Choices)-1]
			last.Text += " " + strings.TrimSpace(l)
		case strings.TrimSpace(l) != "":
			explained = append(explained, l)
		}
	}
	q.Explanation = strings.TrimSpace(strings.Join(explained, "\n"))
	question = strings.TrimSpace(strings.Join(asked, "\n"))
	p.checkQuiz(question, q, id, line)
	return question, q
}

// parseChoice reads "- [x] text".
func parseChoice(line string) (Choice, bool) {
	for mark, right := range map[string]bool{"- [ ]": false, "- [x]": true, "- [X]": true} {
		if text, ok := strings.CutPrefix(line, mark); ok {
			return Choice{Text: strings.TrimSpace(text), Right: right}, true
		}
	}
	return Choice{}, false
}

func (p *page) checkQuiz(question string, q *QuizBlock, id string, line int) {
	right := 0
	for _, c := range q.Choices {
		if c.Right {
			right++
		}
		if c.Text == "" {
			p.add(line, "quiz %s: an empty choice", id)
		}
	}
	switch {
	case question == "":
		p.add(line, "quiz %s asks nothing", id)
	case len(q.Choices) < 2:
		p.add(line, "quiz %s has fewer than two choices: write them as - [ ] or - [x]", id)
	case right == 0:
		p.add(line, "quiz %s has no right answer: mark it - [x]", id)
	}
}
