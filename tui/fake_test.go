package tui

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"

	"cloison/lessons"
	"cloison/sandbox"
)

// fakeMachine opens labs in memory.
type fakeMachine struct {
	about    sandbox.About
	refuses  error
	answers  map[string]sandbox.Outcome
	detached bool // a container runs beside the terminal

	mu     sync.Mutex
	labs   []*fakeLab
	closed bool
}

func (m *fakeMachine) About() sandbox.About { return m.about }

func (m *fakeMachine) Open(context.Context, sandbox.LabOptions) (sandbox.Lab, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuses != nil {
		return nil, m.refuses
	}
	lab := &fakeLab{machine: m}
	m.labs = append(m.labs, lab)
	return lab, nil
}

func (m *fakeMachine) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}

// open counts the labs that have not been closed.
func (m *fakeMachine) open() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, l := range m.labs {
		if !l.closed {
			n++
		}
	}
	return n
}

type fakeLab struct {
	machine *fakeMachine
	closed  bool
	shells  []*fakeShell
}

// Exec answers whether it is well, and else as a check that fails.
func (l *fakeLab) Exec(_ context.Context, script string, _ []string) (sandbox.Outcome, error) {
	if strings.Contains(script, "echo well") || script == "exit 0" {
		return sandbox.Outcome{Output: "well\n"}, nil
	}
	return sandbox.Outcome{Output: "memory.max: max\nsource: /proc/812/cgroup\n", Exit: 1}, nil
}

func (l *fakeLab) Shell(_ context.Context, o sandbox.ShellOptions) (sandbox.Shell, error) {
	s := &fakeShell{answers: l.machine.answers, name: o.Name, out: make(chan []byte, 64)}
	s.out <- []byte("lab:~# ")
	l.machine.mu.Lock()
	defer l.machine.mu.Unlock()
	l.shells = append(l.shells, s)
	return s, nil
}

func (l *fakeLab) Inspect(_ context.Context, pid int) (sandbox.Facts, error) {
	return sampleFacts(pid), nil
}

// Watch sees one thing, and no change but of whom it is asked to follow.
func (l *fakeLab) Watch(ctx context.Context, pid int, subjects <-chan sandbox.Subject) (<-chan sandbox.Xray, error) {
	seen := sandbox.NewLatest[sandbox.Xray]()
	draw := func(sandbox.Subject) sandbox.Xray { return sampleXray(pid) }
	if l.machine.detached {
		draw = func(s sandbox.Subject) sandbox.Xray { return detachedXray(pid, s) }
	}
	seen.Put(draw(sandbox.Subject{}))
	go func() {
		defer seen.Close()
		for {
			select {
			case s := <-subjects:
				seen.Put(draw(s))
			case <-ctx.Done():
				return
			}
		}
	}()
	return seen.C(), nil
}

func (l *fakeLab) Close() error {
	l.machine.mu.Lock()
	defer l.machine.mu.Unlock()
	l.closed = true
	for _, s := range l.shells {
		close(s.out)
	}
	l.shells = nil
	return nil
}

type fakeShell struct {
	answers map[string]sandbox.Outcome
	name    string
	out     chan []byte

	mu    sync.Mutex
	typed strings.Builder
	size  [2]int
}

func (s *fakeShell) Run(ctx context.Context, command string) (sandbox.Outcome, error) {
	o, ok := s.answers[command]
	if !ok { // goes on running
		s.out <- []byte(command + "\r\n")
		<-ctx.Done()
		return sandbox.Outcome{}, ctx.Err()
	}
	s.out <- []byte(command + "\r\n" + strings.ReplaceAll(o.Output, "\n", "\r\n") + "lab:~# ")
	return o, nil
}

func (s *fakeShell) RunUntil(ctx context.Context, command string, _ *regexp.Regexp) (sandbox.Outcome, error) {
	return s.Run(ctx, command)
}

func (s *fakeShell) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.typed.Write(p)
	return len(p), nil
}

func (s *fakeShell) Resize(cols, rows int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.size = [2]int{cols, rows}
	return nil
}

func (s *fakeShell) keys() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.typed.String()
}

func (s *fakeShell) Output() <-chan []byte    { return s.out }
func (s *fakeShell) PID() int                 { return 812 }
func (s *fakeShell) Foreground() (int, error) { return 812, nil }
func (s *fakeShell) Close() error             { return nil }

const mib = 1 << 20

// sampleFacts are those of root in a user namespace, with a memory limit.
func sampleFacts(pid int) sandbox.Facts {
	f := sandbox.Facts{
		PID: pid, InnerPIDs: []int{pid, 1}, Command: "bash",
		UIDs:   sandbox.IDs{Effective: 100000},
		UIDMap: []sandbox.IDRange{{Inside: 0, Outside: 100000, Size: 65536}},
		GIDMap: []sandbox.IDRange{{Inside: 0, Outside: 100000, Size: 65536}},
		Capabilities: sandbox.Capabilities{
			Effective: 0xa80425fb, Permitted: 0xa80425fb, Bounding: 0xa80425fb,
		},
		Seccomp: sandbox.Seccomp{Mode: 2, Filters: 1}, NoNewPrivs: true,
		Cgroup: sandbox.CgroupFacts{
			Version: 2, Memory: sandbox.Gauge{Used: 6 * mib, Limit: 16 * mib},
			Pids: sandbox.Gauge{Used: 2, Limit: 20}, CPU: sandbox.CPULimit{Quota: 50000, Period: 100000}, OOMKill: 1,
		},
		Memory: sandbox.MemoryView{Total: 1952 * mib},
	}
	for i, n := range sandbox.Namespaces {
		f.Namespaces = append(f.Namespaces, sandbox.NamespaceFact{Type: n, Inode: 4026531835 + uint64(i), Host: n == sandbox.TimeNS || n == sandbox.NetNS})
	}
	return f
}

var capabilityNames = strings.Fields(`CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID
CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP CAP_LINUX_IMMUTABLE CAP_NET_BIND_SERVICE CAP_NET_BROADCAST CAP_NET_ADMIN
CAP_NET_RAW CAP_IPC_LOCK CAP_IPC_OWNER CAP_SYS_MODULE CAP_SYS_RAWIO CAP_SYS_CHROOT CAP_SYS_PTRACE CAP_SYS_PACCT
CAP_SYS_ADMIN CAP_SYS_BOOT CAP_SYS_NICE CAP_SYS_RESOURCE CAP_SYS_TIME CAP_SYS_TTY_CONFIG CAP_MKNOD CAP_LEASE
CAP_AUDIT_WRITE CAP_AUDIT_CONTROL CAP_SETFCAP CAP_MAC_OVERRIDE CAP_MAC_ADMIN CAP_SYSLOG CAP_WAKE_ALARM
CAP_BLOCK_SUSPEND CAP_AUDIT_READ CAP_PERFMON CAP_BPF CAP_CHECKPOINT_RESTORE`)

func both(en, fr string) map[lessons.Lang]string {
	return map[lessons.Lang]string{lessons.English: en, lessons.French: fr}
}

// sampleCourse has a lesson with every kind of block, a short one and one
// that is locked.
func sampleCourse() *lessons.Course {
	run := func(id, command, shell string, expect ...string) lessons.Block {
		return lessons.Block{Kind: lessons.Run, ID: id, Run: &lessons.RunBlock{
			Command: command, Shell: shell, Expect: expect, Timeout: 1e12,
		}}
	}
	prose := func(text string) lessons.Block { return lessons.Block{Kind: lessons.Prose, Text: text} }
	quiz := func(text, explanation string, choices ...string) lessons.Block {
		return lessons.Block{Kind: lessons.Quiz, ID: "which", Text: text, Quiz: &lessons.QuizBlock{
			Choices:     []lessons.Choice{{Text: choices[0]}, {Text: choices[1], Right: true}},
			Explanation: explanation, Prove: "free",
		}}
	}
	xray := lessons.Block{Kind: lessons.Xray, Show: []string{"memory"}}
	list, free, wrong := run("list", "ps -e -o pid,args | head -3", "a", "^ *1 "), run("free", "free -m", "b", "Mem:"), run("wrong", "cat /etc/limit", "a", "never")
	memory := &lessons.Lesson{
		ID: "memory", Title: both("Limit the memory of a process", "Limiter la mémoire d’un processus"), Minutes: 12,
		See:   []string{"cgroups(7)"},
		Tasks: map[string]lessons.TaskCheck{"own": {Check: "false", Solve: "limit 32M"}},
		Blocks: map[lessons.Lang][]lessons.Block{
			lessons.English: {
				prose("A container is a **process** like any other: the host's `ps` shows it, and the kernel gives it memory as it does to all.\n\n```sh\ncat /proc/1/status\n```"),
				list, quiz("`free -m` in 16 MB: which total?", "`/proc/meminfo` knows nothing of cgroups.", "16 MB", "that of the whole machine"),
				prose("Now see for yourself."), free, xray, wrong,
				{Kind: lessons.Task, ID: "own", Text: "Start a process with a limit of 32 MB.", Hints: []string{"Look at `memory.max`."}},
			},
			lessons.French: {
				prose("Un conteneur est un **processus** comme les autres : le `ps` de l’hôte le montre, et le noyau lui donne de la mémoire comme à tous.\n\n```sh\ncat /proc/1/status\n```"),
				list, quiz("`free -m` sous 16 Mo : quel total ?", "`/proc/meminfo` ignore les cgroups.", "16 Mo", "celui de toute la machine"),
				prose("À voir par vous-même."), free, xray, wrong,
				{Kind: lessons.Task, ID: "own", Text: "Lancez un processus limité à 32 Mo.", Hints: []string{"Regardez `memory.max`."}},
			},
		},
	}
	short := &lessons.Lesson{
		ID: "hang", Title: both("Wait for a command", "Attendre une commande"), Minutes: 5,
		Blocks: map[lessons.Lang][]lessons.Block{lessons.English: {run("hang", "sleep inf", "a")}},
	}
	locked := &lessons.Lesson{
		ID: "docker", Title: both("Talk to the Docker daemon", "Parler au démon Docker"), Minutes: 15, Needs: []string{"docker"},
		Blocks: map[lessons.Lang][]lessons.Block{lessons.English: {prose("Docker.")}},
	}
	return &lessons.Course{Chapters: []*lessons.Chapter{
		{ID: "kernel", Title: both("The kernel's part", "La part du noyau"), Intro: both("What a container is made of.", "De quoi est fait un conteneur."), Lessons: []*lessons.Lesson{memory, short}},
		{ID: "docker", Title: both("Docker", "Docker"), Lessons: []*lessons.Lesson{locked}},
	}}
}

func sampleMachine() *fakeMachine {
	return &fakeMachine{
		about: sandbox.About{
			Name: "local", Kernel: "6.12.0-amd64", CgroupVersion: 2, LSMs: []string{"capability", "apparmor"},
			Lacks: map[string]sandbox.Lack{"docker": {
				Why:    sandbox.Text{EN: "no Docker daemon answers", FR: "aucun démon Docker ne répond"},
				Remedy: sandbox.Text{EN: "sudo apt install docker.io", FR: "sudo apt install docker.io"},
			}},
		},
		answers: map[string]sandbox.Outcome{
			"ps -e -o pid,args | head -3": {Output: "    PID COMMAND\n      1 /sbin/init\n      2 [kthreadd]\n"},
			"free -m":                     {Output: "               total        used\nMem:            1952         301\n"},
			"cat /etc/limit":              {Output: "cat: /etc/limit: No such file or directory\n", Exit: 1},
		},
	}
}

// errLacking is an error that can be explained.
type errLacking struct{ error }

func explain(err error) (sandbox.Lack, bool) {
	var lacking errLacking
	return sandbox.Lack{
		Why:    sandbox.Text{EN: "User namespaces are off.", FR: "Les espaces de noms utilisateur sont coupés."},
		Remedy: sandbox.Text{EN: "Turn them on.", FR: "Activez-les."},
	}, errors.As(err, &lacking)
}

var errPlain = errors.New("clone: operation not permitted")
