package process

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
)

// line is a line of /proc/PID/stat as the kernel prints it (do_task_stat in its
// fs/proc/array.c).
func line(s Stat) string {
	return fmt.Sprintf("%d (%s) %s %d %d %d 34817 %d %d 331 0 0 0 1 2 3 4 20 0 %d 0 %d 8794112 700 18446744073709551615 %d 94455737900000 %d "+
		"0 0 0 65536 3686404 1266761467 1 0 0 17 3 0 0 0 0 0 94455737951904 94455737971904 94455747851904 140729013170311 140729013170317 140729013170317 140729013174254 0\n",
		4242, s.Command, s.State, s.PPID, 4242, 4242, s.Front, s.Flags, s.Threads, s.Start, s.Image.Text, s.Image.Stack)
}

func TestParseStatOfHostileCommands(t *testing.T) {
	for _, command := range []string{
		"bash", "", " ", "(", ")", "a b) c", ") Z 1 1", "(sd-pam)", "tmux: server", ") Z 1 1 (", "a\nb", "4 (x) Z 1", "\xff\xfe é",
	} {
		want := Stat{
			Command: command, State: "S", PPID: 4241, Front: -1, Flags: 4194304, Threads: 1, Start: 1<<64 - 1,
			Image: Image{94455737851904, 140729013167000},
		}
		if got, err := ParseStat(line(want)); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
}

func TestParseStatRefuses(t *testing.T) {
	good := line(Stat{Command: "x", State: "S", PPID: 7, Start: 12345})
	fields := strings.Fields(good)
	for name, bad := range map[string]string{
		"nothing":                 "",
		"no command":              strings.Repeat("1 ", 52),
		"parentheses reversed":    ")7(" + strings.Repeat(" 1", 60),
		"cut in the command":      "4242 (x",
		"cut before the last":     strings.Join(fields[:fieldStartStack-1], " "),
		"a parent that is a word": strings.Replace(good, " S 7 ", " S init ", 1),
		"a negative start":        strings.Replace(good, " 12345 ", " -1 ", 1),
		"a start beyond 64 bits":  strings.Replace(good, " 12345 ", " 18446744073709551616 ", 1),
		"a parent beyond 32 bits": strings.Replace(good, " S 7 ", " S 2147483648 ", 1),
	} {
		if s, err := ParseStat(bad); err == nil || s != (Stat{}) {
			t.Errorf("%s: %q is %+v, %v", name, bad, s, err)
		}
	}
}

func TestStates(t *testing.T) {
	for state, want := range map[string][2]bool{
		"R": {false, false}, "S": {false, false}, "D": {false, false}, "I": {false, false},
		"Z": {true, false}, "X": {true, false}, "T": {false, true}, "t": {false, true},
	} {
		s := Stat{State: state}
		if got := [2]bool{s.Over(), s.Stopped()}; got != want {
			t.Errorf("%s: over and stopped are %v, want %v", state, got, want)
		}
	}
	if (Stat{Flags: 0x400000}).Exiting() || !(Stat{Flags: 0x400004}).Exiting() {
		t.Error("PF_EXITING is read from another bit")
	}
}

func TestIsGone(t *testing.T) {
	for err, want := range map[error]bool{
		fs.ErrNotExist:   true,
		syscall.ENOENT:   true,
		syscall.ESRCH:    true,
		syscall.EACCES:   false,
		syscall.EMFILE:   false,
		fs.ErrInvalid:    false,
		os.ErrPermission: false,
		&fs.PathError{Op: "read", Path: "/proc/7/stat", Err: syscall.ESRCH}: true,
	} {
		if got := IsGone(err); got != want {
			t.Errorf("%v: %v, want %v", err, got, want)
		}
	}
	if IsGone(nil) {
		t.Error("a process that could be read is gone")
	}
}

// Whatever a line says, it is taken as it stands or refused, and whatever a
// process calls itself, the numbers behind its name are the kernel's.
func FuzzStat(f *testing.F) {
	f.Add(line(Stat{Command: "a b) c", State: "S", PPID: 1, Front: -1, Threads: 1, Start: 42}), "sh", int32(1), uint64(42))
	f.Add("", ") Z 1 1 (", int32(-1), uint64(0))
	f.Fuzz(func(t *testing.T, text, command string, ppid int32, start uint64) {
		if s, err := ParseStat(text); err == nil && (s.State == "" || !strings.Contains(text, "("+s.Command+")")) {
			t.Errorf("%q is %+v", text, s)
		}
		want := Stat{Command: command, State: "R", PPID: int(ppid), Front: -int(ppid % 2), Start: start}
		if got, err := ParseStat(line(want)); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	})
}
