//go:build linux

package runtime

import (
	"bufio"
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"cloison/sandbox"
	"cloison/sandbox/network"
	"cloison/sandbox/process"
	"cloison/sandbox/registry"
)

// computer is a network namespace that plays this computer, with a shell in it
// that tests type into, so that the real one is left alone.
type computer struct {
	t     *testing.T
	shell *exec.Cmd
}

// newComputer starts one, with a neighbour at 192.0.2.2 that knows no way back
// to a bridge.
func newComputer(t *testing.T) computer {
	t.Helper()
	needRoot(t)
	for _, tool := range []string{"ip", "nft", "nsenter"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s", tool)
		}
	}
	c := computer{t, sleeperIn(t, syscall.CLONE_NEWNET)}
	far := sleeperIn(t, syscall.CLONE_NEWNET).Process.Pid
	c.must("ip link set lo up; ip link add near type veth peer name far netns %d; ip address add 192.0.2.1/24 dev near; ip link set near up", far)
	c.must("nsenter --target %d --net sh -c 'ip address add 192.0.2.2/24 dev far; ip link set far up'", far)
	return c
}

func sleeperIn(t *testing.T, flags uintptr) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sleep", "1000")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flags, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}

func (c computer) run(script string, args ...any) (string, error) {
	cmd := exec.Command("nsenter", "--target", fmt.Sprint(c.shell.Process.Pid), "--net", "sh", "-c", fmt.Sprintf(script, args...))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (c computer) must(script string, args ...any) string {
	c.t.Helper()
	out, err := c.run(script, args...)
	if err != nil {
		c.t.Fatalf("%s: %v: %s", fmt.Sprintf(script, args...), err, out)
	}
	return out
}

// command is the order, obeyed on this computer.
func (c computer) command(o order) *exec.Cmd {
	cmd := o.command(c.t, false)
	cmd.Args = append([]string{"nsenter", "--target", fmt.Sprint(c.shell.Process.Pid), "--net", "--"}, cmd.Path)
	cmd.Path, _ = exec.LookPath("nsenter")
	return cmd
}

func (c computer) give(o order) outcome {
	c.t.Helper()
	cmd := c.command(o)
	var out, told bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &told
	_ = cmd.Run()
	return outcome{out.String(), told.String(), cmd.ProcessState.ExitCode(), cmd.Process.Pid}
}

// clean checks that nothing of the bridge is left.
func (c computer) clean() {
	c.t.Helper()
	eventually(c.t, "the devices' end", func() bool { return !strings.Contains(c.must("ip -o link"), "cl") })
	if tables := c.must("nft list tables"); tables != "" {
		c.t.Errorf("tables are left: %s", tables)
	}
	if forward := c.must("cat /proc/sys/net/ipv4/ip_forward"); forward != "0\n" {
		c.t.Errorf("forwarding is left at %s", forward)
	}
	if left := registry.New(registry.Usual(0, "")).List(); len(left) != 0 {
		c.t.Errorf("the registry holds %+v", left)
	}
}

func bridged(script string) order {
	spec := shell(script)
	spec.Bridge = true
	return order{Spec: spec}
}

func TestBridgeForReal(t *testing.T) {
	c := newComputer(t)
	for name, script := range map[string]string{
		"the gateway":      "ping -c 1 -W 3 10.177.0.1",
		"the way out":      "ping -c 1 -W 3 192.0.2.2",
		"its own name":     "ping -c 1 -W 3 cloison && grep -q '^10.177' /etc/hosts",
		"two devices":      "[ $(ip -o link | wc -l) = 2 ]",
		"as seen in sysfs": "[ -e /sys/class/net/eth0 ]",
	} {
		for _, explain := range []bool{false, true} {
			o := bridged(script)
			o.Explain = explain
			if got := c.give(o); got.code != 0 {
				t.Errorf("%s: exit code %d, said %q and %q", name, got.code, got.out, got.told)
			}
			c.clean()
		}
	}
	o := bridged("ping -c 1 -W 3 192.0.2.2 && id -u")
	o.Spec.Namespaces = append(DefaultNamespaces(true), sandbox.UserNS)
	o.Spec.UIDMap = []sandbox.IDRange{{Outside: 100000, Size: 65536}}
	o.Spec.GIDMap = o.Spec.UIDMap
	if got := c.give(o); got.code != 0 {
		t.Errorf("remapped: exit code %d, said %q and %q", got.code, got.out, got.told)
	}
	c.clean()
}

// TestBridgeIsShared has two containers talk, and one leave.
func TestBridgeIsShared(t *testing.T) {
	c := newComputer(t)
	server, address := c.serve("web")
	if got := c.give(bridged("wget -q -O - http://" + address + ":8080/hello")); got.out != "hello\n" {
		t.Errorf("over the bridge: said %q and %q", got.out, got.told)
	}
	if links := c.must("ip -o link"); !strings.Contains(links, network.Bridge) {
		t.Errorf("the bridge has left with the first: %s", links)
	}
	joined := order{Spec: shell("wget -q -O - http://127.0.0.1:8080/hello; ip -o -4 address show eth0")}
	joined.Spec.Namespaces = without(sandbox.NetNS)
	joined.Spec.JoinNet = "web"
	if got := c.give(joined); !strings.HasPrefix(got.out, "hello\n") || !strings.Contains(got.out, address) {
		t.Errorf("in its network namespace: said %q and %q", got.out, got.told)
	}
	joined.Spec.JoinNet = "nosuch"
	if got := c.give(joined); got.code != 125 || !strings.Contains(got.told, "no container of this name runs") {
		t.Errorf("in nobody's: exit code %d, said %q", got.code, got.told)
	}
	again := bridged("true")
	again.Spec.Name = "web"
	if got := c.give(again); got.code != 125 || !strings.Contains(got.told, "a container of this name runs already") {
		t.Errorf("a second web: exit code %d, said %q", got.code, got.told)
	}
	_ = server.Process.Signal(syscall.SIGTERM)
	_ = server.Wait()
	c.clean()
}

// serve starts a container with a name that serves a page on the bridge.
func (c computer) serve(name string) (*exec.Cmd, string) {
	c.t.Helper()
	o := bridged("mkdir /www && echo hello >/www/hello && ip -o -4 address show eth0 && httpd -p 8080 -h /www && trap 'exit' TERM; while :; do sleep 0.05; done")
	o.Spec.Name = name
	cmd := c.command(o)
	out, err := cmd.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		c.t.Fatal(err)
	}
	for _, word := range strings.Fields(line) {
		if p, err := netip.ParsePrefix(word); err == nil {
			return cmd, p.Addr().String()
		}
	}
	c.t.Fatalf("no address in %q", line)
	return nil, ""
}

func without(gone sandbox.Namespace) []sandbox.Namespace {
	var list []sandbox.Namespace
	for _, ns := range DefaultNamespaces(true) {
		if ns != gone {
			list = append(list, ns)
		}
	}
	return list
}

// TestBridgeAfterKillNine kills cloison itself: the next start clears up.
func TestBridgeAfterKillNine(t *testing.T) {
	c := newComputer(t)
	server, _ := c.serve("web")
	_ = server.Process.Kill()
	_ = server.Wait()
	if left := registry.New(registry.Usual(0, "")).List(); len(left) != 1 {
		t.Errorf("the registry holds %+v, want what the killed one has left", left)
	}
	if got := c.give(order{Spec: shell("true")}); got.code != 0 {
		t.Errorf("the next start: exit code %d, said %q", got.code, got.told)
	}
	c.clean()
}

// TestBridgeFailsCleanly has a container that cannot start.
func TestBridgeFailsCleanly(t *testing.T) {
	c := newComputer(t)
	o := bridged("true")
	o.Spec.Args = []string{"/no/such"}
	if got := c.give(o); got.code != 127 {
		t.Errorf("exit code %d, said %q", got.code, got.told)
	}
	c.clean()
	c.must("sysctl -q -w net.ipv4.ip_forward=1")
	if got := c.give(bridged("ping -c 1 -W 3 192.0.2.2")); got.code != 0 {
		t.Errorf("on a router: exit code %d, said %q", got.code, got.told)
	}
	if forward := c.must("cat /proc/sys/net/ipv4/ip_forward"); forward != "1\n" {
		t.Errorf("a router has been made none: %s", forward)
	}
}

// TestManyAtOnce starts and ends containers beside each other.
func TestManyAtOnce(t *testing.T) {
	c := newComputer(t)
	outcomes := make(chan outcome)
	const many = 12
	for range many {
		go func() { outcomes <- c.give(bridged("ping -c 1 -W 5 192.0.2.2")) }()
	}
	for range many {
		if got := <-outcomes; got.code != 0 {
			t.Errorf("exit code %d, said %q and %q", got.code, got.out, got.told)
		}
	}
	c.clean()
}

// TestBridgeKeepsItsMAC has a device with the lowest of all addresses join it.
func TestBridgeKeepsItsMAC(t *testing.T) {
	c := newComputer(t)
	server, _ := c.serve("web")
	mac := func() string { return c.must("ip -o link show %s | grep -o 'link/ether [^ ]*'", network.Bridge) }
	before := mac()
	c.must("ip link add low address 00:00:00:00:00:01 master %s type veth && ip link set low up", network.Bridge)
	if after := mac(); after != before {
		t.Errorf("the bridge was %s and is %s", before, after)
	}
	c.must("ip link delete low")
	_ = server.Process.Signal(syscall.SIGTERM)
	_ = server.Wait()
	c.clean()
}

func TestBridgesClash(t *testing.T) {
	own, err := process.Of(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	e := registry.Entry{Name: "a", Owner: own, Network: 1, Bridge: "b", Address: "10.177.0.9", Subnet: "10.177.0.0/16"}
	with := func(change func(*registry.Entry)) registry.Entry {
		old := e
		old.Name, old.Address = "old", "10.177.0.10"
		change(&old)
		return old
	}
	for name, c := range map[string]struct {
		old  registry.Entry
		want bool
	}{
		"side by side":           {with(func(*registry.Entry) {}), false},
		"one address":            {with(func(o *registry.Entry) { o.Address = e.Address }), true},
		"two subnets":            {with(func(o *registry.Entry) { o.Subnet = "172.30.0.0/16" }), true},
		"in another namespace":   {with(func(o *registry.Entry) { o.Network, o.Address = 2, e.Address }), false},
		"with a name only":       {with(func(o *registry.Entry) { o.Bridge, o.Address, o.Subnet = "", "", "" }), false},
		"of a cloison that died": {with(func(o *registry.Entry) { o.Address, o.Owner.Start = e.Address, 0 }), false},
	} {
		if got := bridgesClash(e, c.old); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestGoldenBridge(t *testing.T) {
	s := rootV2
	s.Registry = registry.New("/run/cloison/containers")
	s.Own, s.Network, s.NameFree = process.ID{PID: 7, Start: 42}, 4026531840, s.GroupName
	s.Place = network.Place{Subnet: netip.MustParsePrefix("10.177.0.0/16"), Address: netip.MustParseAddr("10.177.0.9"), Device: "cl7-1"}
	s.Resolv = "nameserver 192.0.2.53\n"
	plan, err := New(sandbox.Spec{Args: []string{"sh"}, Bridge: true, Seccomp: sandbox.SeccompProfile{Off: true}}, s)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "bridge.golden", told(plan, sandbox.French))
}

func TestReachable(t *testing.T) {
	for text, want := range map[string]string{
		"nameserver 127.0.0.53\nsearch x\n":                     "",
		"nameserver 127.0.0.53\nnameserver 192.0.2.1\nsearch x": "nameserver 192.0.2.1\nsearch x",
		"nameserver ::1\n": "",
		"":                 "",
	} {
		if got := reachable(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
