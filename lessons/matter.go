package lessons

import (
	"errors"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// page is one Markdown file, cut into its front matter and its body.
type page struct {
	*report
	matter []*ast.MappingValueNode // the front matter's keys and values
	lines  map[string]int          // where each key stands
	whole  string
	body   string
	first  int  // the body's first line
	end    int  // the file's last line
	broken bool // the front matter can't be read: what it lacks is no news
}

// newPage cuts a file apart. Line ends of Windows count as line ends.
func newPage(file string, content []byte) *page {
	text := strings.TrimPrefix(strings.ReplaceAll(string(content), "\r\n", "\n"), "\ufeff")
	p := &page{report: &report{file: file}, lines: map[string]int{}, first: 1, whole: text, body: text}
	p.end = 1 + strings.Count(strings.TrimSuffix(text, "\n"), "\n")
	rest, ok := strings.CutPrefix(text, "---\n")
	if !ok {
		p.unreadable(1, "no front matter: the file must begin with a line ---")
		return p
	}
	// A newline before each side finds the closing line of an empty matter too.
	matter, body, ok := strings.Cut("\n"+rest+"\n", "\n---\n")
	if !ok {
		p.unreadable(1, "the front matter is never closed by a line ---")
		p.body = ""
		return p
	}
	p.body = strings.TrimSuffix(body, "\n")
	p.first = strings.Count(matter, "\n") + 3
	p.parse(matter)
	return p
}

// parse reads YAML that begins with the newline of the opening ---, so that
// YAML's lines are the file's lines.
func (p *page) parse(matter string) {
	file, err := parser.ParseBytes([]byte(matter), 0)
	if err != nil {
		p.unreadable(yamlLine(err), "front matter: "+yamlMessage(err))
		return
	}
	for i, doc := range file.Docs {
		if i > 0 {
			p.unreadable(1, "front matter: more than one YAML document")
			return
		}
		p.matter = p.mapping("front matter", doc.Body)
	}
	for _, kv := range p.matter {
		p.lines[key(kv)] = p.line(kv)
	}
}

func (p *page) unreadable(line int, message string) {
	p.broken = true
	p.add(p.clamp(line), "%s", message)
}

// titled wants a title.
func (p *page) titled(title string) {
	if strings.TrimSpace(title) == "" && !p.broken {
		p.add(p.at("title"), "no title")
	}
}

func yamlLine(err error) int {
	var located yaml.Error
	if errors.As(err, &located) && located.GetToken() != nil && located.GetToken().Position != nil {
		return located.GetToken().Position.Line
	}
	return 1
}

func yamlMessage(err error) string {
	var located yaml.Error
	if errors.As(err, &located) {
		return located.GetMessage()
	}
	return err.Error()
}

// clamp keeps a line that a library says inside the file.
func (p *page) clamp(line int) int { return min(max(line, 1), p.end) }

// line is where a node stands in the file.
func (p *page) line(n ast.Node) int {
	if kv, ok := n.(*ast.MappingValueNode); ok && kv.Key != nil {
		n = kv.Key
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 1
	}
	return p.clamp(n.GetToken().Position.Line)
}

func key(kv *ast.MappingValueNode) string {
	if kv.Key == nil || kv.Key.GetToken() == nil {
		return ""
	}
	return kv.Key.GetToken().Value
}

// mapping gives a node's keys and values; what is not a mapping is a problem.
func (p *page) mapping(name string, n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return nil
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	p.add(p.line(n), "%s: want keys and values", name)
	return nil
}

// text gives a scalar as it is written.
func (p *page) text(name string, n ast.Node) string {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return ""
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		if n.Value != nil {
			return n.Value.Value
		}
	case ast.ScalarNode:
		if n.GetToken() != nil {
			return n.GetToken().Value
		}
	}
	p.add(p.line(n), "%s: want a text", name)
	return ""
}

// list gives a sequence of scalars; one scalar is a sequence of one.
func (p *page) list(name string, n ast.Node) []string {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		if one := p.text(name, n); one != "" {
			return []string{one}
		}
		return nil
	}
	var all []string
	for _, v := range seq.Values {
		all = append(all, p.text(name, v))
	}
	return all
}

// number gives a whole number of at least 1.
func (p *page) number(name string, n ast.Node) int {
	i, err := strconv.Atoi(p.text(name, n))
	if err != nil || i < 1 {
		p.add(p.line(n), "%s: want a whole number of at least 1", name)
	}
	return i
}

// at is the line of a front matter key, 1 when it is not there.
func (p *page) at(key string) int { return max(p.lines[key], 1) }
