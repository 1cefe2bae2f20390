package progress

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// oldFile is one of version 0.
const oldFile = `{
  "last": "nsenter",
  "lessons": {
    "proc-ns": {
      "begun": "2026-01-02T03:04:05Z",
      "blocks": {"task": {"status": "passed", "tries": 3, "when": "2026-01-02T03:05:00Z"}}
    }
  }
}`

const todaysFile = `{
  "version": 1,
  "seed": 18446744073709551615,
  "last": "proc-ns",
  "lessons": {
    "proc-ns": {
      "at": "task",
      "begun": "2026-01-02T03:04:05Z",
      "blocks": {
        "quiz": {
          "status": "failed",
          "tries": 1,
          "when": "2026-01-02T03:05:00Z"
        }
      }
    }
  }
}
`

func TestEveryVersionHasItsMigration(t *testing.T) {
	if len(migrations) != Version {
		t.Errorf("%d migrations lead to version %d", len(migrations), Version)
	}
}

// What a person reads in the file is this.
func TestFormat(t *testing.T) {
	s, _, err := parse([]byte(todaysFile))
	if err != nil {
		t.Fatal(err)
	}
	text, err := format(s)
	if diff := cmp.Diff(todaysFile, string(text)); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// FuzzParse wants any text to be read or refused, and what was read to be read
// again as the same once it was written.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "null", "{}", oldFile, todaysFile, `{"version":2}`, `{"lessons":{"":{"done":"9999-12-31T23:59:59-23:59"}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, _, err := parse(text)
		if err != nil {
			return
		}
		written, err := format(s)
		if err != nil {
			t.Fatalf("%q was read, but can't be written: %v", text, err)
		}
		again, from, err := parse(written)
		if err != nil || from != Version {
			t.Fatalf("%s: version %d, %v", written, from, err)
		}
		twice, err := format(again)
		if err != nil || string(twice) != string(written) {
			t.Errorf("%s\nbecame\n%s\n%v", written, twice, err)
		}
	})
}
