package play

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cloison/lessons"
	"cloison/sandbox"
)

// askingLimit is how long the question which layer refused may take: it runs
// the command many times.
const askingLimit = 90 * time.Second

// question is a refused command, and where it was refused.
type question struct {
	command string
	pid     int    // of the shell into which it was typed
	shell   string // a program of the world of that shell
	exports string // what export -p printed there; "" takes the variables that the shell started with
}

// starts matches the commands that make a container: their flags tell all.
var starts = regexp.MustCompile(`^(cloison|docker) run `)

// quotedText matches what a shell takes as it stands.
var quotedText = regexp.MustCompile(`'[^']*'|"[^"]*"`)

// ofContainer says whether the command does nothing but make a container.
func (q question) ofContainer() bool {
	return starts.MatchString(q.command) && !strings.ContainsAny(quotedText.ReplaceAllString(q.command, ""), ";&|<>\n`(")
}

// exported matches what export -p prints of a variable, in bash and in busybox.
var exported = regexp.MustCompile(`(?m)^(?:declare -[a-z]*x[a-z]*|export) ([A-Za-z_][A-Za-z_0-9]*)=`)

// script asks cloison why, in the lab.
func (q question) script(options string) string {
	lines := []string{"cloison=$(command -v cloison)", fmt.Sprintf("cd \"$(readlink /proc/%d/cwd)\" 2>/dev/null", q.pid)}
	var variables string
	if first := exported.FindStringIndex(q.exports); first != nil {
		lines = append(lines, "{ "+strings.TrimRight(q.exports[first[0]:], "\n"), "} 2>/dev/null")
		for _, m := range exported.FindAllStringSubmatch(q.exports, -1) {
			variables += " -e " + m[1]
		}
	}
	ask := `exec "$cloison" why ` + options
	if rest, ok := strings.CutPrefix(q.command, "cloison run "); ok && q.ofContainer() {
		return strings.Join(append(lines, ask+rest), "\n")
	}
	if q.ofContainer() {
		return strings.Join(append(lines, ask+"-- "+q.command), "\n")
	}
	quoted := "'" + strings.ReplaceAll(q.command, "'", `'\''`) + "'"
	return strings.Join(append(lines, fmt.Sprintf("%s--pid %d%s -- %s -c %s", ask, q.pid, variables, q.shell, quoted)), "\n")
}

// Why asks which layer refused the command of a block that has just been
// played, and gives what cloison why prints. It types nothing into the
// learner's shell.
func (p *Player) Why(ctx context.Context, b lessons.Block, lang sandbox.Lang) (sandbox.Outcome, error) {
	q, err := p.question(ctx, b)
	if err != nil {
		return sandbox.Outcome{}, err
	}
	return p.ask(ctx, q, "--lang "+string(lang)+" ")
}

// question is the one about a block's command.
func (p *Player) question(ctx context.Context, b lessons.Block) (question, error) {
	if b.Run == nil {
		return question{}, fmt.Errorf("ask about block %q: only run blocks can be refused", b.ID)
	}
	run := p.filled(*b.Run)
	sh, err := p.running(run.Shell)
	if err != nil {
		return question{}, err
	}
	q := question{command: run.Command, shell: "sh"}
	if q.pid, err = sh.Foreground(); err != nil {
		q.pid = sh.PID()
	}
	if facts, err := p.Lab().Inspect(ctx, q.pid); err == nil && facts.Command == "bash" {
		q.shell = "bash"
	}
	return q, nil
}

// running is a terminal that is open: nothing was refused in another.
func (p *Player) running(name string) (sandbox.Shell, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if sh, ok := p.shells[name]; ok && p.lab != nil {
		return sh, nil
	}
	return nil, fmt.Errorf("ask which layer refused: the shell of terminal %s has ended", name)
}

func (p *Player) ask(ctx context.Context, q question, options string) (sandbox.Outcome, error) {
	lab := p.Lab()
	if lab == nil {
		return sandbox.Outcome{}, errors.New("ask which layer refused: the lesson has not been started")
	}
	limited, cancel := context.WithTimeout(ctx, p.Within(askingLimit))
	defer cancel()
	o, err := lab.Exec(limited, q.script(options), nil)
	if err != nil {
		return o, fmt.Errorf("ask which layer refused: %w", err)
	}
	return o, nil
}

// found is what this package reads of the JSON of cloison why.
type found struct {
	Ways [][]struct {
		Layer string `json:"layer"`
		Error string `json:"error"`
	} `json:"ways"`
	Free string `json:"free"`
}

// Denied judges a block's denied-by, right after it was played and refused as
// expected: v is the verdict on that. To know the variables of the shell, it
// types into it, so it is for who verifies a lesson, not for who learns.
func (p *Player) Denied(ctx context.Context, b lessons.Block, v Verdict) (Verdict, error) {
	q, err := p.question(ctx, b)
	if err != nil {
		return v, err
	}
	if !q.ofContainer() {
		if err := p.lookAround(ctx, b, &q); err != nil {
			return v, err
		}
	}
	o, err := p.ask(ctx, q, "--json ")
	if err != nil && !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		return v, err
	}
	return blame(b.Run.DeniedBy, o, p.machine.About().Root, v), nil
}

// DependsOnShell says whether the question about a command runs it in the
// world of the shell, where what it does stays. Otherwise it runs in
// containers, which leave nothing.
func DependsOnShell(run lessons.RunBlock) bool { return !question{command: run.Command}.ofContainer() }

// lookAround learns the variables of the shell.
func (p *Player) lookAround(ctx context.Context, b lessons.Block, q *question) error {
	run := lessons.RunBlock{Command: "export -p", Shell: p.filled(*b.Run).Shell, Timeout: p.Within(solveLimit)}
	if strings.Contains(q.command, "$!") {
		run.Command += `; echo "last $!"`
	}
	sh, err := p.running(run.Shell)
	if err != nil {
		return err
	}
	o, err := p.typeCommand(ctx, sh, run)
	if err != nil {
		return fmt.Errorf("read the variables of terminal %s: %w", run.Shell, err)
	}
	q.exports = strings.ReplaceAll(o.Output, "\r\n", "\n")
	if text, number, ok := strings.Cut(q.exports, "\nlast "); ok {
		if n, err := strconv.Atoi(strings.TrimSpace(number)); err == nil {
			q.exports, q.command = text, strings.ReplaceAll(q.command, "$!", strconv.Itoa(n))
		}
	}
	return nil
}

// blame compares the layer that a lesson names with those that were found. Who
// is not root can relax little: when that is not enough, nothing is proved, and
// the verdict stays as it is.
func blame(layer string, o sandbox.Outcome, root bool, v Verdict) Verdict {
	unproved := v
	v.Expected = append(slices.Clone(v.Expected), both("refused by the layer %s", "refusé par la couche %s", layer))
	var f found
	err := json.Unmarshal([]byte(o.Output), &f)
	switch {
	case err != nil || o.Exit != 0:
		v.Status, v.Observed = Failed, plain(o.Output)
		v.Reason = both("cloison why has no answer", "cloison why n’a pas de réponse")
	case len(f.Ways) == 0 && !root:
		return unproved
	case len(f.Ways) == 0:
		v.Status = Failed
		v.Reason = both("not sure which layer refused: with everything relaxed that can be relaxed, it ends with %s", "couche qui refuse incertaine : quand tout ce qui peut l’être est permis, elle se termine par %s", orUnknown(f.Free))
	case !f.names(layer):
		v.Status, v.Observed = Failed, f.String()
		v.Reason = both("refused by %s, not by %s", "refusé par %s, non par %s", f.String(), layer)
	}
	return v
}

func orUnknown(s string) string {
	if s == "" {
		return "?"
	}
	return s
}

func (f found) names(layer string) bool {
	for _, way := range f.Ways {
		for _, r := range way {
			if r.Layer == layer {
				return true
			}
		}
	}
	return false
}

// String is the sets of layers that were found.
func (f found) String() string {
	ways := make([]string, len(f.Ways))
	for i, way := range f.Ways {
		names := make([]string, len(way))
		for j, r := range way {
			names[j] = r.Layer
		}
		ways[i] = strings.Join(names, "+")
	}
	return strings.Join(ways, ", ")
}
