package main

import (
	"testing"
)

// The X-ray in the real program: it follows what a learner starts into its
// namespaces, draws the tree around it, explains, and comes back.
func TestLearnerLooksThroughTheXray(t *testing.T) {
	if err := canOpenLab(); err != nil {
		t.Skip("no lab can be opened here:", err)
	}
	s := newScreen(t, 120, 36, "sh", "-c", course(t)+"; echo ended with $?; cat")
	s.waitFor("What a container is", "enter open")
	s.keys("Enter")
	s.waitFor("step 0 of", "lesson $", "X-ray", "namespaces", "bash")

	s.keys("F3")
	s.waitFor("ctrl+]")
	s.write("unshare --uts --pid --fork --mount-proc sleep 1001")
	s.keys("Enter")
	s.waitFor("└ unshare", "▶sleep", "(inside 1)", "+pid")

	s.keys("F4", "F4") // the whole screen
	s.waitFor("+uts", "cgroup", "mounts", "/proc", "lo up", "fork, exec unshare → sleep")
	s.keys("Right", "Right", "e")
	s.waitFor("▶ namespaces", "The host name.")
	s.keys("e")
	s.waitFor("capabilities", "restrictions")

	s.keys("q")
	s.waitFor("ended with 0")
}

// A container in the background is followed by one key, and the terminal again
// when it ends.
func TestLearnerFollowsWhatRunsInTheBackground(t *testing.T) {
	if err := canOpenLab(); err != nil {
		t.Skip("no lab can be opened here:", err)
	}
	s := newScreen(t, 120, 36, "sh", "-c", course(t)+"; echo ended with $?; cat")
	s.waitFor("What a container is", "enter open")
	s.keys("Enter")
	s.waitFor("step 0 of", "lesson $", "follows the terminal: bash")

	s.keys("F3")
	s.waitFor("ctrl+]")
	s.write("unshare --uts --pid --fork sleep 1003 &")
	s.keys("Enter")
	s.waitFor("└ sleep", "+pid")
	s.keys("F4")
	s.waitFor("c container")
	s.keys("c")
	s.waitFor("▶ follows sleep, PID", "x: the terminal", "(inside 1)", "▷bash")
	s.keys("x")
	s.waitFor("follows the terminal: bash")
	s.click("└ sleep")
	s.waitFor("▶ follows sleep, PID")

	s.keys("F3")
	s.waitFor("ctrl+]")
	s.write("kill -9 $(pgrep -P $!)")
	s.keys("Enter")
	s.waitFor("has ended: back to the terminal", "follows the terminal: bash")
	s.keys("F2", "q")
	s.waitFor("ended with 0")
}
