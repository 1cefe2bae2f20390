package lessons

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Bless writes into every translation below dir that it is up to date with its
// base, and returns the files that it changed. Only the line "of:" changes.
func Bless(dir string) ([]string, error) {
	var changed []string
	err := filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		base, ok := baseOf(file)
		if !ok {
			return nil
		}
		did, err := blessFile(file, base, e)
		if did {
			changed = append(changed, file)
		}
		return err
	})
	if err != nil {
		return changed, fmt.Errorf("bless the translations of %s: %w", dir, err)
	}
	return changed, nil
}

// baseOf names the file that a file translates.
func baseOf(file string) (string, bool) {
	switch filepath.Base(file) {
	case "lesson.fr.md", "chapter.fr.md":
		return strings.TrimSuffix(file, ".fr.md") + ".md", true
	}
	return "", false
}

func blessFile(file, base string, e fs.DirEntry) (bool, error) {
	info, err := e.Info()
	if err != nil {
		return false, err
	}
	original, err := os.ReadFile(base)
	if err != nil {
		return false, err
	}
	translation, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	blessed := bless(string(translation), HashOf(original))
	if blessed == string(translation) {
		return false, nil
	}
	return true, os.WriteFile(file, []byte(blessed), info.Mode().Perm())
}

// bless sets "of" in a translation's front matter, as its last line when there
// is none yet. A file without front matter stays as it is.
func bless(translation, hash string) string {
	lines := strings.SplitAfter(translation, "\n")
	if strings.TrimRight(lines[0], "\r\n") != "---" {
		return translation
	}
	for i, line := range lines[1:] {
		text := strings.TrimRight(line, "\r\n")
		ending := line[len(text):]
		switch {
		case strings.HasPrefix(text, "of:"):
			lines[i+1] = "of: " + hash + ending
			return strings.Join(lines, "")
		case text == "---":
			lines[i+1] = "of: " + hash + "\n" + line
			return strings.Join(lines, "")
		}
	}
	return translation
}
