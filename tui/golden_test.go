package tui

import (
	"fmt"
	"testing"

	"cloison/sandbox"
)

// sizes are the smallest screen, a common one, and the largest.
var sizes = [][2]int{{80, 24}, {120, 36}, {200, 50}}

// onEveryScreen runs f at every size in every language; name is for goldens.
func onEveryScreen(t *testing.T, f func(t *testing.T, s *screen, name string)) {
	for _, size := range sizes {
		for _, lang := range []sandbox.Lang{sandbox.English, sandbox.French} {
			name := fmt.Sprintf("%dx%d-%s", size[0], size[1], lang)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				f(t, start(t, size[0], size[1], lang), name)
			})
		}
	}
}

func TestCourseMap(t *testing.T) {
	onEveryScreen(t, func(_ *testing.T, s *screen, name string) {
		s.waitFor("local", "✗")
		s.keys("end")
		s.golden("map-" + name)
	})
}

func TestLessonAfterItsFirstBlock(t *testing.T) {
	onEveryScreen(t, func(_ *testing.T, s *screen, name string) {
		s.waitFor("local")
		s.keys("enter")
		s.waitFor("lab:~#")
		s.playUntil("✓")
		s.waitFor("kthreadd")
		s.golden("lesson-" + name)
	})
}

func TestLessonAfterAFailure(t *testing.T) {
	onEveryScreen(t, func(_ *testing.T, s *screen, name string) {
		s.waitFor("local")
		s.keys("enter")
		s.waitFor("lab:~#")
		s.playUntil("━ ✗ ") // in the frame: the X-ray has such marks too
		s.waitFor("No such file")
		s.golden("failed-" + name)
	})
}

func TestXrayWhole(t *testing.T) {
	onEveryScreen(t, func(_ *testing.T, s *screen, name string) {
		s.waitFor("local")
		s.keys("enter")
		s.waitFor("lab:~#")
		s.keys("f4", "f4")
		s.waitFor("bash 812 (", "eth0")
		s.golden("xray-" + name)
	})
}

// A container that was started detached, one key away.
func TestXrayOfADetachedContainer(t *testing.T) {
	for _, size := range sizes {
		for _, lang := range []sandbox.Lang{sandbox.English, sandbox.French} {
			name := fmt.Sprintf("%dx%d-%s", size[0], size[1], lang)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := start(t, size[0], size[1], lang)
				s.machine.detached = true
				s.waitFor("local")
				s.keys("enter")
				s.waitFor("lab:~#")
				s.keys("f4")
				s.waitFor("▶bash 812")
				s.keys("c")
				s.waitFor("nginx, PID 4242")
				s.golden("container-" + name)
				s.keys("right", "up")
				s.waitFor("›▷bash 812")
				s.golden("mark-" + name)
				s.keys("x")
				s.waitFor("▶bash 812")
			})
		}
	}
}

func TestXrayExplained(t *testing.T) {
	onEveryScreen(t, func(_ *testing.T, s *screen, name string) {
		s.waitFor("local")
		s.keys("enter")
		s.waitFor("lab:~#")
		s.keys("f4", "f4")
		s.waitFor("bash 812 (")
		s.keys("right", "right", "e")
		s.waitFor("▶", "CLOCK_MONOTONIC")
		s.golden("explained-" + name)
	})
}

func TestHelp(t *testing.T) {
	onEveryScreen(t, func(_ *testing.T, s *screen, name string) {
		s.waitFor("local")
		s.keys("?")
		s.waitFor("ctrl+q")
		s.golden("help-" + name)
	})
}
