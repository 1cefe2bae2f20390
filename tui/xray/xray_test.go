package xray

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cloison/sandbox"
	"cloison/tui/theme"
	"cloison/tui/words"
)

const mib = 1 << 20

var names = []string{"CAP_CHOWN", "CAP_KILL", "CAP_SETUID", "CAP_SYS_ADMIN", "CAP_SYS_TIME", "CAP_MKNOD", "CAP_BPF"}

func facts() sandbox.Facts {
	f := sandbox.Facts{
		PID: 812, Command: "bash", InnerPIDs: []int{812},
		UIDMap: []sandbox.IDRange{{Size: everyID}}, GIDMap: []sandbox.IDRange{{Size: everyID}},
		Capabilities: sandbox.Capabilities{Effective: 0x7f, Permitted: 0x7f, Bounding: 0x7f},
		Memory:       sandbox.MemoryView{Total: 2048 * mib},
	}
	for i, n := range sandbox.Namespaces {
		f.Namespaces = append(f.Namespaces, sandbox.NamespaceFact{Type: n, Inode: 4026531835 + uint64(i), Host: true})
	}
	return f
}

// at is a moment of the tests.
var at = time.Unix(1000, 0)

// SetFacts shows a lab of one process.
func (m Model) SetFacts(f sandbox.Facts) Model { return m.SetXray(alone(f), at) }

// alone is a lab of one process.
func alone(f sandbox.Facts) sandbox.Xray {
	x := sandbox.Xray{Facts: f, Processes: []sandbox.ProcessFact{{PID: f.PID, Inner: f.PID, Command: f.Command, State: "S"}}}
	for _, n := range f.Namespaces {
		x.Namespaces = append(x.Namespaces, sandbox.NamespaceUse{Type: n.Type, Inode: n.Inode, Host: n.Host, Users: []int{f.PID}, Count: 1})
	}
	return x
}

func model(lang sandbox.Lang, width, height int) Model {
	return New(names).SetLook(theme.New(true), words.In(lang)).SetSize(width, height)
}

// shown is what the pane shows, with no-break spaces as plain ones.
func shown(m Model) string { return strings.ReplaceAll(ansi.Strip(m.View()), "\u00a0", " ") }

// has demands every one of want in what m shows.
func has(t *testing.T, m Model, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(shown(m), w) {
			t.Errorf("no %q in\n%s", w, shown(m))
		}
	}
}

func TestAPlainProcess(t *testing.T) {
	m := model(sandbox.English, 38, 40).SetFacts(facts())
	has(t, m, "pid    host's", "the same inside and outside", "EPB··  7 all", "no limit", "free says 2 GiB", "seccomp off", "LSM label none")
	if strings.Contains(shown(m), "•") || strings.Contains(shown(m), "own") && strings.Contains(shown(m), " own ") {
		t.Errorf("the first reading marks changes:\n%s", shown(m))
	}
}

func TestChangesAreMarkedForAWhile(t *testing.T) {
	m := model(sandbox.English, 38, 40).SetFacts(facts())
	f := facts()
	f.Namespaces[4].Host, f.Namespaces[4].Inode = false, 4026532999
	f.Cgroup.Memory.Limit = 16 * mib
	f.Capabilities.Bounding &^= 1 << 4
	m = m.SetFacts(f)
	has(t, m, "• pid    own    4026532999", "• limit 16 MiB", "• EP···  1 dropped: sys_time", "free says 2 GiB (128×)")
	if strings.Contains(shown(m), "• net") {
		t.Error("what did not change is marked")
	}
	if !m.Fresh() || !strings.Contains(shown(m.Settle(at.Add(FreshFor/2))), "•") {
		t.Error("the marks go away at once")
	}
	m = m.Settle(at.Add(FreshFor))
	if m.Fresh() || strings.Contains(shown(m), "•") {
		t.Errorf("the marks stay for ever:\n%s", shown(m))
	}
}

// changed names what is marked when b follows a.
func changed(a, b sandbox.Facts) []string {
	return slices.Sorted(maps.Keys((changes{}).next(alone(a), at).next(alone(b), at).fresh))
}

func TestChangedNamesWhatDiffers(t *testing.T) {
	a, b := facts(), facts()
	b.Cgroup.Memory.Used = 99 // changes all the time
	if got := changed(a, b); got != nil {
		t.Errorf("nothing that a learner did, yet %v", got)
	}
	b.NoNewPrivs, b.UIDMap = true, nil
	if got := changed(a, b); !slices.Equal(got, []string{"nnp", "uids"}) {
		t.Errorf("changed: %v", got)
	}
	if c := (changes{}).next(alone(b), at); len(c.fresh) > 0 {
		t.Errorf("the first reading changes %v", c.fresh)
	}
}

func TestMapIsARuler(t *testing.T) {
	f := facts()
	f.UIDs.Effective = 100007
	f.UIDMap = []sandbox.IDRange{{Inside: 0, Outside: 100000, Size: 65536}}
	f.GIDMap = []sandbox.IDRange{{Inside: 0, Outside: 1000, Size: 1}}
	m := model(sandbox.French, 38, 45).SetFacts(f)
	has(t, m, "uid 7 dedans, 100007 dehors", "├─", "┤165535", "dedans 0 ", "dehors 1000 ")
	lines := m.rulers("uids", f.UIDMap, 38)
	for _, line := range lines {
		if w := theme.Width(line); w != 38 {
			t.Errorf("a ruler of %d cells: %q", w, ansi.Strip(line))
		}
	}
	f.UIDMap = nil
	has(t, m.SetFacts(f), "pas encore de table")
}

func TestGauge(t *testing.T) {
	f := facts()
	f.Cgroup = sandbox.CgroupFacts{
		Version: 1, Memory: sandbox.Gauge{Used: 12 * mib, Limit: 16 * mib}, OOMKill: 3,
		Pids: sandbox.Gauge{Used: 2, Limit: 20}, CPU: sandbox.CPULimit{Quota: 50000, Period: 100000},
	}
	has(t, model(sandbox.French, 38, 45).SetFacts(f), "(cgroup v1)", "█░", " 75 %", "limite 16 Mio", "tués (OOM) : 3", "tâches 2 / 20", "processeurs 0,50")
	f.Cgroup.Memory.Used = 40 * mib // more than the limit, between two readings
	if bar := ansi.Strip(model(sandbox.English, 38, 45).SetFacts(f).bar(20)); theme.Width(bar) != 20 {
		t.Errorf("an overfull gauge is %d cells: %q", theme.Width(bar), bar)
	}
}

func TestSize(t *testing.T) {
	m := model(sandbox.English, 38, 20)
	for bytes, want := range map[uint64]string{
		0: "0 B", 1023: "1023 B", 1024: "1 KiB", 1536: "1.5 KiB", 16 * mib: "16 MiB", 1952 * mib: "1.9 GiB", 300 * mib: "300 MiB", 1 << 62: "4194304 TiB",
	} {
		if got := strings.ReplaceAll(m.size(bytes), "\u00a0", " "); got != want {
			t.Errorf("size(%d) = %q, want %q", bytes, got, want)
		}
	}
}

func TestGroupCaps(t *testing.T) {
	columns := []column{{letter: "E", set: 0b0000011}, {letter: "P", set: 0b0000111}, {letter: "B", set: 0b0001111}}
	var got []string
	for _, g := range groupCaps(columns, names) {
		got = append(got, g.sets+" "+strings.Join(g.members, " "))
	}
	want := []string{"EPB chown kill", "·PB setuid", "··B sys_admin", "··· sys_time mknod bpf"}
	if !slices.Equal(got, want) {
		t.Errorf("groups %q, want %q", got, want)
	}
}

// TestNothingIsCutOff draws at every width that a layout gives and looks for
// the mark of what has been cut.
func TestNothingIsCutOff(t *testing.T) {
	f := facts()
	f.UIDMap = []sandbox.IDRange{{Inside: 0, Outside: 100000, Size: 65536}}
	f.Capabilities.Effective, f.Capabilities.Ambient = 1, 3
	for _, lang := range []sandbox.Lang{sandbox.English, sandbox.French} {
		for width := 38; width <= 200; width++ {
			m := model(lang, width, 60).SetFacts(f)
			if text := shown(m); strings.Contains(text, "…") {
				t.Fatalf("%s at %d cells cuts something off:\n%s", lang, width, text)
			}
		}
	}
}

func TestShowPutsSectionsFirst(t *testing.T) {
	m := model(sandbox.English, 38, 50).SetFacts(facts()).Show([]string{"capabilities", "lsm"})
	lines := strings.Split(shown(m), "\n")
	if !strings.HasPrefix(lines[0], "▸ capabilities") {
		t.Errorf("the first section is %q", lines[0])
	}
	has(t, m, "▸ restrictions", "  namespaces")
}

func TestScrollStaysInside(t *testing.T) {
	m := model(sandbox.English, 38, 8).SetFacts(facts())
	if !strings.Contains(m.Note(), "↕ 8/") {
		t.Errorf("the note does not say that there is more: %q", m.Note())
	}
	end := m.Scroll(1000)
	if got := strings.Count(end.View(), "\n") + 1; got != 8 || strings.TrimSpace(shown(end)) == "" {
		t.Errorf("scrolled past the end:\n%s", shown(end))
	}
	if shown(end.Scroll(-1000)) != shown(m) {
		t.Error("scrolling back does not lead to the start")
	}
}

func TestWithoutFacts(t *testing.T) {
	m := model(sandbox.English, 20, 5)
	has(t, m, "Facts appear here")
	if m.SetFacts(facts()).Clear().View() != m.View() || m.Note() != "" {
		t.Error("Clear leaves something")
	}
	_ = New(nil).SetSize(0, 0).View()
}
