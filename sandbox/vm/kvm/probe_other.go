//go:build !(linux && amd64)

package kvm

import (
	"errors"
	"time"
)

// Probe says that the guest's processor is another one than ours.
func Probe(time.Duration) error {
	return errors.New("our guest is for x86-64 processors")
}
