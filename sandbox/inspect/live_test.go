package inspect

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"cloison/sandbox"
)

func TestReadOurselves(t *testing.T) {
	got, err := New(os.DirFS("/")).Read(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if got.PID != os.Getpid() || got.PPID != os.Getppid() || int(got.UIDs.Effective) != os.Geteuid() || int(got.GIDs.Real) != os.Getgid() {
		t.Errorf("ids of another process: %+v", got)
	}
	if strings.Join(got.Args, " ") != strings.Join(os.Args, " ") {
		t.Errorf("arguments %q, want %q", got.Args, os.Args)
	}
	if len(got.UIDMap) == 0 || got.Memory.Total == 0 || got.Memory.Available > got.Memory.Total {
		t.Errorf("implausible: %+v", got)
	}
	for _, ns := range got.Namespaces {
		var stat syscall.Stat_t
		if err := syscall.Stat("/proc/self/ns/"+string(ns.Type), &stat); err != nil || stat.Ino != ns.Inode {
			t.Errorf("%s: inode %d, stat(2) says %d, %v", ns.Type, ns.Inode, stat.Ino, err)
		}
	}
	if len(got.Namespaces) < 7 {
		t.Errorf("%d namespaces: %v", len(got.Namespaces), got.Namespaces)
	}
	if got.Unread != nil {
		t.Errorf("cannot read %v of ourselves", got.Unread)
	}
}

// A child in namespaces of its own, seen from outside.
func TestReadChildInNamespaces(t *testing.T) {
	cmd := exec.Command("sh", "-c", "echo ready; exec cat")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWUTS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}},
	}
	startReady(t, cmd)
	reader, err := New(os.DirFS("/")).Against(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	got, err := reader.Read(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if want := "mnt pid user uts"; own(got) != want {
		t.Errorf("own namespaces %q, want %q (unread: %v)", own(got), want, got.Unread)
	}
	if len(got.InnerPIDs) < 2 || got.InnerPIDs[len(got.InnerPIDs)-1] != 1 {
		t.Errorf("PIDs %v, want 1 inside", got.InnerPIDs)
	}
	want := sandbox.IDRange{Inside: 0, Outside: uint32(os.Geteuid()), Size: 1}
	if len(got.UIDMap) != 1 || got.UIDMap[0] != want {
		t.Errorf("uid map %v, want %v", got.UIDMap, want)
	}
}

// What is mounted over a process's meminfo is what free(1) sees beside it.
func TestReadRepairedMeminfo(t *testing.T) {
	repaired := filepath.Join(t.TempDir(), "meminfo")
	if err := os.WriteFile(repaired, []byte("MemTotal: 32768 kB\nMemFree: 1024 kB\nMemAvailable: 2048 kB\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", `mount --bind "$0" /proc/meminfo || exec echo no mounts; echo ready; exec cat`, repaired)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}},
	}
	startReady(t, cmd)
	got, err := New(os.DirFS("/")).Read(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if want := (sandbox.MemoryView{Total: 32 << 20, Free: 1 << 20, Available: 2 << 20}); got.Memory != want {
		t.Errorf("memory %+v, want %+v (unread: %v)", got.Memory, want, got.Unread)
	}
}

// startReady starts a command that says "ready", waits until it has, and ends
// it with the test.
func startReady(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skip("this computer does not let us make user namespaces: ", err)
	}
	t.Cleanup(func() { stdin.Close(); _ = cmd.Wait() })
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		t.Skipf("this computer does not let the child do it: it said %q, %v", line, err)
	}
}

// Processes that come and go while we read are facts or ErrGone, never less.
func TestReadShortLivedProcesses(t *testing.T) {
	reader := New(os.DirFS("/"))
	gone := 0
	for range 50 {
		cmd := exec.Command("true")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		begun := false
		for reading := true; reading; {
			facts, err := reader.Read(cmd.Process.Pid)
			switch {
			case errors.Is(err, ErrGone):
				gone++
				reading = false
			case err != nil:
				t.Fatal(err)
			case facts.PPID != os.Getpid() || len(facts.UIDMap) == 0 || len(facts.Namespaces) == 0 || begun && len(facts.Args) == 0:
				t.Fatalf("half a process: %+v", facts)
			}
			begun = begun || len(facts.Args) > 0 // in the middle of an execve(2) there are none yet
		}
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	}
	if gone != 50 {
		t.Errorf("saw %d of 50 processes end", gone)
	}
}

func TestSurvey(t *testing.T) {
	host, err := Survey(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if host.UID != os.Geteuid() || host.Kernel == "" || len(host.LSMs) == 0 {
		t.Errorf("implausible: %+v", host)
	}
	wanted := exec.Command("unshare", "--user", "--map-root-user", "--uts", "true")
	if out, err := wanted.CombinedOutput(); (err == nil) != (host.UserNS == nil) {
		t.Errorf("user namespaces: we find %v, unshare(1) %v %s", host.UserNS, err, out)
	}
}

func TestIsStatic(t *testing.T) {
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		t.Skip("no busybox on PATH")
	}
	// ldd(1) fails for a static program.
	dynamic := exec.Command("ldd", busybox).Run() == nil
	if isStatic(busybox) == dynamic {
		t.Errorf("isStatic(%s) = %v, ldd disagrees", busybox, isStatic(busybox))
	}
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash on PATH")
	}
	if isStatic(shell) {
		t.Errorf("%s is static?", shell)
	}
	if isStatic("/proc/self/status") {
		t.Error("a text is no static program")
	}
}

func TestPingDocker(t *testing.T) {
	for answer, works := range map[string]bool{
		"HTTP/1.0 200 OK\r\nServer: Docker\r\n\r\nOK": true,
		"HTTP/1.0 500 Internal Server Error\r\n\r\n":  false,
		"":                    false,
		"SSH-2.0-OpenSSH\r\n": false,
	} {
		socket := filepath.Join(t.TempDir(), "s")
		serve(t, socket, answer)
		ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
		if err := ping(ctx, socket); (err == nil) != works {
			t.Errorf("answer %q: error %v", answer, err)
		}
		stop()
	}
	if err := askDocker(context.Background(), "tcp://10.0.0.1:2375"); !errors.Is(err, errRemoteDocker) {
		t.Errorf("DOCKER_HOST elsewhere: error %v", err)
	}
}

// serve answers one HTTP request on a socket.
func serve(t *testing.T, socket, answer string) {
	t.Helper()
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		lines := bufio.NewReader(conn)
		for {
			if line, err := lines.ReadString('\n'); err != nil || line == "\r\n" {
				break
			}
		}
		fmt.Fprint(conn, answer)
	}()
}

// late says of every file that it is a regular one, as it was a moment ago.
type late struct{ fs.FS }

func (l late) Stat(string) (fs.FileInfo, error) {
	return fs.Stat(fstest.MapFS{"file": {Data: []byte("x")}}, "file")
}

// Who opens a FIFO for reading waits for a writer, unless told not to.
func TestRegularDoesNotWaitForAFIFO(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "meminfo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := regular(late{Root()}, strings.TrimPrefix(fifo, "/"), 9)
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("got %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it waits")
	}
}
