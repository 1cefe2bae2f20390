package guest

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// loadSELinux mounts selinuxfs and loads the image's policy, where the kernel's
// command line has chosen SELinux.
func loadSELinux(words commandLine) error {
	if !slices.Contains(strings.Split(words.value("lsm"), ","), "selinux") {
		return nil
	}
	fs := mount{what: "selinuxfs", where: "/sys/fs/selinux", kind: "selinuxfs", flags: unix.MS_NOSUID | unix.MS_NOEXEC}
	if err := fs.do(); err != nil {
		return err
	}
	if err := policyTool("load_policy", "-i"); err != nil {
		return err
	}
	if _, err := os.Stat("/sys/fs/selinux/policy"); err != nil {
		return fmt.Errorf("load the SELinux policy: %w", err)
	}
	// What was made before there was a policy has no label that it knows.
	return policyTool("restorecon", "-R", "/dev")
}

// policyTool runs a program of policycoreutils.
func policyTool(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Env = environment
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}
