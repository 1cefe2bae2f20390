//go:build linux

package seccomp

import (
	"encoding/binary"
	"strings"
	"testing"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

func TestOnlySomeCallsAreAnswered(t *testing.T) {
	for verdict, name := range map[uint32]string{unix.SECCOMP_RET_ERRNO: "no error", unix.SECCOMP_RET_USER_NOTIF: "a question"} {
		vm, err := bpf.NewVM(answer(444, 446, verdict))
		if err != nil {
			t.Fatal(err)
		}
		for number, want := range map[uint32]uint32{
			0: retAllow, 443: retAllow, 444: verdict, 445: verdict, 446: verdict, 447: retAllow,
			x32Bit | 446: verdict, x32Bit | 447: retAllow,
		} {
			data := make([]byte, 64)
			binary.BigEndian.PutUint32(data[offNumber:], number)
			if got, err := vm.Run(data); err != nil || uint32(got) != want {
				t.Errorf("%s: call %d gives %#x, %v; want %#x", name, number, got, err, want)
			}
		}
	}
}

func TestAskingGivesAListener(t *testing.T) {
	ask, err := Asking(444, 446)
	if err != nil || !strings.HasSuffix(ask.String(), " = "+Listener) {
		t.Errorf("%s, %v", ask, err)
	}
	if do, err := Answering(446, 446); err != nil || do.Label != "" {
		t.Errorf("%s, %v", do, err)
	}
}
