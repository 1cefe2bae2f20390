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
	got := capData(1<<0 | 1<<40)
	want := []byte{1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	if !bytes.Equal(got, want) {
		t.Errorf("got % x, want % x", got, want)
	}
}

func TestHoldTellsTheSet(t *testing.T) {
	if got := Hold(1<<0 | 1<<5).String(); !strings.Contains(got, "permitted = CAP_CHOWN|CAP_KILL,") {
		t.Errorf("told as %s", got)
	}
	if got := Hold(0); !strings.Contains(got.String(), "permitted = 0,") || got.Shell != "capsh --caps='=' -- -c CMD" {
		t.Errorf("told as %s, in shell %s", got, got.Shell)
	}
}
