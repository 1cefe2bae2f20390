//go:build linux

package runtime

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
)

// Labels are the security modules of this kernel that label processes. At most
// one of the two is usually on.
type Labels struct {
	AppArmor string // the file that takes a profile for the next execve(2); "" where there is none
	SELinux  bool
	Context  string // of this process, for SELinux
}

// lookAtLabels finds out what labels this kernel takes.
func lookAtLabels() Labels {
	var l Labels
	if text, err := os.ReadFile("/sys/module/apparmor/parameters/enabled"); err == nil && strings.HasPrefix(string(text), "Y") {
		l.AppArmor = "/proc/self/attr/exec"
		if _, err := os.Stat("/proc/self/attr/apparmor/exec"); err == nil {
			l.AppArmor = "/proc/self/attr/apparmor/exec"
		}
	}
	if _, err := os.Stat("/sys/fs/selinux/enforce"); err == nil {
		l.SELinux = true
		text, _ := os.ReadFile("/proc/self/attr/current")
		l.Context = strings.TrimRight(string(text), "\x00\n")
	}
	return l
}

func (c *container) checkLabels(s Surroundings) error {
	switch {
	case c.AppArmor != "" && strings.ContainsAny(c.AppArmor, " \t\n"):
		return sandbox.Errorf("--security-opt apparmor=%s: the name of a profile has no blanks",
			"--security-opt apparmor=%s : le nom d’un profil n’a pas d’espaces", c.AppArmor)
	case c.AppArmor != "" && s.Labels.AppArmor == "":
		return sandbox.Errorf("--security-opt apparmor=%s: AppArmor is not on in this kernel (cat /sys/kernel/security/lsm); leave it out",
			"--security-opt apparmor=%s : AppArmor n’est pas actif dans ce noyau (cat /sys/kernel/security/lsm) ; retirez l’option", c.AppArmor)
	case c.SELinux == sandbox.SELinuxLabel{}:
		return nil
	case !s.Labels.SELinux:
		return sandbox.Errorf("--security-opt label: SELinux is not on in this kernel (cat /sys/kernel/security/lsm); leave it out",
			"--security-opt label : SELinux n’est pas actif dans ce noyau (cat /sys/kernel/security/lsm) ; retirez l’option")
	}
	var err error
	c.context, err = relabel(s.Labels.Context, c.SELinux)
	return err
}

// relabel changes parts of a context. A level holds colons itself.
func relabel(own string, want sandbox.SELinuxLabel) (string, error) {
	parts := strings.SplitN(own, ":", 4)
	if len(parts) < 3 {
		return "", sandbox.Errorf("--security-opt label: this process's own context is %q, which has not the parts user:role:type",
			"--security-opt label : le contexte de ce processus est %q, et n’a pas les parties utilisateur:rôle:type", own)
	}
	for i, part := range []string{want.User, want.Role, want.Type, want.Level} {
		switch {
		case part == "":
		case i < 3 && strings.Contains(part, ":") || strings.ContainsAny(part, " \t\n"):
			return "", sandbox.Errorf("--security-opt label: %q is no part of a context",
				"--security-opt label : %q n’est pas une partie d’un contexte", part)
		case i == len(parts):
			parts = append(parts, part)
		default:
			parts[i] = part
		}
	}
	return strings.Join(parts, ":"), nil
}

// label asks the security modules to change the label at execve(2). It comes
// while the process may still write to its own /proc.
func (p *Plan) label(c container, s Surroundings) {
	if c.AppArmor != "" {
		p.child(atExec(s.Labels.AppArmor, "exec "+c.AppArmor, sandbox.Text{
			EN: "at the next execve(2), AppArmor puts the program under this profile, which rules paths and capabilities",
			FR: "au prochain execve(2), AppArmor place le programme sous ce profil, qui régit chemins et capabilities",
		}, "aa-exec -p "+c.AppArmor+" CMD")...)
	}
	if c.context != "" {
		p.child(atExec("/proc/self/attr/exec", c.context, sandbox.Text{
			EN: "at the next execve(2), SELinux gives the program this context, whose type says what it may touch",
			FR: "au prochain execve(2), SELinux donne au programme ce contexte, dont le type dit à quoi il peut toucher",
		}, "runcon "+c.context+" CMD")...)
	}
}

func atExec(file, value string, why sandbox.Text, shell string) []calls.Call {
	open := calls.New("openat", unix.SYS_OPENAT, calls.Int(0), calls.String(file), calls.Int(unix.O_WRONLY|unix.O_CLOEXEC)).
		As(fmt.Sprintf("write(open(%q), %q)", file, value)).
		Because(why.EN, why.FR).
		InShell(shell)
	return calls.Group(open,
		calls.New("write", unix.SYS_WRITE, calls.Result(1, "fd"), calls.String(value), calls.Int(len(value))),
		calls.New("close", unix.SYS_CLOSE, calls.Result(2, "fd")))
}
