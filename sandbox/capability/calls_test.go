//go:build linux

package capability

import (
	"bytes"
	"strings"
	"testing"

	"cloison/sandbox"
)

func TestBoundDropsWhatIsNotKept(t *testing.T) {
	for _, c := range []struct {
		keep  sandbox.CapSet
		drops int
		told  string
	}{
		{DockerDefault, 27, "prctl(PR_CAPBSET_DROP, n) × 27: CAP_DAC_READ_SEARCH "},
		{0, 41, "prctl(PR_CAPBSET_DROP, n) × 41: CAP_CHOWN "},
		{All(40), 0, ""},
	} {
		list := Bound(c.keep, 40)
		if len(list) != c.drops {
			t.Errorf("keep %x: %d calls, want %d", c.keep, len(list), c.drops)
		}
		if len(list) > 0 && !strings.HasPrefix(list[0].String(), c.told) {
			t.Errorf("keep %x: told as %s, want %s…", c.keep, list[0], c.told)
		}
	}
}

func TestCapDataSplitsWords(t *testing.T) {
	got := capData(1<<0|1<<40, 1<<33)
	want := []byte{1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0}
	if !bytes.Equal(got, want) {
		t.Errorf("got % x, want % x", got, want)
	}
}

func TestHoldTellsTheSet(t *testing.T) {
	if got := Hold(1<<0|1<<5, 0).String(); !strings.Contains(got, "permitted = CAP_CHOWN|CAP_KILL,") {
		t.Errorf("told as %s", got)
	}
	if got := Hold(0, 0); !strings.Contains(got.String(), "permitted = 0,") || got.Shell != "capsh --caps='=' -- -c CMD" {
		t.Errorf("told as %s, in shell %s", got, got.Shell)
	}
}

func TestAmbientIsInheritedAndRaised(t *testing.T) {
	if got := Hold(1<<10, 1<<10); !strings.Contains(got.String(), "inheritable = CAP_NET_BIND_SERVICE}") || got.Shell != "capsh --caps='cap_net_bind_service=ep cap_net_bind_service+i' -- -c CMD" {
		t.Errorf("told as %s, in shell %s", got, got.Shell)
	}
	if got := Raise(1<<10 | 1<<13); len(got) != 2 || got[1].String() != "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0)" {
		t.Errorf("got %v", got)
	}
}
