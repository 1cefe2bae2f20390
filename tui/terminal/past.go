package terminal

// maxPast is how many lines a terminal remembers after they scrolled away.
const maxPast = 10_000

// past is the lines that scrolled away, rendered, because cells take fifty
// times the memory of the text in them.
type past struct {
	lines []string
	first int // index of the oldest, once lines is full
}

// push adds the newest line; the oldest falls out of a full past.
func (p *past) push(line string) {
	if len(p.lines) < maxPast {
		p.lines = append(p.lines, line)
		return
	}
	p.lines[p.first] = line
	p.first = (p.first + 1) % maxPast
}

func (p *past) len() int { return len(p.lines) }

// line is the line that is back lines before the present one; 1 is the newest.
func (p *past) line(back int) string {
	return p.lines[(p.first+len(p.lines)-back)%len(p.lines)]
}

func (p *past) clear() { p.lines, p.first = nil, 0 }
