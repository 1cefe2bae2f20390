//go:build linux

package build

import (
	"testing"

	"cloison/sandbox"
)

func TestPart(t *testing.T) {
	for line, want := range map[string]float64{
		"dlstatus:1:0.0000:Retrieving file 1 of 3":        0,
		"dlstatus:2:50.5:Retrieving file 2 of 3: 1:2:3":   0.505,
		"dlstatus:3:100.0000:Retrieving file 3 of 3 (1s)": 1,
		"pmstatus:bash:50.0:Unpacking":                    -1,
		"dlstatus:1:NaN:x":                                -1,
		"dlstatus:1:-3:x":                                 -1,
		"dlstatus:1:101:x":                                -1,
		"dlstatus:1":                                      -1,
		"":                                                -1,
	} {
		got, ok := part(line)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: got %v, %v", line, got, ok)
		}
	}
}

func TestInstallingCountsPackages(t *testing.T) {
	steps := installing{total: 4}
	for _, test := range []struct {
		line string
		want sandbox.Stage
	}{
		{"Selecting previously unselected package a.", sandbox.Stage{}},
		{"Unpacking a (1.0) ...", sandbox.Stage{Name: stageInstall, Part: 0.25}},
		{"Unpacking selinux-policy-default (2) ...", sandbox.Stage{Name: stageInstall, Part: 0.5}},
		{"Setting up selinux-policy-default (2) ...", sandbox.Stage{Name: stagePolicy, Part: -1}},
		{"Setting up a (1.0) ...", sandbox.Stage{Name: stageInstall, Part: 1}},
		{"Setting up one more (1.0) ...", sandbox.Stage{Name: stageInstall, Part: 1}},
	} {
		got, ok := steps.saw(test.line)
		if got != test.want || ok != !test.want.Over() {
			t.Errorf("%s: got %+v, %v", test.line, got, ok)
		}
	}
}

func FuzzPart(f *testing.F) {
	f.Add("dlstatus:1:12.5:x")
	f.Fuzz(func(t *testing.T, line string) {
		if got, ok := part(line); ok && !(got >= 0 && got <= 1) {
			t.Errorf("%q is %v done", line, got)
		}
	})
}
