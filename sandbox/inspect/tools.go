package inspect

import (
	"fmt"
	"os"
	"slices"

	"cloison/sandbox"
)

// Tool is a program that some lessons use and that is not on every computer.
// As a need it has the program's own name.
type Tool struct {
	Name    string // as lessons spell it
	Package string // of Debian and Ubuntu
	What    sandbox.Text
	File    string // where it is found; "" is somewhere on PATH
}

// Tools lists them.
var Tools = []Tool{
	{"runc", "runc", sandbox.Text{EN: "the reference runtime of OCI", FR: "le runtime de référence de l’OCI"}, ""},
	{"runsc", "runsc", sandbox.Text{EN: "gVisor, a kernel in user space", FR: "gVisor, un noyau en espace utilisateur"}, ""},
	{"skopeo", "skopeo", sandbox.Text{EN: "copies and inspects images", FR: "copie et inspecte les images"}, ""},
	{"umoci", "umoci", sandbox.Text{EN: "unpacks images", FR: "déballe les images"}, ""},
	{"docker-registry", "docker-registry", sandbox.Text{EN: "a private registry", FR: "un registre privé"}, ""},
	{"notary", "notary", sandbox.Text{EN: "signatures of image tags", FR: "signatures des étiquettes d’images"}, ""},
	{"debsecan", "debsecan", sandbox.Text{EN: "known vulnerabilities of packages", FR: "vulnérabilités connues des paquets"}, ""},
	{"lxcfs", "lxcfs", sandbox.Text{EN: "a /proc that knows limits", FR: "un /proc qui connaît les limites"}, ""},
	{"cni", "containernetworking-plugins", sandbox.Text{EN: "CNI's reference plugins", FR: "les greffons de référence de CNI"}, "/usr/lib/cni/bridge"},
	{"manual", "manpages", sandbox.Text{EN: "the manual's overviews", FR: "les vues d’ensemble du manuel"}, "/usr/share/man/man7/namespaces.7.gz"},
	{"nft", "nftables", sandbox.Text{EN: "rules of the packet filter", FR: "les règles du filtre de paquets"}, ""},
	{"openssl", "openssl", sandbox.Text{EN: "keys and certificates", FR: "clés et certificats"}, ""},
	{"curl", "curl", sandbox.Text{EN: "speaks HTTP", FR: "parle HTTP"}, ""},
	{"jq", "jq", sandbox.Text{EN: "picks JSON apart", FR: "décortique le JSON"}, ""},
	{"gpg", "gpg", sandbox.Text{EN: "signs files", FR: "signe des fichiers"}, ""},
	{"tcpdump", "tcpdump", sandbox.Text{EN: "shows what passes on a network", FR: "montre ce qui passe sur un réseau"}, ""},
	{"bird", "bird2", sandbox.Text{EN: "a router that speaks BGP", FR: "un routeur qui parle BGP"}, ""},
	{"wg", "wireguard-tools", sandbox.Text{EN: "sets WireGuard up", FR: "configure WireGuard"}, ""},
	{"lynis", "lynis", sandbox.Text{EN: "audits a host", FR: "audite un hôte"}, ""},
	{"rootlesskit", "rootlesskit", sandbox.Text{EN: "runs a daemon without root", FR: "fait tourner un démon sans root"}, ""},
	{"python3", "python3", sandbox.Text{EN: "runs small programs of lessons", FR: "exécute de petits programmes de leçons"}, ""},
}

// need is the tool as something that a lesson may ask for.
func (t Tool) need() Need {
	return Need{t.Name, t.What, func(h Host) (sandbox.Lack, bool) {
		if !slices.Contains(h.Absent, t.Name) {
			return met()
		}
		return missing(sandbox.Text{
			EN: fmt.Sprintf("%s is not installed.", t.Name),
			FR: fmt.Sprintf("%s n’est pas installé.", t.Name),
		}, sandbox.Text{
			EN: "Install it: apt install " + t.Package,
			FR: "Installez-le\u00a0: apt install " + t.Package,
		})
	}}
}

// absentTools names those that are not there.
func absentTools() []string {
	var absent []string
	for _, t := range Tools {
		if !t.there() {
			absent = append(absent, t.Name)
		}
	}
	return absent
}

func (t Tool) there() bool {
	if t.File == "" {
		return findTool(t.Name) != ""
	}
	_, err := os.Stat(t.File)
	return err == nil
}
