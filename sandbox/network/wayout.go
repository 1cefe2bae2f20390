//go:build linux

package network

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// wayOut lets what the containers send leave under this computer's own address,
// which answers can find back to.
func (p Place) wayOut() Step {
	return Step{Action: sandbox.Action{
		Call:  fmt.Sprintf("netlink(NFT_MSG_NEWTABLE, {ip, %q}), netlink(NFT_MSG_NEWCHAIN, {hook = postrouting}), netlink(NFT_MSG_NEWRULE, {saddr %s, oifname != %q, masquerade})", Bridge, p.Subnet, Bridge),
		Shell: fmt.Sprintf("nft 'table ip %s { chain postrouting { type nat hook postrouting priority srcnat; ip saddr %s oifname != %q masquerade; }; }'", Bridge, p.Subnet, Bridge),
		Why: sandbox.Text{
			EN: "nobody outside knows the containers' addresses: what leaves gets this computer's own, and answers are given back",
			FR: "personne dehors ne connaît les adresses des conteneurs : ce qui sort prend celle de cette machine, et les réponses sont rendues",
		},
	}, Do: func(int) error { return openWayOut(p.Subnet) }}
}

// openWayOut makes the table anew, in one transaction.
func openWayOut(subnet netip.Prefix) error {
	conn, err := nftables.New()
	if err != nil {
		return err
	}
	table := &nftables.Table{Family: nftables.TableFamilyIPv4, Name: Bridge}
	conn.AddTable(table)
	conn.DelTable(table) // add before: deleting one that is not there fails
	table = conn.AddTable(table)
	chain := conn.AddChain(&nftables.Chain{
		Name: "postrouting", Table: table, Type: nftables.ChainTypeNAT,
		Hooknum: nftables.ChainHookPostrouting, Priority: nftables.ChainPriorityNATSource,
	})
	conn.AddRule(&nftables.Rule{Table: table, Chain: chain, Exprs: masquerade(subnet)})
	return conn.Flush()
}

// masquerade is "ip saddr SUBNET oifname != BRIDGE masquerade".
func masquerade(subnet netip.Prefix) []expr.Any {
	network, mask := subnet.Masked().Addr().As4(), net.CIDRMask(subnet.Bits(), 32)
	name := make([]byte, unix.IFNAMSIZ)
	copy(name, Bridge)
	return []expr.Any{
		// The source address lies 12 bytes into the header of IPv4.
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: 12, Len: 4},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: mask, Xor: make([]byte, 4)},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: network[:]},
		&expr.Meta{Key: expr.MetaKeyOIFNAME, Register: 1},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: name},
		&expr.Masq{},
	}
}

func closeWayOut() error {
	conn, err := nftables.New()
	if err != nil {
		return err
	}
	conn.DelTable(&nftables.Table{Family: nftables.TableFamilyIPv4, Name: Bridge})
	if err := conn.Flush(); !errors.Is(err, unix.ENOENT) {
		return err
	}
	return nil
}
