package inspect

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"cloison/sandbox"
)

// Feature is a part of the kernel's network that some lessons use and that a
// kernel may have been built without. As a need it has its Name.
type Feature struct {
	Name   string // as lessons spell it
	Module string // its file, where it is a module
	Config string // the option that it is built by
	What   sandbox.Text
}

// Features lists them.
var Features = []Feature{
	{"macvlan", "macvlan", "CONFIG_MACVLAN", sandbox.Text{EN: "interfaces with a MAC address of their own", FR: "des interfaces à l’adresse MAC bien à elles"}},
	{"ipvlan", "ipvlan", "CONFIG_IPVLAN", sandbox.Text{EN: "interfaces that share a MAC address", FR: "des interfaces qui partagent une adresse MAC"}},
	{"vxlan", "vxlan", "CONFIG_VXLAN", sandbox.Text{EN: "Ethernet carried in UDP", FR: "Ethernet transporté dans UDP"}},
	{"wireguard", "wireguard", "CONFIG_WIREGUARD", sandbox.Text{EN: "encrypted tunnels", FR: "des tunnels chiffrés"}},
	{"ipvs", "ip_vs", "CONFIG_IP_VS", sandbox.Text{EN: "the kernel's load balancer", FR: "le répartiteur de charge du noyau"}},
}

// need is the feature as something that a lesson may ask for.
func (f Feature) need() Need {
	return Need{f.Name, f.What, func(h Host) (sandbox.Lack, bool) {
		if !slices.Contains(h.Unbuilt, f.Name) {
			return met()
		}
		return missing(sandbox.Text{
			EN: fmt.Sprintf("This kernel shows no sign of %s: neither a module nor built in.", f.Module),
			FR: fmt.Sprintf("Ce noyau ne montre pas trace de %s\u00a0: ni module, ni intégré.", f.Module),
		}, sandbox.Text{
			EN: "Use a kernel built with " + f.Config + ", as those of Debian and Ubuntu are.",
			FR: "Utilisez un noyau compilé avec " + f.Config + ", comme ceux de Debian et d’Ubuntu.",
		})
	}}
}

// unbuilt names the features that a kernel of that release lacks. To try one
// would load its module; this only reads what is loaded, what could be
// (modules.dep(5)), and how the kernel was built.
func unbuilt(root fs.FS, release string) []string {
	modules := moduleFiles(root, release)
	lacking := slices.DeleteFunc(slices.Clone(Features), func(f Feature) bool {
		return exists(root, "sys/module/"+f.Module) || modules[f.Module]
	})
	if len(lacking) == 0 {
		return nil
	}
	var names []string
	options := builtIn(kernelConfig(root, release))
	for _, f := range lacking {
		if !options[f.Config] {
			names = append(names, f.Name)
		}
	}
	return names
}

// moduleFiles are the modules that can be loaded or that the kernel holds
// already, by name.
func moduleFiles(root fs.FS, release string) map[string]bool {
	found := map[string]bool{}
	for _, list := range []string{"modules.builtin", "modules.dep"} {
		text, err := fs.ReadFile(root, path.Join("lib/modules", release, list))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if name := moduleName(line); name != "" {
				found[name] = true
			}
		}
	}
	return found
}

// moduleName is the module that a line of those lists is about: the file
// before the colon, without its folder, .ko and compression. The kernel takes
// - and _ for the same.
func moduleName(line string) string {
	file, _, _ := strings.Cut(strings.TrimSpace(line), ":")
	name, _, is := strings.Cut(path.Base(file), ".ko")
	if !is {
		return ""
	}
	return strings.ReplaceAll(name, "-", "_")
}

// kernelConfig is what the kernel was built with; "" where nobody says.
func kernelConfig(root fs.FS, release string) string {
	if packed, err := fs.ReadFile(root, "proc/config.gz"); err == nil {
		if text, err := gzip.NewReader(bytes.NewReader(packed)); err == nil {
			whole, _ := io.ReadAll(text) // as far as it goes
			return string(whole)
		}
	}
	text, _ := fs.ReadFile(root, "boot/config-"+release)
	return string(text)
}

// builtIn are the options that a kernel's configuration sets to y.
func builtIn(config string) map[string]bool {
	found := map[string]bool{}
	for line := range strings.Lines(config) {
		if option, is := strings.CutSuffix(strings.TrimRight(line, "\r\n"), "=y"); is {
			found[option] = true
		}
	}
	return found
}
