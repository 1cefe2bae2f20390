package lessons

import (
	"regexp"
	"slices"
	"strings"
)

// names is what ids and terminal names look like.
var names = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// kinds are the fences that run or ask, by the first word of the info string.
var kinds = map[string]Kind{"sh": Run, "task": Task, "quiz": Quiz, "xray": Xray, "note": Note}

// keys are what each kind of fence may say in its info string.
var keys = map[Kind][]string{
	Run:  {"id", "in", "expect", "reject", "exit", "timeout", "denied-by", "needs", "until"},
	Task: {"id", "in", "needs"},
	Quiz: {"id", "prove"},
	Xray: {"show", "follow"},
}

// XrayFacts is what an xray fence may show.
var XrayFacts = []string{"processes", "namespaces", "maps", "capabilities", "cgroup", "memory", "seccomp", "lsm", "mounts", "network"}

// blocks reads the body: fences that run or ask, and the prose between them.
// In a translation a run fence has only its id.
func (p *page) blocks(translation bool) []Block {
	var all []Block
	from := 0
	for _, f := range fences(p.body) {
		line := p.lineAt(f.start)
		kind, info, special := p.info(f, line)
		if !special {
			continue
		}
		all = p.prose(all, from, f.start)
		from = f.end
		all = append(all, p.block(f, kind, info, line, translation))
	}
	return p.prose(all, from, len(p.body))
}

// prose appends what stands between two offsets, when there is anything.
func (p *page) prose(all []Block, from, to int) []Block {
	text := p.body[min(from, to):to]
	trimmed := strings.Trim(text, "\n")
	if strings.TrimSpace(trimmed) == "" {
		return all
	}
	blank := len(text) - len(strings.TrimLeft(text, "\n"))
	return append(all, Block{Kind: Prose, Line: p.lineAt(from + blank), Text: trimmed})
}

// lineAt is the line of the file that an offset of the body is in.
func (p *page) lineAt(offset int) int {
	return p.clamp(p.first + strings.Count(p.body[:offset], "\n"))
}

// info reads a fence's info string; special says whether the fence is more
// than shown.
func (p *page) info(f fence, line int) (Kind, Info, bool) {
	info, err := ParseInfo(f.info)
	kind, known := kinds[info.Lang]
	switch {
	case kind == Run && known && !info.Braced, !known && info.Word != "run":
		return 0, info, false
	case f.nested:
		p.add(line, "a %s block must not stand inside a list or quotation", info.Lang)
		return 0, info, false
	case !known:
		p.add(line, "only a sh block can run, not %q", info.Lang)
		return 0, info, false
	case err != nil:
		p.add(line, "%s", err)
	case kind == Run && info.Word != "run":
		p.add(line, "a sh block with {…} must begin with {run")
	case kind != Run && info.Word != "":
		p.add(line, "%q behind the fence is not KEY=VALUE", info.Word)
	}
	if !f.closed {
		p.add(line, "the %s block is never closed", info.Lang)
	}
	return kind, info, true
}

// block reads one fence that runs or asks.
func (p *page) block(f fence, kind Kind, info Info, line int, translation bool) Block {
	b := Block{Kind: kind, Line: line}
	pairs := p.pairs(kind, info, line)
	if slices.Contains(keys[kind], "id") {
		b.ID = pairs["id"]
		switch {
		case b.ID == "":
			p.add(line, "a %s block needs an id", info.Lang)
		case !names.MatchString(b.ID):
			p.add(line, "id %q: want lower-case letters, digits and hyphens", b.ID)
		}
	}
	switch kind {
	case Run:
		if translation {
			p.bare(f, info, line)
			return b
		}
		b.Run = p.run(f, info, pairs, line)
	case Task:
		p.task(&b, f.content, pairs, line, translation)
	case Quiz:
		b.Text, b.Quiz = p.quiz(f.content, b.ID, line)
		b.Quiz.Prove = pairs["prove"]
	case Xray:
		b.Show = p.show(f, pairs["show"], line)
		b.Follow = p.follow(pairs, line)
	case Note:
		b.Text = strings.Trim(f.content, "\n")
	}
	return b
}

// pairs checks the keys of an info string and gives each key's last value.
func (p *page) pairs(kind Kind, info Info, line int) map[string]string {
	values := map[string]string{}
	for _, pair := range info.Pairs {
		_, twice := values[pair.Key]
		switch {
		case !slices.Contains(keys[kind], pair.Key):
			p.add(line, "unknown key %q; a %s block has: %s", pair.Key, info.Lang, strings.Join(keys[kind], ", "))
		case twice && pair.Key != "expect" && pair.Key != "reject":
			p.add(line, "key %q comes twice", pair.Key)
		}
		values[pair.Key] = pair.Value
	}
	return values
}

// bare checks a run fence of a translation: it names the base's block, no more.
func (p *page) bare(f fence, info Info, line int) {
	if strings.TrimSpace(f.content) != "" {
		p.add(line, "a translation's run block must be empty: its command comes from the base")
	}
	for _, pair := range info.Pairs {
		if pair.Key != "id" && slices.Contains(keys[Run], pair.Key) {
			p.add(line, "a translation's run block has only its id: %q comes from the base", pair.Key)
		}
	}
}

// show reads the facts of an xray fence.
func (p *page) show(f fence, value string, line int) []string {
	if strings.TrimSpace(f.content) != "" {
		p.add(line, "an xray block must be empty")
	}
	facts := commaList(value)
	if len(facts) == 0 {
		p.add(line, "an xray block needs show=FACT,…")
	}
	for _, fact := range facts {
		if !slices.Contains(XrayFacts, fact) {
			p.add(line, "unknown fact %q; there are: %s", fact, strings.Join(XrayFacts, ", "))
		}
	}
	return facts
}

// follow says whether an xray fence is about a container.
func (p *page) follow(pairs map[string]string, line int) bool {
	who, asked := pairs["follow"]
	if asked && who != "container" {
		p.add(line, "follow=%s: an xray block follows the terminal, or with follow=container the container that was started last", who)
	}
	return asked
}

// commaList cuts "a,b" apart.
func commaList(s string) []string {
	if s == "" {
		return nil
	}
	all := strings.Split(s, ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}
