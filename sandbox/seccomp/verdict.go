package seccomp

import (
	"github.com/opencontainers/runtime-spec/specs-go"

	"cloison/sandbox"
)

// What a filter returns: the action in the upper half, data for it in the
// lower (linux/seccomp.h).
const (
	retKillProcess = 0x80000000
	retKillThread  = 0x00000000
	retTrap        = 0x00030000
	retErrno       = 0x00050000
	retTrace       = 0x7ff00000
	retLog         = 0x7ffc0000
	retAllow       = 0x7fff0000

	errnoEPERM  = 1
	errnoENOSYS = 38
	maxErrno    = 4095
)

var verdicts = map[specs.LinuxSeccompAction]uint32{
	specs.ActKill:        retKillThread,
	specs.ActKillThread:  retKillThread,
	specs.ActKillProcess: retKillProcess,
	specs.ActTrap:        retTrap,
	specs.ActErrno:       retErrno,
	specs.ActTrace:       retTrace,
	specs.ActLog:         retLog,
	specs.ActAllow:       retAllow,
}

// verdict is what the filter returns for an action. An errno is EPERM unless
// said.
func verdict(action specs.LinuxSeccompAction, data *uint) (uint32, error) {
	value, known := verdicts[action]
	switch {
	case action == specs.ActNotify:
		return 0, sandbox.Errorf("%s needs a supervisor that decides call by call, which cloison has not",
			"%s a besoin d’un superviseur qui décide appel par appel, et cloison n’en a pas", action)
	case !known:
		return 0, sandbox.Errorf("action %q is unknown; seccomp(2) lists them, for example SCMP_ACT_ALLOW and SCMP_ACT_ERRNO",
			"l’action %q est inconnue ; seccomp(2) en donne la liste, par exemple SCMP_ACT_ALLOW et SCMP_ACT_ERRNO", action)
	case value != retErrno && value != retTrace:
		return value, nil
	case data == nil && value == retErrno:
		return value | errnoEPERM, nil
	case data == nil:
		return value, nil
	case *data > maxErrno:
		return 0, sandbox.Errorf("errnoRet %d: there are errors up to %d (errno(3))", "errnoRet %d : les erreurs vont jusqu’à %d (errno(3))", *data, maxErrno)
	}
	return value | uint32(*data), nil
}

// flags of seccomp(2). A filter for a process of one thread needs no TSYNC.
var flags = map[specs.LinuxSeccompFlag]uintptr{
	specs.LinuxSeccompFlagLog:              2, // SECCOMP_FILTER_FLAG_LOG
	specs.LinuxSeccompFlagSpecAllow:        4, // SECCOMP_FILTER_FLAG_SPEC_ALLOW
	"SECCOMP_FILTER_FLAG_TSYNC":            0,
	specs.LinuxSeccompFlagWaitKillableRecv: 0, // for notifications, of which there are none
}
