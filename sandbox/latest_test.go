package sandbox

import "testing"

func TestLatestKeepsTheNewest(t *testing.T) {
	l := NewLatest[int]()
	for n := range 5 {
		l.Put(n)
	}
	if got := <-l.C(); got != 4 {
		t.Errorf("got %d, want the newest, 4", got)
	}
	l.Put(7)
	l.Close()
	if got, ok := <-l.C(); got != 7 || !ok {
		t.Errorf("got %d, %v: Close loses the last value", got, ok)
	}
	if _, ok := <-l.C(); ok {
		t.Error("a value after the last")
	}
}
