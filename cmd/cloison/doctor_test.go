package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cloison/sandbox"
)

// TestAboutFitsTheScreen has the security modules of Debian 13, and a kernel
// with nothing of the kind.
func TestAboutFitsTheScreen(t *testing.T) {
	about := sandbox.About{
		Kernel: "6.12.0", Root: true, CgroupVersion: 2,
		LSMs: strings.Split("lockdown,capability,landlock,yama,apparmor,tomoyo,bpf,ipe,ima,evm", ","),
	}
	var out strings.Builder
	inEnglish.printAbout(&out, about)
	about.LSMs, about.CgroupVersion = nil, 0
	inFrench.printAbout(&out, about)
	want := `This computer
  kernel       6.12.0
  user         root
  cgroup       v2
  LSMs         lockdown, capability, landlock, yama, apparmor, tomoyo, bpf, ipe,
               ima, evm
Cette machine
  noyau        6.12.0
  utilisateur  root
  cgroup       pas de contrôleur memory
  modules LSM  aucun
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
