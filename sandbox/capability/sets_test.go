package capability

import (
	"strings"
	"testing"

	"cloison/sandbox"
)

func TestDockerDefaultIsWhatDockerPrints(t *testing.T) {
	// CapBnd of docker run debian grep CapBnd /proc/self/status.
	if DockerDefault != 0xa80425fb {
		t.Errorf("DockerDefault = %x, want a80425fb", uint64(DockerDefault))
	}
	if got := len(Names(DockerDefault)); got != 14 {
		t.Errorf("%d capabilities, want 14", got)
	}
}

func TestApply(t *testing.T) {
	const everything = sandbox.CapSet(0x1ffffffffff)
	for _, c := range []struct {
		what      string
		drop, add []string
		want      sandbox.CapSet
	}{
		{"nothing asked", nil, nil, DockerDefault},
		{"one dropped", []string{"net_raw"}, nil, DockerDefault &^ (1 << 13)},
		{"one added", nil, []string{"SYS_TIME"}, DockerDefault | 1<<25},
		{"one that was there already", nil, []string{"CAP_CHOWN"}, DockerDefault},
		{"all dropped", []string{"ALL"}, nil, 0},
		{"all dropped, one added back", []string{"all"}, []string{"NET_BIND_SERVICE"}, 1 << 10},
		{"all added", nil, []string{"ALL"}, everything},
		{"all added but one", []string{"SYS_ADMIN"}, []string{"CAP_ALL"}, everything &^ (1 << 21)},
		{"all added wins over all dropped", []string{"ALL"}, []string{"ALL"}, everything},
		{"the same dropped and added", []string{"KILL"}, []string{"KILL"}, DockerDefault},
	} {
		got, err := Apply(DockerDefault, c.drop, c.add)
		if err != nil || got != c.want {
			t.Errorf("%s: %x, %v, want %x", c.what, uint64(got), err, uint64(c.want))
		}
	}
}

func TestApplyNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ drop, add []string }{
		{[]string{"NET_ROW"}, nil},
		{nil, []string{"ALL", "NET_ROW"}},
	} {
		_, err := Apply(0, c.drop, c.add)
		if err == nil || !strings.Contains(err.Error(), "CAP_NET_RAW") {
			t.Errorf("Apply(%v, %v): error %v, want a suggestion of CAP_NET_RAW", c.drop, c.add, err)
		}
	}
}
