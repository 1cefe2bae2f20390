package why

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUnwrap(t *testing.T) {
	for text, want := range map[string][]Wrapped{
		"hostname x": nil,
		"":           nil,
		"setpriv":    nil,
		"setpriv --bounding-set=-net_admin ip addr add 1 dev lo": {{"setpriv --bounding-set=-net_admin ", "ip addr add 1 dev lo", ""}},
		"setpriv --reuid 5 --clear-groups unshare --user --net bash -c 'echo 46 > /f'": {
			{"setpriv --reuid 5 --clear-groups unshare --user --net ", "bash -c 'echo 46 > /f'", ""},
			{"setpriv --reuid 5 --clear-groups ", "unshare --user --net bash -c 'echo 46 > /f'", ""},
		},
		"bash -c 'echo $$ > $G/cgroup.procs; exec head -n 1 ~/dev'": {{"bash -c 'echo $$ > $G/cgroup.procs; exec ", "head -n 1 ~/dev", "'"}},
		"bash -c 'echo exec x'": nil,
		"chroot --userspec 5:5 ~/jail nsenter -r/bin /sh -c 'a; b'": {
			{"chroot --userspec 5:5 ~/jail nsenter -r/bin ", "/sh -c 'a; b'", ""},
			{"chroot --userspec 5:5 ~/jail ", "nsenter -r/bin /sh -c 'a; b'", ""},
		},
		"nsenter -t $BOX --user nsenter -t $! --uts hostname": {
			{"nsenter -t $BOX --user nsenter -t $! --uts ", "hostname", ""},
			{"nsenter -t $BOX --user ", "nsenter -t $! --uts hostname", ""},
		},
		"setpriv --no-new-privs -- cat 'a b'": {{"setpriv --no-new-privs -- ", "cat 'a b'", ""}},
		"true; setpriv --no-new-privs cat":    nil,
		"setpriv $OPTIONS cat":                nil,
		"setpriv --landlock-access fs:read-file --landlock-rule path-beneath:read-file:/usr cat /f": nil,
		"unshare --net setpriv --landlock-access=fs --clear-groups --reuid 5 --landlock-rule path-beneath:execute:/usr -- cat 'a b'": {
			{"unshare --net setpriv --clear-groups --reuid 5 ", "setpriv --landlock-access=fs --landlock-rule path-beneath:execute:/usr -- cat 'a b'", ""},
			{"unshare --net ", "setpriv --landlock-access=fs --clear-groups --reuid 5 --landlock-rule path-beneath:execute:/usr -- cat 'a b'", ""},
		},
		"bash -c 'exec setpriv --landlock-access fs --no-new-privs cat f'": {
			{"bash -c 'exec setpriv --no-new-privs ", "setpriv --landlock-access fs cat f", "'"},
			{"bash -c 'exec ", "setpriv --landlock-access fs --no-new-privs cat f", "'"},
		},
		"setpriv --no-new-privs cat > f":    nil,
		"setpriv --no-new-privs echo 'open": nil,
	} {
		if diff := cmp.Diff(want, Unwrap(text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestWithoutUserNS(t *testing.T) {
	for text, want := range map[string]string{
		"unshare --user --map-root-user --mount sh": "unshare --mount sh",
		"unshare -Ur sh":     "unshare sh",
		"unshare --mount sh": "",
	} {
		got, ok := WithoutUserNS(text)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q, %v, want %q", text, got, ok, want)
		}
	}
}

func FuzzUnwrap(f *testing.F) {
	f.Add("bash -c 'x; exec y' ")
	f.Add(`setpriv --a "b\" c" d`)
	f.Add("setpriv --landlock-access fs --reuid 5 -- cat")
	f.Add("setpriv --landlock-rule")
	f.Fuzz(func(t *testing.T, text string) {
		for _, w := range Unwrap(text) {
			if w.StandIn(w.Inner) != text && !strings.Contains(text, "--landlock-") {
				t.Errorf("%q was cut into %+v", text, w)
			}
		}
	})
}
