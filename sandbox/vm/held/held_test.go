package held

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/link"
	"cloison/sandbox/vm"
)

func TestUsualPlace(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		uid           int
		runtime, want string
	}{
		{0, "", "/run/cloison-vm"},
		{1000, "", "/tmp/cloison-vm-1000"},
		{1000, "/no/such/folder", "/tmp/cloison-vm-1000"},
		{1000, dir, dir + "/cloison-vm"},
		{0, dir, dir + "/cloison-vm"},
	} {
		if got := usualPlace(c.uid, c.runtime); got != c.want {
			t.Errorf("%d, %q: got %s, want %s", c.uid, c.runtime, got, c.want)
		}
	}
}

// place is a folder with a short name: a socket's path has 108 bytes (unix(7)).
func place(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "held")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "p")
}

func TestOnlyAFolderOfOursWillDo(t *testing.T) {
	dir := place(t)
	if err := openPlace(dir); err != nil {
		t.Fatal(err)
	}
	if err := openPlace(dir); err != nil {
		t.Errorf("a second time: %v", err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := openPlace(dir); err == nil || !strings.Contains(err.Error(), "not a folder of ours alone") {
		t.Errorf("got %v", err)
	}
	if _, err := Ask(t.Context(), dir); err == nil || errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
	link := dir + "-link"
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	if err := openPlace(link); err == nil {
		t.Error("somebody's symbolic link will do")
	}
}

func TestReadLineTakesNotAByteMore(t *testing.T) {
	from := strings.NewReader(`{"ask": "status"}` + "\nSSH-2.0")
	var r request
	if err := readLine(from, &r); err != nil || r.Ask != askStatus {
		t.Errorf("%+v, %v", r, err)
	}
	if rest, _ := io.ReadAll(from); string(rest) != "SSH-2.0" {
		t.Errorf("left: %q", rest)
	}
	for name, text := range map[string]string{"cut": `{"ask"`, "not JSON": "hello\n", "endless": strings.Repeat("x", 2*longest), "empty": ""} {
		if err := readLine(strings.NewReader(text), &r); err == nil {
			t.Errorf("%s: it is believed", name)
		}
	}
}

func FuzzReadLine(f *testing.F) {
	for _, text := range []string{"{}\n", `{"status": {"running": true}}` + "\n", `{"error": "x", "lack": {"why": {"en": "a"}}}` + "\n", "\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var l line
		from := bytes.NewReader(text)
		if err := readLine(from, &l); err == nil && text[len(text)-from.Len()-1] != '\n' {
			t.Errorf("%q: it read on", text)
		}
		_, _ = outcome(bytes.NewReader(text), nobody)
	})
}

func TestOutcome(t *testing.T) {
	lack := sandbox.Lack{Why: sandbox.Text{EN: "no", FR: "non"}}
	var said bytes.Buffer
	for _, l := range []line{{Stage: &sandbox.Stage{Name: sandbox.Text{EN: "one"}}}, {Stage: &sandbox.Stage{}}, {Status: &Status{Running: true, QEMU: 7}}} {
		if err := writeLine(&said, l); err != nil {
			t.Fatal(err)
		}
	}
	var stages []string
	s, err := outcome(&said, func(s sandbox.Stage) { stages = append(stages, s.Name.EN) })
	if err != nil || s.QEMU != 7 || len(stages) != 2 || stages[0] != "one" {
		t.Errorf("%+v, %v, %q", s, err, stages)
	}
	if err := writeLine(&said, failed(&told{lack})); err != nil {
		t.Fatal(err)
	}
	_, err = outcome(&said, nobody)
	var failure *Failure
	if !errors.As(err, &failure) || failure.Lack() != lack || errors.Is(err, link.ErrGone) {
		t.Errorf("got %v", err)
	}
	if err := writeLine(&said, failed(&link.Gone{Cause: &vm.Gone{Silent: true}})); err != nil {
		t.Fatal(err)
	}
	if _, err = outcome(&said, nobody); !errors.Is(err, link.ErrGone) {
		t.Errorf("a lost guest is told as %v", err)
	}
	if _, err := outcome(&said, nobody); err == nil {
		t.Error("a holder that has ended has an outcome")
	}
}

// told is an error with words for the learner.
type told struct{ lack sandbox.Lack }

func (e *told) Error() string      { return "told" }
func (e *told) Lack() sandbox.Lack { return e.lack }

// answering is a holder that the test plays.
func answering(t *testing.T, dir string, answer func(request, net.Conn)) {
	t.Helper()
	if err := openPlace(dir); err != nil {
		t.Fatal(err)
	}
	listener, err := listen(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			var r request
			if err := readLine(conn, &r); err != nil {
				t.Error(err)
			}
			answer(r, conn)
			_ = conn.Close()
		}
	}()
}

func TestAskAHolder(t *testing.T) {
	dir := place(t)
	if _, err := Ask(t.Context(), dir); !errors.Is(err, ErrNone) {
		t.Errorf("without a holder: %v", err)
	}
	asked := make(chan request, 9)
	answering(t, dir, func(r request, conn net.Conn) {
		asked <- r
		_ = writeLine(conn, line{Status: &Status{Running: true, PID: 5}})
	})
	if s, err := Ask(t.Context(), dir); err != nil || s.PID != 5 {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := Reset(t.Context(), dir, vm.SELinux, nobody); err != nil {
		t.Error(err)
	}
	if err := Stop(t.Context(), dir); err != nil {
		t.Error(err)
	}
	for _, want := range []request{{Ask: askStatus}, {Ask: askReset, Variant: vm.SELinux}, {Ask: askStop}} {
		if got := <-asked; got != want {
			t.Errorf("asked %+v, want %+v", got, want)
		}
	}
}

func TestAHolderThatIsSilent(t *testing.T) {
	dir := place(t)
	silent := make(chan struct{})
	answering(t, dir, func(request, net.Conn) { <-silent })
	defer close(silent)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if err := Stop(ctx, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestASocketThatNobodyHears(t *testing.T) {
	dir := place(t)
	if err := openPlace(dir); err != nil {
		t.Fatal(err)
	}
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, socketName), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	_ = left.Close()
	if _, err := Ask(t.Context(), dir); !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
	again, err := listen(t.Context(), dir)
	if err != nil {
		t.Fatalf("a killed holder's socket is in the way: %v", err)
	}
	_ = again.Close()
}

func TestOneHolder(t *testing.T) {
	dir := place(t)
	first, err := take(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Close() }()
	if _, err := take(dir); !errors.Is(err, ErrHeld) {
		t.Errorf("got %v", err)
	}
}

// Who ends removes the place under the feet of who begins; there is never more
// than one all the same, and nobody fails for it.
func TestHoldersThatComeAndGo(t *testing.T) {
	dir := place(t)
	var holders, taken atomic.Int32
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for taken.Load() < 500 {
				file, err := take(dir)
				if errors.Is(err, ErrHeld) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if n := holders.Add(1); n != 1 || !isNamed(file, filepath.Join(dir, lockName)) {
					t.Errorf("%d holders; the last one's lock is there: %v", n, isNamed(file, filepath.Join(dir, lockName)))
				}
				taken.Add(1)
				h := &holder{dir: dir, lock: file}
				holders.Add(-1)
				h.clear()
			}
		})
	}
	all.Wait()
}

// A holder that cannot start says why, in words, and leaves nothing.
func TestHoldWithoutAnImage(t *testing.T) {
	dir := place(t)
	said, tell := net.Pipe()
	result := make(chan error)
	go func() {
		result <- Hold(t.Context(), dir, vm.Options{Image: "/no/such/image", Cache: t.TempDir()}, vm.AppArmor, tell)
	}()
	_, err := outcome(bufio.NewReader(said), nobody)
	var failure *Failure
	if !errors.As(err, &failure) || failure.Lack().Remedy.FR == "" {
		t.Errorf("got %v", err)
	}
	if err := <-result; err == nil {
		t.Error("it holds nothing")
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the place is left: %v", err)
	}
}

// Whoever asks while a VM is made learns that, at once; who needs it waits for it.
func TestAHolderThatIsBusy(t *testing.T) {
	for _, again := range []bool{false, true} {
		dir := place(t)
		ctx, stop := context.WithCancel(t.Context())
		h := &holder{dir: dir, stop: stop}
		h.starting, h.giveUp = context.WithCancel(ctx)
		h.stage.to(io.Discard)
		if err := h.begin(ctx); err != nil {
			t.Fatal(err)
		}
		context.AfterFunc(ctx, func() { _ = h.listener.Close() })
		said, tell := net.Pipe()
		booting := make(chan struct{})
		result := make(chan error, 1)
		go func() {
			result <- h.hold(ctx, tell, func() (*vm.Guest, error) {
				h.making.Again = again
				h.stage.told(sandbox.Stage{Name: sandbox.Text{EN: "booting", FR: "amorçage"}})
				close(booting)
				<-h.starting.Done()
				return nil, h.starting.Err()
			})
		}()
		<-booting
		s, err := Ask(t.Context(), dir)
		if err != nil || s.Running || s.PID != os.Getpid() || s.Making == nil || s.Making.Stage.FR != "amorçage" || s.Making.Again != again || time.Since(s.Making.Since) > time.Minute {
			t.Errorf("%+v, %v", s, err)
		}
		if err := doubt(t.Context(), dir); !errors.As(err, new(*vm.Gone)) {
			t.Errorf("a guest that has made room is %v", err)
		}
		if err := explain(dir, errNotStarted); !errors.As(err, new(*vm.Gone)) {
			t.Errorf("a guest that has made room is lost because of %v", err)
		}
		stopped := make(chan error, 1)
		go func() { stopped <- Stop(t.Context(), dir) }()
		if _, err := outcome(said, nobody); err == nil || err.Error() != errStopped.Error() {
			t.Errorf("who has started it is told %v", err)
		}
		if err := <-stopped; err != nil {
			t.Errorf("who has stopped it is told %v", err)
		}
		if err := <-result; !errors.Is(err, errStopped) {
			t.Errorf("held: %v", err)
		}
		h.clear()
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the place is left: %v", err)
		}
	}
}

func TestPrivate(t *testing.T) {
	text := "5581 ---p 00000000 00:00 0 [rollup]\nRss:   9000 kB\nPrivate_Clean:  4 kB\nPrivate_Dirty:  1020 kB\nPrivate_Hugetlb: 0 kB\n"
	if got := private(text); got != 1<<20 {
		t.Errorf("got %d", got)
	}
	if got := private("Private_Dirty: x kB\n"); got != 0 {
		t.Errorf("got %d", got)
	}
}
