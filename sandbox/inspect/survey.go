package inspect

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"cloison/sandbox"
)

// Survey looks at what this computer offers to the process that calls it. It
// starts three short-lived processes to try namespaces and Landlock and asks the Docker
// daemon for a sign of life; it changes nothing. It fails only where /proc
// cannot be read.
func Survey(ctx context.Context) (Host, error) {
	return survey(ctx, os.DirFS("/"))
}

func survey(ctx context.Context, root fs.FS) (Host, error) {
	status, err := readStatus(root, "proc/self")
	if err != nil {
		return Host{}, fmt.Errorf("survey this computer: %w", err)
	}
	host := Host{
		Kernel:       line(root, "proc/sys/kernel/osrelease"),
		LSMs:         lsms(root),
		UID:          int(status.uids.Effective),
		Capabilities: status.caps.Effective,
		InitUserNS:   inInitUserNS(root),
		Emulated:     Emulated(root),
		Sysctls:      sysctls(root),
		Seccomp:      exists(root, "proc/sys/kernel/seccomp/actions_avail"),
		Pressure:     exists(root, "proc/pressure/cpu"),
		Cgroup:       surveyCgroup(root),
		UserManager:  hasUserManager(root, os.Getenv("XDG_RUNTIME_DIR")),
		Landlock:     tryLandlock(ctx),
		Docker:       askDocker(ctx, os.Getenv("DOCKER_HOST")),
		Busybox:      findTool("busybox"),
		Setcap:       findTool("setcap"),
		Absent:       absentTools(),
		Unbuilt:      unbuilt(root, line(root, "proc/sys/kernel/osrelease")),
	}
	host.UserNS = tryUserNS(ctx)
	host.NetNS = tryNetNS(ctx, host.Capabilities)
	host.BusyboxStatic = host.Busybox != "" && isStatic(host.Busybox)
	return host, nil
}

// inInitUserNS says whether we are in the user namespace of the boot.
func inInitUserNS(root fs.FS) bool {
	inode, err := readNamespace(root, "proc/self/ns", sandbox.UserNS)
	return err == nil && inode == initial[sandbox.UserNS]
}

// sysctls reads what may forbid user namespaces.
func sysctls(root fs.FS) map[string]string {
	found := map[string]string{}
	for _, name := range []string{restrictUserNS, clonedUserNS, maxUserNS} {
		if value := line(root, "proc/sys/"+strings.ReplaceAll(name, ".", "/")); value != "" {
			found[name] = value
		}
	}
	return found
}

// line is what a one-line file says, "" where it cannot be read.
func line(root fs.FS, name string) string {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(text), "\n\x00")
}

func exists(root fs.FS, name string) bool {
	_, err := fs.Stat(root, name)
	return err == nil
}
