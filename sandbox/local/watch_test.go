package local

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"cloison/sandbox"
)

// watching is a lab with a shell and what is seen of it.
type watching struct {
	t     *testing.T
	lab   *Lab
	shell sandbox.Shell
	seen  <-chan sandbox.Xray
	ask   sandbox.Latest[sandbox.Subject]
	last  sandbox.Xray
}

func watchLab(t *testing.T) *watching {
	t.Helper()
	w := &watching{t: t, lab: openLab(t, newMachine(t), sandbox.LabOptions{Lesson: "watch"}), ask: sandbox.NewLatest[sandbox.Subject]()}
	w.shell = openShell(t, w.lab)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	var err error
	if w.seen, err = w.lab.Watch(ctx, w.shell.PID(), w.ask.C()); err != nil {
		t.Fatal(err)
	}
	return w
}

// until waits for an X-ray of which ok is true.
func (w *watching) until(what string, ok func(x sandbox.Xray) bool) sandbox.Xray {
	w.t.Helper()
	limit := time.After(15 * time.Second)
	for {
		select {
		case x, open := <-w.seen:
			if !open {
				w.t.Fatalf("waited until %s; the watch has ended", what)
			}
			if w.last = x; ok(x) {
				return x
			}
		case <-limit:
			w.t.Fatalf("waited until %s; last seen around %s %d:\n%s", what, w.last.Facts.Command, w.last.Facts.PID, commands(w.last))
		}
	}
}

// commands lists the processes as a tree of names.
func commands(x sandbox.Xray) string {
	var all []string
	for _, p := range x.Processes {
		all = append(all, strings.Repeat(" ", p.Depth)+p.Command)
	}
	return strings.Join(all, "\n")
}

func TestWatchSeesTheLab(t *testing.T) {
	w := watchLab(t)
	x := w.until("the shell is there", func(x sandbox.Xray) bool { return x.Facts.PID == w.shell.PID() })
	if got := commands(x); got != "bash" {
		t.Errorf("processes:\n%s\nwant bash alone", got)
	}
	for _, n := range x.Namespaces {
		if own := slices.Contains([]sandbox.Namespace{sandbox.MountNS, sandbox.NetNS, sandbox.IPCNS, sandbox.UTSNS}, n.Type); own && n.Host {
			t.Errorf("%s is the host's", n.Type)
		}
		if !n.Parent || n.Count != 1 || !slices.Equal(n.Users, []int{w.shell.PID()}) {
			t.Errorf("%s: %+v; the shell is the keeper's child, in its namespaces", n.Type, n)
		}
	}
	if len(x.Unread) > 0 {
		t.Errorf("unread: %v", x.Unread)
	}
	if len(x.Devices) != 1 || x.Devices[0].Name != "lo" || !x.Devices[0].Up {
		t.Errorf("devices %+v, want loopback, up", x.Devices)
	}
	if !slices.ContainsFunc(x.Mounts.Differ, func(m sandbox.MountFact) bool { return m.Point == "/tmp" && m.Type == "tmpfs" }) {
		t.Errorf("the lab's /tmp is not among the mounts that differ: %+v", x.Mounts)
	}
}

func TestWatchFollowsTheFront(t *testing.T) {
	w := watchLab(t)
	run(t, w.shell, "sleep 1000 &")
	w.until("the job is seen", func(x sandbox.Xray) bool { return commands(x) == "bash\n sleep" })
	if _, err := w.shell.Write([]byte("unshare --uts --pid --fork sleep 1001\n")); err != nil {
		t.Fatal(err)
	}
	x := w.until("a sleep in namespaces of its own is in front", func(x sandbox.Xray) bool {
		return x.Facts.Command == "sleep" && slices.Equal(x.Facts.Args, []string{"sleep", "1001"})
	})
	if got := commands(x); got != "bash\n sleep\n unshare\n  sleep" {
		t.Errorf("processes:\n%s", got)
	}
	for _, n := range x.Namespaces {
		switch n.Type {
		case sandbox.PIDNS:
			if n.Host || n.Parent || n.Count != 1 {
				t.Errorf("%+v: want a PID namespace of its own, which the parent is not in", n)
			}
		case sandbox.UTSNS:
			if n.Host || !n.Parent || n.Count != 2 {
				t.Errorf("%+v: want the UTS namespace that unshare has too", n)
			}
		}
	}
	if x.Exec == nil || x.Exec.Command != "unshare" || !x.Exec.Parent {
		t.Errorf("exec %+v, want one that made sleep of a copy of unshare", x.Exec)
	}
	// PID 1 of a namespace does not hear Ctrl-C (pid_namespaces(7)).
	if err := syscall.Kill(x.Facts.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	w.until("the shell is in front again", func(x sandbox.Xray) bool { return commands(x) == "bash\n sleep" && x.Facts.Command == "bash" })
}

// An execve(2) in the same process: what it was before is known.
func TestWatchSeesExec(t *testing.T) {
	w := watchLab(t)
	w.until("the shell is there", func(x sandbox.Xray) bool { return x.Facts.Command == "bash" })
	if _, err := w.shell.Write([]byte("exec setpriv --bounding-set=-net_raw sleep 1000\n")); err != nil {
		t.Fatal(err)
	}
	x := w.until("the shell has become sleep", func(x sandbox.Xray) bool { return x.Facts.Command == "sleep" && x.Exec != nil })
	if x.Facts.PID != w.shell.PID() || x.Exec.Parent {
		t.Errorf("PID %d, exec %+v; want the shell's own process", x.Facts.PID, x.Exec)
	}
	if x.Exec.After.Bounding.Has(13) || !x.Exec.Before.Bounding.Has(13) && x.Exec.Command == "bash" {
		t.Errorf("exec %+v, want CAP_NET_RAW gone from the bounding set", x.Exec)
	}
}

func TestWatchSeesLimits(t *testing.T) {
	m := newMachine(t)
	if lack, missing := m.About().Lacks["cgroup"]; missing {
		t.Skip("no cgroups here: ", lack.Why.EN)
	}
	w := watchLab(t)
	file := "memory.max"
	if m.About().CgroupVersion == 1 {
		file = "memory.limit_in_bytes"
	}
	run(t, w.shell, "mkdir $CLOISON_CGROUP/box && echo 33554432 > $CLOISON_CGROUP/box/"+file)
	x := w.until("the box has a limit", func(x sandbox.Xray) bool {
		return slices.ContainsFunc(x.Cgroups, func(n sandbox.CgroupNode) bool {
			return strings.HasSuffix(n.Path, "/box") && n.Depth == 1 && n.Memory.Limit == 32<<20
		})
	})
	if i := slices.IndexFunc(x.Cgroups, func(n sandbox.CgroupNode) bool { return n.Subject }); i < 0 || !strings.HasSuffix(x.Cgroups[i].Path, "/"+leaf) || x.Cgroups[i].Processes < 1 {
		t.Errorf("cgroups %+v: want the shell in %s", x.Cgroups, leaf)
	}
}

// A veth between the shell's network namespace and a nested one.
func TestWatchFindsPeers(t *testing.T) {
	w := watchLab(t)
	if os.Geteuid() != 0 {
		t.Skip("entering a network namespace takes root: an ordinary user sees no peers")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("no ip on PATH")
	}
	run(t, w.shell, "unshare --net sleep 1000 & sleep 0.2; ip link add v0 type veth peer name v1 netns $!")
	x := w.until("there is a veth", func(x sandbox.Xray) bool {
		return len(x.Devices) == 2 && x.Devices[1].Peer != nil && x.Devices[1].Peer.PID != 0
	})
	peer := x.Devices[1].Peer
	i := slices.IndexFunc(x.Processes, func(p sandbox.ProcessFact) bool { return p.PID == peer.PID })
	if peer.Name != "v1" || peer.Host || peer.Here || i < 0 || x.Processes[i].Command != "sleep" {
		t.Errorf("peer %+v among %s", peer, commands(x))
	}
}

func TestWatchEnds(t *testing.T) {
	w := watchLab(t)
	if _, err := w.lab.Watch(t.Context(), 1, nil); err == nil {
		t.Error("process 1 is a shell of the lab?")
	}
	if err := w.lab.Close(); err != nil {
		t.Fatal(err)
	}
	for range w.seen { // it is closed
	}
}
