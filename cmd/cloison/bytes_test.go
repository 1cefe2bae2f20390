package main

import "testing"

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]int64{
		"": 0, "1024": 1024, "16m": 16 << 20, "16M": 16 << 20, "0.5g": 512 << 20, "64MiB": 64 << 20, "64mb": 64 << 20, "512k": 512 << 10, "7b": 7,
	} {
		if got, err := parseBytes(text); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, bad := range []string{"m", "12x", "-1m", "0", "1e30g", "nan", "inf", "1 m"} {
		if got, err := parseBytes(bad); err == nil {
			t.Errorf("%q was read as %d", bad, got)
		}
	}
}
