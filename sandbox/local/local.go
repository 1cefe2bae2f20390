// Package local is the machine that is this computer. Its labs have
// namespaces and a cgroup of their own; each is held by a keeper, a process
// that outlives cloison just long enough to kill and remove what was started
// in the lab. Labs whose keeper was killed too are cleared by the next [New].
//
// It knows when root may be used at all (only on a disposable computer), how
// a lab is born and how it dies. It does not know lessons.
//
// Sources: namespaces(7), user_namespaces(7), mount_namespaces(7), cgroups(7),
// PR_SET_CHILD_SUBREAPER(2const), unix(7) for SCM_RIGHTS.
package local

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/inspect"
)

// Options say how to use this computer. The zero value is for a learner.
type Options struct {
	Anyway   bool   // run as root although nothing says that the computer is disposable
	Exe      string // the binary whose main calls [Keep]; "" is the running one
	StateDir string // where labs are recorded; "" is the usual place of the user
	// Cgroup is a cgroup of v2, without processes of its own, below which labs'
	// cgroups are made; "" is near this process's own.
	Cgroup string
	// Patience is how long the survey of the computer may take; 0 is 5 s, and more
	// where the processor is emulated.
	Patience time.Duration
}

// patience is what Patience stands for.
func (o Options) patience(emulated bool) time.Duration {
	switch {
	case o.Patience > 0:
		return o.Patience
	case emulated:
		return sandbox.EmulatedPace * surveyLimit
	}
	return surveyLimit
}

// Machine is this computer; it implements [sandbox.Machine].
type Machine struct {
	o       Options
	about   sandbox.About
	state   state
	cgroups place
	reader  *inspect.Reader
	shims   shims // of the daemons whose containers are looked for

	mu     sync.Mutex
	labs   []*Lab
	spares map[bool]*Lab // of labs, by LabOptions.Shared
}

var _ sandbox.Machine = (*Machine)(nil)

// surveyLimit bounds the survey, which asks other programs, on a computer of today.
const surveyLimit = 5 * time.Second

// New surveys this computer and clears what cloisons that were killed have
// left behind. As root it fails with [*NotDisposable] on a computer that
// somebody may still need.
func New(o Options) (*Machine, error) {
	ctx, cancel := context.WithTimeout(context.Background(), o.patience(inspect.Emulated(inspect.Root())))
	defer cancel()
	host, err := inspect.Survey(ctx)
	if err != nil {
		return nil, err
	}
	if err := mayBreak(host.UID == 0 && host.InitUserNS, o.Anyway, marked(marker)); err != nil {
		return nil, err
	}
	st, err := openState(o.StateDir)
	if err != nil {
		return nil, err
	}
	st.sweep()
	m := &Machine{o: o, about: host.About("local"), state: st, reader: inspect.New(inspect.Root()), shims: usualShims, spares: map[bool]*Lab{}}
	m.cgroups, err = findPlace(o.Cgroup)
	m.cgroups = m.cgroups.counting(m.reader.CgroupFolder("cpuacct"))
	m.cgroups.sweep()
	if _, known := m.about.Lacks["cgroup"]; err != nil && !known {
		m.about.Lacks["cgroup"] = noPlace(err)
	}
	return m, nil
}

// noPlace is the lack of a cgroup that a survey, which changes nothing, could
// not foresee.
func noPlace(err error) sandbox.Lack {
	return sandbox.Lack{
		Why: sandbox.Text{
			EN: "No cgroup can be made for a lab: " + err.Error() + ".",
			FR: "Impossible de créer un cgroup pour un labo : " + sandbox.Say(err, sandbox.French) + ".",
		},
		Remedy: sandbox.Text{
			EN: "Ask systemd for a part of the tree: systemd-run --user --scope -p Delegate=yes cloison",
			FR: "Demandez à systemd une partie de l’arbre : systemd-run --user --scope -p Delegate=yes cloison",
		},
	}
}

// About says what this computer is and lacks.
func (m *Machine) About() sandbox.About { return m.about }

// Open makes a lab. Where the kernel refuses the namespaces that this needs,
// the error is a [*Lacking].
func (m *Machine) Open(ctx context.Context, o sandbox.LabOptions) (sandbox.Lab, error) {
	if lack, missing := m.about.Lacks["userns"]; missing && !m.about.Root && !o.Shared {
		return nil, &Lacking{Need: "userns", Lack: lack}
	}
	if lab := m.takeSpare(ctx, o); lab != nil {
		return lab, nil
	}
	lab, err := m.open(ctx, o, false)
	if err != nil {
		return nil, sandbox.Errorf("open a lab: %w", "ouvrir un labo : %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.labs = append(m.labs, lab)
	return lab, nil
}

// forget drops a lab that is closed.
func (m *Machine) forget(lab *Lab) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.labs = slices.DeleteFunc(m.labs, func(l *Lab) bool { return l == lab })
}

// Close closes every lab.
func (m *Machine) Close() error {
	m.mu.Lock()
	labs := slices.Clone(m.labs)
	m.mu.Unlock()
	var failed []error
	for _, lab := range labs {
		failed = append(failed, lab.Close())
	}
	return errors.Join(failed...)
}
