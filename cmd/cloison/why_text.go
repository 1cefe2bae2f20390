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
	why.Capabilities: {EN: "missing capabilities", FR: "des « capabilities » qui manquent"},
	why.UserNS:       {EN: "the user namespace: its capabilities don’t count here", FR: "l’espace de noms utilisateur : ses « capabilities » ne valent pas ici"},
	why.NoNewPrivs:   {EN: "no_new_privs: programs give no privileges", FR: "no_new_privs : les programmes ne donnent aucun privilège"},
	why.Seccomp:      {EN: "the seccomp filter", FR: "le filtre seccomp"},
	why.AppArmor:     {EN: "AppArmor", FR: "AppArmor"},
	why.SELinux:      {EN: "SELinux", FR: "SELinux"},
	why.Cgroup:       {EN: "a limit of the cgroup or of the process", FR: "une limite du cgroup ou du processus"},
	why.ReadOnly:     {EN: "a read-only mount", FR: "un montage en lecture seule"},
	why.Masked:       {EN: "protected paths of /proc and /sys", FR: "des chemins protégés de /proc et de /sys"},
}

func (g *globals) layer(l why.Layer) string {
	text, ok := layers[l]
	if !ok {
		return string(l)
	}
	return text.In(g.lang())
}

// printRefusal tells what a layer answers by itself, and the least to allow.
func (g *globals) printRefusal(w io.Writer, r why.Refusal) {
	alone := g.say("only together with the others", "seulement avec les autres")
	if r.Error != "" {
		alone = r.Error
	}
	fmt.Fprintf(w, "  %s%s\n", g.say("alone        ", "seule        "), alone)
	if allow := g.allow(r); allow != "" {
		fmt.Fprintf(w, "  %s%s\n", g.say("to allow     ", "à permettre  "), allow)
	}
}

// allow is what the narrowest opening is spelled like.
func (g *globals) allow(r why.Refusal) string {
	list := strings.Join(r.Narrowest, ", ")
	switch r.Layer {
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
			return g.say("nothing more: the profile opens with that capability", "rien de plus : le profil s’ouvre avec cette « capability »")
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
