//go:build linux

package build

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// Failed is why there is no image, and what to try.
type Failed struct {
	Why, Try sandbox.Text
	Err      error // what was seen; nil when nothing was tried
}

func (f *Failed) Error() string {
	if f.Err == nil {
		return f.Why.EN + "; " + f.Try.EN
	}
	return fmt.Sprintf("%s (%v); %s", f.Why.EN, f.Err, f.Try.EN)
}

// In is the error in the learner's language; what was seen stays as it was printed.
func (f *Failed) In(lang sandbox.Lang) string {
	if lang != sandbox.French {
		return f.Error()
	}
	if f.Err == nil {
		return f.Why.FR + " ; " + f.Try.FR
	}
	return fmt.Sprintf("%s (%v) ; %s", f.Why.FR, f.Err, f.Try.FR)
}

func (f *Failed) Unwrap() error { return f.Err }

// What a build takes at its height, in bytes: the packages, the root, the root
// as a tar file, and the image; measured, and a little more.
const (
	roomForRoot  = 1_600 << 20 // in the scratch folder
	roomForImage = 2_200 << 20 // beside the image and in the cache
)

// possible says early what would go wrong late.
func (b *builder) possible() error {
	if runtime.GOARCH != arch {
		return &Failed{
			Why: sandbox.Text{
				EN: "the VM's image is made of programs for x86-64, and this computer is " + runtime.GOARCH,
				FR: "l’image de la VM est faite de programmes pour x86-64, et cet ordinateur est " + runtime.GOARCH,
			},
			Try: sandbox.Text{
				EN: "build it on an x86-64 computer and copy the folder",
				FR: "fabriquez-la sur un ordinateur x86-64 et copiez le dossier",
			},
		}
	}
	for _, name := range []string{"mmdebstrap", "apt-get"} {
		if _, err := exec.LookPath(name); err != nil {
			return &Failed{Err: err, Why: missingTool, Try: sandbox.Text{
				EN: "scripts/build-image installs what it needs on Debian and Ubuntu",
				FR: "scripts/build-image installe ce qu’il lui faut sous Debian et Ubuntu",
			}}
		}
	}
	if err := os.MkdirAll(b.cache, 0o755); err != nil {
		return err
	}
	if sameDisk(b.cache, b.Scratch) {
		return enough(b.cache, roomForImage+roomForRoot)
	}
	return cmp.Or(enough(b.cache, roomForImage), enough(b.Scratch, roomForRoot))
}

// sameDisk says whether two folders take their room from one file system.
func sameDisk(a, b string) bool {
	var x, y unix.Stat_t
	return unix.Stat(a, &x) == nil && unix.Stat(b, &y) == nil && x.Dev == y.Dev
}

var missingTool = sandbox.Text{
	EN: "a tool that builds the VM's image is not installed",
	FR: "un outil qui fabrique l’image de la VM n’est pas installé",
}

// enough says when dir's disk has less than want bytes left.
func enough(dir string, want uint64) error {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return fmt.Errorf("ask how much room there is in %s: %w", dir, err)
	}
	if free := s.Bavail * uint64(s.Bsize); free < want {
		return noRoom(fmt.Errorf("%s has %d MiB left, %d MiB are needed", dir, free>>20, want>>20))
	}
	return nil
}

func noRoom(err error) error {
	return &Failed{
		Err: err,
		Why: sandbox.Text{
			EN: "there is not enough room on the disk to build the VM's image",
			FR: "il n’y a pas assez de place sur le disque pour fabriquer l’image de la VM",
		},
		Try: sandbox.Text{
			EN: "make room, or name roomier folders: XDG_CACHE_HOME for the image, TMPDIR for the build",
			FR: "faites de la place, ou indiquez des dossiers plus vastes : XDG_CACHE_HOME pour l’image, TMPDIR pour la fabrication",
		},
	}
}

// signs are what programs print when something common has gone wrong.
var signs = []struct {
	words []string
	fail  func(error) error
}{
	{[]string{"No space left on device"}, noRoom},
	{[]string{"newuidmap", "/etc/subuid", "unshare failed", "cannot unshare", "unprivileged_userns"}, noNamespace},
	{[]string{"Temporary failure resolving", "Could not resolve", "Could not connect", "Unable to connect", "Connection failed", "Network is unreachable", "Connection timed out", "Failed to fetch"}, noNetwork},
}

func noNetwork(err error) error {
	return &Failed{
		Err: err,
		Why: sandbox.Text{
			EN: "Debian's packages could not be downloaded",
			FR: "les paquets de Debian n’ont pas pu être téléchargés",
		},
		Try: sandbox.Text{
			EN: "connect to the internet and run it again; what has arrived is kept",
			FR: "connectez-vous à l’internet et recommencez ; ce qui est arrivé est gardé",
		},
	}
}

func noNamespace(err error) error {
	return &Failed{
		Err: err,
		Why: sandbox.Text{
			EN: "mmdebstrap could not become root of a user namespace",
			FR: "mmdebstrap n’a pas pu devenir root d’un espace de noms utilisateur",
		},
		Try: sandbox.Text{
			EN: "install uidmap and give this user a range in /etc/subuid and /etc/subgid (usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER), or run scripts/build-image as root",
			FR: "installez uidmap et donnez à cet utilisateur une plage dans /etc/subuid et /etc/subgid (usermod --add-subuids 100000-165535 --add-subgids 100000-165535 UTILISATEUR), ou lancez scripts/build-image en tant que root",
		},
	}
}

// explain finds the words for an error.
func (b *builder) explain(err error) error {
	var known *Failed
	switch {
	case errors.As(err, &known), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, syscall.ENOSPC):
		return noRoom(err)
	}
	return b.run.tail.explain(err)
}

// explain finds the words for an error of a command that printed this.
func (t tail) explain(err error) error {
	for _, sign := range signs {
		for _, line := range t {
			for _, word := range sign.words {
				if strings.Contains(line, word) {
					return sign.fail(errors.New(strings.TrimSpace(line)))
				}
			}
		}
	}
	if why := t.why(); why != "" {
		return fmt.Errorf("%w: %s", err, why)
	}
	return err
}

// why is the last line that says what went wrong: "E: …" is apt's and
// mmdebstrap's mark.
func (t tail) why() string {
	for i := len(t) - 1; i >= 0; i-- {
		if strings.HasPrefix(t[i], "E: ") {
			return strings.TrimPrefix(t[i], "E: ")
		}
	}
	if len(t) > 0 {
		return t[len(t)-1]
	}
	return ""
}
