package lesson

import (
	"slices"

	"cloison/lessons"
)

// Refused is the command that was played last, when it ended as one does that
// the kernel refuses. After another command, the terminal may be elsewhere, and
// nobody could find out any more who refused it.
func (m Model) Refused() (lessons.Block, bool) {
	i := slices.IndexFunc(m.blocks, func(b lessons.Block) bool { return b.ID != "" && b.ID == m.refused })
	if i < 0 {
		return lessons.Block{}, false
	}
	return m.blocks[i], true
}

// Asking says whether somebody is finding out who refused it.
func (m Model) Asking(is bool) Model {
	m.asking = is
	return m.compose()
}

// who offers, below the command that was refused, to find out who did.
func (m Model) who(b lessons.Block) []string {
	switch {
	case b.ID != m.refused:
		return nil
	case m.asking:
		return m.aside("⋯ " + m.words.Page.AskingWho)
	}
	return m.aside(m.words.Page.AskWho)
}
