package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/capability"
)

// The X-ray is told in rows "  LABEL  VALUE" that fit 80 columns.
const (
	xrayWidth  = 80
	labelWidth = 15
)

// xray collects the rows.
type xray struct {
	lang sandbox.Lang
	all  sandbox.CapSet // every capability that the kernel has
	text strings.Builder
}

// writeXray tells the facts of one process.
func writeXray(w io.Writer, f sandbox.Facts, lang sandbox.Lang) error {
	x := &xray{lang: lang, all: capability.All(capability.Last())}
	x.facts(f)
	_, err := io.WriteString(w, x.text.String())
	return err
}

func (x *xray) facts(f sandbox.Facts) {
	x.process(f)
	x.namespaces(f)
	x.capabilities(f.Capabilities)
	x.protections(f)
	x.cgroup(f.Cgroup)
	x.memory(f.Memory)
	if len(f.Unread) > 0 {
		x.title("Not readable", "Illisible")
		x.row("/proc/PID", strings.Join(f.Unread, ", "), x.say(" (root may see more)", " (root en verrait davantage)"))
	}
}

func (x *xray) say(en, fr string) string { return sandbox.Text{EN: en, FR: fr}.In(x.lang) }

func (x *xray) title(en, fr string) { fmt.Fprintln(&x.text, x.say(en, fr)) }

// row writes a label and a value, which goes on below itself where it is long.
func (x *xray) row(label string, value ...string) {
	lines := wrap(printable(strings.Join(value, "")), xrayWidth-2-labelWidth)
	for _, line := range lines {
		pad := strings.Repeat(" ", max(labelWidth-len([]rune(label)), 1))
		fmt.Fprintf(&x.text, "  %s%s%s\n", label, pad, line)
		label = ""
	}
}

func (x *xray) process(f sandbox.Facts) {
	fmt.Fprintf(&x.text, "PID %d  %s\n", f.PID, printable(f.Command))
	if len(f.Args) > 0 {
		x.row(x.say("command", "commande"), shorten(printable(strings.Join(f.Args, " ")), xrayWidth-2-labelWidth))
	}
	x.row("parent", fmt.Sprint(f.PPID))
	if len(f.InnerPIDs) > 1 {
		x.row("PIDs", strings.Trim(fmt.Sprint(f.InnerPIDs), "[]"), x.say(" (outermost first)", " (de l’extérieur vers l’intérieur)"))
	}
	x.row("uid", x.ids(f.UIDs))
	x.row("gid", x.ids(f.GIDs))
	x.row("uid_map", x.idMap(f.UIDMap))
	x.row("gid_map", x.idMap(f.GIDMap))
}

// ids are one number where all four are the same, as they nearly always are.
func (x *xray) ids(i sandbox.IDs) string {
	if i.Effective == i.Real && i.Saved == i.Real && i.Filesystem == i.Real {
		return fmt.Sprint(i.Real)
	}
	format := x.say("real %d, effective %d, saved %d, file system %d", "réel %d, effectif %d, sauvé %d, système de fichiers %d")
	return fmt.Sprintf(format, i.Real, i.Effective, i.Saved, i.Filesystem)
}

func (x *xray) idMap(ranges []sandbox.IDRange) string {
	if len(ranges) == 1 && ranges[0] == (sandbox.IDRange{Size: 1<<32 - 1}) {
		return x.say("every id is itself", "chaque id est lui-même")
	}
	var all []string
	for _, r := range ranges {
		all = append(all, x.idRange(r))
	}
	if len(all) == 0 {
		return x.say("none", "aucune")
	}
	return strings.Join(all, "; ")
}

// idRange tells one line of a map. The kernel writes the id 4294967295, which
// nobody has, for one that the reader's user namespace does not know.
func (x *xray) idRange(r sandbox.IDRange) string {
	switch {
	case r.Outside == 1<<32-1:
		return fmt.Sprintf(x.say("%d-%d inside are nobody seen from here", "%d-%d dedans ne sont personne vus d’ici"),
			r.Inside, last(r.Inside, r.Size))
	case r.Size == 1:
		return fmt.Sprintf(x.say("%d inside is %d outside", "%d dedans est %d dehors"), r.Inside, r.Outside)
	}
	return fmt.Sprintf(x.say("%d-%d inside are %d-%d outside", "%d-%d dedans sont %d-%d dehors"),
		r.Inside, last(r.Inside, r.Size), r.Outside, last(r.Outside, r.Size))
}

// last is the last id of a range.
func last(first, size uint32) uint64 { return uint64(first) + uint64(size) - 1 }

func (x *xray) namespaces(f sandbox.Facts) {
	x.title("Namespaces (* not the host's)", "Espaces de noms (* pas celui de l’hôte)")
	if len(f.Namespaces) == 0 {
		x.row(x.say("not readable", "illisibles"))
	}
	for _, ns := range f.Namespaces {
		mark, whose := " ", x.say("host", "hôte")
		if !ns.Host {
			mark, whose = "*", x.say("own", "propre")
		}
		fmt.Fprintf(&x.text, "%s %-*s%-12d%s\n", mark, labelWidth, ns.Type, ns.Inode, whose)
	}
}

func (x *xray) protections(f sandbox.Facts) {
	x.title("Protections", "Protections")
	x.row("seccomp", x.seccomp(f.Seccomp))
	x.row("no_new_privs", x.yes(f.NoNewPrivs))
	label := f.LSM
	if label == "" {
		label = x.say("none", "aucune")
	}
	x.row(x.say("LSM label", "étiquette LSM"), label)
}

func (x *xray) yes(b bool) string {
	if b {
		return x.say("yes", "oui")
	}
	return x.say("no", "non")
}

func (x *xray) seccomp(s sandbox.Seccomp) string {
	switch s.Mode {
	case 0:
		return x.say("off", "inactif")
	case 1:
		return "strict"
	}
	return fmt.Sprintf(x.say("filter (%d)", "filtre (%d)"), s.Filters)
}

func (x *xray) cgroup(c sandbox.CgroupFacts) {
	x.title(fmt.Sprintf("Cgroup v%d", c.Version), fmt.Sprintf("Cgroup v%d", c.Version))
	for _, at := range slices.Sorted(maps.Keys(byPath(c.Paths))) {
		x.row(x.say("path", "chemin"), at, " ", byPath(c.Paths)[at])
	}
	x.row(x.say("memory", "mémoire"), x.gauge(c.Memory, x.size))
	x.row("pids", x.gauge(c.Pids, func(n uint64) string { return fmt.Sprint(n) }))
	x.row("cpu", x.cpu(c.CPU))
	x.row(x.say("OOM kills", "tués par OOM"), fmt.Sprint(c.OOMKill))
}

// byPath lists the controllers that are on each path; the v2 hierarchy has no
// name, and named v1 hierarchies limit nothing.
func byPath(paths map[string]string) map[string]string {
	grouped := map[string]string{}
	for _, controller := range slices.Sorted(maps.Keys(paths)) {
		at := paths[controller]
		switch {
		case controller == "" && len(paths) == 1:
			grouped[at] = ""
		case controller == "":
			grouped[at] += "(v2) "
		default:
			grouped[at] += controller + " "
		}
	}
	return grouped
}

func (x *xray) gauge(g sandbox.Gauge, unit func(uint64) string) string {
	if g == (sandbox.Gauge{}) {
		return x.say("no limit", "sans limite")
	}
	if g.Limit == 0 {
		return fmt.Sprintf(x.say("%s used, no limit", "%s utilisés, sans limite"), unit(g.Used))
	}
	return fmt.Sprintf(x.say("%s used of %s", "%s utilisés sur %s"), unit(g.Used), unit(g.Limit))
}

func (x *xray) cpu(c sandbox.CPULimit) string {
	if c.Quota == 0 {
		return x.say("no limit", "sans limite")
	}
	share := x.decimal(fmt.Sprintf("%.2f", float64(c.Quota)/float64(c.Period)))
	return fmt.Sprintf(x.say("%s of one CPU (%d µs every %d µs), throttled %d times", "%s d’un processeur (%d µs toutes les %d µs), freiné %d fois"),
		share, c.Quota, c.Period, c.Throttled)
}

func (x *xray) memory(m sandbox.MemoryView) {
	x.title("Memory as free(1) sees it there", "Mémoire telle que free(1) la voit là")
	x.row("total", x.size(m.Total))
	x.row(x.say("free", "libre"), x.size(m.Free))
	x.row(x.say("available", "disponible"), x.size(m.Available))
}

// size is a number of bytes for people, in powers of 1024.
func (x *xray) size(n uint64) string {
	units := strings.Fields(x.say("B KiB MiB GiB TiB", "o Kio Mio Gio Tio"))
	value, unit := float64(n), 0
	for value >= 1024 && unit < len(units)-1 {
		value /= 1024
		unit++
	}
	if unit == 0 {
		return fmt.Sprintf("%d %s", n, units[0])
	}
	return x.decimal(fmt.Sprintf("%.1f", value)) + " " + units[unit]
}

// decimal writes the decimal point as the language does.
func (x *xray) decimal(number string) string {
	return strings.Replace(number, ".", x.say(".", ","), 1)
}
