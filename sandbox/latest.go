package sandbox

// Latest hands the newest of many values to a reader that may be slow: a value
// that nobody has taken is replaced by the next. One goroutine puts, one reads.
type Latest[T any] struct{ c chan T }

// NewLatest returns one without a value.
func NewLatest[T any]() Latest[T] { return Latest[T]{make(chan T, 1)} }

// C gives the newest value, once; it is closed by Close.
func (l Latest[T]) C() <-chan T { return l.c }

// Put makes v the newest value. It never waits.
func (l Latest[T]) Put(v T) {
	select {
	case <-l.c:
	default:
	}
	l.c <- v // one goroutine puts, so there is room
}

// Close says that no more values come; the newest can still be read.
func (l Latest[T]) Close() { close(l.c) }
