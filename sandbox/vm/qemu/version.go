package qemu

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"time"

	"cloison/sandbox"
)

// Program is the name that is looked for in PATH.
const Program = "qemu-system-x86_64"

// Version is a QEMU's own number.
type Version struct{ Major, Minor, Micro int }

// String is the version as QEMU prints it.
func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Micro) }

// AtLeast compares the first two numbers.
func (v Version) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

// Oldest is the first version that has been tried.
var Oldest = Version{Major: 7, Minor: 2}

// ErrMissing says that there is no QEMU here.
var ErrMissing = errors.New("there is no " + Program + " here")

// TooOld is a QEMU before [Oldest].
type TooOld struct{ Found Version }

func (e *TooOld) Error() string {
	return fmt.Sprintf("%s is version %s; at least %s is needed", Program, e.Found, Oldest)
}

// askLimit bounds a program that only prints its version, on a computer of today.
const askLimit = 5 * time.Second

// Find looks for a QEMU that will do and asks for its version; pace is how many times
// longer things take on this computer.
func Find(ctx context.Context, pace int) (path string, v Version, err error) {
	path, err = exec.LookPath(Program)
	if err != nil {
		return "", Version{}, ErrMissing
	}
	ctx, cancel := context.WithTimeout(ctx, sandbox.AtPace(pace, askLimit))
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return "", Version{}, fmt.Errorf("ask %s for its version: %w", path, err)
	}
	if v, err = parseVersion(string(out)); err != nil {
		return "", Version{}, fmt.Errorf("ask %s for its version: %w", path, err)
	}
	if !v.AtLeast(Oldest.Major, Oldest.Minor) {
		return "", v, &TooOld{Found: v}
	}
	return path, v, nil
}

var versionLine = regexp.MustCompile(`(?m)^QEMU emulator version (\d{1,4})\.(\d{1,4})\.(\d{1,4})`)

func parseVersion(out string) (Version, error) {
	m := versionLine.FindStringSubmatch(out)
	if m == nil {
		return Version{}, fmt.Errorf("%.80q names none", out)
	}
	var v Version
	for i, to := range []*int{&v.Major, &v.Minor, &v.Micro} {
		n, err := strconv.Atoi(m[i+1])
		if err != nil {
			return Version{}, err
		}
		*to = n
	}
	return v, nil
}
