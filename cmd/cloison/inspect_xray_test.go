package main

import (
	"strings"
	"testing"

	"cloison/lessons"
	"cloison/sandbox"
)

func sampleXray() sandbox.Xray {
	return sandbox.Xray{
		Facts:     sandbox.Facts{PID: 7, Command: "sh\x1b[2J"},
		Processes: []sandbox.ProcessFact{{PID: 7, Inner: 7, Command: "bash"}, {PID: 9, Inner: 1, Depth: 1, Command: "sh"}},
		Mounts: sandbox.MountFacts{
			Differ: []sandbox.MountFact{{Point: "/proc/mem\ninfo", Type: "tmpfs", Root: "/meminfo", Options: []string{"ro", "nosuid"}}},
			Same:   20, Gone: 3, More: 2,
		},
		Devices: []sandbox.DeviceFact{
			{Name: "lo", Kind: "loopback", Up: true, Addresses: []string{"127.0.0.1/8"}},
			{Name: "eth0", Kind: "veth", Master: "br0", Peer: &sandbox.PeerFact{Name: "far"}},
		},
	}
}

func TestXrayTextShowsWhatIsAskedFor(t *testing.T) {
	for _, test := range []struct {
		lang      sandbox.Lang
		show      string
		want, not []string
	}{
		{sandbox.English, "mounts", []string{"PID 7  sh", "a bind of /meminfo", "ro,nosuid", "as the host's  20", "host's, gone   3", "and more       2"}, []string{"Namespaces", "Network"}},
		{sandbox.English, "network", []string{"lo             up, loopback, 127.0.0.1/8", "eth0           down, veth, port of br0, other end far"}, []string{"Mounts"}},
		{sandbox.English, "processes", []string{"7              bash", "9", "sh (number 1 inside)"}, []string{"Mounts"}},
		{sandbox.French, "network,mounts", []string{"Interfaces réseau", "active, loopback", "Montages qui diffèrent", "bind de /meminfo"}, []string{"Capabilities"}},
		{sandbox.English, "seccomp,lsm", []string{"Protections"}, []string{"Mounts"}},
		{sandbox.French, "namespaces,cgroup,memory,capabilities", []string{"Espaces de noms", "Cgroup", "Mémoire", "Capabilities"}, []string{"Protections"}},
	} {
		got := xrayText(sampleXray(), strings.Split(test.show, ","), test.lang)
		for _, want := range test.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s, %s: no %q in\n%s", test.show, test.lang, want, got)
			}
		}
		for _, not := range test.not {
			if strings.Contains(got, not) {
				t.Errorf("%s, %s: %q in\n%s", test.show, test.lang, not, got)
			}
		}
		if strings.Contains(got, "\x1b") {
			t.Errorf("%s: a process's name reaches the terminal as it is: %q", test.show, got)
		}
	}
}

// Whatever a lesson may want shown has a section, each once.
func TestXrayTextKnowsEveryFact(t *testing.T) {
	least := xrayText(sampleXray(), []string{"maps"}, sandbox.English) // maps stand with the process
	for _, fact := range lessons.XrayFacts {
		if got := xrayText(sampleXray(), []string{fact}, sandbox.English); got == least && fact != "maps" {
			t.Errorf("%s shows nothing", fact)
		}
	}
	if n := strings.Count(xrayText(sampleXray(), nil, sandbox.English), "Protections"); n != 1 {
		t.Errorf("Protections are told %d times", n)
	}
	unread := sampleXray()
	unread.Unread = []string{"mounts", "devices"}
	if got := xrayText(unread, nil, sandbox.English); strings.Contains(got, "meminfo") || !strings.Contains(got, "not readable") || !strings.Contains(got, "none seen") {
		t.Errorf("what could not be read is told all the same:\n%s", got)
	}
}
