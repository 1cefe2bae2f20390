package inspect

import (
	"runtime"
	"time"
)

// The work that [Pace] does: pieces that take a millisecond each on a computer of
// today, which is not for others meanwhile. After enough time it has seen enough.
const (
	pieces     = 50
	usualPiece = time.Millisecond
	enough     = 2 * time.Second
)

// slowest is where it ends: nobody waits for a computer that is slower.
const slowest = 60

// Pace measures how many times longer things take here, now, than on a computer of
// today; 1 is no longer. What emulation costs shows in it, and a small share of the
// processor (cpu.max of cgroups(7)), and what else runs.
func Pace() int {
	began, done, sum := time.Now(), 0, uint64(0)
	for done < pieces && time.Since(began) < enough {
		sum = work(sum)
		done++
	}
	runtime.KeepAlive(sum) // or the compiler leaves the work out
	return pace(done, time.Since(began))
}

// pace is that of a computer which took so long for so many pieces.
func pace(done int, took time.Duration) int {
	usual := time.Duration(done) * usualPiece
	return min(max(1, int((took+usual/2)/usual)), slowest)
}

// work is one piece: multiplications that wait for one another (FNV-1a), so that no
// processor of the last years is much faster at it than another.
func work(sum uint64) uint64 {
	for i := range uint64(800_000) {
		sum = (sum ^ i) * 1099511628211
	}
	return sum
}
