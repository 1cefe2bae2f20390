package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"cloison/sandbox"
)

const shellPID = 812

var nginx, worker = sandbox.Subject{PID: 4242, Started: 2}, sandbox.Subject{PID: 4290, Started: 3}

// detached is a lesson with a container beside its terminal, and the X-ray of it.
func detached(t *testing.T, width, height int) Model {
	t.Helper()
	m := pressed(still(t, width, height), "enter")
	m = with(m, m.start()(), shellMsg{generation: m.generation, name: "a", shell: &fakeShell{out: make(chan []byte, 1)}})
	t.Cleanup(m.session.cancel)
	return seen(m, detachedXray(shellPID, sandbox.Subject{}))
}

// seen is m after its watch has seen x.
func seen(m Model, x sandbox.Xray) Model {
	return with(m, seenMsg{watch{generation: m.generation, shell: shellPID}, x, false})
}

// askedFor is whom m has last asked its watch to follow, if it has since.
func askedFor(m Model) (sandbox.Subject, bool) {
	select {
	case s := <-m.session.subjects.C():
		return s, true
	default:
		return sandbox.Subject{}, false
	}
}

// wants demands that m has just asked for who, and gives what is seen then.
func wants(t *testing.T, m Model, who sandbox.Subject) Model {
	t.Helper()
	if got, some := askedFor(m); !some || got != who {
		t.Errorf("asked for %+v, %v; want %+v", got, some, who)
	}
	return seen(m, detachedXray(shellPID, who))
}

func TestNobodyIsAskedForUntilTheLearnerChooses(t *testing.T) {
	m := detached(t, 120, 36)
	m = pressed(m, "f4", "right", "down", "e", "f2")
	if got, some := askedFor(m); some {
		t.Errorf("asked for %+v", got)
	}
}

func TestAKeyGoesFromContainerToContainer(t *testing.T) {
	for _, from := range []string{"f2", "f4"} {
		m := pressed(detached(t, 120, 36), "f3")
		m = pressed(m, from, "c")
		m = wants(t, m, nginx)
		has(t, m, "follows nginx, PID 4242 · x: the terminal", "▷bash 812")
		m = wants(t, pressed(m, "c"), sandbox.Subject{}) // the last
		has(t, m, "follows the terminal: bash 812")
		if strings.Contains(text(m), "follows nginx") {
			t.Errorf("nginx is followed still:\n%s", text(m))
		}
		m = wants(t, pressed(m, "c"), nginx)
		wants(t, pressed(m, "x"), sandbox.Subject{})
	}
}

// Two presses that are faster than the watch are two steps.
func TestKeysMayBeFasterThanTheWatch(t *testing.T) {
	wants(t, pressed(detached(t, 120, 36), "c", "c"), sandbox.Subject{})
}

func TestTheXrayComesUpForAContainer(t *testing.T) {
	m := detached(t, 80, 24)
	if m.layout.shows(xrayPane) {
		t.Fatal("80×24 shows the X-ray beside the lesson")
	}
	if m = pressed(m, "c"); !m.layout.shows(xrayPane) || m.focus != xrayPane {
		t.Error("the X-ray does not come up")
	}
	wants(t, m, nginx)
}

func TestWithoutAContainerItIsSaid(t *testing.T) {
	m := detached(t, 120, 36)
	x := detachedXray(shellPID, sandbox.Subject{})
	x.Processes = x.Processes[:1]
	m = pressed(seen(m, x), "c")
	has(t, m, "no container runs in this lesson now")
	if got, some := askedFor(m); some {
		t.Errorf("asked for %+v", got)
	}
}

func TestEnterFollowsTheMarkedProcess(t *testing.T) {
	m := pressed(detached(t, 120, 36), "f4", "right", "down", "down")
	has(t, m, "↑ ↓ process", "enter follow")
	m = wants(t, pressed(m, "enter"), worker)
	if m.focus != xrayPane {
		t.Error("Enter leaves the X-ray")
	}
	m = wants(t, pressed(m, "enter"), sandbox.Subject{}) // once more: no longer
}

// Enter does something with the panel that is chosen; where none is, it leads
// back to the lesson, whose next step it then takes.
func TestEnterExplainsTheChosenPanel(t *testing.T) {
	const meaning = "Each kind of namespace gives"
	m := pressed(detached(t, 120, 36), "f4")
	has(t, m, "enter lesson", "← → panel", "e explain")
	if back := pressed(m, "enter"); back.focus != lessonPane {
		t.Error("where no panel is chosen, Enter does not go back to the lesson")
	}
	m = pressed(m, "right", "right")
	has(t, m, "▶ namespaces", "enter explain", "esc lesson")
	m = pressed(m, "enter")
	has(t, m, meaning, "enter all panels")
	if m = pressed(m, "enter"); m.focus != xrayPane || strings.Contains(text(m), meaning) {
		t.Errorf("once more, Enter does not show all panels again:\n%s", text(m))
	}
	m = pressed(m, "left", "e")
	has(t, m, "▶ processes", "enter follow", "e all panels")
	m = pressed(m, "esc")
	m.xray = m.xray.Show([]string{"network"}) // the lesson asks for something
	if m = pressed(m, "f4", "enter"); m.focus != lessonPane {
		t.Error("after the lesson has asked for a panel, Enter does not go back to it")
	}
}

func TestClicksChooseAndExplainAPanel(t *testing.T) {
	const meaning = "Each kind of namespace gives"
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 50}} {
		m := pressed(detached(t, size[0], size[1]), "f4")
		m = with(m, clickOn(t, m, "mnt "))
		has(t, m, "▶ namespaces", "enter explain")
		m = with(m, clickOn(t, m, "▶ namespaces"))
		has(t, m, meaning)
		if got, some := askedFor(m); some {
			t.Errorf("a click on a panel asks for %+v", got)
		}
		m = with(m, clickOn(t, m, "▶ namespaces"))
		if strings.Contains(text(m), meaning) {
			t.Errorf("a third click does not show all panels again:\n%s", text(m))
		}
		has(t, with(m, clickOn(t, m, "restrictions")), "▶ restrictions")
	}
}

// Whom the learner clicks on has other mounts than who was followed: the tree
// stays under the mouse, whichever panel was chosen before.
func TestTheTreeStaysUnderTheMouse(t *testing.T) {
	m := pressed(detached(t, 80, 24), "f4")
	many := detachedXray(shellPID, sandbox.Subject{})
	for i := range 40 {
		many.Mounts.Differ = append(many.Mounts.Differ, sandbox.MountFact{Point: fmt.Sprint("/m", i), Type: "tmpfs", Root: "/"})
	}
	m = seen(m, many)
	m = with(m, clickOn(t, m, "network"))
	at := clickOn(t, m, "└ nginx 4290")
	m = wants(t, with(m, at), worker)
	if after := clickOn(t, m, "└▶nginx 4290"); after.Y != at.Y+1 { // below who is followed
		t.Errorf("it was in line %d and is in %d:\n%s", at.Y, after.Y, text(m))
	}
}

// clickOn is a click on the first cell but one of what is shown.
func clickOn(t *testing.T, m Model, what string) tea.MouseClickMsg {
	t.Helper()
	for y, line := range strings.Split(text(m), "\n") {
		if before, _, there := strings.Cut(line, what); there {
			return click(len([]rune(before))+1, y)
		}
	}
	t.Fatalf("no %q in\n%s", what, text(m))
	return tea.MouseClickMsg{}
}

func TestAClickFollowsAProcess(t *testing.T) {
	m := detached(t, 120, 36)
	m = with(m, clickOn(t, m, "nginx 4242"))
	if m.focus != xrayPane {
		t.Error("the click brings no focus")
	}
	has(t, m, "▶ processes", "›", "enter follow")
	m = wants(t, m, nginx)
	m = wants(t, with(m, clickOn(t, m, "└ nginx 4290")), worker)
	m = wants(t, with(m, clickOn(t, m, "▶ follows nginx")), sandbox.Subject{})
	if got, some := askedFor(with(m, clickOn(t, m, "namespaces"))); some {
		t.Errorf("a click on a heading asks for %+v", got)
	}
}

func TestAfterTheEndTheTerminalIsFollowed(t *testing.T) {
	m := wants(t, pressed(detached(t, 120, 36), "c"), nginx)
	x := detachedXray(shellPID, sandbox.Subject{})
	x.Asked, x.Lost, x.Processes = nginx, true, x.Processes[:1]
	m = seen(m, x)
	has(t, m, "nginx 4242 has ended: back to the terminal", "follows the terminal: bash 812")
	if m.session.chosen() {
		t.Error("who has ended is still wanted")
	}
}

// An X-ray that was on its way when the learner chose says nothing of the choice.
func TestALateXrayEndsNoChoice(t *testing.T) {
	m := pressed(detached(t, 120, 36), "c")
	x := detachedXray(shellPID, sandbox.Subject{})
	x.Asked, x.Lost = worker, true // whom was wanted before
	if m = seen(m, x); m.session.subject != nginx {
		t.Errorf("wanted is %+v", m.session.subject)
	}
}

// Another terminal comes to the front, and the same process is followed.
func TestTheChoiceOutlivesTheTerminalInFront(t *testing.T) {
	m := wants(t, pressed(detached(t, 120, 36), "c"), nginx)
	m = m.withSession(func(s *session) { s.watched = 0 }) // as when a watch has ended
	m = with(m, tea.WindowSizeMsg{Width: 120, Height: 36})
	wants(t, m, nginx)
}

// The terminal's title tells of what is in front there, whoever is followed.
func TestTheTerminalsTitleStaysTrue(t *testing.T) {
	m := wants(t, pressed(detached(t, 120, 36), "c"), nginx)
	if strings.Contains(text(m), "in new namespaces") {
		t.Errorf("the title tells of the container:\n%s", text(m))
	}
	x := detachedXray(shellPID, nginx)
	x.Front = worker.PID // as if it had been entered from the terminal
	has(t, seen(m, x), "in new namespaces: cgroup, ipc")
}

// atXray is m after an xray block of the lesson.
func atXray(m Model, container bool) Model {
	m.xray = m.xray.Show([]string{"memory"})
	return m.showAround(container)
}

func TestALessonMayFollowAContainer(t *testing.T) {
	m := wants(t, atXray(detached(t, 120, 36), true), nginx)
	again := wants(t, atXray(m, true), nginx)
	m = wants(t, atXray(again, false), sandbox.Subject{}) // the next block is about the terminal
	m = wants(t, pressed(m, "c"), nginx)
	if m = atXray(m, false); m.session.subject != nginx {
		t.Error("a block takes away what the learner has chosen")
	}
	x := detachedXray(shellPID, sandbox.Subject{})
	x.Processes = x.Processes[:1]
	alone := atXray(seen(detached(t, 120, 36), x), true)
	has(t, alone, "no container runs in this lesson now")
}

func TestAFreshMachineHasNobodyToFollow(t *testing.T) {
	m := wants(t, pressed(detached(t, 120, 36), "c"), nginx)
	m, _ = m.renew()
	if m.session.chosen() {
		t.Error("a process of the machine before is wanted")
	}
}
