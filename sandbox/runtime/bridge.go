//go:build linux

package runtime

import (
	"errors"
	"fmt"
	"slices"

	"cloison/sandbox"
	"cloison/sandbox/network"
	"cloison/sandbox/process"
	"cloison/sandbox/registry"
)

// Neighbours are the other containers of this computer, as far as a plan
// depends on them.
type Neighbours struct {
	Registry registry.Registry
	Own      process.ID
	Network  uint64        // inode of this process's network namespace
	Place    network.Place // on the bridge
	NameFree string        // a name for a container that has none
}

// lookAround finds out what a container with a name or on the bridge needs.
func (s *Surroundings) lookAround(spec sandbox.Spec) error {
	if spec.Name == "" && !spec.Bridge {
		return nil
	}
	var err error
	if s.Network, err = network.Namespace(); err != nil {
		return err
	}
	if s.GroupError != nil {
		return s.GroupError
	}
	s.NameFree = s.GroupName
	if !spec.Bridge || !s.Privileged() {
		return nil
	}
	var used []string
	for _, e := range s.Registry.List() {
		if e.Network == s.Network && !e.Abandoned() {
			used = append(used, e.Address)
		}
	}
	s.Place, err = network.FindPlace(used, s.Own.PID, fmt.Sprintf("cl%d-%s", s.Own.PID, s.GroupName[lastDash(s.GroupName)+1:]))
	return err
}

func lastDash(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '-' {
			return i
		}
	}
	return -1
}

func (c *container) checkNetwork(s Surroundings) error {
	switch {
	case c.Name != "" && registry.CheckName(c.Name) != nil:
		return registry.CheckName(c.Name)
	case c.JoinNet != "" && (c.Bridge || c.has(sandbox.NetNS)):
		return sandbox.Errorf("--network container:NAME: the container shares that network namespace, so it has none of its own",
			"--network container:NOM : le conteneur partage cet espace de noms réseau, il n’en a donc pas à lui")
	case c.JoinNet != "" && c.userNS:
		return sandbox.Errorf("--network container:NAME needs root and no user namespace: whoever is root of a new one has no power over a network namespace that was there before; leave --userns-remap out, or be root",
			"--network container:NOM demande root, et pas d’espace de noms utilisateur : le root d’un nouvel espace n’a aucun pouvoir sur un espace de noms réseau qui existait avant ; retirez --userns-remap, ou soyez root")
	case c.Bridge && !c.has(sandbox.NetNS):
		return sandbox.Errorf("--network bridge: without a network namespace of its own, a container has all interfaces of this computer already",
			"--network bridge : sans espace de noms réseau à lui, un conteneur a déjà toutes les interfaces de cet ordinateur")
	case c.Bridge && !s.Privileged():
		return sandbox.Errorf("--network bridge needs root: it changes this computer's own network; try --network none, or host",
			"--network bridge demande root : cela change le réseau de cet ordinateur ; essayez --network none, ou host")
	}
	return nil
}

// enter plans how the container is made known before its birth, and the bridge
// with it.
func (p *Plan) enter(c container, s Surroundings) {
	if c.Name == "" && !c.Bridge {
		return
	}
	p.entry = registry.Entry{Name: c.Name, Owner: s.Own, Network: s.Network}
	if c.Name == "" {
		p.entry.Name = s.NameFree
	}
	if c.Bridge {
		p.entry.Bridge, p.entry.Device = network.Bridge, s.Place.Device
		p.entry.Address, p.entry.Subnet = s.Place.Address.String(), s.Place.Subnet.String()
	}
	p.parent(sandbox.Action{
		Call: fmt.Sprintf("open(%q, O_CREAT|O_EXCL|O_WRONLY)", p.registry.Path(p.entry.Name)),
		Why: sandbox.Text{
			EN: "a note, so that others find the container, and the next start clears up should this one be killed",
			FR: "une note, pour que d’autres trouvent le conteneur, et que le prochain démarrage nettoie si celui-ci est tué",
		},
		Shell: "set -C; >" + p.registry.Path(p.entry.Name),
	}, (*run).register)
	if !c.Bridge {
		return
	}
	for _, step := range s.Place.Prepare() {
		p.parent(step.Action, func(r *run) error { return r.prepare(step) })
	}
}

// plug plans what needs the container's process: its number in the note, and
// its end of the veth pair.
func (p *Plan) plug(c container, s Surroundings) {
	if p.entry.Name == "" {
		return
	}
	p.parent(sandbox.Action{
		Call:  fmt.Sprintf("write(open(%q), {pid = $PID, …})", p.registry.Path(p.entry.Name)),
		Why:   sandbox.Text{EN: "now there is a process to be found", FR: "maintenant, il y a un processus à trouver"},
		Shell: fmt.Sprintf("echo $PID >%s", p.registry.Path(p.entry.Name)),
	}, (*run).announce)
	if !c.Bridge {
		return
	}
	for _, step := range s.Place.Plug() {
		p.parent(step.Action, func(r *run) error { return step.Do(r.process.PID) })
	}
}

// depart plans the end: the pair, the note, and for the last one the bridge.
func (p *Plan) depart(c container, s Surroundings) {
	if p.entry.Name == "" {
		return
	}
	file := p.registry.Path(p.entry.Name)
	a := sandbox.Action{
		Call:  fmt.Sprintf("unlink(%q)", file),
		Why:   sandbox.Text{EN: "the container is over", FR: "le conteneur est terminé"},
		Shell: "rm " + file,
	}
	if c.Bridge {
		unplug := s.Place.Unplug()
		p.parent(unplug.Action, func(*run) error { return unplug.Do(0) })
		a.Why = sandbox.Text{
			EN: "the container is over; the last one on the bridge takes it away, with its nftables table",
			FR: "le conteneur est terminé ; le dernier sur le pont l’enlève, avec sa table nftables",
		}
		a.Shell += fmt.Sprintf("; ip link delete %s; nft delete table ip %s", network.Bridge, network.Bridge)
	}
	p.parent(a, (*run).leave)
}

func (r *run) register() error {
	reg, e := r.plan.registry, r.plan.entry
	unlock, err := reg.Lock(true)
	if err != nil {
		return err
	}
	defer unlock()
	if slices.ContainsFunc(reg.List(), func(o registry.Entry) bool { return bridgesClash(e, o) }) {
		return &Failure{
			Op: sandbox.Text{EN: "take the address " + e.Address, FR: "prendre l’adresse " + e.Address}, Code: codeRuntime,
			Why: sandbox.Text{EN: "another container has taken it a moment ago, or another subnet for the bridge", FR: "un autre conteneur vient de la prendre, ou de choisir un autre sous-réseau pour le pont"},
			Try: sandbox.Text{EN: "start this one again", FR: "relancez celui-ci"},
		}
	}
	if err := reg.Add(e); errors.Is(err, registry.ErrNameTaken) {
		return &Failure{
			Op: verbatim("--name " + e.Name), Code: codeRuntime,
			Why: sandbox.Text{EN: "a container of this name runs already", FR: "un conteneur de ce nom est déjà en marche"},
			Try: sandbox.Text{EN: "choose another name, or wait for its end", FR: "choisissez un autre nom, ou attendez sa fin"},
		}
	} else if err != nil {
		return err
	}
	r.registered = true
	return nil
}

// bridgesClash says whether an entry and an older one can't be on the bridge
// together: for both have one address, or it would need two subnets.
func bridgesClash(e, old registry.Entry) bool {
	return e.Bridge != "" && old.Bridge != "" && e.Network == old.Network && !old.Abandoned() &&
		(e.Address == old.Address || e.Subnet != old.Subnet)
}

// forwardingNote says in the registry that forwarding was off before.
func forwardingNote(network uint64) string { return fmt.Sprintf("forwarding-%d", network) }

func (r *run) prepare(s network.Step) error {
	if s.Forwards {
		if on, err := network.Forwards(); on || err != nil {
			return err
		}
		if err := r.plan.registry.Note(forwardingNote(r.plan.entry.Network)); err != nil {
			return err
		}
	}
	return s.Do(0)
}

func (r *run) announce() error {
	var err error
	if r.plan.entry.Container, err = process.Of(r.process.PID); err != nil {
		return err
	}
	unlock, err := r.plan.registry.Lock(false)
	if err != nil {
		return err
	}
	defer unlock()
	return r.plan.registry.Update(r.plan.entry)
}

func (r *run) leave() error {
	err := clear(r.plan.registry, []registry.Entry{r.plan.entry})
	r.registered = r.registered && err != nil
	return err
}

// sweep clears up after containers whose cloison was killed.
func (p *Plan) sweep() {
	var abandoned []registry.Entry
	for _, e := range p.registry.List() {
		if e.Abandoned() {
			abandoned = append(abandoned, e)
		}
	}
	if len(abandoned) > 0 || len(p.registry.Spoilt()) > 0 {
		_ = clear(p.registry, abandoned) // what stays is tried again by the next start
	}
}

// clear removes what entries tell of, and the bridge when nobody else is on it.
// Devices in another network namespace than ours are gone with it, or out of
// reach.
func clear(reg registry.Registry, entries []registry.Entry) error {
	unlock, err := reg.Lock(false)
	if err != nil {
		return err
	}
	defer unlock()
	here, err := network.Namespace()
	if err != nil {
		return err
	}
	bridged := false
	for _, e := range entries {
		if e.Network == here && e.Bridge != "" {
			bridged = true
			err = errors.Join(err, network.Remove(e.Device))
		}
	}
	if bridged && !othersOn(reg, here, entries) {
		// The note goes last: should this process be killed meanwhile, the next
		// one still knows.
		if err = errors.Join(err, network.Dissolve(reg.Noted(forwardingNote(here)))); err == nil {
			reg.Forget(forwardingNote(here))
		}
	}
	if err != nil {
		return err
	}
	reg.Tidy()
	for _, e := range entries {
		err = errors.Join(err, reg.Remove(e.Name))
	}
	return err
}

// othersOn says whether more containers than these are on the bridge.
func othersOn(reg registry.Registry, here uint64, these []registry.Entry) bool {
	return slices.ContainsFunc(reg.List(), func(o registry.Entry) bool {
		return o.Bridge != "" && o.Network == here && !o.Abandoned() &&
			!slices.ContainsFunc(these, func(e registry.Entry) bool { return e.Name == o.Name })
	})
}
