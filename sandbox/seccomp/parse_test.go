package seccomp

import (
	"strings"
	"testing"

	"golang.org/x/net/bpf"

	"cloison/sandbox"
)

func TestParseRefuses(t *testing.T) {
	for want, text := range map[string]string{
		"line 2":                           "{\n\"defaultAction\": }",
		"line 1":                           `{"defaultAction": 5}`,
		`has no "defaultAction"`:           `{}`,
		`action "SCMP_ACT_MAYBE" is`:       `{"defaultAction": "SCMP_ACT_MAYBE"}`,
		`both "architectures"`:             `{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86"], "archMap": [{"architecture": "SCMP_ARCH_X86_64"}]}`,
		`"SECCOMP_FILTER_FLAG_NO"`:         `{"defaultAction": "SCMP_ACT_ALLOW", "flags": ["SECCOMP_FILTER_FLAG_NO"]}`,
		"it names no call":                 `{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"action": "SCMP_ACT_ALLOW"}]}`,
		"a supervisor":                     `{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_NOTIFY"}]}`,
		"rule 1 of syscalls (read): args:": `{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 6}]}]}`,
		`op "==" is unknown`:               `{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"op": "=="}]}]}`,
		"errnoRet 5000":                    `{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 5000}`,
		`"4" is no kernel version`:         `{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4"}}]}`,
		`both "name" and "names"`:          `{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"name": "read", "names": ["read"], "action": "SCMP_ACT_ALLOW"}]}`,
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) || sandbox.Say(err, sandbox.French) == err.Error() {
			t.Errorf("%s: got %v, want an error with %s", text, err, want)
		}
	}
}

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]Version{"4.8": {4, 8}, "6.1.0-18-amd64": {6, 1}, "5.15-rc5": {5, 15}, "3.12.25-gentoo": {3, 12}} {
		if got, err := ParseVersion(text); err != nil || got != want {
			t.Errorf("%s: got %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "6", "x.y", "6.", "-1.2", "99999999.1"} {
		if got, err := ParseVersion(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
	if !(Version{4, 19}).Before(Version{5, 4}) || (Version{5, 4}).Before(Version{5, 4}) || !(Version{5, 4}).Before(Version{5, 10}) {
		t.Error("versions are not in order")
	}
}

// FuzzParse looks for profiles that parse and then make no valid program.
func FuzzParse(f *testing.F) {
	f.Add(defaultProfile)
	f.Add([]byte(`{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X32"], "syscalls": [{"name": "clone", "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": [{"index": 5, "value": 18446744073709551615, "valueTwo": 4294967296, "op": "SCMP_CMP_MASKED_EQ"}]}]}`))
	f.Add([]byte(`{"defaultAction": "SCMP_ACT_KILL", "syscalls": [{"names": ["read", "read", "nosuch"], "action": "SCMP_ACT_TRACE", "excludes": {"minKernel": "4.8", "caps": ["CAP_CHOWN"]}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		s, err := p.For(usual)
		if err != nil {
			t.Fatal(err)
		}
		filter, err := Compile(s)
		if err != nil {
			return // too long
		}
		if _, err := bpf.NewVM(filter.Program); err != nil {
			t.Fatalf("%v from %s", err, text)
		}
		if _, err := bpf.Assemble(filter.Program); err != nil {
			t.Fatalf("%v from %s", err, text)
		}
		for number := range uint32(20) {
			askNumber(t, filter, 0xc000003e, number, 1<<32, 2, 3, 4, 5, 6)
		}
	})
}
