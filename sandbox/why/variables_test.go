package why

import (
	"slices"
	"testing"
)

func TestUnknownVariables(t *testing.T) {
	for text, want := range map[string][]string{
		"setpriv $RULES cat /etc/shadow":                 {"RULES"},
		`kill "$BOX" ${BOX} ${OTHER:-1}`:                 {"BOX", "OTHER"},
		"echo $HOME $$ $! $? $1 $SET $RANDOM":            nil,
		"for f in a b; do cat $f; done; x=1; echo $x":    nil,
		"while read line; do echo $line; done":           nil,
		`awk '{print $NF}' f; echo \$NOT "\$NOT"; : $$X`: nil,
		"": nil,
	} {
		if got := unknown(text, []string{"SET=1"}); !slices.Equal(got, want) {
			t.Errorf("%s: unknown %q, want %q", text, got, want)
		}
	}
}
