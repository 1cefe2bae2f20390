package sandbox

// Stage is what a machine is busy with while it gets ready, where that takes
// long enough to be told: building, booting, saving.
type Stage struct {
	Name Text    // "booting"; the zero Stage is the end of it
	Part float64 // how much of it is done, 0 to 1; negative where nobody knows
	Slow Text    // why it takes long here; empty where it doesn't
}

// Over says that the machine is not busy any more.
func (s Stage) Over() bool { return s.Name == Text{} }
