package progress

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
)

// migrations[v] turns a file of version v into one of version v+1.
var migrations = []func(map[string]json.RawMessage) error{
	0: addSeed,
}

// addSeed: the first files had neither a version nor a seed.
func addSeed(file map[string]json.RawMessage) error {
	seed, err := json.Marshal(rand.Uint64())
	file["seed"] = seed
	return err
}

// parse reads the text of a file of any version up to ours; from is the
// version that it had.
func parse(text []byte) (s State, from int, err error) {
	var file map[string]json.RawMessage
	if err := json.Unmarshal(text, &file); err != nil {
		return State{}, 0, err
	}
	if file == nil {
		return State{}, 0, errors.New("it is empty")
	}
	if from, err = versionOf(file); err != nil {
		return State{}, from, err
	}
	for v := from; v < Version; v++ {
		if err := migrations[v](file); err != nil {
			return State{}, from, fmt.Errorf("migrate from version %d: %w", v, err)
		}
	}
	whole, err := json.Marshal(file)
	if err == nil {
		err = json.Unmarshal(whole, &s)
	}
	if err != nil {
		return State{}, from, err
	}
	s.Version = Version
	if s.Lessons == nil {
		s.Lessons = map[string]Lesson{}
	}
	return s, from, nil
}

// versionOf is a file's version; one from the future is a newer.
func versionOf(file map[string]json.RawMessage) (int, error) {
	var v int
	if raw, ok := file["version"]; ok {
		if err := json.Unmarshal(raw, &v); err != nil {
			return 0, fmt.Errorf("version: %w", err)
		}
	}
	switch {
	case v < 0:
		return v, fmt.Errorf("version %d", v)
	case v > Version:
		return v, newer(v)
	}
	return v, nil
}

// format writes a state for people and programs.
func format(s State) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	err := enc.Encode(s)
	return b.Bytes(), err
}
