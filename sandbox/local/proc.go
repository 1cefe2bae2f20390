package local

import "cloison/sandbox/process"

// named names this process or a child of ours, which cannot be gone before it is
// waited for; the zero ID where /proc does not tell.
func named(pid int) process.ID {
	id, err := process.Of(pid)
	if err != nil {
		return process.ID{}
	}
	return id
}

// descendants are the children of pid, their children, and so on.
func descendants(pid int) []int {
	children := map[int][]int{}
	for _, other := range process.All() {
		if st, err := process.Read(other); err == nil {
			children[st.PPID] = append(children[st.PPID], other)
		}
	}
	var all []int
	for next := []int{pid}; len(next) > 0; next = next[1:] {
		all = append(all, children[next[0]]...)
		next = append(next, children[next[0]]...)
	}
	return all
}
