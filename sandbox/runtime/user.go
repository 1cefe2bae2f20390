//go:build linux

package runtime

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/moby/sys/user"
	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
	"cloison/sandbox/idmap"
)

// Accounts are the texts of the container's passwd(5) and group(5).
type Accounts struct {
	Passwd, Group string
}

// accountsIn reads them from a folder that is to become a root. What is not
// there, or is a link out of the folder, is empty.
func accountsIn(dir string) Accounts {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Accounts{}
	}
	defer root.Close()
	return Accounts{Passwd: readIn(root, "etc/passwd"), Group: readIn(root, "etc/group")}
}

// readIn reads a file of at most a megabyte.
func readIn(root *os.Root, name string) string {
	f, err := root.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return ""
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return ""
	}
	text, _ := io.ReadAll(io.LimitReader(f, 1<<20))
	return string(text)
}

// readUser finds the numbers of the user and his groups as docker run does: a
// user without an entry has group 0, and one with an entry has the groups that
// list him.
func (c *container) readUser(a Accounts, leavesGroups bool) error {
	who, err := user.GetExecUser(c.User, &user.ExecUser{Home: "/"}, strings.NewReader(a.Passwd), strings.NewReader(a.Group))
	if err != nil {
		return sandbox.Errorf("--user %s: %w in the container; give numbers, UID or UID:GID, for example 1000:1000",
			"--user %[1]s : le conteneur ne connaît pas cet utilisateur, ou pas ce groupe ; donnez des numéros, UID ou UID:GID, par exemple 1000:1000", c.User, err)
	}
	more, err := user.GetAdditionalGroups(c.Groups, strings.NewReader(a.Group))
	if err != nil {
		return sandbox.Errorf("--group-add: %[2]w in the container; give a number",
			"--group-add %[1]s : le conteneur ne connaît pas ce groupe ; donnez un numéro", strings.Join(c.Groups, " "), err)
	}
	if len(more) > 0 && !leavesGroups {
		return sandbox.Errorf("--group-add %s: without root, a user namespace must give up setgroups(2); leave it out",
			"--group-add %s : sans root, un espace de noms utilisateur doit renoncer à setgroups(2) ; retirez l’option", strings.Join(c.Groups, " "))
	}
	c.uid, c.gid, c.home = uint32(who.Uid), uint32(who.Gid), who.Home
	if leavesGroups {
		c.groups = distinct(append(who.Sgids, more...))
	}
	return c.checkMapped()
}

func distinct(list []int) []uint32 {
	var all []uint32
	for _, n := range list {
		if n >= 0 && n <= math.MaxInt32 && !slices.Contains(all, uint32(n)) {
			all = append(all, uint32(n))
		}
	}
	return all
}

// checkMapped refuses ids that the container's id maps do not have.
func (c *container) checkMapped() error {
	if !c.userNS {
		return nil
	}
	if !idmap.Has(c.UIDMap, c.uid) {
		return sandbox.Errorf("--user %s: user %d does not exist in the container, whose id map is %q; be root, or widen the map with --userns-remap",
			"--user %s : l’utilisateur %d n’existe pas dans le conteneur, dont la table d’identifiants est %q ; soyez root, ou élargissez la table avec --userns-remap", c.User, c.uid, idmap.Format(c.UIDMap))
	}
	for _, gid := range append([]uint32{c.gid}, c.groups...) {
		if !idmap.Has(c.GIDMap, gid) {
			return sandbox.Errorf("--user %s: group %d does not exist in the container, whose id map is %q",
				"--user %s : le groupe %d n’existe pas dans le conteneur, dont la table d’identifiants est %q", c.User, gid, idmap.Format(c.GIDMap))
		}
	}
	return nil
}

// become changes user and groups for good; groups can be left only where the
// gid map was written with privileges.
func become(uid, gid uint32, groups []uint32, leaveGroups bool, why sandbox.Text) []calls.Call {
	var list []calls.Call
	if leaveGroups {
		list = append(list, setGroups(groups))
	}
	list = append(list,
		calls.New("setresgid", unix.SYS_SETRESGID, calls.Int(gid), calls.Int(gid), calls.Int(gid)),
		calls.New("setresuid", unix.SYS_SETRESUID, calls.Int(uid), calls.Int(uid), calls.Int(uid)))
	texts := make([]string, len(list))
	for i, c := range list {
		texts[i] = c.String()
	}
	kept := "--clear-groups"
	if len(groups) > 0 {
		kept = "--groups " + strings.Trim(strings.ReplaceAll(fmt.Sprint(groups), " ", ","), "[]")
	}
	list[0] = list[0].As(strings.Join(texts, ", ")).Because(why.EN, why.FR).
		InShell(fmt.Sprintf("setpriv --reuid %d --regid %d %s CMD", uid, gid, kept))
	return calls.Group(list[0], list[1:]...)
}

func setGroups(groups []uint32) calls.Call {
	if len(groups) == 0 {
		return calls.New("setgroups", unix.SYS_SETGROUPS, calls.Int(0), calls.Null())
	}
	var data []byte
	for _, gid := range groups {
		data = binary.NativeEndian.AppendUint32(data, gid)
	}
	return calls.New("setgroups", unix.SYS_SETGROUPS, calls.Int(len(groups)), calls.Bytes(data, strings.ReplaceAll(fmt.Sprint(groups), " ", ", ")))
}
