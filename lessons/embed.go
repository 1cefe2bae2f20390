package lessons

import (
	"embed"
	"io/fs"
)

//go:embed all:course
var builtin embed.FS

// Builtin is the folder of the built-in course.
func Builtin() fs.FS {
	course, err := fs.Sub(builtin, "course")
	if err != nil {
		panic(err) // "course" is a valid path: see fs.ValidPath
	}
	return course
}
