package lessons

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DefaultTimeout is how long a run block may take unless it says otherwise.
const DefaultTimeout = 10 * time.Second

// Needs is what a lesson or block may ask of a machine.
var Needs = []string{
	"root", "userns", "cgroup", "cgroup1", "cgroup2", "docker", "apparmor", "selinux", "seccomp", "landlock", "net", "psi", "busybox", "setcap",
	"macvlan", "ipvlan", "vxlan", "wireguard", "ipvs",
	"runc", "runsc", "skopeo", "umoci", "docker-registry", "notary", "debsecan", "lxcfs", "cni", "manual", "nft", "openssl", "curl", "jq", "gpg",
	"tcpdump", "bird", "wg", "lynis", "rootlesskit", "python3",
}

// Layers is what may refuse a command, as denied-by names it.
var Layers = []string{"dac", "capabilities", "userns", "seccomp", "apparmor", "selinux", "cgroup", "readonly", "masked", "nnp", "landlock"}

// Multiline compiles a regular expression of a lesson: RE2, with ^ and $ at
// every line.
func Multiline(expr string) (*regexp.Regexp, error) { return regexp.Compile("(?m)" + expr) }

// leaves matches a command that ends by leaving a shell. Its status is the
// last one inside, so that exit=any is all that there is to say.
var leaves = regexp.MustCompile(`(^|[;\s])exit$`)

// run reads a run fence of the base.
func (p *page) run(f fence, info Info, pairs map[string]string, line int) *RunBlock {
	r := &RunBlock{
		Command:  strings.TrimRight(f.content, "\n"),
		Shell:    "a",
		Timeout:  DefaultTimeout,
		DeniedBy: pairs["denied-by"],
		Needs:    commaList(pairs["needs"]),
		Until:    pairs["until"],
	}
	if strings.TrimSpace(r.Command) == "" {
		p.add(line, "the run block has no command")
	}
	for _, pair := range info.Pairs {
		p.runPair(r, pair, line)
	}
	p.needs(r.Needs, line)
	if r.Exit == AnyExit && len(r.Expect)+len(r.Reject) == 0 && r.DeniedBy == "" && r.Until == "" && !leaves.MatchString(r.Command) {
		p.add(line, "with exit=any the run block expects nothing: say expect, reject, until or denied-by")
	}
	return r
}

// runPair reads one key of a run fence.
func (p *page) runPair(r *RunBlock, pair Pair, line int) {
	switch pair.Key {
	case "in":
		r.Shell = p.terminal(pair.Value, line)
	case "expect":
		r.Expect = append(r.Expect, p.regex(pair, line))
	case "reject":
		r.Reject = append(r.Reject, p.regex(pair, line))
	case "until":
		p.regex(pair, line)
	case "exit":
		r.Exit = p.exit(pair.Value, line)
	case "timeout":
		d, err := time.ParseDuration(pair.Value)
		if err != nil || d <= 0 {
			p.add(line, "timeout=%q: want a duration, for example 10s", pair.Value)
			return
		}
		r.Timeout = d
	case "denied-by":
		if !slices.Contains(Layers, pair.Value) {
			p.add(line, "unknown layer %q; there are: %s", pair.Value, strings.Join(Layers, ", "))
		}
	}
}

// terminal checks the name of a terminal.
func (p *page) terminal(name string, line int) string {
	if !names.MatchString(name) {
		p.add(line, "in=%q: want lower-case letters, digits and hyphens", name)
	}
	return name
}

func (p *page) regex(pair Pair, line int) string {
	if pair.Value == "" {
		p.add(line, "%s is empty: it would match anything", pair.Key)
	}
	if _, err := regexp.Compile(pair.Value); err != nil {
		p.add(line, "%s: %s", pair.Key, err)
	}
	return pair.Value
}

func (p *page) exit(value string, line int) int {
	if value == "any" {
		return AnyExit
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > 255 {
		p.add(line, "exit=%q: want 0 to 255, or any", value)
	}
	return n
}

// needs checks the names of needs.
func (p *page) needs(needs []string, line int) {
	for _, need := range needs {
		if !slices.Contains(Needs, need) {
			p.add(line, "unknown need %q; there are: %s", need, strings.Join(Needs, ", "))
		}
	}
}
