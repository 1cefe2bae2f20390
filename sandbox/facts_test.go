package sandbox

import "testing"

func TestConfines(t *testing.T) {
	for label, want := range map[string]bool{
		"":                         false,
		"unconfined":               false,
		"vscode (unconfined)":      false, // as Ubuntu names a program's right to user namespaces
		"slapd (complain)":         false,
		"docker-default (enforce)": true,
		"docker-default":           true,
		"unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023": false,
		"unconfined_u:unconfined_r:container_t:s0-s0:c0.c1023":  true,
		"system_u:system_r:container_t:s0:c1,c2":                true,
	} {
		if got := Confines(label); got != want {
			t.Errorf("%q: %v", label, got)
		}
	}
}
