package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// room says which of our own packages a folder may import, and which
// libraries belong to it alone; see ARCHITECTURE in CONTRIBUTING.md.
type room struct {
	pattern string   // of the import path below "cloison/", as path.Match
	ours    []string // patterns of what it may import of ours
}

// rooms go from special to general: the first that matches counts.
var rooms = []room{
	{"cmd/cloison", []string{"*", "*/*", "*/*/*"}},
	{"tui", []string{"lessons", "lessons/*", "sandbox", "tui/*"}},
	{"tui/*", []string{"lessons", "lessons/*", "sandbox", "tui/markdown", "tui/theme", "tui/words"}},
	{"lessons", nil},
	{"lessons/progress", nil},
	{"lessons/play", []string{"lessons", "sandbox"}},
	{"sandbox", nil},
	{"sandbox/runtime", []string{"sandbox", "sandbox/*"}},
	{"sandbox/local", []string{"sandbox", "sandbox/*"}},
	{"sandbox/why", []string{"sandbox", "sandbox/*"}},
	{"sandbox/link", []string{"sandbox", "sandbox/shell"}},
	{"sandbox/guest", []string{"sandbox", "sandbox/*"}},
	{"sandbox/image", []string{"sandbox"}},
	{"sandbox/image/build", []string{"sandbox", "sandbox/image"}},
	{"sandbox/vm", []string{"sandbox", "sandbox/*", "sandbox/vm/*"}},
	{"sandbox/vm/held", []string{"sandbox", "sandbox/folder", "sandbox/link", "sandbox/vm", "sandbox/vm/qemu"}},
	{"sandbox/vm/*", []string{"sandbox"}},
	{"sandbox/*", []string{"sandbox", "sandbox/calls", "sandbox/capability", "sandbox/folder", "sandbox/process"}},
}

// libraries may be imported only where they belong.
var libraries = map[string][]string{
	"charm.land/":                        {"tui", "tui/*"},
	"github.com/charmbracelet/x/vt":      {"tui", "tui/terminal"},
	"github.com/containerd/cgroups/":     {"sandbox/cgroup"},
	"github.com/vishvananda/":            {"sandbox/network"},
	"github.com/google/nftables":         {"sandbox/network"},
	"golang.org/x/crypto/ssh":            {"sandbox/link"},
	"github.com/erofs/go-erofs":          {"sandbox/image/build"},
	"github.com/spf13/cobra":             {"cmd/cloison"},
	"github.com/elastic/go-seccomp-bpf":  {"sandbox/seccomp"},
	"github.com/opencontainers/runtime-": {"sandbox/cgroup", "sandbox/seccomp", "sandbox/runtime"},
}

// goPackage is the part of "go list -json" that the rules look at.
type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestImportsRunDownward(t *testing.T) {
	for _, p := range listPackages(t) {
		for _, broken := range brokenRules(p) {
			t.Error(broken)
		}
	}
}

func TestImportRulesNotice(t *testing.T) {
	for _, p := range []goPackage{
		{"cloison/lessons", []string{"cloison/sandbox"}},
		{"cloison/tui/course", []string{"cloison/tui/xray"}},
		{"cloison/tui", []string{"cloison/sandbox/local"}},
		{"cloison/sandbox/inspect", []string{"charm.land/lipgloss/v2"}},
		{"cloison/new", []string{"fmt"}},
	} {
		if len(brokenRules(p)) != 1 {
			t.Errorf("%s importing %v: want one broken rule, got %v", p.ImportPath, p.Imports, brokenRules(p))
		}
	}
}

// brokenRules names every import of p that its room does not allow.
func brokenRules(p goPackage) []string {
	name := strings.TrimPrefix(p.ImportPath, "cloison/")
	i := slices.IndexFunc(rooms, func(r room) bool { return matches(r.pattern, name) })
	if i < 0 {
		return []string{fmt.Sprintf("%s: no room of this name in the import rules", p.ImportPath)}
	}
	var broken []string
	for _, imported := range p.Imports {
		if !allowed(name, rooms[i].ours, imported) {
			broken = append(broken, fmt.Sprintf("%s must not import %s", p.ImportPath, imported))
		}
	}
	return broken
}

// allowed says whether the package name may import the path imported.
func allowed(name string, ours []string, imported string) bool {
	if own, ok := strings.CutPrefix(imported, "cloison/"); ok {
		return slices.ContainsFunc(ours, func(pattern string) bool { return matches(pattern, own) })
	}
	for prefix, homes := range libraries {
		if strings.HasPrefix(imported, prefix) {
			return slices.ContainsFunc(homes, func(pattern string) bool { return matches(pattern, name) })
		}
	}
	return true
}

func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "cloison/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		all = append(all, p)
	}
}
