package sandbox

import "testing"

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{"/a b": "'/a b'", "it's": `'it'\''s'`} {
		if got := Quote(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}

func TestCommandLine(t *testing.T) {
	if got, want := CommandLine([]string{"sh", "-c", "echo 'a' $b", ""}), `sh -c 'echo '\''a'\'' $b' ''`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
