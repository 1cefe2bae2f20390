package inspect

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"cloison/sandbox"
)

// readNamespace reads the inode of one link of a folder like /proc/PID/ns.
func readNamespace(root fs.FS, dir string, ns sandbox.Namespace) (uint64, error) {
	target, err := fs.ReadLink(root, dir+"/"+string(ns))
	if err != nil {
		return 0, err
	}
	return parseNamespace(target, ns)
}

// parseNamespace reads a link such as "pid:[4026531836]" (namespaces(7)).
func parseNamespace(target string, ns sandbox.Namespace) (uint64, error) {
	rest, ok := strings.CutPrefix(target, string(ns)+":[")
	digits, ok2 := strings.CutSuffix(rest, "]")
	inode, err := strconv.ParseUint(digits, 10, 64)
	if !ok || !ok2 || err != nil {
		return 0, fmt.Errorf("parse namespace: unexpected link %q", target)
	}
	return inode, nil
}
