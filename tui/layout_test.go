package tui

import "testing"

// every calls f with every layout that can be reached at a range of sizes.
func every(f func(width, height int, focus pane, l layout)) {
	for width := 1; width <= 210; width += 3 {
		for height := 1; height <= 60; height++ {
			for focus := lessonPane; focus <= xrayPane; focus++ {
				upper := lessonPane
				if focus == xrayPane {
					upper = xrayPane
				}
				for _, zoomed := range []pane{noPane, focus} {
					f(width, height, focus, arrange(width, height, focus, upper, zoomed))
				}
			}
		}
	}
}

func TestPanesNeverOverlapOrLeaveTheScreen(t *testing.T) {
	every(func(width, height int, _ pane, l layout) {
		for x := range width {
			for _, y := range []int{0, height - 1} {
				if l.at(x, y) != noPane {
					t.Fatalf("%d×%d: a pane covers the line of machine or keys", width, height)
				}
			}
		}
		for p, r := range l.panes {
			if r.h > 0 && (r.x < 0 || r.y < 1 || r.x+r.w > width || r.y+r.h > height-1) {
				t.Fatalf("%d×%d: pane %d at %v leaves the screen", width, height, p, r)
			}
			for q, o := range l.panes {
				if p < q && r.h > 0 && o.h > 0 && r.x < o.x+o.w && o.x < r.x+r.w && r.y < o.y+o.h && o.y < r.y+r.h {
					t.Fatalf("%d×%d: panes %d and %d overlap: %v %v", width, height, p, q, r, o)
				}
			}
		}
	})
}

func TestTheFocusedPaneIsAlwaysSeen(t *testing.T) {
	every(func(width, height int, focus pane, l layout) {
		if !l.small && !l.shows(focus) {
			t.Fatalf("%d×%d: pane %d has the focus and cannot be seen", width, height, focus)
		}
	})
}

func TestLayoutAtTheSizesThatMatter(t *testing.T) {
	for _, c := range []struct {
		width, height int
		seen          [3]bool
	}{
		{20, 5, [3]bool{}},
		{40, 12, [3]bool{true, false, false}},
		{80, 24, [3]bool{true, true, false}},
		{120, 36, [3]bool{true, true, true}},
		{200, 50, [3]bool{true, true, true}},
	} {
		l := arrange(c.width, c.height, lessonPane, lessonPane, noPane)
		for p, want := range c.seen {
			if l.shows(pane(p)) != want {
				t.Errorf("%d×%d: pane %d seen: %v", c.width, c.height, p, !want)
			}
		}
	}
	if w := arrange(80, 24, terminalPane, lessonPane, noPane).panes[terminalPane].body(); w.w != 80 || w.h < 8 {
		t.Errorf("the terminal at 80×24 is %d×%d", w.w, w.h)
	}
}
