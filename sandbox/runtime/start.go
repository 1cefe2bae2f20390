//go:build linux

package runtime

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
)

// defaultPath is where Docker looks for a command.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// environment is what the program gets: nothing of the caller's but what the
// spec names, over the variables that docker run sets.
func environment(c container) []string {
	home := c.home
	if home == "" || home == "/" && c.uid == 0 {
		home = "/root"
	}
	env := []string{"PATH=" + defaultPath, "HOME=" + home}
	if c.Hostname != "" {
		env = append(env, "HOSTNAME="+c.Hostname)
	}
	for _, pair := range c.Env {
		name, _, _ := strings.Cut(pair, "=")
		env = slices.DeleteFunc(env, func(e string) bool { return strings.HasPrefix(e, name+"=") })
		env = append(env, pair)
	}
	return env
}

// settle readies the process for its program: it enters its folder, closes its
// files, and makes the tie to its parent anew.
func (p *Plan) settle(dir string, cleared sandbox.Text) {
	if dir != "" {
		p.child(calls.New("chdir", unix.SYS_CHDIR, calls.String(dir)).
			Because("the working directory, entered as the program's user", "le dossier de travail, avec les droits de l’utilisateur du programme").
			InShell("cd " + dir))
	}
	p.child(
		calls.New("close_range", unix.SYS_CLOSE_RANGE, calls.Int(3), calls.Named(1<<32-1, "~0U"), calls.Named(unix.CLOSE_RANGE_CLOEXEC, "CLOSE_RANGE_CLOEXEC")).
			Or(unix.ENOSYS, unix.EINVAL).
			Because("a file of the host left open would be a way out (CVE-2024-21626)", "un fichier de l’hôte resté ouvert serait une porte de sortie (CVE-2024-21626)").
			InShell("exec 3<&- 4<&- …"),
		untilDeath(cleared.EN, cleared.FR))
}

// execve is one call for a path, and one for each folder of PATH for a name.
func execve(args, env []string, why sandbox.Text) []calls.Call {
	candidates := []string{args[0]}
	if !strings.Contains(args[0], "/") {
		candidates = search(args[0], env)
	}
	list := make([]calls.Call, len(candidates))
	for i, file := range candidates {
		c := calls.New("execve", unix.SYS_EXECVE, calls.String(file), calls.Strings(args), calls.Environment(env)).
			Or(unix.ENOENT, unix.ENOTDIR, unix.EACCES)
		c.Exec = true
		list[i] = c
	}
	if len(list) > 1 {
		list[0] = list[0].As(fmt.Sprintf("execve(%q, %s, %s)", "$PATH/"+args[0], calls.Strings(args).Text, calls.Environment(env).Text))
		why.EN += "; the program is looked for in each folder of PATH"
		why.FR += " ; le programme est cherché dans chaque dossier de PATH"
	}
	list[0] = list[0].Because(why.EN, why.FR).InShell("exec " + sandbox.CommandLine(args))
	return calls.Group(list[0], list[1:]...)
}

// search lists the files that a name may mean, in the order of PATH.
func search(name string, env []string) []string {
	var files []string
	for _, e := range env {
		if dirs, ok := strings.CutPrefix(e, "PATH="); ok {
			for _, dir := range strings.Split(dirs, ":") {
				files = append(files, path.Join("/", dir, name))
			}
		}
	}
	return files
}
