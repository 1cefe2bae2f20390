//go:build linux

package build

import (
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"cloison/sandbox"
)

// epoch is the date that everything in the image is dated back to where it is
// younger, so that the same packages give the same bytes: the day Debian 13
// was released.
var epoch = time.Date(2025, 8, 9, 0, 0, 0, 0, time.UTC)

// command is a program with its arguments, and what its environment has
// besides this process's own.
type command struct {
	args []string
	env  []string
}

// places are the folders and files that a build uses.
type places struct {
	cache   string // packages and lists, kept for the next build
	recipe  string // this program's recipe, as files
	scratch string // where the root is put together
	tar     string // the root, put together
}

func (p places) sources() string  { return filepath.Join(p.cache, "sources.list") }
func (p places) config() string   { return filepath.Join(p.cache, "apt.conf") }
func (p places) lists() string    { return filepath.Join(p.cache, "lists") }
func (p places) archives() string { return filepath.Join(p.cache, "archives") }
func (p places) status() string   { return filepath.Join(p.cache, "status") }

// mode is how mmdebstrap becomes root of what it makes: as it is, or in a user
// namespace, where the root's users are subordinate ones of ours (subuid(5)).
func mode(euid int) string {
	if euid == 0 {
		return "--mode=root"
	}
	return "--mode=unshare"
}

// askSources has mmdebstrap write down where Debian's packages are to be had
// and which key signs them, and do nothing else.
func (p places) askSources(euid int) command {
	return command{args: []string{
		"mmdebstrap", mode(euid), "--variant=custom", "--format=null", "--skip=update,cleanup",
		"--setup-hook=download /etc/apt/sources.list " + sandbox.Quote(p.sources()), suite, "/dev/null",
	}}
}

// aptConfig is the configuration of an apt that keeps everything in the cache
// and knows of no installed package. The keys are this computer's, or named in
// the sources; how to reach the network is as this computer's apt does it.
func (p places) aptConfig(proxies string) string {
	lines := []string{
		"Dir::Etc::main", "/dev/null",
		"Dir::Etc::parts", "/dev/null",
		"Dir::Etc::sourcelist", p.sources(),
		"Dir::Etc::sourceparts", "/dev/null",
		"Dir::Etc::preferences", "/dev/null",
		"Dir::Etc::preferencesparts", "/dev/null",
		"Dir::Etc::trusted", "/etc/apt/trusted.gpg",
		"Dir::Etc::trustedparts", "/etc/apt/trusted.gpg.d",
		"Dir::State", p.cache,
		"Dir::State::lists", p.lists(),
		"Dir::State::status", p.status(),
		"Dir::State::extended_states", filepath.Join(p.cache, "extended_states"),
		"Dir::Cache", p.cache,
		"Dir::Cache::archives", p.archives(),
		"Dir::Log", p.cache,
		"APT::Architecture", arch,
		"APT::Architectures", arch,
		"APT::Install-Recommends", "false",
		"APT::Sandbox::User", "root",
		"Acquire::Languages", "none",
		"Acquire::GzipIndexes", "false",
		"Acquire::Retries", "3",
	}
	var b strings.Builder
	for i := 0; i < len(lines); i += 2 {
		b.WriteString(lines[i] + " \"" + lines[i+1] + "\";\n")
	}
	return b.String() + proxies
}

// proxies picks, out of "apt-config dump", what says how to reach the network.
func proxies(dump string) string {
	var b strings.Builder
	for line := range strings.Lines(dump) {
		name, _, _ := strings.Cut(line, " ")
		if strings.HasPrefix(name, "Acquire::") && strings.Contains(strings.ToLower(name), "proxy") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// apt is an apt-get with the configuration above, telling its progress on file
// descriptor 3.
func (p places) apt(args ...string) command {
	return command{
		args: append([]string{"apt-get", "-y", "-o", "APT::Status-Fd=3"}, args...),
		env:  []string{"APT_CONFIG=" + p.config()},
	}
}

// update fetches the lists and checks their signatures.
func (p places) update() command { return p.apt("update", "--error-on=any") }

// download fetches the packages that are not there yet.
func (p places) download() command {
	return p.apt(append([]string{"install", "--download-only", "--no-install-recommends", "?essential"}, packages()...)...)
}

// install puts the packages into an empty root, with what this program's
// recipe adds, and writes it as a tar file. It needs no network: lists and
// packages come from the cache.
func (p places) install(euid int) command {
	recipe := func(name string) string { return sandbox.Quote(filepath.Join(p.recipe, name)) }
	args := []string{
		"mmdebstrap", mode(euid), "--variant=essential", "--format=tar", "--verbose",
		"--skip=update,download/empty,essential/unlink",
		"--setup-hook=mkdir -p \"$1\"/var/cache/apt/archives \"$1\"/var/lib/apt/lists",
		"--setup-hook=sync-in " + sandbox.Quote(p.lists()) + " /var/lib/apt/lists",
		"--setup-hook=sync-in " + sandbox.Quote(p.archives()) + " /var/cache/apt/archives",
		"--aptopt=APT::Install-Recommends \"false\"",
		"--aptopt=Acquire::Languages \"none\"",
		// Packages' scripts find semodule here first; see recipe/semodule.
		"--aptopt=DPkg::Path \"/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin\"",
		"--dpkgopt=force-unsafe-io",
		"--essential-hook=copy-in " + recipe("selinux") + " " + recipe("semodule") + " /usr/local/sbin",
		"--include=" + strings.Join(packages(), ","),
		"--customize-hook=copy-in " + recipe("setup") + " /tmp",
		"--customize-hook=chroot \"$1\" sh /tmp/setup",
		"--customize-hook=rm -r \"$1\"/tmp/setup \"$1\"/usr/local/sbin/semodule \"$1\"/usr/local/sbin/selinux",
		suite, p.tar,
	}
	return command{args: args, env: []string{
		"TMPDIR=" + p.scratch,
		"SOURCE_DATE_EPOCH=" + strconv.FormatInt(epoch.Unix(), 10),
	}}
}
