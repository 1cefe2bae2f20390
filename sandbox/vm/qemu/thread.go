package qemu

import (
	"runtime"
	"sync"
)

// jobs are run by one thread that lives as long as this process: the kernel
// sends the parent-death signal when the thread that forked ends, not the
// process (PR_SET_PDEATHSIG(2const)), and Go ends threads as it likes.
var jobs = sync.OnceValue(func() chan<- func() {
	queue := make(chan func())
	go func() {
		runtime.LockOSThread()
		for job := range queue {
			job()
		}
	}()
	return queue
})

func onThread(do func() error) error {
	done := make(chan error)
	jobs() <- func() { done <- do() }
	return <-done
}
