package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/folder"
	"cloison/sandbox/process"
)

// state is the folder that records labs, one file each, so that what a killed
// cloison and a killed keeper leave can be found.
type state struct {
	dir  string
	root *os.Root // of the folder that dir is in: a keeper's mounts may cover the path
	// homes is the folder of the homes of labs that share the machine's mounts; "" for
	// a keeper whose lab does not.
	homes string
}

// record is what has to be cleared when a lab's keeper cannot do it.
type record struct {
	ID      string     `json:"id"`
	Owner   process.ID `json:"owner"`  // the cloison that opened the lab
	Keeper  process.ID `json:"keeper"` // zero until it is started
	Cgroups cgroups    `json:"cgroups"`
	Folders []string   `json:"folders"` // to remove with all that is in them
}

// openState makes the folder of this user, which nobody else may write to.
func openState(dir string) (state, error) {
	if dir != "" {
		return openStateWith(dir, dir)
	}
	dir = usualStateDir(os.Geteuid(), os.Getenv("XDG_RUNTIME_DIR"))
	return openStateWith(dir, usualHomes(dir, os.Geteuid(), mountFlags))
}

func openStateWith(dir, homes string) (state, error) {
	if err := makeOwn(dir); err != nil {
		return state{}, err
	}
	if homes != dir {
		if err := makeOwn(homes); err != nil {
			return state{}, err
		}
	}
	s, err := findState(dir)
	s.homes = homes
	return s, err
}

// makeOwn makes a folder, unless it is there, and sees to it that it is ours alone.
func makeOwn(dir string) error {
	alone, err := false, error(nil)
	for range makeTries {
		if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("make a folder for the state of labs: %w", err)
		}
		if alone, err = folder.IsOurs(dir, folder.Write); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	switch {
	case err != nil:
		return err
	case !alone:
		return sandbox.Errorf("record labs in %s: it is not a folder of ours alone; remove it",
			"inscrire les labos dans %s : ce dossier n’est pas à nous seuls ; supprimez-le", dir)
	}
	return nil
}

// findState is openState for a folder that was opened before.
func findState(dir string) (state, error) {
	root, err := os.OpenRoot(filepath.Dir(dir))
	if err != nil {
		return state{}, fmt.Errorf("open the folder of %s: %w", dir, err)
	}
	return state{dir: dir, root: root}, nil
}

func usualStateDir(uid int, runtimeDir string) string {
	switch {
	case uid == 0:
		return "/run/cloison"
	case runtimeDir != "" && unix.Access(runtimeDir, unix.W_OK) == nil:
		return filepath.Join(runtimeDir, "cloison")
	}
	return "/tmp/cloison-" + strconv.Itoa(uid)
}

func (s state) file(id string) string { return filepath.Join(s.dir, id+".json") }

// write records a lab, at once or not at all.
func (s state) write(r record) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	fresh := s.file(r.ID) + ".new"
	for range makeTries {
		_ = os.Mkdir(s.dir, 0o700)
		if err = os.WriteFile(fresh, text, 0o600); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("record a lab: %w", err)
	}
	return os.Rename(fresh, s.file(r.ID))
}

// makeTries is how often the folder is made again: whoever ends what was the
// last lab removes it, maybe just after another cloison has made it.
const makeTries = 100

// sweep clears the labs that nobody will clear any more. What it cannot clear
// stays recorded.
func (s state) sweep() {
	files, _ := filepath.Glob(s.file("*"))
	for _, file := range files {
		var r record
		text, err := os.ReadFile(file)
		if err != nil || json.Unmarshal(text, &r) != nil || r.ID == "" {
			continue
		}
		if !r.Owner.Runs() && !r.Keeper.Runs() {
			_ = s.clear(r)
		}
	}
	s.sweepHomes()
}

// clearLimit is how long a lab's processes may take to end.
const clearLimit = 5 * time.Second

// pause is the time between two looks at processes that are ending.
const pause = 2 * time.Millisecond

// clear kills and removes what is left of a lab.
func (s state) clear(r record) error {
	r.Cgroups.kill()
	for _, pid := range bearers(r.ID) {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
	if err := r.Cgroups.remove(clearLimit); err != nil {
		return err
	}
	return s.forget(r)
}

// forget removes a lab's folders and its record.
func (s state) forget(r record) error {
	var failed []error
	for _, folder := range r.Folders {
		failed = append(failed, os.RemoveAll(folder))
	}
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("remove a lab's files: %w", err)
	}
	name := filepath.Join(filepath.Base(s.dir), r.ID+".json")
	_ = s.root.Remove(name + ".new")
	if err := s.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget a lab: %w", err)
	}
	_ = s.root.Remove(filepath.Base(s.dir)) // fails while other labs are recorded
	if s.homes != "" {
		_ = os.Remove(s.homes) // fails while other labs have homes
	}
	return nil
}

// labVariable marks the processes of a lab, for where there is no cgroup to
// find them in.
const labVariable = "CLOISON_LAB"

// bearers are the processes whose environment names the lab.
func bearers(id string) []int {
	var found []int
	for _, pid := range process.All() {
		env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if err == nil && strings.Contains("\x00"+string(env), "\x00"+labVariable+"="+id+"\x00") && pid != os.Getpid() {
			found = append(found, pid)
		}
	}
	return found
}
