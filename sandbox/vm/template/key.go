package template

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Parts is everything that a template depends on, by name. Keep what changes
// without reason out of it, such as the paths of temporary files.
type Parts map[string]string

// Key names a template.
type Key string

// Key is a hash of the parts; json writes a map in the order of its keys.
func (p Parts) Key() Key {
	text, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("a map of strings that is no JSON: %v", err))
	}
	sum := sha256.Sum256(text)
	return Key(hex.EncodeToString(sum[:10]))
}
