package why

// Evidence is what a file of the kernel said of a process when its command was
// refused.
type Evidence struct {
	Source string `json:"source"`           // such as "/proc/812/status"
	Says   string `json:"says"`             // the lines that matter
	Layers Set    `json:"layers,omitempty"` // of which it speaks
}

// evidenceOf is what speaks of one layer.
func evidenceOf(l Layer, all []Evidence) []Evidence {
	var list []Evidence
	for _, e := range all {
		if e.Layers.Has(l) {
			e.Layers = nil // it is with its layer now
			list = append(list, e)
		}
	}
	return list
}
