package inspect

import (
	"fmt"
	"slices"
	"strings"

	"cloison/sandbox"
)

// Place says where a process is: in a container or not, whose, and by what that
// can be told. It is judged from what the process itself can see, so that it
// works from inside.
type Place struct {
	// Container is "yes", "partly" (some namespaces of its own, but the
	// computer's files), "no", or "unsure".
	Container string `json:"container"`
	// Runtime is who seems to have made the container ("docker", "podman",
	// "lxc", "systemd-nspawn", "kubernetes", "containerd", "bubblewrap", "gvisor",
	// "cloison", or "oci" for runc or one like it); "" where nothing tells.
	Runtime string `json:"runtime"`
	// Sure is false where only hints speak for the runtime, which anybody could
	// have made, or where clues contradict each other.
	Sure bool   `json:"sure"`
	Own  string `json:"own"` // the namespaces that are certainly not the initial ones, joined by blanks
	// Evidence has the clues, the strongest first.
	Evidence []Evidence `json:"evidence"`
}

// Evidence is one clue.
type Evidence struct {
	Source  string       `json:"source"` // a file
	Says    sandbox.Text `json:"says"`
	Proof   bool         `json:"proof"`   // false for a hint, which may be there without any container
	Runtime string       `json:"runtime"` // whom it points to; "" for nobody
	inside  bool         // it speaks for a container of some kind
	root    rootClue
}

// rootClue is what a clue says of the root.
type rootClue int

const (
	rootUntold rootClue = iota
	rootShared          // it is the computer's
	rootMaybe           // it may be another
	rootApart           // it is another
)

// The verdicts on where a process is.
const (
	InContainer = "yes"
	Partly      = "partly"
	NotAtAll    = "no"
	Unsure      = "unsure"
)

// Place judges where process pid is.
func (r *Reader) Place(pid int) (Place, error) {
	p := reading{root: r.root, dir: fmt.Sprintf("proc/%d", pid)}
	if _, err := p.stat(); err != nil {
		return Place{}, readError(pid, err)
	}
	c := clues{process: &p}
	c.namespaces()
	c.cgroupPath()
	c.mounts()
	c.label()
	c.first()
	c.kernel()
	c.files()
	c.bounds()
	return c.judge(), nil
}

// clues are collected one after the other.
type clues struct {
	process *reading
	found   []Evidence
	own     []string // namespaces
	known   int      // how many namespaces could be read
}

// add notes a clue.
func (c *clues) add(source string, says sandbox.Text, e Evidence) {
	e.Source, e.Says = source, says
	c.found = append(c.found, e)
}

// judge weighs them.
func (c *clues) judge() Place {
	slices.SortStableFunc(c.found, func(a, b Evidence) int { return weight(b) - weight(a) })
	place := Place{Own: strings.Join(c.own, " "), Evidence: c.found}
	place.Runtime, place.Sure = c.runtime()
	root := rootUntold
	for _, e := range c.found {
		root = max(root, e.root)
	}
	switch {
	case slices.ContainsFunc(c.found, func(e Evidence) bool { return e.Proof && e.inside }):
		place.Container = InContainer
	case c.known == 0:
		place.Container = Unsure
	case len(c.own) == 0:
		place.Container = NotAtAll
	case root == rootApart:
		place.Container = InContainer
	case root == rootMaybe:
		place.Container = Unsure
	default:
		place.Container = Partly
	}
	if place.Container == NotAtAll || place.Container == Partly {
		place.Runtime, place.Sure = "", false
	}
	return place
}

func weight(e Evidence) int {
	switch {
	case e.Proof && e.Runtime != "":
		return 3
	case e.Proof:
		return 2
	case e.inside:
		return 1
	}
	return 0
}

// runtime is whom the clues point to: proofs before hints, and one that is
// named before "oci", which all of its kind share.
func (c *clues) runtime() (name string, sure bool) {
	score := map[string]int{}
	for _, e := range c.found {
		if e.Runtime != "" {
			score[e.Runtime] += 1 + 9*min(1, weight(e)/3)
		}
	}
	best, second := 0, 0
	for runtime, n := range score {
		if runtime == "oci" {
			continue
		}
		if n > best {
			name, best, second = runtime, n, best
		} else {
			second = max(second, n)
		}
	}
	if best == 0 && score["oci"] > 0 {
		return "oci", score["oci"] >= 10
	}
	if best > 0 && best == second {
		return "", false
	}
	return name, best >= 10 && second < 10
}
