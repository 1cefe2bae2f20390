package lessons

import "strings"

// task reads a task's fence: what is to be done, then lines that begin with
// "expected:" (what the check wants, in plain words) or "hint:". Each goes on
// until the next one begins. In a translation the fence has only its id.
func (p *page) task(b *Block, content string, pairs map[string]string, line int, translation bool) {
	b.Shell = "a"
	for _, key := range []string{"in", "needs"} {
		if _, ok := pairs[key]; ok && translation {
			p.add(line, "a translation's task block has only its id: %q comes from the base", key)
		}
	}
	if name, ok := pairs["in"]; ok {
		b.Shell = p.terminal(name, line)
	}
	b.Needs = commaList(pairs["needs"])
	p.needs(b.Needs, line)
	b.Text = p.taskText(b, content, line)
	if b.Text == "" {
		p.add(line, "task %s says nothing", b.ID)
	}
}

// taskText gives what is to be done, and puts the rest into b.
func (p *page) taskText(b *Block, content string, line int) string {
	var parts []string
	for _, l := range strings.Split(content, "\n") {
		if len(parts) == 0 || taskKey(l) != "" {
			parts = append(parts, l)
			continue
		}
		parts[len(parts)-1] += "\n" + l
	}
	text, expected := "", 0
	for _, part := range parts {
		key := taskKey(part)
		said := strings.TrimSpace(strings.TrimPrefix(part, key))
		switch key {
		case "hint:":
			b.Hints = append(b.Hints, said)
		case "expected:":
			b.Expected = said
			expected++
		default:
			text = said
			continue
		}
		if said == "" {
			p.add(line, "task %s: a line %q says nothing", b.ID, key)
		}
	}
	if expected > 1 {
		p.add(line, "task %s says twice what is expected", b.ID)
	}
	return text
}

// taskKey is the word that a line of a task begins with, "" for none.
func taskKey(line string) string {
	for _, key := range []string{"hint:", "expected:"} {
		if strings.HasPrefix(line, key) {
			return key
		}
	}
	return ""
}

// adoptTask gives a translated task what its base says, and checks the rest.
func (p *page) adoptTask(base, b *Block) {
	b.Shell, b.Needs = base.Shell, base.Needs
	if len(b.Hints) != len(base.Hints) {
		p.add(b.Line, "task %s has %d hints, its base %d", b.ID, len(b.Hints), len(base.Hints))
	}
	switch {
	case base.Expected != "" && b.Expected == "":
		p.add(b.Line, "task %s does not say what is expected, its base does (line %d)", b.ID, base.Line)
	case base.Expected == "" && b.Expected != "":
		p.add(b.Line, "task %s says what is expected, its base (line %d) does not", b.ID, base.Line)
	}
}
