package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/image/build"
)

func TestStagesAreTold(t *testing.T) {
	stages := []sandbox.Stage{
		{Name: sandbox.Text{EN: "fetching", FR: "téléchargement"}},
		{Name: sandbox.Text{EN: "fetching", FR: "téléchargement"}, Part: 0.5},
		{Name: sandbox.Text{EN: "packing", FR: "mise en boîte"}, Part: -1},
	}
	for name, test := range map[string]struct {
		lang sandbox.Lang
		live bool
		want string
	}{
		"on a terminal": {
			sandbox.English, true,
			"\r\x1b[Kfetching   0 %\r\x1b[Kfetching  50 %\r\x1b[Kfetching (2s)\n\r\x1b[Kpacking\r\x1b[Kpacking (1s)\n",
		},
		"in a file": {sandbox.French, false, "téléchargement\n  (2s)\nmise en boîte\n  (1s)\n"},
	} {
		var b bytes.Buffer
		clock := time.Unix(0, 0)
		line := &stageLine{w: &b, lang: test.lang, live: test.live, now: func() time.Time { return clock }}
		for _, s := range stages {
			line.tell(s)
			clock = clock.Add(time.Second)
		}
		line.end()
		line.end() // of nothing
		if b.String() != test.want {
			t.Errorf("%s: got %q, want %q", name, b.String(), test.want)
		}
	}
}

func TestPackagesArePrinted(t *testing.T) {
	for which, want := range map[string]string{"machine": "docker.io\n", "selinux": "selinux-policy-default\n"} {
		var b bytes.Buffer
		if err := printPackages(&b, which); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %q, %v", which, b.String(), err)
		}
	}
	if err := printPackages(&bytes.Buffer{}, "all"); exitCode(err) != exitUsage {
		t.Errorf("--packages all gave %v", err)
	}
}

func TestImageErrorsSayWhatToTry(t *testing.T) {
	failed := &build.Failed{Why: sandbox.Text{EN: "no room", FR: "pas de place"}, Try: sandbox.Text{EN: "make room", FR: "faites de la place"}}
	for _, test := range []struct {
		err  error
		lang sandbox.Lang
		code int
		want string
	}{
		{context.Canceled, sandbox.English, exitFailed, "broken off"},
		{failed, sandbox.English, exitUnable, "no room; make room"},
		{fmt.Errorf("build: %w", failed), sandbox.French, exitUnable, "pas de place\u00a0; faites de la place"},
		{errors.New("odd"), sandbox.English, exitFailed, "odd; /x/log has the details"},
		{errors.New("odd"), sandbox.French, exitFailed, "les détails sont dans /x/log"},
	} {
		err := imageError(test.err, "/x/log", test.lang)
		if exitCode(err) != test.code || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v became %v with code %d", test.err, err, exitCode(err))
		}
	}
}
