package main

import (
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cloison/sandbox"
	"cloison/sandbox/cgroup"
)

// A command line of docker run is asked about by way of the same container of
// ours: the flags are the same, Docker's defaults are those of run, and the
// image becomes a root folder. What has no counterpart is said.

// dockerCommand is what a command line of docker run asks for.
type dockerCommand struct {
	runFlags
	image string
	args  []string // after the image
	entry string   // --entrypoint
	users string   // --userns
	notes []sandbox.Text
	// doubts are what could be to blame when no layer is found.
	doubts []sandbox.Text
}

// Flags of docker run that change nothing about what is refused.
var (
	harmlessSwitches = []string{"detach", "sig-proxy", "no-healthcheck", "disable-content-trust", "quiet", "publish-all", "use-api-socket"}
	harmlessValues   = []string{
		"label", "label-file", "restart", "pull", "platform", "log-driver", "log-opt", "cidfile", "detach-keys", "attach", "annotation",
		"stop-signal", "stop-timeout", "health-cmd", "health-interval", "health-retries", "health-start-period", "health-start-interval", "health-timeout",
		"publish", "expose", "dns", "dns-option", "dns-search", "add-host", "ip", "ip6", "link-local-ip", "mac-address", "network-alias", "link", "domainname",
	}
	// untranslated would matter, and have no counterpart.
	untranslatedSwitches = []string{"oom-kill-disable"}
	untranslatedValues   = []string{
		"volumes-from", "volume-driver", "gpus", "runtime", "isolation", "storage-opt", "shm-size", "memory-swap", "memory-reservation",
		"memory-swappiness", "cpu-shares", "cpu-period", "cpu-quota", "cpu-rt-period", "cpu-rt-runtime", "cgroup-parent", "cgroupns", "blkio-weight-device",
	}
	// shorthands of flags that run has not.
	dockerShorthands = map[string]string{"detach": "d", "publish": "p", "publish-all": "P", "label": "l", "attach": "a", "cpu-shares": "c", "quiet": "q"}
)

// dockerNamespaces are the flags that share a namespace with the host.
var dockerNamespaces = map[string]sandbox.Namespace{"pid": sandbox.PIDNS, "ipc": sandbox.IPCNS, "uts": sandbox.UTSNS}

// dockerRun is what follows "docker run" in a command, if it is one.
func dockerRun(args []string) (words []string, ok bool) {
	for _, lead := range [][]string{{"docker", "run"}, {"docker", "container", "run"}, {"sudo", "docker", "run"}} {
		if len(args) > len(lead) && slices.Equal(args[:len(lead)], lead) {
			return args[len(lead):], true
		}
	}
	return nil, false
}

// parseDocker reads what follows "docker run".
func parseDocker(words []string) (*dockerCommand, []sandbox.Namespace, error) {
	d := &dockerCommand{}
	c := &cobra.Command{Use: "docker run"}
	d.register(&globals{}, c)
	flags := c.Flags()
	flags.SetInterspersed(false)
	privileged := flags.Bool("privileged", false, "")
	flags.StringVar(&d.entry, "entrypoint", "", "")
	flags.StringVar(&d.users, "userns", "", "")
	mounts := flags.StringArray("mount", nil, "")
	files := flags.StringArray("env-file", nil, "")
	for name := range dockerNamespaces {
		flags.String(name, "", "")
	}
	for _, name := range slices.Concat(harmlessSwitches, untranslatedSwitches) {
		flags.BoolP(name, dockerShorthands[name], false, "")
	}
	for _, name := range slices.Concat(harmlessValues, untranslatedValues) {
		flags.StringArrayP(name, dockerShorthands[name], nil, "")
	}
	flags.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == "net" {
			name = "network"
		}
		return pflag.NormalizedName(name)
	})
	if err := flags.Parse(words); err != nil {
		return nil, nil, sandbox.Errorf("docker run: %w; what docker run itself would not take, or cloison doesn't know",
			"docker run : %w ; docker run ne l’accepterait pas non plus, ou cloison ne connaît pas cette option", wrongFlag(err))
	}
	if flags.NArg() == 0 {
		return nil, nil, sandbox.Errorf("docker run: there is no image to run", "docker run : il n’y a pas d’image à lancer")
	}
	d.image, d.args = flags.Arg(0), flags.Args()[1:]
	d.clocks = flags.Changed("time-offset")
	if *privileged {
		d.privilege()
	}
	d.tellUntranslated(flags)
	d.tellNetwork(flags)
	return d, d.shared(flags), errors.Join(d.readMounts(*mounts), d.readEnv(*files))
}

// privilege is --privileged.
func (d *dockerCommand) privilege() {
	d.spec.CapAdd = []string{"ALL"}
	d.security = append(d.security, "seccomp=unconfined", "systempaths=unconfined", "apparmor=unconfined")
	if here, err := cgroup.Look(); err == nil && here.Devices {
		d.rules = append(d.rules, "a *:* rwm")
	}
}

// shared are the namespaces that the container has not for itself.
func (d *dockerCommand) shared(flags *pflag.FlagSet) []sandbox.Namespace {
	var list []sandbox.Namespace
	for name, ns := range dockerNamespaces {
		switch value, _ := flags.GetString(name); {
		case value == "host":
			list = append(list, ns)
		case value != "" && value != "private" && value != "none" && value != "shareable":
			d.note("--"+name+"="+value, "--"+name+"="+value)
		}
	}
	return list
}

// tellUntranslated notes the flags that were given and are not followed.
func (d *dockerCommand) tellUntranslated(flags *pflag.FlagSet) {
	flags.Visit(func(flag *pflag.Flag) {
		if slices.Contains(untranslatedSwitches, flag.Name) || slices.Contains(untranslatedValues, flag.Name) {
			d.note("--"+flag.Name, "--"+flag.Name)
		}
	})
}

// tellNetwork says what a container of ours lacks of Docker's networks. One
// that others share is found by its process.
func (d *dockerCommand) tellNetwork(flags *pflag.FlagSet) {
	switch name := d.network; {
	case !flags.Changed("network"):
		d.doubts = append(d.doubts, sandbox.Text{
			EN: "Docker would give it a network; here it has loopback only (--network bridge gives one)",
			FR: "Docker lui donnerait un réseau ; ici, elle n’a que l’interface de bouclage (--network bridge en donne un)",
		})
	case !slices.Contains([]string{"none", "host", "bridge"}, name) && !strings.HasPrefix(name, "container:"):
		d.network = "none"
		d.doubts = append(d.doubts, sandbox.Text{
			EN: "the network " + name + " is Docker’s; here it has loopback only (--network bridge gives one)",
			FR: "le réseau " + name + " est à Docker ; ici, elle n’a que l’interface de bouclage (--network bridge en donne un)",
		})
	}
}

// note says what is not translated.
func (d *dockerCommand) note(en, fr string) {
	d.notes = append(d.notes, sandbox.Text{
		EN: "not translated, so the experiments are without it: " + en,
		FR: "non traduit, les essais se font donc sans\u00a0: " + fr,
	})
}

// imageConfig is what an image says of how it is run, as docker inspect shows it.
type imageConfig struct {
	Env        []string
	Entrypoint []string
	Cmd        []string
	User       string
	WorkingDir string
}

// complete makes the spec whole, as docker run does with the image's own words
// and the engine's settings.
func (d *dockerCommand) complete(image imageConfig, e engineInfo, root string, shared []sandbox.Namespace) error {
	d.rootfs = root
	d.follow(e)
	if err := d.runFlags.complete(); err != nil {
		return err
	}
	d.spec.Namespaces = slices.DeleteFunc(d.spec.Namespaces, func(ns sandbox.Namespace) bool { return slices.Contains(shared, ns) })
	if slices.Contains(shared, sandbox.UTSNS) {
		d.spec.Hostname = ""
	}
	d.spec.Env = append(slices.Clone(image.Env), d.spec.Env...)
	if d.spec.User == "" {
		d.spec.User = image.User
	}
	if d.spec.Dir == "" {
		d.spec.Dir = image.WorkingDir
	}
	d.spec.Args = d.program(image)
	if len(d.spec.Args) == 0 {
		return sandbox.Errorf("docker run %s: the image names no command, and neither do you",
			"docker run %s : l’image ne nomme pas de commande, et vous non plus", d.image)
	}
	d.confine()
	return nil
}

// program is the command: an entry point given on the command line leaves the
// image's own arguments out, and so do arguments.
func (d *dockerCommand) program(image imageConfig) []string {
	entry, args := image.Entrypoint, d.args
	switch {
	case d.entry != "":
		entry = []string{d.entry}
	case len(args) == 0:
		args = image.Cmd
	}
	return slices.Concat(entry, args)
}

// confine adds the profile that Docker gives every container where AppArmor
// is on.
func (d *dockerCommand) confine() {
	const usual = "docker-default"
	if slices.ContainsFunc(d.security, func(o string) bool { return strings.HasPrefix(o, "apparmor") }) {
		return
	}
	if on, err := os.ReadFile("/sys/module/apparmor/parameters/enabled"); err != nil || !strings.HasPrefix(string(on), "Y") {
		return
	}
	profiles, err := os.ReadFile("/sys/kernel/security/apparmor/profiles")
	if err != nil || !strings.Contains(string(profiles), usual+" ") {
		d.note("the AppArmor profile "+usual, "le profil AppArmor "+usual)
		return
	}
	d.spec.AppArmor = usual
}
