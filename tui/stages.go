package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cloison/sandbox"
	"cloison/tui/theme"
)

// barWidth is how long the drawing of a stage's progress is, in columns.
const barWidth = 20

// stageMsg is what the machine is busy with now.
type stageMsg sandbox.Stage

// nextStage waits for the machine's next stage.
func (m Model) nextStage() tea.Cmd {
	stages, ctx := m.options.Stages, m.ctx
	if stages == nil {
		return nil
	}
	return func() tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case s, ok := <-stages:
			if !ok {
				return nil
			}
			return stageMsg(s)
		}
	}
}

func (m Model) staged(msg stageMsg) (Model, tea.Cmd) {
	m.stage = sandbox.Stage(msg)
	return m, m.nextStage()
}

// starting says that the machine is not there yet, and what it is busy with.
func (m Model) starting() string {
	if m.stage.Over() {
		return m.words.Starting
	}
	return strings.TrimRight(m.words.Starting+" "+m.stageName()+" "+m.stagePercent(), " ")
}

func (m Model) stageName() string { return m.stage.Name.In(m.lang) }

// stagePercent is empty where nobody knows.
func (m Model) stagePercent() string {
	if m.stage.Part < 0 {
		return ""
	}
	return fmt.Sprintf(m.words.Percent, int(min(1, m.stage.Part)*100))
}

// openingView stands where a terminal will be: what is waited for, and how
// far it is.
func (m Model) openingView(width, height int) string {
	lines := []string{m.theme.Dim.Render(m.words.Opening)}
	if !m.stage.Over() {
		lines = append(lines, "", m.stageName())
		if m.stage.Part >= 0 {
			lines = append(lines, m.theme.Gauge(m.stage.Part, barWidth, m.theme.Accent)+" "+m.stagePercent())
		}
		if why := m.stage.Slow.In(m.lang); why != "" {
			lines = append(append(lines, ""), theme.Wrap(m.theme.Dim.Render(why), width)...)
		}
	}
	return theme.Block(lines, width, height)
}
