package xray

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cloison/sandbox"
	"cloison/tui/theme"
)

// following is the lab of [lab] with vi 813 followed; sh 820 is in front.
func following() sandbox.Xray {
	x := lab()
	x.Front = x.Facts.PID
	for i := range x.Processes {
		x.Processes[i].Started = uint64(x.Processes[i].PID)
	}
	x.Asked = sandbox.Subject{PID: 813, Started: 813}
	x.Facts.PID, x.Facts.Command, x.Facts.InnerPIDs = 813, "vi", nil
	x.Facts.Args = []string{"vi", "\x1b[2Jnotes"}
	x.Facts.Capabilities.Bounding = 1
	return x
}

// inFront is the same lab with the terminal followed.
func inFront() sandbox.Xray {
	x := following()
	facts := lab().Facts
	x.Asked, x.Facts = sandbox.Subject{}, facts
	return x
}

func TestThePaneSaysWhomItFollows(t *testing.T) {
	for lang, want := range map[sandbox.Lang][3]string{
		sandbox.English: {"follows the terminal: sh 820", "▶ follows vi, PID 813 · x: the terminal · vi \ufffd[2Jnotes", "vi 813 has ended: back to the terminal"},
		sandbox.French:  {"suit le terminal : sh 820", "▶ suit vi, PID 813 · x : le terminal · vi \ufffd[2Jnotes", "vi 813 est terminé : retour au terminal"},
	} {
		m := panel(lang, inFront())
		if note := strings.ReplaceAll(m.Note(), "\u00a0", " "); !strings.HasPrefix(note, want[0]) {
			t.Errorf("the heading says %q, want %q", note, want[0])
		}
		if narrow := m.SetSize(46, 100).Note(); !strings.HasPrefix(narrow, "sh 820") {
			t.Errorf("where it is narrow, the heading says %q", narrow)
		}
		m = m.SetXray(following(), at)
		has(t, m, want[1], "▶vi 813", "▷sh 820")
		if first, _, _ := strings.Cut(shown(m.Scroll(5)), "\n"); !strings.HasPrefix(first, want[1]) {
			t.Errorf("scrolled, the first line is %q", first)
		}
		gone := inFront()
		gone.Asked, gone.Lost = following().Asked, true
		gone.Processes = slices.Delete(slices.Clone(gone.Processes), 1, 2)
		m = m.SetXray(gone, at)
		has(t, m, want[2])
		m = m.SetXray(gone, at.Add(lostFor/2)).Settle(at.Add(lostFor / 2))
		has(t, m, want[2])
		if m = m.Settle(at.Add(lostFor)); m.Fresh() || strings.Contains(shown(m), want[2]) {
			t.Errorf("it stays news for ever:\n%s", shown(m))
		}
	}
}

func TestAfterTheShellsEndNobodyIsFollowed(t *testing.T) {
	for lang, want := range map[sandbox.Lang][2]string{
		sandbox.English: {"• the shell has ended: this is what was seen last", "The shell of this terminal has ended."},
		sandbox.French:  {"• le shell est terminé : voici ce qui a été vu en dernier", "Le shell de ce terminal est terminé."},
	} {
		m := panel(lang, inFront()).SetOver(true)
		has(t, m, want[0], "▶sh 820")
		if note := m.Note(); note != "sh 820 ("+m.words.Facts.Inside+" 1)" {
			t.Errorf("the heading says %q", note)
		}
		has(t, m.SetXray(following(), at), "▶vi 813", "vi, PID 813") // who is chosen goes on
		has(t, m.Forget(), want[1])
		if m = m.SetOver(false); strings.Contains(shown(m), want[0]) {
			t.Errorf("a new shell has ended too:\n%s", shown(m))
		}
	}
}

// Who was chosen may end before it was ever seen.
func TestAnEndBeforeTheBeginningIsTold(t *testing.T) {
	gone := inFront()
	gone.Asked, gone.Lost = sandbox.Subject{PID: 830, Started: 830}, true
	has(t, panel(sandbox.English, inFront()).SetXray(gone, at), "true 830 has ended: back to the terminal")
}

func TestAnotherSubjectIsNoChange(t *testing.T) {
	m := panel(sandbox.English, inFront()).SetXray(following(), at)
	if strings.Contains(shown(m), "•") {
		t.Errorf("what differs between two processes is marked as changed:\n%s", shown(m))
	}
	changed := following()
	changed.Facts.Capabilities.Bounding = 3
	has(t, m.SetXray(changed, at), "• EPB··  2 chown kill")
	if m = m.SetXray(inFront(), at); strings.Contains(shown(m), "•") {
		t.Errorf("what differs from the terminal is marked as changed:\n%s", shown(m))
	}
}

func TestTheMarkMovesThroughTheTree(t *testing.T) {
	m := panel(sandbox.English, inFront())
	if m.Marks() {
		t.Error("there is a mark though another section is chosen")
	}
	m = m.Choose(1)
	if !m.Marks() || m.Marked() != (sandbox.Subject{PID: 820, Started: 820}) {
		t.Fatalf("the mark begins at %+v:\n%s", m.Marked(), shown(m))
	}
	has(t, m, "›   └▶sh 820")
	for _, step := range []struct{ by, pid int }{{-1, 815}, {-1, 813}, {-5, 812}, {-1, 812}, {1, 813}, {9, 830}, {1, 830}} {
		if m = m.Mark(step.by); m.Marked().PID != step.pid {
			t.Errorf("%d lines on, the mark is at %d, want %d:\n%s", step.by, m.Marked().PID, step.pid, shown(m))
		}
	}
	m = m.Mark(-1).Mark(-1) // 815
	x := inFront()
	x.Processes = slices.Delete(slices.Clone(x.Processes), 1, 2)
	if m = m.SetXray(x, at); m.Marked().PID != 815 {
		t.Errorf("when the line above goes, the mark is at %d", m.Marked().PID)
	}
	x.Processes = slices.Delete(slices.Clone(x.Processes), 1, 2)
	if m = m.SetXray(x, at); m.Marked().PID != 820 {
		t.Errorf("when its process goes, the mark is at %d", m.Marked().PID)
	}
}

func TestTheMarkStaysInView(t *testing.T) {
	m := panel(sandbox.English, inFront()).SetSize(38, 4).Choose(1)
	for _, by := range []int{-1, -1, -1, -1, 1, 1, 1, 1} {
		m = m.Mark(by)
		if !strings.Contains(shown(m), "›") {
			t.Errorf("the mark is out of view:\n%s", shown(m))
		}
	}
	if before := m.offset; m.Mark(1).offset != before+1 {
		t.Error("at the end of the tree, the view does not go on")
	}
}

// Whom the learner chooses has other mounts than who was followed: the tree that
// the choice is made in stays where it was on the screen.
func TestTheChosenSectionStaysInPlace(t *testing.T) {
	many := following()
	for i := range 40 {
		many.Mounts.Differ = append(many.Mounts.Differ, sandbox.MountFact{Point: fmt.Sprint("/m", i), Type: "tmpfs", Root: "/"})
	}
	m := panel(sandbox.English, many).Show([]string{"mounts"}).SetSize(40, 20).Choose(1).Choose(1)
	row := func(m Model) int {
		return slices.IndexFunc(strings.Split(shown(m), "\n"), func(line string) bool { return strings.HasPrefix(line, "›") })
	}
	before := row(m)
	if !m.Marks() || before < 0 {
		t.Fatalf("the tree is not chosen and in view:\n%s", shown(m))
	}
	m = m.SetXray(inFront(), at)
	if after := row(m); after < 0 || m.headings["processes"].y > 15 {
		t.Errorf("the mark was in line %d and is in %d:\n%s", before, after, shown(m))
	}
	if m = m.SetXray(many, at); row(m) < 0 {
		t.Errorf("and back, the mark is out of view:\n%s", shown(m))
	}
}

// Wherever a process is drawn, a click there means it.
func TestAClickMeansTheProcessInTheLine(t *testing.T) {
	for _, x := range []sandbox.Xray{inFront(), following()} {
		for _, width := range []int{38, 80, 116, 170} {
			for _, scrolled := range []int{0, 2} {
				m := model(sandbox.English, width, 30).SetXray(x, at).Show([]string{"network", "processes"}).Scroll(scrolled)
				for _, explained := range []Model{m, m.Choose(1).Choose(1).Explain()} {
					everyLine(t, explained)
				}
			}
		}
	}
}

func everyLine(t *testing.T, m Model) {
	t.Helper()
	met := 0
	for y, line := range strings.Split(shown(m), "\n") {
		for _, p := range m.seen.Processes {
			before, _, drawn := strings.Cut(line, fmt.Sprintf("%s %d", p.Command, p.PID))
			if who := strings.TrimRight(before, " ▶▷"); !drawn || !strings.HasSuffix(who, "─") && !strings.HasSuffix(who, "└") && !strings.HasSuffix(who, "├") && p.PID != 812 {
				continue
			}
			met++
			if got, ok := m.Click(theme.Width(before), y); !ok || got != p.Subject() {
				t.Errorf("a click on %s %d in line %d means %+v, %v:\n%s", p.Command, p.PID, y, got, ok, shown(m))
			}
		}
	}
	if met == 0 {
		t.Errorf("no process is drawn:\n%s", shown(m))
	}
	if got, ok := m.Click(2, m.height); ok {
		t.Errorf("a click below the pane means %+v", got)
	}
	got, ok := m.Click(3, 0)
	if followed := m.seen.Follows(); ok != followed || got != (sandbox.Subject{}) {
		t.Errorf("a click on the first line means %+v, %v", got, ok)
	}
}

func TestContainersGoRound(t *testing.T) {
	m := panel(sandbox.English, inFront())
	next, ok := m.Container(812, sandbox.Subject{})
	if !ok || next.PID != 820 {
		t.Errorf("first comes %+v, %v", next, ok)
	}
	if next, ok = m.Container(812, next); !ok || next != (sandbox.Subject{}) {
		t.Errorf("after the last comes %+v, %v", next, ok)
	}
	if next, ok = m.Container(812, sandbox.Subject{PID: 813, Started: 813}); !ok || next.PID != 820 {
		t.Errorf("after a process that is no container's first comes %+v, %v", next, ok)
	}
	x := inFront()
	x.Processes = x.Processes[:3]
	if next, ok := panel(sandbox.English, x).Container(812, sandbox.Subject{}); ok {
		t.Errorf("without a container there is %+v", next)
	}
	if _, ok := model(sandbox.English, 80, 24).Container(812, sandbox.Subject{}); ok {
		t.Error("there is a container before anything was seen")
	}
}
