package capability

import (
	"strings"
	"testing"

	known "github.com/moby/sys/capability"

	"cloison/sandbox"
)

// The numbers come from the kernel's header; another list of it must agree.
func TestNamesAgreeWithMoby(t *testing.T) {
	list := known.ListKnown()
	if len(list) != len(names) {
		t.Fatalf("%d names, moby/sys/capability knows %d", len(names), len(list))
	}
	for _, c := range list {
		if want := "CAP_" + strings.ToUpper(c.String()); Name(int(c)) != want {
			t.Errorf("Name(%d) = %s, want %s", c, Name(int(c)), want)
		}
	}
}

func TestLastAgreesWithMoby(t *testing.T) {
	want, err := known.LastCap()
	if err != nil {
		t.Skip("no /proc/sys/kernel/cap_last_cap here: ", err)
	}
	if got := Last(); got != int(want) {
		t.Errorf("Last() = %d, want %d", got, want)
	}
}

func TestNameOfUnknownNumbers(t *testing.T) {
	for n, want := range map[int]string{41: "CAP_41", 63: "CAP_63", -1: "CAP_-1"} {
		if got := Name(n); got != want {
			t.Errorf("Name(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name string
		want int
	}{
		{"CAP_CHOWN", 0},
		{"net_raw", 13},
		{"CAP_NET_RAW", 13},
		{"cap_Net_Raw", 13},
		{" bpf ", 39},
		{"checkpoint_restore", 40},
	} {
		got, err := Parse(c.name)
		if err != nil || got != c.want {
			t.Errorf("Parse(%q) = %d, %v, want %d", c.name, got, err, c.want)
		}
	}
}

func TestParseSuggests(t *testing.T) {
	for name, want := range map[string]string{
		"net_row":      "did you mean CAP_NET_RAW?",
		"CAP_SYSADMIN": "did you mean CAP_SYS_ADMIN?",
		"chwon":        "did you mean CAP_CHOWN?",
		"bdf":          "did you mean CAP_BPF?",
		"xyz":          "capabilities(7) lists them",
		"teleport":     "capabilities(7) lists them",
		"":             "capabilities(7) lists them",
	} {
		_, err := Parse(name)
		if err == nil || !strings.Contains(err.Error(), want) || sandbox.Say(err, sandbox.French) == err.Error() {
			t.Errorf("Parse(%q): error %v, want one with %q", name, err, want)
		}
	}
}

func TestNames(t *testing.T) {
	got := strings.Join(Names(1<<0|1<<13|1<<50), " ")
	if want := "CAP_CHOWN CAP_NET_RAW CAP_50"; got != want {
		t.Errorf("Names = %s, want %s", got, want)
	}
	if got := Names(0); len(got) != 0 {
		t.Errorf("Names(0) = %v, want none", got)
	}
}
