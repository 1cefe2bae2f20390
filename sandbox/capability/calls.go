//go:build linux

package capability

import (
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
)

// Bound are the calls that take everything but keep out of the bounding set,
// which no execve(2) can then give back. They need CAP_SETPCAP.
func Bound(keep sandbox.CapSet, last int) []calls.Call {
	var drops []calls.Call
	var gone []string
	for n := 0; n <= last; n++ {
		if keep.Has(n) {
			continue
		}
		gone = append(gone, Name(n))
		drops = append(drops, calls.New("prctl", unix.SYS_PRCTL,
			calls.Named(unix.PR_CAPBSET_DROP, "PR_CAPBSET_DROP"), calls.Named(uintptr(n), Name(n))))
	}
	if len(drops) == 0 {
		return nil
	}
	drops[0] = drops[0].As(fmt.Sprintf("prctl(PR_CAPBSET_DROP, n) × %d: %s", len(drops), strings.Join(gone, " "))).
		Because(
			"what leaves the bounding set cannot come back, whatever program is run later",
			"ce qui quitte l’ensemble limite (bounding) ne peut plus revenir, quel que soit le programme lancé ensuite").
		InShell("setpriv --bounding-set -" + strings.Join(short(gone), ",-") + " CMD")
	return calls.Group(drops[0], drops[1:]...)
}

// Keep is the call after which a change from root to another user leaves the
// permitted set as it is; execve(2) ends it.
func Keep() calls.Call {
	return calls.New("prctl", unix.SYS_PRCTL, calls.Named(unix.PR_SET_KEEPCAPS, "PR_SET_KEEPCAPS"), calls.Int(1)).
		Because(
			"becoming an ordinary user must not take the capabilities that the next calls need",
			"devenir un utilisateur ordinaire ne doit pas retirer les capabilities dont les appels suivants ont besoin").
		InShell("capsh --keep=1 --user=…")
}

// Hold is the call that sets the permitted and effective sets to set, and the
// inheritable one to inherited; what is not in both of them leaves the ambient
// one (capabilities(7)).
func Hold(set, inherited sandbox.CapSet) calls.Call {
	header := make([]byte, 8)
	binary.NativeEndian.PutUint32(header, unix.LINUX_CAPABILITY_VERSION_3)
	return calls.New("capset", unix.SYS_CAPSET,
		calls.Bytes(header, "{_LINUX_CAPABILITY_VERSION_3, 0}"),
		calls.Bytes(capData(set, inherited), "{effective = permitted = "+orZero(set)+", inheritable = "+orZero(inherited)+"}")).
		Because(
			"root is now worth these capabilities and no others",
			"root ne vaut plus que ces capabilities, et aucune autre").
		InShell("capsh --caps='" + capText(set, inherited) + "' -- -c CMD")
}

func orZero(set sandbox.CapSet) string {
	if set == 0 {
		return "0"
	}
	return strings.Join(Names(set), "|")
}

// Raise are the calls that put capabilities into the ambient set, which an
// ordinary user keeps across execve(2). They must be permitted and inheritable.
func Raise(set sandbox.CapSet) []calls.Call {
	var list []calls.Call
	for n := range 64 {
		if set.Has(n) {
			list = append(list, calls.New("prctl", unix.SYS_PRCTL, calls.Named(unix.PR_CAP_AMBIENT, "PR_CAP_AMBIENT"),
				calls.Named(unix.PR_CAP_AMBIENT_RAISE, "PR_CAP_AMBIENT_RAISE"), calls.Named(uintptr(n), Name(n)), calls.Int(0), calls.Int(0)).
				Because(
					"what is in the ambient set survives execve(2) without root and without file capabilities",
					"ce qui est dans l’ensemble ambiant survit à execve(2), sans root et sans capabilities de fichier").
				InShell("setpriv --inh-caps +"+short([]string{Name(n)})[0]+" --ambient-caps +"+short([]string{Name(n)})[0]+" CMD"))
		}
	}
	return list
}

// capData is struct __user_cap_data_struct[2] of capset(2): effective,
// permitted, inheritable, low words first.
func capData(set, inherited sandbox.CapSet) []byte {
	data := make([]byte, 24)
	for word := range 2 {
		half := uint32(set >> (32 * word))
		binary.NativeEndian.PutUint32(data[12*word:], half)
		binary.NativeEndian.PutUint32(data[12*word+4:], half)
		binary.NativeEndian.PutUint32(data[12*word+8:], uint32(inherited>>(32*word)))
	}
	return data
}

// capText is a set as cap_from_text(3) reads it.
func capText(set, inherited sandbox.CapSet) string {
	if set == 0 {
		return "="
	}
	text := strings.ToLower(strings.Join(Names(set), ",")) + "=ep"
	if inherited != 0 {
		text += " " + strings.ToLower(strings.Join(Names(inherited), ",")) + "+i"
	}
	return text
}

func short(names []string) []string {
	cut := make([]string, len(names))
	for i, n := range names {
		cut[i] = strings.ToLower(strings.TrimPrefix(n, "CAP_"))
	}
	return cut
}

// NoNewPrivileges is the call after which execve(2) gives nobody more than he
// has: set-user-ID bits and file capabilities no longer count.
func NoNewPrivileges() calls.Call {
	return calls.New("prctl", unix.SYS_PRCTL, calls.Named(unix.PR_SET_NO_NEW_PRIVS, "PR_SET_NO_NEW_PRIVS"),
		calls.Int(1), calls.Int(0), calls.Int(0), calls.Int(0)).
		Because(
			"from here on, set-user-ID programs and file capabilities give nothing",
			"désormais, les programmes set-user-ID et les capabilities de fichier n’apportent plus rien").
		InShell("setpriv --no-new-privs CMD")
}
