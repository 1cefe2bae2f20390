package sandbox

import "testing"

func TestSymptom(t *testing.T) {
	for _, c := range []struct {
		o       Outcome
		want    string
		refused bool
	}{
		{Outcome{}, "", false},
		{Outcome{Exit: 1, Output: "chown: /tmp: Operation not permitted\n"}, "EPERM", true},
		{Outcome{Exit: 1, Output: "mount: permission denied (are you root?)"}, "EPERM", true},
		{Outcome{Exit: 2, Output: "first: Permission denied\nsh: can't create /f: Read-only file system"}, "EROFS", true},
		{Outcome{Exit: 1, Output: "hostname: you must be root to change the host name"}, "EPERM", true},
		{Outcome{Exit: 1, Output: "mount: /mnt: must be superuser to use mount."}, "EPERM", true},
		{Outcome{Exit: 137}, "SIGKILL", true},
		{Outcome{Exit: 159, Output: "Bad system call"}, "SIGSYS", true},
		{Outcome{Exit: 125, Output: `cloison: capset(…): EPERM (operation not permitted)`}, "EPERM", true},
		{Outcome{Exit: 1, Output: "ls: x: No such file or directory"}, "ENOENT", false},
		{Outcome{Exit: 3, Output: "nothing that we know"}, "exit 3", false},
		{Outcome{Exit: 255}, "exit 255", false},
		{Outcome{Exit: 0, Output: "Permission denied"}, "", false},
	} {
		if got := c.o.Symptom(); got != c.want || c.o.Refused() != c.refused {
			t.Errorf("%+v: %q, refused %v, want %q, %v", c.o, got, c.o.Refused(), c.want, c.refused)
		}
	}
}
