package sandbox

// Action is one step of the runtime, as it is told to the learner before it is
// done.
type Action struct {
	Process Process `json:"process"` // who does it
	Call    string  `json:"call"`    // as a man page would write it, arguments filled in
	Why     Text    `json:"why"`     // the reason, in one line
	Shell   string  `json:"shell"`   // the shell command that does the same; "" where none can
}

// Process says which side of a container's birth performs an action.
type Process string

// The two sides of clone(2).
const (
	Parent Process = "parent"
	Child  Process = "child"
)
