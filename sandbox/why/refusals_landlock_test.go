//go:build linux

package why

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// landlockRefusals are by rules that a program makes for itself, alone and with
// another layer. The container's busybox needs to be read and run, so the root's
// own folders are open.
func landlockRefusals(dir string) []refusal {
	v := volume(dir, "/v", false)
	const locked = "/v/locker fs:read-file,write-file,make-dir,make-reg,remove-file path-beneath:read-file:/bin path-beneath:read-file:/dev -- "
	return []refusal{
		{"a file that rules close", on(v), locked + "cat /etc/passwd", []string{"landlock"}, "fs:read-file"},
		{"a file to write that rules close", on(v), locked + "sh -c 'echo x > /etc/passwd'", []string{"landlock"}, "fs:write-file"},
		{"a new file that rules close", on(v), locked + "touch /tmp/f", []string{"landlock"}, "fs:make-reg"},
		{"a folder that rules close", on(v), locked + "mkdir /tmp/d", []string{"landlock"}, "fs:make-dir"},
		{"removal that rules close", on(v), locked + "rm /etc/passwd", []string{"landlock"}, "fs:remove-file"},
		{"a program that rules close", on(v), "/v/locker fs:execute -- true", []string{"landlock"}, "fs:execute"},
		{"a mount under rules", on(v), "/v/locker fs:make-block -- mount -t tmpfs none /mnt", []string{"landlock"}, "fs:make-block"},
		{"a port that rules close", on(v), "/v/locker net:bind-tcp -- httpd -p 127.0.0.1:8000", []string{"landlock"}, "net:bind-tcp"},
		{"rules within rules", on(v), locked + "/v/locker fs:read-file path-beneath:read-file:/ -- cat /etc/passwd", []string{"landlock"}, "fs:read-file"},
		{"rules that are not to blame", on(v, drop("CHOWN")), "/v/locker fs:make-block -- chown 1 /tmp", []string{"capabilities"}, "CAP_CHOWN"},
		{"rules that a filter keeps", on(v, filter("landlock_restrict_self")), "/v/locker fs:make-block -- true", []string{"seccomp"}, "landlock_restrict_self"},
		{"rules in a user namespace", on(v, remapped), locked + "cat /etc/passwd", []string{"landlock"}, "fs:read-file"},
		{"rules under the default filter", on(v, defaultFilter), locked + "cat /etc/passwd", []string{"landlock"}, "fs:read-file"},
		{"an ordinary user's rules", on(v, ordinary), locked + "cat /etc/passwd", []string{"landlock"}, "fs:read-file"},

		{"a file: rules and permissions", on(v, ordinary), locked + "cat /v/secret", []string{"dac+landlock"}, ""},
		{"a file to write: rules and permissions", on(v, ordinary), locked + "sh -c 'echo >> /etc/passwd'", []string{"dac+landlock"}, ""},
		{"a folder: rules and filter", on(v, filter("mkdir", "mkdirat")), locked + "mkdir /tmp/d", []string{"landlock+seccomp"}, "mkdir"},
		{"a folder: rules and read-only", on(v, readOnly), locked + "mkdir /etc/d", []string{"landlock+readonly"}, ""},
		{"a mount: rules and capabilities", on(v, drop("SYS_ADMIN")), "/v/locker fs:make-block -- mount -t tmpfs none /mnt", []string{"capabilities+landlock"}, "CAP_SYS_ADMIN"},
		{"a file: rules and user namespace", on(v, remapped), locked + "cat /v/secret", []string{"landlock+userns"}, ""},
		{"a mount: rules, capabilities and filter", on(v, drop("SYS_ADMIN"), defaultFilter), "/v/locker fs:make-block -- mount -t tmpfs none /mnt", []string{"capabilities+landlock+seccomp"}, "CAP_SYS_ADMIN"},
		{"a set-user-ID program under rules", on(v, ordinary), "/v/locker fs:make-block -- /v/reader /v/secret", []string{"dac"}, ""},
	}
}

func needsLandlock(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: a container without any layer can't be made otherwise")
	}
	if !hasLandlock() {
		t.Skip("Landlock is not active in this kernel")
	}
}

func TestLandlockRefusals(t *testing.T) {
	needsLandlock(t)
	dir, may := prepared(t), permitted(t)
	var s score
	s.tell(t)
	for _, r := range landlockRefusals(dir) {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			s.judge(t, r, open(may))
		})
	}
}

// TestLandlockProcesses asks in the contexts of processes about commands that
// make rules, and about one in a process that had made them before.
func TestLandlockProcesses(t *testing.T) {
	needsLandlock(t)
	dir := prepared(t)
	const sleep = " sleep 600"
	mount := filepath.Join(dir, "locker") + " fs:make-block -- mount -t tmpfs none /mnt"
	secret := filepath.Join(dir, "locker") + " fs:read-file path-beneath:read-file:/usr -- cat " + filepath.Join(dir, "secret")
	user := "exec setpriv --reuid 1000 --regid 1000 --clear-groups"
	for _, w := range []inWorld{
		{"a file that rules close", "exec" + sleep, nil, secret, []string{"landlock"}, "fs:read-file", false},
		{"a file: rules and permissions", user + sleep, nil, secret, []string{"dac+landlock"}, "", false},
		{"a mount: rules and capabilities", "exec setpriv --bounding-set=-sys_admin" + sleep, nil, mount, []string{"capabilities+landlock"}, "CAP_SYS_ADMIN", false},
		{"a mount: rules, and capabilities within setpriv", "exec" + sleep, nil, "setpriv --bounding-set=-sys_admin " + mount, []string{"capabilities+landlock"}, "fs:make-block", false},
		{"a mount: rules and user namespace", "exec unshare --user --map-root-user" + sleep, nil, mount, []string{"landlock+userns"}, "fs:make-block", false},
		{"a mount in a container", "", on(volume(dir, "/v", false)), "/v/locker fs:make-block -- mount -t tmpfs none /mnt", []string{"capabilities+landlock+seccomp"}, "CAP_SYS_ADMIN", false},
		{"a file under no_new_privs", "exec setpriv --no-new-privs" + sleep, nil, secret, []string{"landlock"}, "fs:read-file", false},
		{"rules that are not to blame", user + sleep, nil, filepath.Join(dir, "locker") + " fs:make-block -- cat " + filepath.Join(dir, "secret"), []string{"dac"}, "", false},
	} {
		t.Run(w.name, func(t *testing.T) { w.judge(t) })
	}
}

// TestLandlockOfBefore: what only rules refuse that were there before can't be
// found, and another layer is not blamed for it.
func TestLandlockOfBefore(t *testing.T) {
	needsLandlock(t)
	dir := prepared(t)
	under := "exec " + filepath.Join(dir, "locker") + " fs:read-file path-beneath:read-file:/usr -- sleep 600"
	secret := filepath.Join(dir, "secret")
	for name, c := range map[string]struct {
		world string
		want  []string
		err   error
	}{
		"rules alone":           {under, nil, ErrNotRefused},
		"rules and permissions": {"exec setpriv --reuid 1000 --regid 1000 --clear-groups " + strings.TrimPrefix(under, "exec "), []string{"dac"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := NewProcess(t.Context(), inWorld{world: c.world}.start(t), []string{"cat", secret}, nil, os.Args[0])
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(p.Close)
			a, err := Ask(t.Context(), p)
			if !errors.Is(err, c.err) || !slices.Equal(sets(a.Ways), c.want) {
				t.Errorf("refused by %v, %v, want %v, %v", sets(a.Ways), err, c.want, c.err)
			}
			if !a.Unsure || !slices.Contains(a.Notes, unreadRules) {
				t.Errorf("it is not said that rules can't be read: %+v", a.Notes)
			}
		})
	}
}
