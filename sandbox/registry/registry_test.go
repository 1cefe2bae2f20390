//go:build linux

package registry

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cloison/sandbox/process"
)

func own(t *testing.T) process.ID {
	t.Helper()
	id, err := process.Of(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestEntriesComeAndGo(t *testing.T) {
	r := New(filepath.Join(t.TempDir(), "cloison", "containers"))
	e := Entry{Name: "web", Owner: own(t), Address: "10.0.0.2"}
	if err := r.Add(e); err != nil {
		t.Fatal(err)
	}
	if err := r.Add(e); !errors.Is(err, ErrNameTaken) {
		t.Errorf("a second web: %v", err)
	}
	if _, err := r.Find("web"); !errors.Is(err, ErrNotThere) {
		t.Errorf("found before its birth: %v", err)
	}
	e.Container = own(t)
	if err := r.Update(e); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Find("web"); err != nil || got != e {
		t.Errorf("found %+v, %v; want %+v", got, err, e)
	}
	if err := r.Remove("web"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Dir(r.dir)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is left: %v", err)
	}
	if err := r.Remove("web"); err != nil {
		t.Errorf("removed twice: %v", err)
	}
}

func TestAbandonedAndSpoiltEntries(t *testing.T) {
	r := New(filepath.Join(t.TempDir(), "containers"))
	dead := own(t)
	dead.Start = 1
	if err := r.Add(Entry{Name: "dead", Owner: dead, Container: own(t)}); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"half.json": `{"name": "ha`, "other.json": `{"name":"web","owner":{"pid":1}}`, "notes": "x"} {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if list := r.List(); len(list) != 1 || !list[0].Abandoned() {
		t.Errorf("listed %+v", list)
	}
	if spoilt := r.Spoilt(); len(spoilt) != 1 || filepath.Base(spoilt[0]) != "half.json" {
		t.Errorf("spoilt: %v", spoilt)
	}
	r.Tidy()
	if spoilt := r.Spoilt(); len(spoilt) != 0 || len(r.List()) != 1 {
		t.Errorf("after tidying, spoilt %v, listed %+v", spoilt, r.List())
	}
	if _, err := r.Find("dead"); !errors.Is(err, ErrNotThere) {
		t.Errorf("found an abandoned one: %v", err)
	}
}

func TestSomebodyElsesFolderIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "containers")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o777)); err != nil {
		t.Fatal(err)
	}
	if err := New(dir).Add(Entry{Name: "web", Owner: own(t)}); err == nil || !strings.Contains(err.Error(), "not a folder of ours alone") {
		t.Errorf("got %v", err)
	}
}

func TestLockKeepsOthersOut(t *testing.T) {
	r := New(filepath.Join(t.TempDir(), "containers"))
	inside, most := 0, 0
	var wait sync.WaitGroup
	var mu sync.Mutex
	for range 8 {
		wait.Go(func() {
			unlock, err := r.Lock(true)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			inside++
			most = max(most, inside)
			mu.Unlock()
			mu.Lock()
			inside--
			mu.Unlock()
			unlock()
		})
	}
	wait.Wait()
	if most != 1 {
		t.Errorf("%d held the lock at once", most)
	}
}

func TestCheckName(t *testing.T) {
	for _, name := range []string{"web", "a1", "A_b.c-d"} {
		if err := CheckName(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"", "a", ".a", "a/b", "../x", "a b", strings.Repeat("x", 65)} {
		if CheckName(name) == nil {
			t.Errorf("%q was taken", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"name":"web","owner":{"pid":1,"start":"2"},"network":3}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if e, err := parse(text); err == nil && (CheckName(e.Name) != nil || e.Owner.PID <= 0) {
			t.Errorf("took %q as %+v", text, e)
		}
	})
}
