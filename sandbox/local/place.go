package local

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"
)

// place is where labs' cgroups are made: below Parents, one folder in every
// hierarchy that has a controller of ours. The first is memory's.
type place struct {
	Version int
	Parents []string
}

// controllers are those that lessons limit things with.
var controllers = []string{"memory", "pids", "cpu"}

// findPlace looks for a place below our own cgroups, or on v2 above them, and
// hands the controllers down to its children.
func findPlace() (place, error) {
	mounts, err := mountinfo.GetMounts(mountinfo.FSTypeFilter("cgroup", "cgroup2"))
	if err != nil {
		return place{}, fmt.Errorf("read the mounts: %w", err)
	}
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return place{}, fmt.Errorf("read our cgroups: %w", err)
	}
	paths := parseCgroups(string(own))
	if p := planV1(mounts, paths); p.Version == 1 {
		if err := usableV1(p); err != nil {
			return place{}, err
		}
		return p, nil
	}
	failed := errors.New("no cgroup hierarchy with the memory controller is mounted")
	for _, folder := range candidatesV2(mounts, paths[""]) {
		if failed = usableV2(folder); failed == nil {
			return place{Version: 2, Parents: []string{folder}}, nil
		}
	}
	return place{}, failed
}

// parseCgroups reads /proc/PID/cgroup: controller, "" for v2, to path.
func parseCgroups(text string) map[string]string {
	paths := map[string]string{}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(parts) < 3 {
			continue
		}
		for _, controller := range strings.Split(parts[1], ",") {
			paths[controller] = parts[2]
		}
	}
	return paths
}

// planV1 is our own folder in every v1 hierarchy; Version is 0 where memory is
// not on v1.
func planV1(mounts []*mountinfo.Info, own map[string]string) place {
	p := place{Version: 1}
	for _, controller := range controllers {
		i := slices.IndexFunc(mounts, func(m *mountinfo.Info) bool {
			return m.FSType == "cgroup" && slices.Contains(strings.Split(m.VFSOptions, ","), controller)
		})
		switch {
		case i < 0 && controller == "memory":
			return place{}
		case i >= 0:
			p.Parents = append(p.Parents, folder(mounts[i], own[controller]))
		}
	}
	return p
}

// folder is where m shows the cgroup path, or what m shows at the top when it
// shows another part of the tree (cgroup_namespaces(7)).
func folder(m *mountinfo.Info, own string) string {
	rel, err := filepath.Rel(m.Root, own)
	if err != nil || rel == ".." || strings.HasPrefix(rel, "../") {
		return m.Mountpoint
	}
	return filepath.Join(m.Mountpoint, rel)
}

func usableV1(p place) error {
	for _, dir := range p.Parents {
		if err := unix.Access(dir, unix.W_OK); err != nil {
			return fmt.Errorf("write to %s: %w", dir, err)
		}
	}
	return nil
}

// candidatesV2 are our own cgroup and those above it, nearest first.
func candidatesV2(mounts []*mountinfo.Info, own string) []string {
	i := slices.IndexFunc(mounts, func(m *mountinfo.Info) bool { return m.FSType == "cgroup2" })
	if i < 0 {
		return nil
	}
	top := mounts[i].Mountpoint
	var all []string
	for dir := folder(mounts[i], own); strings.HasPrefix(dir, top); dir = path.Dir(dir) {
		all = append(all, dir)
	}
	return all
}

// usableV2 sees to it that children of dir have memory and pids. A cgroup that
// has processes cannot give them controllers, except at the top of the tree
// ("No Internal Process Constraint", admin-guide/cgroup-v2.rst).
func usableV2(dir string) error {
	for _, file := range []string{dir, path.Join(dir, "cgroup.procs")} {
		if err := unix.Access(file, unix.W_OK); err != nil {
			return fmt.Errorf("write to %s: %w", file, err)
		}
	}
	return handDown(dir)
}

// handDown gives controllers to the children of dir; cpu is welcome but not
// demanded.
func handDown(dir string) error {
	file := path.Join(dir, "cgroup.subtree_control")
	given, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, controller := range controllers {
		if slices.Contains(strings.Fields(string(given)), controller) {
			continue
		}
		if err := os.WriteFile(file, []byte("+"+controller), 0); err != nil && controller != "cpu" {
			return fmt.Errorf("give %s to the children of %s: %w", controller, dir, err)
		}
	}
	return nil
}
