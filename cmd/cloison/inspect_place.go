package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/capability"
	"cloison/sandbox/inspect"
)

// placed is what inspect --json prints without a PID.
type placed struct {
	Place  inspect.Place   `json:"place"`
	Powers []inspect.Power `json:"powers"`
	Facts  sandbox.Facts   `json:"facts"`
}

// place answers where process pid is and what it may do, then shows its X-ray.
func (i inspection) place(pid int) error {
	facts, err := i.reader.Read(pid)
	if _, missing := os.Stat("/proc/self"); missing != nil {
		return codeError{exitUnable, sandbox.Errorf(
			"there is no /proc here, and all that can be told is in it: mount -t proc proc /proc",
			"il n’y a pas de /proc ici, et tout ce qu’on peut dire s’y trouve : mount -t proc proc /proc")}
	}
	if err != nil {
		return codeError{exitFailed, i.explain(pid, err)}
	}
	place, err := i.reader.Place(pid)
	if err != nil {
		return codeError{exitFailed, i.explain(pid, err)}
	}
	all := placed{place, i.reader.Powers(facts), facts}
	if i.asJSON {
		err = printJSON(i.out, all)
	} else {
		err = writePlaced(i.out, all, i.lang)
	}
	if err != nil {
		return codeError{exitFailed, err}
	}
	return nil
}

// caller is the process that called us, when all that decides where it is and
// what it may do is the same as ours; else it is we ourselves, as behind
// unshare, nsenter or setpriv, which become the program that they start.
func (i inspection) caller() int {
	self, err := i.reader.Read(os.Getpid())
	parent, err2 := i.reader.Read(os.Getppid())
	if err != nil || err2 != nil || !slices.Equal(self.Namespaces, parent.Namespaces) || self.UIDs != parent.UIDs ||
		self.Capabilities != parent.Capabilities || self.Seccomp != parent.Seccomp || self.NoNewPrivs != parent.NoNewPrivs {
		return os.Getpid()
	}
	return os.Getppid()
}

func writePlaced(w io.Writer, p placed, lang sandbox.Lang) error {
	x := &xray{lang: lang, all: capability.All(capability.Last())}
	x.place(p.Place)
	x.powers(p)
	fmt.Fprintln(&x.text)
	x.facts(p.Facts)
	_, err := io.WriteString(w, x.text.String())
	return err
}

// place tells the verdict and what it stands on.
func (x *xray) place(p inspect.Place) {
	x.title("Am I in a container?", "Suis-je dans un conteneur ?")
	x.row(x.say("answer", "réponse"), x.answer(p))
	if p.Container == inspect.InContainer || p.Container == inspect.Unsure {
		x.row(x.say("made by", "créé par"), x.runtime(p))
	}
	for _, e := range p.Evidence {
		label := x.say("hint", "indice")
		if e.Proof {
			label = x.say("evidence", "preuve")
		}
		x.row(label, e.Says.In(x.lang)+" ("+e.Source+")")
	}
}

func (x *xray) answer(p inspect.Place) string {
	switch p.Container {
	case inspect.InContainer:
		return x.say("yes", "oui")
	case inspect.Partly:
		return fmt.Sprintf(x.say("partly: some namespaces are its own (%s), the files are the computer's", "en partie : certains espaces de noms lui sont propres (%s), les fichiers sont ceux de l’ordinateur"),
			strings.ReplaceAll(p.Own, " ", ", "))
	case inspect.NotAtAll:
		return x.say("no", "non")
	}
	return x.say("not sure", "pas sûr")
}

// runtimes are how the runtimes are called.
var runtimes = map[string]string{
	"docker": "Docker", "podman": "Podman", "lxc": "LXC", "systemd-nspawn": "systemd-nspawn",
	"kubernetes": "Kubernetes", "containerd": "containerd (Docker, Kubernetes)", "bubblewrap": "bubblewrap (bwrap)", "gvisor": "gVisor (runsc)", "cloison": "cloison",
}

func (x *xray) runtime(p inspect.Place) string {
	name := runtimes[p.Runtime]
	if p.Runtime == "oci" {
		name = x.say("an OCI runtime such as runc; nothing tells whose", "un runtime OCI tel que runc ; rien ne dit pour qui")
	}
	switch {
	case name == "":
		return x.say("not sure: nothing tells", "pas sûr : rien ne le dit")
	case p.Sure:
		return name
	}
	return name + x.say(" perhaps: there are only hints", " peut-être : il n’y a que des indices")
}

// powers tells what the process may do.
func (x *xray) powers(p placed) {
	x.title("What may I do?", "Que puis-je faire ?")
	all := len(capability.Names(x.all))
	effective := len(capability.Names(p.Facts.Capabilities.Effective))
	x.row(x.say("who", "qui"), fmt.Sprintf(x.say("uid %d as seen from here, with %d of %d capabilities", "uid %d vu d’ici, avec %d capabilities sur %d"),
		p.Facts.UIDs.Effective, effective, all))
	for _, can := range []bool{true, false} {
		label := x.say("can", "peut")
		if !can {
			label = x.say("can't", "ne peut pas")
		}
		for _, power := range p.Powers {
			if power.Can == can {
				x.row(label, power.What.In(x.lang)+x.say(": ", "\u00a0: ")+power.Why.In(x.lang))
			}
		}
	}
	if p.Facts.Seccomp.Mode == 2 {
		x.row(x.say("but", "mais"), x.say("a seccomp filter may refuse any of this", "un filtre seccomp peut refuser tout cela"))
	}
	if sandbox.Confines(p.Facts.LSM) {
		x.row(x.say("but", "mais"), x.say("so may the rules for ", "les règles de même, pour ")+p.Facts.LSM)
	}
}
