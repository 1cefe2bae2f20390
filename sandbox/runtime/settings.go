//go:build linux

package runtime

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/docker/go-units"
	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
)

// owner is a setting and the type of namespace that has its own.
type owner struct {
	name string
	ns   sandbox.Namespace
}

// owners are the settings of which a namespace has its own; a name that ends in a dot stands for all below it.
var owners = []owner{
	{"net.", sandbox.NetNS},
	{"kernel.msgmax", sandbox.IPCNS},
	{"kernel.msgmnb", sandbox.IPCNS},
	{"kernel.msgmni", sandbox.IPCNS},
	{"kernel.sem", sandbox.IPCNS},
	{"kernel.shmall", sandbox.IPCNS},
	{"kernel.shmmax", sandbox.IPCNS},
	{"kernel.shmmni", sandbox.IPCNS},
	{"kernel.shm_rmid_forced", sandbox.IPCNS},
	{"fs.mqueue.", sandbox.IPCNS},
	{"kernel.domainname", sandbox.UTSNS},
	{"kernel.hostname", sandbox.UTSNS},
	{"user.", sandbox.UserNS},
}

// checkSysctls refuses settings that are the whole computer's: whoever writes
// those in a container writes them for everybody.
func (c *container) checkSysctls() error {
	for _, s := range c.Sysctls {
		i := slices.IndexFunc(owners, func(o owner) bool {
			return o.name == s.Name || strings.HasSuffix(o.name, ".") && strings.HasPrefix(s.Name, o.name)
		})
		switch {
		case strings.ContainsAny(s.Name+s.Value, "\x00\n") || strings.Contains(s.Name, "..") || strings.HasSuffix(s.Name, "."):
			return sandbox.Errorf("--sysctl %s=%s: give NAME=VALUE, for example net.ipv4.ip_forward=1",
				"--sysctl %s=%s : donnez NOM=VALEUR, par exemple net.ipv4.ip_forward=1", s.Name, s.Value)
		case i < 0:
			return sandbox.Errorf("--sysctl %s: no namespace has this setting for itself, so it is the whole computer's; set it there with sysctl -w, if you must",
				"--sysctl %s : aucun espace de noms n’a ce réglage à lui, c’est donc celui de tout l’ordinateur ; changez-le là avec sysctl -w, s’il le faut vraiment", s.Name)
		case !c.has(owners[i].ns):
			return sandbox.Errorf("--sysctl %s: this setting belongs to the %s namespace, which the container shares; give it one of its own",
				"--sysctl %s : ce réglage appartient à l’espace de noms %s, que le conteneur partage ; donnez-lui-en un à lui", s.Name, owners[i].ns)
		}
	}
	return nil
}

// sysctls write the settings while /proc/sys can be written.
func sysctls(list []sandbox.Sysctl) []calls.Call {
	var all []calls.Call
	for _, s := range list {
		file := "proc/sys/" + dotted(s.Name)
		open := calls.New("openat", unix.SYS_OPENAT, calls.Named(^uintptr(99), "AT_FDCWD"), calls.String(file), calls.Int(unix.O_WRONLY|unix.O_CLOEXEC)).
			As(fmt.Sprintf("write(open(%q), %q)", file, s.Value)).
			Because("a setting of the kernel that this namespace has for itself", "un réglage du noyau que cet espace de noms possède en propre").
			InShell("sysctl -w " + s.Name + "=" + s.Value)
		all = append(all, calls.Group(open,
			calls.New("write", unix.SYS_WRITE, calls.Result(1, "fd"), calls.String(s.Value), calls.Int(len(s.Value))),
			calls.New("close", unix.SYS_CLOSE, calls.Result(2, "fd")))...)
	}
	return all
}

// dotted is the path of a name: dots part folders, and a slash stands for the
// dot in the name of a device (sysctl(8)).
func dotted(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '.':
			return '/'
		case '/':
			return '.'
		}
		return r
	}, name)
}

// checkSettings refuses limits and offsets that the kernel would.
func (c *container) checkSettings() error {
	for _, l := range c.Rlimits {
		if _, err := (&units.Ulimit{Name: l.Name}).GetRlimit(); err != nil {
			return sandbox.Errorf("--ulimit %s: there is no such limit; there are core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack",
				"--ulimit %s : cette limite n’existe pas ; il y a core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack", l.Name)
		}
	}
	if c.OOMScoreAdj < -1000 || c.OOMScoreAdj > 1000 {
		return sandbox.Errorf("--oom-score-adj %d: give a number from -1000 to 1000", "--oom-score-adj %d : donnez un nombre de -1000 à 1000", c.OOMScoreAdj)
	}
	if c.TimeOffset%time.Second != 0 {
		return sandbox.Errorf("--time-offset %s: give whole seconds", "--time-offset %s : donnez des secondes entières", c.TimeOffset)
	}
	return nil
}

// rlimits set the limits of each process. Who may raise a hard limit is who
// has CAP_SYS_RESOURCE outside of every user namespace.
func rlimits(list []sandbox.Rlimit) []calls.Call {
	var all []calls.Call
	for _, l := range list {
		known, _ := (&units.Ulimit{Name: l.Name, Soft: l.Soft, Hard: l.Hard}).GetRlimit()
		data := binary.NativeEndian.AppendUint64(nil, known.Soft)
		data = binary.NativeEndian.AppendUint64(data, known.Hard)
		all = append(all, calls.New("prlimit64", unix.SYS_PRLIMIT64, calls.Int(0), calls.Named(uintptr(known.Type), "RLIMIT_"+strings.ToUpper(l.Name)),
			calls.Bytes(data, fmt.Sprintf("{rlim_cur = %s, rlim_max = %s}", unlimited(l.Soft), unlimited(l.Hard))), calls.Null()).
			Because(
				"a limit of each process, older than cgroups: the soft one counts, up to the hard one it may be raised again",
				"une limite de chaque processus, plus ancienne que les cgroups : la « soft » s’applique, et peut être relevée jusqu’à la « hard »").
			InShell(fmt.Sprintf("prlimit --%s=%s:%s CMD", l.Name, inShell(l.Soft), inShell(l.Hard))))
	}
	return all
}

func inShell(n int64) string {
	if n == -1 {
		return "unlimited"
	}
	return fmt.Sprint(n)
}

func unlimited(n int64) string {
	if n == -1 {
		return "RLIM_INFINITY"
	}
	return fmt.Sprint(n)
}

// killedSooner tells the kernel whom to kill first when memory runs out.
func killedSooner(score int) []calls.Call {
	if score == 0 {
		return nil
	}
	text := fmt.Sprint(score)
	open := calls.New("openat", unix.SYS_OPENAT, calls.Int(0), calls.String("/proc/self/oom_score_adj"), calls.Int(unix.O_WRONLY|unix.O_CLOEXEC)).
		As(fmt.Sprintf(`write(open("/proc/self/oom_score_adj"), %q)`, text)).
		Because("when memory runs out, the kernel kills who has the highest score", "quand la mémoire manque, le noyau tue celui qui a le score le plus élevé").
		InShell("choom --adjust " + text + " -- CMD")
	return calls.Group(open,
		calls.New("write", unix.SYS_WRITE, calls.Result(1, "fd"), calls.String(text), calls.Int(len(text))),
		calls.New("close", unix.SYS_CLOSE, calls.Result(2, "fd")))
}
