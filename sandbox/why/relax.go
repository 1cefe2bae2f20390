package why

import (
	"slices"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/capability"
)

// pastFiles are the capabilities that pass over owners and modes of files: the
// layer DAC is relaxed by them, for a user who is not root.
var pastFiles = []string{"CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER"}

// Here is what decides about containers besides their specs.
type Here struct {
	Privileged bool           // we can do without a user namespace
	Devices    bool           // the cgroup of a container without one filters device files
	May        sandbox.CapSet // the capabilities that we can give
}

// Layers are those that can have refused something in a container made by
// spec.
func Layers(spec sandbox.Spec, here Here) Set {
	var set Set
	for _, l := range []struct {
		layer Layer
		there bool
	}{
		{DAC, !isRoot(spec)},
		{Capabilities, true},
		{UserNS, here.Privileged && slices.Contains(spec.Namespaces, sandbox.UserNS)},
		{NoNewPrivs, spec.NoNewPrivileges},
		{Seccomp, !spec.Seccomp.Off},
		{AppArmor, spec.AppArmor != ""},
		{SELinux, spec.SELinux != sandbox.SELinuxLabel{}},
		{Cgroup, here.Devices || spec.Limits.Any() || len(spec.Rlimits) > 0},
		{ReadOnly, spec.ReadOnly || slices.ContainsFunc(spec.Volumes, isReadOnly)},
		{Masked, !spec.Unmasked},
	} {
		if l.there {
			set = append(set, l.layer)
		}
	}
	return set
}

// everyDevice lets all device files be opened and made.
var everyDevice = sandbox.DeviceRule{Type: 'a', Major: -1, Minor: -1, Access: "rwm"}

// Relax is spec with some layers relaxed.
func Relax(spec sandbox.Spec, relaxed Set, here Here) sandbox.Spec {
	for _, l := range relaxed {
		switch l {
		case DAC:
			spec = withCapabilities(spec, pastFiles)
		case Capabilities:
			spec = withCapabilities(spec, grantable(spec, here.May))
		case UserNS:
			spec.Namespaces = slices.DeleteFunc(slices.Clone(spec.Namespaces), func(ns sandbox.Namespace) bool { return ns == sandbox.UserNS })
			spec.UIDMap, spec.GIDMap = nil, nil
		case NoNewPrivs:
			spec.NoNewPrivileges = false
		case Seccomp:
			spec.Seccomp = sandbox.SeccompProfile{Off: true}
		case Cgroup:
			spec.Limits, spec.Rlimits, spec.DeviceRules = sandbox.Limits{}, nil, nil
		case AppArmor:
			spec.AppArmor = ""
		case SELinux:
			spec.SELinux = sandbox.SELinuxLabel{}
		case ReadOnly:
			spec.ReadOnly = false
			spec.Volumes = slices.Clone(spec.Volumes)
			for i := range spec.Volumes {
				spec.Volumes[i].ReadOnly = false
			}
		case Masked:
			spec.Unmasked = true
		}
	}
	if relaxed.Has(Cgroup) && here.Devices && !slices.Contains(spec.Namespaces, sandbox.UserNS) {
		spec.DeviceRules = []sandbox.DeviceRule{everyDevice}
	}
	return spec
}

// isRoot says whether the command runs as user 0 of the container.
func isRoot(spec sandbox.Spec) bool {
	user, _, _ := strings.Cut(spec.User, ":")
	return user == "" || user == "0" || user == "root"
}

func isReadOnly(v sandbox.Volume) bool { return v.ReadOnly }

// grantable are the capabilities that a container lacks and we may give it. For
// a user who is not root, those that pass over files are another layer's.
func grantable(spec sandbox.Spec, may sandbox.CapSet) []string {
	names := capability.Names(may)
	if isRoot(spec) {
		return names
	}
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(pastFiles, name) })
}

// withCapabilities adds capabilities; who is not root holds them by the ambient
// set.
func withCapabilities(spec sandbox.Spec, names []string) sandbox.Spec {
	spec.CapAdd = append(slices.Clone(spec.CapAdd), names...)
	if !isRoot(spec) {
		spec.Ambient = append(slices.Clone(spec.Ambient), names...)
	}
	return spec
}
