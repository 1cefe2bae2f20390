package course

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cloison/lessons"
	"cloison/tui/theme"
)

// wide is the width from which the details stand beside the list.
const wide = 110

// listSize is the list's share of the pane: beside the details, or above them.
func (m Model) listSize() (width, height int) {
	if m.width >= wide {
		return m.width * 6 / 10, max(0, m.height-1)
	}
	return m.width, m.height - m.detailHeight()
}

// detailWidth is that of the details, beside the list or below it.
func (m Model) detailWidth() int {
	if width, _ := m.listSize(); m.width >= wide {
		return m.width - width - 3
	}
	return m.width
}

func (m Model) detailHeight() int { return min(10, m.height*2/5) }

// View draws the map.
func (m Model) View() string {
	width, height := m.listSize()
	list := theme.Block(m.seen(width, height), width, height)
	if m.width >= wide {
		rest := m.detailWidth()
		detail := strings.Split(theme.Block(m.detail(rest, height), rest, height), "\n")
		lines := strings.Split(list, "\n")
		for i := range lines {
			lines[i] += m.theme.Rule.Render(" │ ") + detail[i]
		}
		return theme.Block(append(lines, m.theme.Dim.Render(m.summary)), m.width, m.height)
	}
	detail := slices.Concat([]string{m.theme.Heading(m.summary, "", width, false)}, m.detail(width, m.detailHeight()-1))
	return list + "\n" + theme.Block(detail, width, m.detailHeight())
}

// line is a line of the list and the row that it belongs to.
type line struct {
	row  int
	text string
}

// list draws every row.
func (m Model) list(width int) []line {
	var lines []line
	for i, r := range m.rows {
		if r.lesson == nil {
			for _, text := range m.heading(r.chapter, width) {
				lines = append(lines, line{i, text})
			}
			continue
		}
		for _, text := range m.entry(r.lesson, i == m.selected, width) {
			lines = append(lines, line{i, text})
		}
	}
	return lines
}

// heading is a chapter in the list: its title, and at the end of the first line
// the minutes that are left in it.
func (m Model) heading(c *lessons.Chapter, width int) []string {
	left := ""
	if minutes := m.left(c); minutes > 0 {
		left = m.theme.Dim.Render(fmt.Sprintf(m.words.Map.LeftHere, minutes)) + " "
	}
	var drawn []string
	for _, title := range theme.Wrap(m.in(c.Title), width-theme.Width(left)-1) {
		drawn = append(drawn, theme.Ends(m.theme.Strong.Render(title), left, width))
		left = ""
	}
	return drawn
}

// seen are the lines of the list that fit.
func (m Model) seen(width, height int) []string {
	var texts []string
	lines := m.list(width)
	for at := m.offset; at < len(lines) && len(texts) < height; at++ {
		texts = append(texts, lines[at].text)
	}
	return texts
}

// entry is a lesson in the list: mark, title, minutes, state in words. A title
// that is too long goes on in the next line.
func (m Model) entry(l *lessons.Lesson, selected bool, width int) []string {
	mark, word := m.sign(l)
	style, lead := m.theme.Text, "  "+mark+" "
	if selected {
		style, lead = m.theme.Selected, "▸ "+mark+" "
	}
	right := " " + fmt.Sprintf("%7s", fmt.Sprintf(m.words.Map.Minutes, l.Minutes)) + "  " + theme.Fit(word, m.stateWidth())
	room := width - theme.Width(lead) - theme.Width(right)
	var drawn []string
	for _, title := range theme.Wrap(m.in(l.Title), room) {
		drawn = append(drawn, style.Render(theme.Fit(lead+theme.Fit(title, room)+right, width)))
		lead, right = "    ", ""
	}
	return drawn
}

// stateWidth is the widest word for a state, so that minutes line up.
func (m Model) stateWidth() int {
	w, most := m.words.Map, 0
	for _, word := range []string{w.Ready, w.Locked, w.Done, w.Begun, w.Waiting} {
		most = max(most, theme.Width(word))
	}
	return most
}

// sign is a lesson's state as a mark and as a word.
func (m Model) sign(l *lessons.Lesson) (mark, word string) {
	w, s := m.words.Map, m.states[l.ID]
	switch {
	case s.Done:
		return "✓", w.Done
	case s.Locked():
		return "✗", w.Locked
	case s.Begun:
		return "◐", w.Begun
	case !s.Known:
		return "○", w.Waiting
	default:
		return "○", w.Ready
	}
}

// detail tells all about the selected lesson, and as many paragraphs on its
// chapter as fit.
func (m Model) detail(width, height int) []string {
	l := m.Selected()
	if l == nil || width <= 0 {
		return nil
	}
	w, s := m.words.Map, m.states[l.ID]
	mark, word := m.sign(l)
	lines := theme.Wrap(m.theme.Accent.Render(m.in(l.Title)), width)
	lines = append(lines, mark+" "+word+m.theme.Dim.Render(" · "+m.minutes(l)))
	for _, lack := range s.Lacks {
		lines = append(lines, m.labelled(w.Why, lack.Why.In(m.lang), width)...)
		lines = append(lines, m.labelled(w.Remedy, lack.Remedy.In(m.lang), width)...)
	}
	if len(l.Needs) > 0 && !s.Locked() {
		lines = append(lines, m.labelled(w.Needs, strings.Join(l.Needs, ", "), width)...)
	}
	if after := m.titles(l.After); after != "" {
		lines = append(lines, m.labelled(w.After, after, width)...)
	}
	if len(l.Source) > 0 {
		lines = append(lines, m.labelled(w.Covers, plainly(l.Source), width)...)
	}
	intro := paragraphs(m.intros[m.rows[m.selected].chapter.ID], height-len(lines)-1)
	if len(intro) == 0 {
		return lines
	}
	return slices.Concat(lines, []string{""}, intro)
}

// paragraphs are as many whole ones as fit into so many lines.
func paragraphs(lines []string, room int) []string {
	if len(lines) <= room {
		return lines
	}
	for end := min(room, len(lines)-1); end > 0; end-- {
		if strings.TrimSpace(ansi.Strip(lines[end])) == "" {
			return lines[:end]
		}
	}
	return nil
}

// minutes says how long a lesson takes, and how much of that is left when it
// has been begun.
func (m Model) minutes(l *lessons.Lesson) string {
	said, s := fmt.Sprintf(m.words.Map.Minutes, l.Minutes), m.states[l.ID]
	if s.Begun && !s.Done && s.Left > 0 {
		said += ", " + fmt.Sprintf(m.words.Map.LeftHere, s.Left)
	}
	return said
}

// titles names lessons as the learner knows them.
func (m Model) titles(ids []string) string {
	var all []string
	for _, id := range ids {
		i := slices.IndexFunc(m.rows, func(r row) bool { return r.lesson != nil && r.lesson.ID == id })
		if i < 0 { // not on this path
			continue
		}
		mark, _ := m.sign(m.rows[i].lesson)
		all = append(all, mark+" "+m.in(m.rows[i].lesson.Title))
	}
	return strings.Join(all, ", ")
}

// plainly is headings of the source document without their Markdown.
func plainly(headings []string) string {
	var all []string
	for _, h := range headings {
		all = append(all, strings.NewReplacer("`", "", "*", "").Replace(strings.TrimPrefix(h, "> ")))
	}
	return strings.Join(all, " · ")
}

func (m Model) labelled(label, text string, width int) []string {
	return theme.Wrap(m.theme.Dim.Render(label)+" "+text, width)
}

// in is a text in the learner's language, in the base's where there is no
// translation.
func (m Model) in(texts map[lessons.Lang]string) string {
	if s := texts[string(m.lang)]; s != "" {
		return s
	}
	return texts[lessons.English]
}
