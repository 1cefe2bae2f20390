package inspect

import (
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"cloison/sandbox"
)

// Network devices are told by rtnetlink(7), which answers only for the network
// namespace that a socket was made in; entering another one takes
// CAP_SYS_ADMIN (setns(2)). Everybody may read /proc/PID/net, which is of that
// process's network namespace: it names devices, addresses and traffic, and
// knows nothing of kinds and peers. /sys/class/net is of the namespace that
// mounted that sysfs, which need not be the process's.

// devices looks at the subject's, by the better way if that is open and there
// is more to see than loopback.
func (l *Lab) devices(x *sandbox.Xray) {
	devices, err := readDevices(l.reader.root, x.Facts.PID)
	if err != nil {
		x.Unread = append(x.Unread, "devices")
		return
	}
	x.Devices = devices
	if !slices.ContainsFunc(devices, func(d sandbox.DeviceFact) bool { return d.Kind != "loopback" }) {
		return
	}
	if l.o.Devices != nil {
		if better, err := l.o.Devices(x.Facts.PID, l.neighbours(x)); err == nil {
			x.Devices = l.recognise(better)
			return
		}
	}
	x.Unread = append(x.Unread, "peers")
}

// recognise notes which peers are at the host: no process of the lab stands for
// it. Process 1, whom neighbours adds, is none either: in a container its
// namespaces are not the host's.
func (l *Lab) recognise(devices []sandbox.DeviceFact) []sandbox.DeviceFact {
	for _, d := range devices {
		if d.Peer == nil {
			continue
		}
		d.Peer.Host = d.Peer.Inode != 0 && d.Peer.Inode == l.reader.host[sandbox.NetNS]
		if _, known := l.rows[d.Peer.PID]; d.Peer.Host || !known {
			d.Peer.PID = 0
		}
	}
	return devices
}

// neighbours are processes of the lab, one in each network namespace that is
// not the subject's, and last the eldest that we see, who may be in yet another.
func (l *Lab) neighbours(x *sandbox.Xray) []int {
	seen := map[uint64]bool{}
	for _, n := range x.Facts.Namespaces {
		seen[n.Inode] = true
	}
	var near []int
	for _, p := range x.Processes {
		inode, ok := p.Namespaces[sandbox.NetNS]
		if ok && !seen[inode] {
			seen[inode] = true
			near = append(near, p.PID)
		}
	}
	return append(near, 1)
}

// readDevices puts together what /proc/PID/net tells.
func readDevices(root fs.FS, pid int) ([]sandbox.DeviceFact, error) {
	dir := fmt.Sprintf("proc/%d/net/", pid)
	text, err := fs.ReadFile(root, dir+"dev")
	if err != nil {
		return nil, fmt.Errorf("read the devices of process %d: %w", pid, err)
	}
	devices, err := parseDevices(string(text))
	if err != nil {
		return nil, err
	}
	// In the order of rtnetlink, so that a device looks the same by either way.
	addresses := place4(parseTrie(line(root, dir+"fib_trie")), parseRoutes(line(root, dir+"route")))
	addresses = append(addresses, parseInet6(line(root, dir+"if_inet6"))...)
	for _, a := range addresses {
		i := slices.IndexFunc(devices, func(d sandbox.DeviceFact) bool { return d.Name == a.device })
		if i < 0 {
			continue
		}
		devices[i].Up = true // addresses of a device that is down are in no table
		devices[i].Addresses = append(devices[i].Addresses, a.prefix.String())
		if a.index != 0 {
			devices[i].Index = a.index
		}
	}
	return devices, nil
}

// parseDevices reads /proc/PID/net/dev: two lines of headings, then a device a
// line, its name before a colon, and 16 counters.
func parseDevices(text string) ([]sandbox.DeviceFact, error) {
	devices := []sandbox.DeviceFact{}
	n := 0
	for row := range strings.Lines(text) {
		if n++; n <= 2 {
			continue
		}
		name, rest, ok := strings.Cut(row, ":")
		counters := strings.Fields(rest)
		if !ok || len(counters) < 9 {
			return nil, fmt.Errorf("parse net/dev: unexpected line %q", row)
		}
		received, err := strconv.ParseUint(counters[0], 10, 64)
		sent, err2 := strconv.ParseUint(counters[8], 10, 64)
		if err != nil || err2 != nil {
			return nil, fmt.Errorf("parse net/dev: unexpected counters in %q", row)
		}
		d := sandbox.DeviceFact{Name: strings.TrimSpace(name), Received: received, Sent: sent}
		if d.Name == "lo" {
			d.Kind, d.Index = "loopback", 1
		}
		devices = append(devices, d)
	}
	return devices, nil
}

// address is one of a device.
type address struct {
	device string
	index  int // of the device; 0 where it is not told
	prefix netip.Prefix
}

// parseInet6 reads /proc/PID/net/if_inet6: address, index, prefix length,
// scope and flags, all hexadecimal, and the device.
func parseInet6(text string) []address {
	var all []address
	for row := range strings.Lines(text) {
		f := strings.Fields(row)
		if len(f) != 6 {
			continue
		}
		raw, err := hex.DecodeString(f[0])
		index, err2 := strconv.ParseUint(f[1], 16, 31)
		bits, err3 := strconv.ParseUint(f[2], 16, 8)
		ip, ok := netip.AddrFromSlice(raw)
		if err != nil || err2 != nil || err3 != nil || !ok || bits > 128 || !ip.Is6() {
			continue
		}
		all = append(all, address{f[5], int(index), netip.PrefixFrom(ip, int(bits))})
	}
	return all
}

// parseTrie finds our own IPv4 addresses in /proc/PID/net/fib_trie, where they
// are leaves marked "host LOCAL"; the same leaves are in two tables.
func parseTrie(text string) []netip.Addr {
	var all []netip.Addr
	var leaf netip.Addr
	for row := range strings.Lines(text) {
		row = strings.TrimSpace(row)
		if rest, ok := strings.CutPrefix(row, "|-- "); ok {
			leaf, _ = netip.ParseAddr(rest)
		} else if row == "/32 host LOCAL" && leaf.Is4() && !slices.Contains(all, leaf) {
			all = append(all, leaf)
		}
	}
	return all
}

// connected is a route to neighbours: a device and the addresses behind it.
type connected struct {
	device string
	prefix netip.Prefix
}

// parseRoutes reads those of /proc/PID/net/route that have no gateway. Numbers
// are hexadecimal, in the byte order of the machine: little-endian on all that
// we run on.
func parseRoutes(text string) []connected {
	var all []connected
	for row := range strings.Lines(text) {
		f := strings.Fields(row)
		if len(f) < 8 {
			continue
		}
		to, err := strconv.ParseUint(f[1], 16, 32)
		gateway, err2 := strconv.ParseUint(f[2], 16, 32)
		mask, err3 := strconv.ParseUint(f[7], 16, 32)
		if err != nil || err2 != nil || err3 != nil || gateway != 0 || mask == 0 {
			continue
		}
		ip := netip.AddrFrom4([4]byte{byte(to), byte(to >> 8), byte(to >> 16), byte(to >> 24)})
		bits := 0
		for m := mask; m != 0; m &= m - 1 {
			bits++
		}
		all = append(all, connected{f[0], netip.PrefixFrom(ip, bits)})
	}
	return all
}

// place4 finds the device of each address: that of the narrowest route to its
// neighbours. The routes of loopback are in a table that is not told.
func place4(addresses []netip.Addr, routes []connected) []address {
	var all []address
	for _, ip := range addresses {
		if ip.IsLoopback() {
			all = append(all, address{"lo", 1, netip.PrefixFrom(ip, 8)})
			continue
		}
		var best connected
		for _, r := range routes {
			if r.prefix.Contains(ip) && r.prefix.Bits() > best.prefix.Bits() {
				best = r
			}
		}
		if best.device != "" {
			all = append(all, address{best.device, 0, netip.PrefixFrom(ip, best.prefix.Bits())})
		}
	}
	return all
}
