package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// Vagrant makes machines of arm64 too, which the tests don't run on: all packages
// are type-checked as there. That shows calls and constants that the architecture
// lacks, in seconds; to compile everything once more would take a minute.
func TestArm64HasAllThatIsUsed(t *testing.T) {
	tree, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	roots, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedDeps | packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax,
		Env: append(os.Environ(), "GOARCH=arm64", "CGO_ENABLED=0"),
		ParseFile: func(files *token.FileSet, name string, text []byte) (*ast.File, error) {
			file, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
			if err == nil && !strings.HasPrefix(name, tree) {
				leaveDeclarations(file)
			}
			return file, err
		},
	}, "cloison/...")
	if err != nil {
		t.Fatal(err)
	}
	if len(roots) < len(rooms) {
		t.Errorf("%d packages were looked at; there are more rooms than that", len(roots))
	}
	for _, p := range roots {
		for _, fault := range p.Errors {
			t.Error(fault)
		}
	}
}

// leaveDeclarations takes the bodies out of a library's functions.
func leaveDeclarations(file *ast.File) {
	for _, decl := range file.Decls {
		if f, is := decl.(*ast.FuncDecl); is {
			f.Body = nil
		}
	}
}
