package inspect

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"cloison/sandbox"
)

// tryLandlock has setpriv(1) forbid a program something that it doesn't do.
// That fails where the kernel has no Landlock (landlock(7)), and with a setpriv
// older than util-linux 2.40, which doesn't know the option.
func tryLandlock(ctx context.Context) error {
	setpriv := findTool("setpriv")
	if setpriv == "" {
		return exec.ErrNotFound
	}
	out, err := exec.CommandContext(ctx, setpriv, "--landlock-access", "fs:make-block", "true").CombinedOutput()
	if err == nil {
		return nil
	}
	said, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return fmt.Errorf("%w: %s", err, said)
}

func lacksLandlock(h Host) (sandbox.Lack, bool) {
	switch {
	case h.Landlock == nil:
		return met()
	case !slices.Contains(h.LSMs, "landlock"):
		return missing(sandbox.Text{
			EN: "Landlock is not active in this kernel.",
			FR: "Landlock n’est pas actif dans ce noyau.",
		}, sandbox.Text{
			EN: "Use a distribution's own kernel, Linux 5.13 or later; if Landlock was turned off, boot with lsm=landlock,….",
			FR: "Utilisez le noyau d’une distribution, Linux 5.13 ou plus récent ; si Landlock a été coupé, démarrez avec lsm=landlock,….",
		})
	case errors.Is(h.Landlock, exec.ErrNotFound):
		return missing(sandbox.Text{
			EN: "The command setpriv is not installed.",
			FR: "La commande setpriv n’est pas installée.",
		}, sandbox.Text{
			EN: "Install it: apt install util-linux",
			FR: "Installez-la : apt install util-linux",
		})
	}
	return missing(sandbox.Text{
		EN: "The setpriv that is installed can't use Landlock.",
		FR: "Le setpriv installé ne sait pas utiliser Landlock.",
	}, sandbox.Text{
		EN: "It takes util-linux 2.40 or later: that of Debian 13, for instance.",
		FR: "Il faut util-linux 2.40 ou plus récent : celui de Debian 13, par exemple.",
	})
}
