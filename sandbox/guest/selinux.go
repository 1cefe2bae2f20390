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
	cmd := exec.Command("load_policy", "-i")
	cmd.Env = environment
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("load the SELinux policy: %w: %s", err, strings.TrimSpace(string(out)))
	}
	if _, err := os.Stat("/sys/fs/selinux/policy"); err != nil {
		return fmt.Errorf("load the SELinux policy: %w", err)
	}
	return nil
}
