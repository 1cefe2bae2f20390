package xray

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cloison/sandbox"
	"cloison/tui/theme"
	"cloison/tui/words"
)

// lab is an X-ray in which every panel has something to tell.
func lab() sandbox.Xray {
	f := facts()
	f.PID, f.InnerPIDs, f.Command = 820, []int{820, 1}, "sh"
	f.UIDs.Effective = 100000
	f.UIDMap = []sandbox.IDRange{{Inside: 0, Outside: 100000, Size: 65536}}
	f.Cgroup = sandbox.CgroupFacts{Version: 2, Memory: sandbox.Gauge{Used: mib, Limit: 16 * mib}, OOMKill: 1, CPU: sandbox.CPULimit{Quota: 1, Period: 2}}
	x := sandbox.Xray{Facts: f, Exec: &sandbox.ExecFact{Command: "unshare", Parent: true, Before: f.Capabilities, After: f.Capabilities}}
	ns := func(pid uint64) map[sandbox.Namespace]uint64 {
		return map[sandbox.Namespace]uint64{sandbox.PIDNS: pid, sandbox.UTSNS: 7}
	}
	x.Processes = []sandbox.ProcessFact{
		{PID: 812, PPID: 800, Inner: 812, Command: "bash", State: "S", Namespaces: ns(1)},
		{PID: 813, PPID: 812, Inner: 813, Depth: 1, Command: "vi", State: "T", Namespaces: ns(1)},
		{PID: 815, PPID: 812, Inner: 815, Depth: 1, Command: "unshare", State: "S", Namespaces: ns(1)},
		{PID: 820, PPID: 815, Inner: 1, Depth: 2, Command: "sh", State: "S", UID: 100000, Namespaces: ns(2)},
		{PID: 830, PPID: 820, Inner: 2, Depth: 3, Command: "true", State: "Z", UID: 100000},
	}
	for _, n := range f.Namespaces {
		x.Namespaces = append(x.Namespaces, sandbox.NamespaceUse{Type: n.Type, Inode: n.Inode, Host: n.Type != sandbox.PIDNS && n.Type != sandbox.UTSNS, Parent: n.Type != sandbox.PIDNS, Users: []int{820}, Count: 1})
	}
	x.Cgroups = []sandbox.CgroupNode{
		{Path: "/lab", Memory: sandbox.Gauge{Used: 3 * mib}},
		{Path: "/lab/box", Depth: 1, Processes: 2, Subject: true, Frozen: true, Memory: sandbox.Gauge{Used: mib, Limit: 16 * mib}, Pids: sandbox.Gauge{Used: 20, Limit: 20}},
	}
	x.Mounts = sandbox.MountFacts{Same: 3, Gone: 2, Differ: []sandbox.MountFact{
		{Point: "/data\x1b[2J", Type: "ext4", Root: "/srv", Options: []string{"ro", "relatime"}},
		{Point: "/tmp", Type: "tmpfs", Root: "/", Options: []string{"rw"}, Changed: true, Over: true},
		{Point: "/proc/kcore", Type: "tmpfs", Root: "/null", Covering: true},
		{Point: "/proc/sys", Type: "proc", Root: "/sys", Covering: true},
	}}
	x.Devices = []sandbox.DeviceFact{
		{Index: 1, Name: "lo", Kind: "loopback"},
		{Index: 2, Name: "eth0", Kind: "veth", Up: true, Addresses: []string{"10.0.0.2/24"}, Peer: &sandbox.PeerFact{Index: 9, Name: "veth9", Host: true, Master: "br0"}},
	}
	return x
}

// The sign of who is followed, or in front, takes no cell of the name's.
func TestNamesOfOneDepthStandInOneColumn(t *testing.T) {
	first := inFront() // who is followed may be the eldest
	first.Facts.PID, first.Front = 812, 812
	nobody := inFront()
	nobody.Facts.PID, nobody.Front = 1, 1
	for name, x := range map[string]sandbox.Xray{"in front": inFront(), "followed": following(), "the first": first, "nobody": nobody} {
		for _, m := range []Model{panel(sandbox.English, x), panel(sandbox.English, x).Choose(1)} {
			x, y := m.treeSpot().x, m.treeSpot().y
			for i, p := range m.seen.Processes {
				line := strings.Split(shown(m), "\n")[y+len(m.banner())+i]
				before, _, _ := strings.Cut(line, p.Command+" "+fmt.Sprint(p.PID))
				if got, want := theme.Width(before), x+2+2*p.Depth; got != want {
					t.Errorf("%s: %s begins in cell %d, want %d: %q", name, p.Command, got, want, line)
				}
			}
		}
	}
	has(t, panel(sandbox.English, lab()), "  lab 3 MiB", "   ▶box ×2")
}

// On the smallest screen, what the lesson asks for can be seen without scrolling
// as far as there is room for it.
func TestWhatTheLessonAsksForComesIntoView(t *testing.T) {
	for _, show := range [][]string{{"namespaces", "maps"}, {"capabilities", "seccomp"}, {"processes", "mounts", "maps"}, {"network"}} {
		m := model(sandbox.English, 80, 12).SetXray(lab(), at).Show(show)
		for _, name := range show {
			if at := m.headings[name]; at.y+min(at.h, 12) > 12 {
				t.Errorf("of %v, %s begins in line %d and has %d:\n%s", show, name, at.y, at.h, shown(m))
			}
		}
	}
}

func TestColumnsAreAsShortAsTheyCanBe(t *testing.T) {
	blocks := func(asked bool, heights ...int) (all []block) {
		for _, h := range heights {
			all = append(all, block{asked: asked, lines: make([]string, h)})
		}
		return all
	}
	for _, c := range []struct {
		name          string
		blocks        []block
		columns, room int
		want          []int // blocks in each column
	}{
		{"one column", blocks(false, 3, 4), 1, 5, []int{2}},
		{"the first columns hold the most", blocks(false, 2, 2, 5), 2, 9, []int{2, 1}},
		{"nothing is asked for", blocks(false, 9, 5, 1, 1), 3, 4, []int{1, 3}},
		{"what is asked for is first", slices.Concat(blocks(true, 5, 3), blocks(false, 9)), 2, 8, []int{1, 2}},
		{"it fits", slices.Concat(blocks(true, 5, 3), blocks(false, 9)), 2, 9, []int{2, 1}},
		{"fewer blocks than columns", blocks(true, 3), 3, 2, []int{1}},
	} {
		var got []int
		for _, column := range split(c.blocks, c.columns, c.room) {
			if len(column) > 0 {
				got = append(got, len(column))
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func panel(lang sandbox.Lang, x sandbox.Xray) Model {
	return model(lang, 116, 100).SetXray(x, at)
}

func TestProcessesAreATree(t *testing.T) {
	has(t, panel(sandbox.English, lab()),
		"processes (5)", "  bash 812", "  ├ vi 813 stopped", "  └ unshare 815", "    └▶sh 820 (1) +pid uid 0=100000", "      └ true 830 zombie (2)")
}

func TestBrothersAlikeAreOneLine(t *testing.T) {
	x := lab()
	for pid := 900; pid < 1000; pid++ {
		x.Processes = append(x.Processes, sandbox.ProcessFact{PID: pid, PPID: 812, Depth: 1, Command: "sleep", State: "S"})
	}
	x.Omitted = 400
	m := panel(sandbox.English, x)
	has(t, m, "processes (505)", "├ unshare", "└ sleep 900…999 ×100", "and 400 more")
	// Whoever is in front or has children stands alone.
	x.Facts.PID = 950
	has(t, panel(sandbox.English, x), "├ sleep 900…949 ×50", "├▶sleep 950", "└ sleep 951…999 ×49")
}

func TestNamespacesTellWhose(t *testing.T) {
	m := panel(sandbox.English, lab())
	has(t, m, "pid    own    4026531839 alone", "uts    parent 4026531842 alone", "net    host's")
	x := lab()
	x.Facts.PID = 812 // the first of the lab: that its parent shares them says nothing
	has(t, panel(sandbox.English, x), "uts    own ")
}

func TestCgroupTree(t *testing.T) {
	has(t, panel(sandbox.English, lab()), "  lab 3 MiB", "▶box ×2 frozen", "░ 1 MiB / 16 MiB", "█████ 20 / 20 tasks")
	x := lab()
	x.Cgroups = nil
	has(t, panel(sandbox.French, x), "aucun cgroup n’est visible")
}

func TestMountsThatDiffer(t *testing.T) {
	m := panel(sandbox.English, lab())
	has(t, m, "4 differ, 3 as the host's", "+ /data\ufffd[2J ext4 ro ← /srv", "~ /tmp tmpfs (over another)", "covered /proc/kcore", "read-only /proc/sys")
	x := lab()
	x.Unread = []string{"mounts", "devices"}
	if n := strings.Count(shown(panel(sandbox.English, x)), "not readable for this user"); n != 2 {
		t.Errorf("%d panels say that they can't be read:\n%s", n, shown(panel(sandbox.English, x)))
	}
}

func TestDevicesAndTheirPeers(t *testing.T) {
	for want, peer := range map[string]*sandbox.PeerFact{
		"⇄ veth9 at the host, port of br0": {Name: "veth9", Host: true, Master: "br0"},
		"⇄ veth9 here too":                 {Name: "veth9", Here: true},
		"⇄ veth9 at vi 813":                {Name: "veth9", PID: 813},
		"⇄ its other end can't be seen":    {Index: 9},
	} {
		x := lab()
		x.Devices[1].Peer = peer
		flat := strings.Join(strings.Fields(shown(model(sandbox.English, 50, 100).SetXray(x, at))), " ")
		if !strings.Contains(flat, want) {
			t.Errorf("no %q in\n%s", want, flat)
		}
	}
	has(t, panel(sandbox.English, lab()), "lo down", "eth0 up veth 10.0.0.2/24")
}

func TestWhatTheLastExecChanged(t *testing.T) {
	x := lab()
	has(t, panel(sandbox.English, x), "fork, exec unshare → sh", "no set changed")
	x.Exec.After.Bounding, x.Exec.After.Effective = 0x3f, 0x3f
	x.Exec.After.Ambient = 2
	has(t, panel(sandbox.English, x), "EB −bpf", "A +kill")
	x.Exec.After.Permitted = 0
	has(t, panel(sandbox.French, x), "P −toutes")
}

func TestProcessesThatComeAndGoAreMarked(t *testing.T) {
	m := panel(sandbox.English, lab())
	x := lab()
	x.Processes = append(x.Processes[:1:1], x.Processes[2:]...)
	x.Processes = append(x.Processes, sandbox.ProcessFact{PID: 840, PPID: 812, Depth: 1, Command: "ls", State: "R"})
	m = m.SetXray(x, at)
	has(t, m, "• └ ls 840", "• vi 813 has ended")
	if m = m.Settle(at.Add(FreshFor)); strings.Contains(shown(m), "•") {
		t.Errorf("marks stay:\n%s", shown(m))
	}
}

// Every explanation is shown somewhere, and every panel explains.
func TestEveryFieldIsExplained(t *testing.T) {
	for _, lang := range []sandbox.Lang{sandbox.English, sandbox.French} {
		said := ""
		m := model(lang, 100, 200).SetXray(lab(), at)
		for range m.sections() {
			m = m.Choose(1)
			page := shown(m.Explain())
			if strings.Count(page, "\n      ") < 1 {
				t.Errorf("%s: %s explains nothing:\n%s", lang, m.chosen, page)
			}
			said += strings.Join(strings.Fields(page), " ") + "\n"
		}
		for field, text := range words.In(lang).Facts.Explain {
			if flat := strings.Join(strings.Fields(strings.ReplaceAll(text, "\u00a0", " ")), " "); !strings.Contains(said, flat) {
				t.Errorf("%s: nothing shows what %q means", lang, field)
			}
		}
	}
}

func TestChoosingGoesRoundAndIntoView(t *testing.T) {
	m := model(sandbox.English, 38, 8).SetXray(lab(), at)
	var order []string
	for range m.sections() {
		m = m.Choose(1)
		order = append(order, m.chosen)
		if !strings.Contains(shown(m), "▶ ") {
			t.Errorf("%s is not in view:\n%s", m.chosen, shown(m))
		}
	}
	if again := m.Choose(1); again.chosen != order[0] {
		t.Errorf("after the last comes %s, not %s", again.chosen, order[0])
	}
	if back := model(sandbox.English, 38, 8).SetXray(lab(), at).Choose(-1); back.chosen != order[len(order)-1] {
		t.Errorf("back from nowhere leads to %s", back.chosen)
	}
	if want := []string{"network", "maps"}; !slices.Equal(first(m.Show(want), 2), want) {
		t.Error("what the lesson shows is not first")
	}
}

// first names the first n sections.
func first(m Model, n int) []string {
	var names []string
	for _, s := range m.sections()[:n] {
		names = append(names, s.name)
	}
	return names
}

// However wide the pane, no line is wider, explained or not.
func TestEveryWidth(t *testing.T) {
	for _, lang := range []sandbox.Lang{sandbox.English, sandbox.French} {
		for width := 26; width <= 200; width += 3 {
			m := model(lang, width, 60).SetXray(lab(), at)
			for _, s := range m.sections() {
				for _, shown := range []Model{m, {theme: m.theme, words: m.words, names: m.names, seen: m.seen, facts: m.facts, explaining: true}} {
					for _, line := range shown.section(s.name, width) {
						if theme.Width(line) > width {
							t.Fatalf("%s at %d: %d cells in %q", s.name, width, theme.Width(line), line)
						}
					}
				}
			}
		}
	}
}

// section draws one section.
func (m Model) section(name string, width int) []string {
	for _, s := range m.sections() {
		if s.name == name {
			return s.lines(width)
		}
	}
	panic(fmt.Sprintf("no section %s", name))
}
