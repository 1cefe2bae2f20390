//go:build linux

package build

import (
	"slices"
	"strings"
	"testing"
)

var somePlaces = places{cache: "/c", recipe: "/c/recipe", scratch: "/s", tar: "/i.part/root.tar"}

func TestInstallPlan(t *testing.T) {
	got := somePlaces.install(1000)
	want := strings.Split(`mmdebstrap
--mode=unshare
--variant=essential
--format=tar
--verbose
--skip=update,download/empty,essential/unlink
--setup-hook=mkdir -p "$1"/var/cache/apt/archives "$1"/var/lib/apt/lists
--setup-hook=sync-in '/c/lists' /var/lib/apt/lists
--setup-hook=sync-in '/c/archives' /var/cache/apt/archives
--aptopt=APT::Install-Recommends "false"
--aptopt=Acquire::Languages "none"
--aptopt=DPkg::Path "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
--dpkgopt=force-unsafe-io
--essential-hook=copy-in '/c/recipe/selinux' '/c/recipe/semodule' /usr/local/sbin
--include=PACKAGES
--customize-hook=copy-in '/c/recipe/setup' /tmp
--customize-hook=chroot "$1" sh /tmp/setup
--customize-hook=rm -r "$1"/tmp/setup "$1"/usr/local/sbin/semodule "$1"/usr/local/sbin/selinux
trixie
/i.part/root.tar`, "\n")
	args := slices.Clone(got.args)
	i := slices.IndexFunc(args, func(a string) bool { return strings.HasPrefix(a, "--include=") })
	if args[i] != "--include="+strings.Join(packages(), ",") {
		t.Errorf("packages: %s", args[i])
	}
	args[i] = "--include=PACKAGES"
	if !slices.Equal(args, want) {
		t.Errorf("got\n%s", strings.Join(args, "\n"))
	}
	if !slices.Equal(got.env, []string{"TMPDIR=/s", "SOURCE_DATE_EPOCH=1754697600"}) {
		t.Errorf("environment %q", got.env)
	}
}

func TestModeFollowsTheUser(t *testing.T) {
	for euid, want := range map[int]string{0: "--mode=root", 1000: "--mode=unshare"} {
		for _, c := range []command{somePlaces.install(euid), somePlaces.askSources(euid)} {
			if !slices.Contains(c.args, want) {
				t.Errorf("user %d: %q", euid, c.args)
			}
		}
	}
}

func TestNoPlanWeakensSignatures(t *testing.T) {
	for _, c := range []command{somePlaces.askSources(0), somePlaces.update(), somePlaces.download(), somePlaces.install(0)} {
		text := strings.ToLower(strings.Join(c.args, " ") + somePlaces.aptConfig(""))
		for _, word := range []string{"insecure", "unauthenticated", "trusted=yes", "allow-downgrade", "://"} {
			if strings.Contains(text, word) {
				t.Errorf("%s: there is %q in %s", c.args[0], word, text)
			}
		}
	}
}

func TestDownloadTakesEveryPackage(t *testing.T) {
	c := somePlaces.download()
	for _, name := range append(packages(), "?essential", "--download-only") {
		if !slices.Contains(c.args, name) {
			t.Errorf("%s is not downloaded", name)
		}
	}
	if !slices.Equal(c.env, []string{"APT_CONFIG=/c/apt.conf"}) {
		t.Errorf("environment %q", c.env)
	}
}

func TestPackagesAreNamedOnce(t *testing.T) {
	all := packages()
	if len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Errorf("a package is named twice in %q", all)
	}
}

// TestMachinesHaveTheirOwnKernel: what is installed on a computer of somebody's
// must neither change its kernel nor who decides on it.
func TestMachinesHaveTheirOwnKernel(t *testing.T) {
	machine, policy := MachinePackages(), SELinuxPackages()
	for _, name := range []string{"docker.io", "apparmor", "runsc", "busybox-static"} {
		if !slices.Contains(machine, name) {
			t.Errorf("a machine lacks %s", name)
		}
	}
	for _, name := range machine {
		if strings.HasPrefix(name, "linux-image") || name == "tiny-initramfs" || slices.Contains(policy, name) {
			t.Errorf("a machine gets %s", name)
		}
	}
	if !slices.Contains(policy, "selinux-policy-default") {
		t.Errorf("SELinux without a policy: %q", policy)
	}
}

func TestProxiesAreKept(t *testing.T) {
	dump := `APT::Architecture "amd64";
Acquire::GzipIndexes "true";
Acquire::http::Proxy "http://192.0.2.1:3128";
Acquire::http::Proxy-Auto-Detect "/usr/bin/find";
DPkg::Post-Invoke:: "rm -f x || true";
`
	want := `Acquire::http::Proxy "http://192.0.2.1:3128";
Acquire::http::Proxy-Auto-Detect "/usr/bin/find";
`
	if got := proxies(dump); got != want {
		t.Errorf("got %q", got)
	}
	config := somePlaces.aptConfig(want)
	if !strings.HasSuffix(config, "Acquire::Retries \"3\";\n"+want) || !strings.Contains(config, "Dir::State::lists \"/c/lists\";\n") {
		t.Errorf("the configuration is\n%s", config)
	}
}
