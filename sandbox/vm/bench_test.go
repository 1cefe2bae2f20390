package vm

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/link"
	"cloison/sandbox/vm/qemu"
	"cloison/sandbox/vm/template"
)

// times are durations of one kind.
type times []time.Duration

func (ts *times) since(began time.Time) { *ts = append(*ts, time.Since(began)) }

// report gives median and a high percentile, in milliseconds, instead of Go's
// mean.
func (ts times) report(b *testing.B, name string, high int) {
	b.Helper()
	slices.Sort(ts)
	at := func(percent int) float64 {
		return float64(ts[min(len(ts)-1, len(ts)*percent/100)].Microseconds()) / 1000
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(at(50), name+"-p50-ms")
	b.ReportMetric(at(high), fmt.Sprintf("%s-p%d-ms", name, high))
}

// yard has a saved guest ready.
func yard(b *testing.B) *Yard {
	b.Helper()
	y, err := NewYard(b.Context(), Options{Exe: program(b)})
	if err == nil {
		_, err = y.Ready(b.Context(), AppArmor)
	}
	if err != nil {
		b.Fatal(err)
	}
	return y
}

func start(b *testing.B, y *Yard) *Guest {
	b.Helper()
	g, err := y.Start(b.Context(), AppArmor)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = g.Close() })
	return g
}

// prompt waits for the first output of a login shell.
func prompt(b *testing.B, g *Guest) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	if _, err := g.Client.Run(ctx, link.Command{Terminal: &link.Terminal{Term: "xterm", Cols: 80, Rows: 24}, Stdout: once(cancel)}); err == nil {
		b.Fatal("the shell has ended")
	}
}

// once calls a function at the first byte.
type once func()

func (o once) Write(p []byte) (int, error) { o(); return len(p), nil }

// BenchmarkColdBoot is the peer of what follows: the same kernel and image,
// booted as they are.
func BenchmarkColdBoot(b *testing.B) {
	y := yard(b)
	var shell, container times
	for b.Loop() {
		began := time.Now()
		g := boot(b, y)
		if err := g.greet(b.Context()); err != nil {
			b.Fatal(err)
		}
		prompt(b, g)
		shell.since(began)
		if err := g.Client.Prepare(b.Context(), func(link.Stage) {}); err != nil {
			b.Fatal(err)
		}
		inGuest(b, g, "docker run --rm mini:1 true")
		container.since(began)
		if err := g.Close(); err != nil {
			b.Fatal(err)
		}
	}
	shell.report(b, "shell", 95)
	container.report(b, "docker-run", 95)
}

// boot starts a QEMU as for a template that is thrown away.
func boot(b *testing.B, y *Yard) *Guest {
	b.Helper()
	m := &maker{basis: y.basis, told: func(sandbox.Stage) {}}
	dir, err := os.MkdirTemp(y.o.Cache, "bench")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	store, err := template.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	lock, err := store.Lock(b.Context(), func(int) {})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(lock.Release)
	draft, err := lock.Begin(m.basis.parts(), memory<<20)
	if err != nil {
		b.Fatal(err)
	}
	initrd := filepath.Join(draft.Dir(), "initrd")
	if err := writeInitrd(initrd, m.basis); err != nil {
		b.Fatal(err)
	}
	p, err := qemu.Start(b.Context(), m.basis.boot(draft.RAM(), initrd))
	if err != nil {
		b.Fatal(err)
	}
	g := &Guest{basis: m.basis, process: p}
	b.Cleanup(func() { _ = g.Close() })
	return g
}

func BenchmarkRestore(b *testing.B) {
	y := yard(b)
	var shell, command, container times
	for b.Loop() {
		began := time.Now()
		g := start(b, y)
		prompt(b, g)
		shell.since(began)
		if err := g.Close(); err != nil {
			b.Fatal(err)
		}
		began = time.Now()
		g = start(b, y)
		inGuest(b, g, "true")
		command.since(began)
		inGuest(b, g, "docker run --rm mini:1 true")
		container.since(began)
		if err := g.Close(); err != nil {
			b.Fatal(err)
		}
	}
	shell.report(b, "shell", 95)
	command.report(b, "exec", 95)
	container.report(b, "docker-run", 95)
}

// BenchmarkReset is what r costs in a lesson: the old VM ended, a lab with a
// prompt in a fresh one.
func BenchmarkReset(b *testing.B) {
	m := machine(b, Options{})
	lab := opened(b, m)
	b.Cleanup(func() { _ = lab.Close() })
	var all times
	for b.Loop() {
		began := time.Now()
		if err := lab.Close(); err != nil {
			b.Fatal(err)
		}
		lab = opened(b, m)
		<-shellOf(b, lab).Output()
		all.since(began)
	}
	all.report(b, "reset", 95)
}

// BenchmarkResetWithSpare is the same where a guest stands ready, as on the
// screen.
func BenchmarkResetWithSpare(b *testing.B) {
	m := machine(b, Options{Spare: true})
	lab := opened(b, m)
	b.Cleanup(func() { _ = lab.Close() })
	var all times
	for b.Loop() {
		<-m.spares.current().done
		began := time.Now()
		if err := lab.Close(); err != nil {
			b.Fatal(err)
		}
		lab = opened(b, m)
		<-shellOf(b, lab).Output()
		all.since(began)
	}
	all.report(b, "reset", 95)
}

func opened(b *testing.B, m *Machine) sandbox.Lab {
	b.Helper()
	lab, err := m.Open(b.Context(), sandbox.LabOptions{Lesson: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	return lab
}

func shellOf(b *testing.B, lab sandbox.Lab) sandbox.Shell {
	b.Helper()
	s, err := lab.Shell(b.Context(), sandbox.ShellOptions{Name: "a"})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkKey is the time from a key to its echo in a lesson's shell.
func BenchmarkKey(b *testing.B) {
	m := machine(b, Options{})
	s := shellOf(b, opened(b, m))
	for out := range s.Output() { // up to the prompt
		if bytes.Contains(out, []byte("$")) {
			break
		}
	}
	var all times
	for b.Loop() {
		for range 200 {
			began := time.Now()
			if _, err := s.Write([]byte("x")); err != nil {
				b.Fatal(err)
			}
			for !bytes.Contains(<-s.Output(), []byte("x")) {
			}
			all.since(began)
			if len(all)%50 == 0 { // an empty line again: Ctrl-U
				if _, err := s.Write([]byte{0x15}); err != nil {
					b.Fatal(err)
				}
				<-s.Output()
			}
		}
	}
	all.report(b, "echo", 99)
}

// BenchmarkIdle is what VMs cost that nobody uses: eight at once, memory of the
// host's and processor time.
func BenchmarkIdle(b *testing.B) {
	y := yard(b)
	const many, watched = 8, 10 * time.Second
	for b.Loop() {
		var guests []*Guest
		began := time.Now()
		for range many {
			guests = append(guests, start(b, y))
		}
		b.ReportMetric(time.Since(began).Seconds(), "start-8-s")
		b.ReportMetric(float64(pss(b, guests[0].PID()))/1e6, "one-of-8-MB")
		before := cpuTime(b, guests)
		time.Sleep(watched)
		used := cpuTime(b, guests) - before
		b.ReportMetric(100*used.Seconds()/watched.Seconds()/many, "idle-cpu-%")
		var sum uint64
		for _, g := range guests {
			sum += pss(b, g.PID())
			if err := g.Close(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(sum)/1e6, "all-8-MB")
		alone := start(b, y)
		b.ReportMetric(float64(pss(b, alone.PID()))/1e6, "alone-MB")
		_ = alone.Close()
	}
	b.ReportMetric(0, "ns/op")
}

// pss is a process's share of the memory that it has (proc_pid_smaps(5)).
func pss(b *testing.B, pid int) uint64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		b.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "Pss:" {
			kib, err := strconv.ParseUint(fields[1], 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			return kib << 10
		}
	}
	b.Fatal("no Pss")
	return 0
}

// cpuTime is what processes have used so far (utime and stime of
// proc_pid_stat(5), in hundredths of a second).
func cpuTime(b *testing.B, guests []*Guest) (all time.Duration) {
	b.Helper()
	for _, g := range guests {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", g.PID()))
		if err != nil {
			b.Fatal(err)
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		for _, ticks := range fields[11:13] {
			n, err := strconv.Atoi(ticks)
			if err != nil {
				b.Fatal(err)
			}
			all += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return all
}
