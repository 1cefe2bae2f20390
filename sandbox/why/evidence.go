package why

// Evidence is what a file of the kernel said of a process when its command was
// refused.
type Evidence struct {
	Source string  `json:"source"` // such as "/proc/812/status"
	Says   string  `json:"says"`   // the lines that matter
	Layers []Layer `json:"-"`      // of which it speaks
}

// evidenceOf is what speaks of one layer.
func evidenceOf(l Layer, all []Evidence) []Evidence {
	var list []Evidence
	for _, e := range all {
		if Set(e.Layers).Has(l) {
			list = append(list, e)
		}
	}
	return list
}
