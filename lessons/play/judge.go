package play

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cloison/lessons"
	"cloison/sandbox"
)

// Status is how a block ended.
type Status string

// The three ends of a block.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Verdict is the judgement on one block: what was expected, what was observed,
// and where it was read.
type Verdict struct {
	Lesson   string         `json:"lesson"`
	Block    string         `json:"block"`
	Status   Status         `json:"status"`
	Expected []sandbox.Text `json:"expected"`        // one a condition, in plain words
	Observed string         `json:"observed"`        // the output
	Source   sandbox.Text   `json:"source,omitzero"` // for example "terminal a, exit status 0"
	Reason   sandbox.Text   `json:"reason,omitzero"` // why skipped, or which condition failed
	Took     time.Duration  `json:"took_ns"`
	Refused  bool           `json:"refused,omitempty"` // it looks as if a layer had said no, expected or not
}

// both says the same in both languages with the same arguments.
func both(en, fr string, args ...any) sandbox.Text {
	return sandbox.Text{EN: fmt.Sprintf(en, args...), FR: fmt.Sprintf(fr, args...)}
}

// condition is one thing that must hold of an outcome.
type condition struct {
	expected sandbox.Text
	failed   sandbox.Text // said when it does not hold
	holds    bool
}

// Judge compares how a run block's command ended with what the block expects.
// The first condition that does not hold is the verdict's reason. ended is the
// error of the shell's Run: one that tells of the command is judged, any other
// is returned.
func Judge(run lessons.RunBlock, o sandbox.Outcome, ended error) (Verdict, error) {
	conditions, err := conditionsOf(run, o)
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{Status: Passed, Expected: []sandbox.Text{}, Observed: plain(o.Output), Source: source(run, o, ended), Refused: ended == nil && o.Refused()}
	for _, c := range conditions {
		v.Expected = append(v.Expected, c.expected)
		if !c.holds && v.Status == Passed {
			v.Status, v.Reason = Failed, c.failed
		}
	}
	if ended != nil {
		v.Status, v.Reason = Failed, whatHappened(run, ended)
		if v.Reason == (sandbox.Text{}) {
			return Verdict{}, ended
		}
	}
	return v, nil
}

// whatHappened says why a command has no outcome; it is empty for an error that
// tells nothing of the command.
func whatHappened(run lessons.RunBlock, err error) sandbox.Text {
	switch {
	case errors.Is(err, context.DeadlineExceeded) && run.Until != "":
		return both("the output did not match /%s/ within %s", "la sortie n’a pas correspondu à /%s/ en %s", run.Until, run.Timeout)
	case errors.Is(err, context.DeadlineExceeded):
		return both("no prompt came back within %s", "aucune invite n’est revenue en %s", run.Timeout)
	case errors.Is(err, sandbox.ErrBusy):
		return both("a program is still running in terminal %s: end it first, for example with Ctrl-C or q",
			"un programme tourne encore dans le terminal %s : terminez-le d’abord, par exemple avec Ctrl-C ou q", run.Shell)
	case errors.Is(err, sandbox.ErrEnded):
		return both("the shell of terminal %s has ended; the next command opens a new one",
			"le shell du terminal %s s’est terminé ; la prochaine commande en ouvrira un nouveau", run.Shell)
	case errors.Is(err, sandbox.ErrUnfinished):
		return both("the shell waits for the rest of the command: a quote or a keyword is left open",
			"le shell attend la suite de la commande : un guillemet ou un mot-clé reste ouvert")
	}
	return sandbox.Text{}
}

func conditionsOf(run lessons.RunBlock, o sandbox.Outcome) ([]condition, error) {
	var all []condition
	if run.Until != "" {
		c, err := reaches(run, o)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	} else {
		all = append(all, exits(run, o)...)
	}
	output := plain(o.Output)
	for _, expr := range run.Expect {
		found, err := matches(expr, output)
		if err != nil {
			return nil, err
		}
		expected := both("the output matches /%s/", "la sortie correspond à /%s/", expr)
		all = append(all, condition{expected, both("the output does not match /%s/", "la sortie ne correspond pas à /%s/", expr), found})
	}
	for _, expr := range run.Reject {
		found, err := matches(expr, output)
		if err != nil {
			return nil, err
		}
		expected := both("the output does not match /%s/", "la sortie ne correspond pas à /%s/", expr)
		all = append(all, condition{expected, both("the output matches /%s/", "la sortie correspond à /%s/", expr), !found})
	}
	return all, nil
}

// reaches is the condition of a block that enters a program. The output is
// taken as it came: a pattern for a prompt ends with the prompt's space.
func reaches(run lessons.RunBlock, o sandbox.Outcome) (condition, error) {
	found, err := matches(run.Until, strings.ReplaceAll(o.Output, "\r\n", "\n"))
	return condition{
		expected: both("the output reaches /%s/", "la sortie arrive à /%s/", run.Until),
		failed: both("the command ended with status %d before its output matched /%s/",
			"la commande s’est terminée avec le code %d avant que sa sortie ne corresponde à /%s/", o.Exit, run.Until),
		holds: found,
	}, err
}

// exits is the condition on the exit status, when there is one.
func exits(run lessons.RunBlock, o sandbox.Outcome) []condition {
	if run.Exit == lessons.AnyExit {
		return nil
	}
	return []condition{{
		expected: both("exit status %d", "code de retour %d", run.Exit),
		failed:   both("exit status %d instead of %d", "code de retour %d au lieu de %d", o.Exit, run.Exit),
		holds:    o.Exit == run.Exit,
	}}
}

func matches(expr, output string) (bool, error) {
	re, err := lessons.Multiline(expr)
	if err != nil {
		return false, fmt.Errorf("pattern of the block: %w", err)
	}
	return re.MatchString(output), nil
}

// plain drops white space at the ends of lines, carriage returns included, and
// empty lines at the end.
func plain(output string) string {
	lines := strings.Split(strings.ReplaceAll(output, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\r")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// source says where the observation was made.
func source(run lessons.RunBlock, o sandbox.Outcome, ended error) sandbox.Text {
	if ended != nil || run.Until != "" {
		return both("terminal %s", "terminal %s", run.Shell)
	}
	return both("terminal %s, exit status %d", "terminal %s, code de retour %d", run.Shell, o.Exit)
}
