//go:build linux

package build

import (
	"strconv"
	"strings"

	"cloison/sandbox"
)

// The stages of a build, in order.
var (
	stageLists    = sandbox.Text{EN: "reading Debian's lists of packages", FR: "lecture des listes de paquets de Debian"}
	stageDownload = sandbox.Text{EN: "downloading packages", FR: "téléchargement des paquets"}
	stageInstall  = sandbox.Text{EN: "installing packages", FR: "installation des paquets"}
	stagePolicy   = sandbox.Text{EN: "compiling the SELinux policy", FR: "compilation de la politique SELinux"}
	stagePack     = sandbox.Text{EN: "packing the root file system", FR: "mise en boîte du système de fichiers racine"}
	stageSums     = sandbox.Text{EN: "taking the sums", FR: "calcul des sommes de contrôle"}
)

// part reads a line of apt's status file descriptor (README.progress-reporting
// in apt's documentation): "dlstatus:1:12.5:Retrieving file 1 of 8".
func part(line string) (float64, bool) {
	fields := strings.SplitN(line, ":", 4)
	if len(fields) < 4 || fields[0] != "dlstatus" {
		return 0, false
	}
	percent, err := strconv.ParseFloat(fields[2], 64)
	if err != nil || !(percent >= 0 && percent <= 100) { // not even NaN
		return 0, false
	}
	return percent / 100, true
}

// installing follows what dpkg prints. Every package is unpacked and set up.
type installing struct {
	total  int // of steps that are expected
	done   int
	policy bool // the SELinux policy is being compiled
}

// saw takes a line and returns the stage after it; ok says that it moved.
func (i *installing) saw(line string) (stage sandbox.Stage, ok bool) {
	switch {
	case strings.HasPrefix(line, "Setting up selinux-policy-"):
		i.done++
		i.policy = true
		return sandbox.Stage{Name: stagePolicy, Part: -1}, true
	case strings.HasPrefix(line, "Setting up "):
		i.policy = false
	case strings.HasPrefix(line, "Unpacking "):
	default:
		return sandbox.Stage{}, false
	}
	i.done++
	return sandbox.Stage{Name: stageInstall, Part: min(float64(i.done)/float64(max(i.total, 1)), 1)}, true
}
