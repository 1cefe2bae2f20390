package main

import (
	"fmt"
	"io"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/why"
)

// layers are the layers in words.
var layers = map[why.Layer]sandbox.Text{
	why.DAC:          {EN: "file permissions (owner, group, mode)", FR: "les droits du fichier (propriétaire, groupe, mode)"},
	why.Capabilities: {EN: "missing capabilities", FR: "des capabilities qui manquent"},
	why.UserNS:       {EN: "the user namespace: its capabilities don’t count here", FR: "l’espace de noms utilisateur : ses capabilities ne valent pas ici"},
	why.NoNewPrivs:   {EN: "no_new_privs: programs give no privileges", FR: "no_new_privs : les programmes ne donnent aucun privilège"},
	why.Seccomp:      {EN: "the seccomp filter", FR: "le filtre seccomp"},
	why.AppArmor:     {EN: "AppArmor", FR: "AppArmor"},
	why.SELinux:      {EN: "SELinux", FR: "SELinux"},
	why.Cgroup:       {EN: "a limit of the cgroup or of the process", FR: "une limite du cgroup ou du processus"},
	why.ReadOnly:     {EN: "a read-only mount", FR: "un montage en lecture seule"},
	why.Masked:       {EN: "protected paths of /proc and /sys", FR: "des chemins protégés de /proc et de /sys"},
	why.Landlock:     {EN: "Landlock: rules that the program made for itself", FR: "Landlock\u00a0: les règles que le programme s’est données"},
}

// notRefused is what there is to say of a command that works.
func (g *globals) notRefused(a why.Answer) string {
	text := g.say("nothing refused the command: it works in such a context", "rien n’a refusé la commande\u00a0: elle fonctionne dans un tel contexte")
	if a.Unsure {
		text = g.say("not sure: it works in a copy of its context", "incertain\u00a0: elle fonctionne dans une copie de son contexte")
	}
	for _, n := range a.Notes {
		text += g.say("; ", "\u00a0; ") + n.In(g.lang())
	}
	return text
}

// printAnswer tells what was found.
func (g *globals) printAnswer(w io.Writer, a why.Answer, ofContainer bool) {
	fmt.Fprintf(w, "%s%s%s\n", g.say("refused with   ", "refusé avec    "), a.Refused, lastWords(a.Output))
	if len(a.Ways) == 0 {
		fmt.Fprintln(w, g.say("refused by     ", "refusé par     ")+g.nobody(a))
	}
	for i, way := range a.Ways {
		if i > 0 {
			fmt.Fprintln(w, g.say("or, instead:", "ou bien, à la place\u00a0:"))
		}
		for j, r := range way {
			lead := g.say("refused by     ", "refusé par     ")
			if j > 0 {
				lead = g.say("and behind it  ", "et derrière    ")
			}
			fmt.Fprintln(w, lead+g.layer(r.Layer))
			g.printRefusal(w, r, ofContainer)
		}
	}
	if a.End != "" {
		fmt.Fprintln(w, g.say("in the end     "+a.End+", whatever is allowed: no layer’s doing", "pour finir     "+a.End+", quoi que l’on permette\u00a0: aucune couche n’y est pour rien"))
	}
	fmt.Fprintf(w, g.say("(found by running it %d times)\n", "(trouvé en la lançant %d fois)\n"), a.Runs)
	for _, n := range a.Notes {
		fmt.Fprintln(w, g.say("note: ", "remarque\u00a0: ")+n.In(g.lang()))
	}
}

// lastWords are the last line that a command printed, as far as it is one.
func lastWords(output string) string {
	output = strings.TrimSpace(output)
	line := output[strings.LastIndexByte(output, '\n')+1:]
	if line == "" || len(line) > 160 {
		return ""
	}
	return ": " + line
}

// nobody is why no layer is named.
func (g *globals) nobody(a why.Answer) string {
	if a.Free == "" {
		return g.say("not sure: it works with everything relaxed, but it can be done once only",
			"incertain\u00a0: elle fonctionne quand tout est permis, mais elle ne peut être faite qu’une fois")
	}
	return g.say("none of the layers: with everything relaxed it ends with "+a.Free+" too",
		"aucune des couches\u00a0: même quand tout est permis, elle se termine par "+a.Free)
}

func (g *globals) layer(l why.Layer) string {
	text, ok := layers[l]
	if !ok {
		return string(l)
	}
	return text.In(g.lang())
}

// printRefusal tells what a layer answers by itself, and the least to allow.
func (g *globals) printRefusal(w io.Writer, r why.Refusal, ofContainer bool) {
	alone := g.say("only together with the others", "seulement avec les autres")
	if r.Error != "" {
		alone = r.Error
	}
	fmt.Fprintf(w, "  %s%s\n", g.say("by itself    ", "isolément    "), alone)
	for _, e := range r.Evidence {
		fmt.Fprintf(w, "  %s%s: %s\n", g.say("evidence     ", "preuve       "), e.Source, e.Says)
	}
	if allow := g.allow(r, ofContainer); allow != "" {
		fmt.Fprintf(w, "  %s%s\n", g.say("to allow     ", "à permettre  "), allow)
	}
}

// allow is what the narrowest opening is spelled like.
func (g *globals) allow(r why.Refusal, ofContainer bool) string {
	list := strings.Join(r.Narrowest, ", ")
	if !ofContainer && r.Layer != why.DAC && r.Layer != why.Landlock { // a process has no flags
		return list
	}
	switch r.Layer {
	case why.Landlock:
		if list == "" {
			return g.say("no single access: look at the rules as a whole", "aucun accès isolé\u00a0: voyez les règles dans leur ensemble")
		}
		return g.say(list+": not to be closed, or to be opened by a rule for the file or the port",
			list+"\u00a0: à ne pas fermer, ou à rouvrir par une règle pour le fichier ou le port")
	case why.Capabilities, why.DAC:
		options := make([]string, len(r.Narrowest))
		for i, name := range r.Narrowest {
			options[i] = "--cap-add " + strings.TrimPrefix(name, "CAP_")
		}
		if r.Layer == why.DAC {
			return g.say("change the file’s owner or mode, or run as its owner", "changer le propriétaire ou le mode du fichier, ou lancer la commande sous son propriétaire")
		}
		return strings.Join(options, " ")
	case why.Seccomp:
		if r.Follows {
			return g.say("nothing more: the profile opens with that capability", "rien de plus : le profil s’ouvre avec cette capability")
		}
		if list == "" {
			return g.say("no single call: look at the profile as a whole", "aucun appel isolé : voyez le profil dans son ensemble")
		}
		return g.say("in the profile: ", "dans le profil : ") + list
	case why.ReadOnly:
		return g.say("a place to write: --tmpfs DIR, or a volume", "un endroit où écrire : --tmpfs DOSSIER, ou un volume")
	case why.Masked:
		return "--security-opt systempaths=unconfined"
	case why.NoNewPrivs:
		return g.say("leave out no-new-privileges", "retirer no-new-privileges")
	}
	return ""
}
