package guest

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestCalled(t *testing.T) {
	for _, c := range []struct {
		pid  int
		args []string
		want bool
	}{
		{1, []string{"/init"}, true},
		{1, []string{"/init", "quiet"}, true},
		{7, []string{"/init"}, false},
		{1, []string{"cloison"}, false}, // the first of a container
		{1, []string{"cloison", "inspect"}, false},
		{1, []string{"cloison", Verb, partInit}, true},
		{9, []string{"cloison", Verb, partAgent}, true},
		{9, []string{"cloison"}, false},
		{9, nil, false},
	} {
		if got := Called(c.pid, c.args); got != c.want {
			t.Errorf("PID %d, %v: %v", c.pid, c.args, got)
		}
	}
}

// Whoever types a hidden verb by hand is told that there is nothing for him.
func TestPartsAreNotForPeople(t *testing.T) {
	for _, args := range [][]string{{"cloison", Verb}, {"cloison", Verb, partInit}, {"cloison", Verb, "nonsense"}} {
		if err := run(4242, args); err == nil || !strings.Contains(err.Error(), "a VM that cloison starts") {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestCommandLine(t *testing.T) {
	c := commandLine(strings.Fields("quiet lsm=a,b cloison.guest lsm=selinux,bpf x="))
	if !c.has("cloison.guest") || c.has("lsm") || c.has("cloison") {
		t.Error("words are mistaken")
	}
	if c.value("lsm") != "selinux,bpf" || c.value("x") != "" || c.value("quiet") != "" {
		t.Errorf("values: %q", c.value("lsm"))
	}
}

func TestModuleFile(t *testing.T) {
	for name, want := range map[string]string{"virtio": "virtio.ko", "virtio_pci.ko": "virtio_pci.ko"} {
		if got := moduleFile(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestSettings(t *testing.T) {
	quiet := func(words ...string) bool {
		return slices.Contains(settings(words), setting{"/proc/sys/kernel/printk", "1"})
	}
	if !quiet(Word) || quiet(Word, "cloison.debug") {
		t.Error("the console is quiet unless somebody looks for a mistake")
	}
}

// Whatever is full, something is left: the sizes that a learner can fill one by
// one leave the kernel and Docker their part.
func TestMemoryFileSystemsLeaveRoom(t *testing.T) {
	for _, size := range []string{upperSize, dockerSize, containerdSize, tmpSize, shmSize, runSize} {
		if !strings.HasSuffix(size, "%") || len(size) > 3 || size > "30%" && len(size) == 3 {
			t.Errorf("a file system may take %s of the memory", size)
		}
	}
	for _, m := range slices.Concat(layers("erofs"), late) {
		if m.kind == "tmpfs" && !strings.Contains(m.data, "size=") {
			t.Errorf("%s has no size", m.where)
		}
	}
}

func TestMountsThatMayBeMissing(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("mount(2) needs root")
	}
	none := mount{what: "x", where: t.TempDir(), kind: "no-such-file-system"}
	if err := none.do(); err == nil {
		t.Error("a file system that the kernel does not have was mounted")
	}
	none.optional = true
	if err := none.do(); err != nil {
		t.Error(err)
	}
}

func TestFindPort(t *testing.T) {
	sys := fstest.MapFS{
		"class/virtio-ports/vport1p1/name": {Data: []byte("org.qemu.guest_agent.0\n")},
		"class/virtio-ports/vport1p2/name": {Data: []byte("cloison.link\n")},
	}
	if got, err := findPort(sys, "cloison.link"); got != "/dev/vport1p2" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := findPort(sys, "cloison"); err == nil {
		t.Error("a port was found that is not there")
	}
	if _, err := findPort(fstest.MapFS{}, "cloison.link"); err == nil {
		t.Error("a port was found where there is none")
	}
}

// A FIFO without a writer reads like a port without a host.
func TestPortOutlivesItsHost(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteString("a"); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	var waits []time.Duration
	p := port{r, func(d time.Duration) {
		waits = append(waits, d)
		if len(waits) == 10 {
			_ = r.Close() // so that the test ends
		}
	}}
	got := make([]byte, 8)
	if n, err := p.Read(got); n != 1 || err != nil || got[0] != 'a' {
		t.Errorf("%q, %v", got[:n], err)
	}
	if _, err := p.Read(got); !errors.Is(err, fs.ErrClosed) || errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
	if waits[0] != firstPause || waits[9] != lastPause {
		t.Errorf("it waited %v", waits)
	}
}

func TestPoolInfo(t *testing.T) {
	if got, want := string(poolInfo([]byte("abc"))), "\x18\x00\x00\x00\x03\x00\x00\x00abc"; got != want {
		t.Errorf("got %q", got)
	}
}

func TestMachineIDsAreChecked(t *testing.T) {
	for _, bad := range []string{"", "x", strings.Repeat("0", 31), strings.Repeat("g", 32), "../../../../etc/passwd0000000000"} {
		if err := identify(bad); err == nil {
			t.Errorf("%q was written", bad)
		}
	}
	if err := stir(nil); err == nil {
		t.Error("a hello without random numbers is good enough")
	}
}

func TestTail(t *testing.T) {
	file := t.TempDir() + "/log"
	if err := os.WriteFile(file, []byte(strings.Repeat("x", 5000)+"the reason"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := tail(file); len(got) != 2000 || !strings.HasSuffix(got, "the reason") {
		t.Errorf("%d bytes", len(got))
	}
	if got := tail(file + ".none"); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestScored(t *testing.T) {
	if got := scored(-500, "exec dockerd"); got != "echo -500 >/proc/self/oom_score_adj; exec dockerd" {
		t.Errorf("got %q", got)
	}
}
