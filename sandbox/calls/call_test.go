package calls

import "testing"

func TestCallIsToldAsAManPageWritesIt(t *testing.T) {
	table := []Flag{{Bit: 2, Name: "MS_NOSUID"}, {Bit: 4, Name: "MS_NODEV"}}
	for _, c := range []struct {
		call Call
		want string
	}{
		{New("mount", 0, String("proc"), String("/proc"), String("proc"), Flags(6, table), Null()), `mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV, NULL)`},
		{New("mount", 0, Flags(9, []Flag{{Bit: 1, Name: "MS_RDONLY"}})), `mount(MS_RDONLY|8)`},
		{New("mount", 0, Flags(0, table)), `mount(0)`},
		{New("execve", 0, String("/bin/sh"), Strings([]string{"sh", "-c", `echo "a"`}), Environment([]string{"A=1"})), `execve("/bin/sh", ["sh", "-c", "echo \"a\""], 1 variable)`},
		{New("mkdirat", 0, Named(1, "AT_FDCWD"), String("a"), Octal(0o755)), `mkdirat(AT_FDCWD, "a", 0755)`},
		{New("symlink", 0, String("a")).As("symlink × 3"), "symlink × 3"},
		{New("close", 0, Result(1, "fd"), Int(3)), "close(fd, 3)"},
	} {
		if got := c.call.String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestGroupIsToldByItsFirst(t *testing.T) {
	group := Group(New("a", 1), New("b", 2), New("c", 3))
	if group[0].Quiet || !group[1].Quiet || !group[2].Quiet {
		t.Errorf("quiet: %v %v %v, want false true true", group[0].Quiet, group[1].Quiet, group[2].Quiet)
	}
}

func TestOrDoesNotShareItsList(t *testing.T) {
	base := New("mount", 0).Or(1)
	a, b := base.Or(2), base.Or(3)
	if a.Tolerate[1] != 2 || b.Tolerate[1] != 3 {
		t.Errorf("tolerated %v and %v, want 2 and 3 last", a.Tolerate, b.Tolerate)
	}
}
