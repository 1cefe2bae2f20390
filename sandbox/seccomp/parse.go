package seccomp

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"

	"cloison/sandbox"
)

// Parse reads a profile and refuses what it could not honour. As Docker does,
// it passes over keys that it does not know.
func Parse(text []byte) (*Profile, error) {
	var p Profile
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, badJSON(text, err)
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	return &p, nil
}

// badJSON says in which line the trouble is.
func badJSON(text []byte, err error) error {
	at := int64(0)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind):
		at = kind.Offset
	default:
		return sandbox.Errorf("read the profile: %w", "lire le profil : %w", err)
	}
	line := 1 + bytes.Count(text[:min(int(at), len(text))], []byte("\n"))
	return sandbox.Errorf("read the profile: line %d: %w", "lire le profil : ligne %d : %w", line, err)
}

func (p *Profile) check() error {
	if p.DefaultAction == "" {
		return sandbox.Errorf(`the profile has no "defaultAction", which says what happens to calls that no rule names: give "SCMP_ACT_ERRNO" or "SCMP_ACT_ALLOW"`,
			`le profil n’a pas de "defaultAction", qui dit ce qu’il advient des appels qu’aucune règle ne nomme : donnez "SCMP_ACT_ERRNO" ou "SCMP_ACT_ALLOW"`)
	}
	if _, err := verdict(p.DefaultAction, p.DefaultErrnoRet); err != nil {
		return sandbox.Errorf("defaultAction: %w", "defaultAction : %w", err)
	}
	if len(p.Architectures) > 0 && len(p.ArchMap) > 0 {
		return sandbox.Errorf(`the profile has both "architectures" and "archMap": leave one out`,
			`le profil a à la fois "architectures" et "archMap" : retirez l’un des deux`)
	}
	for _, f := range p.Flags {
		if _, known := flags[f]; !known {
			return sandbox.Errorf("flags: %q is unknown; seccomp(2) lists them", "flags : %q est inconnu ; seccomp(2) en donne la liste", f)
		}
	}
	for i := range p.Syscalls {
		if err := p.Syscalls[i].check(); err != nil {
			return sandbox.Errorf("rule %d of syscalls (%s): %w", "règle %d de « syscalls » (%s) : %w", i+1, strings.Join(p.Syscalls[i].Names, " "), err)
		}
	}
	return nil
}

// check also turns the old spelling of a single name into the new one.
func (r *Rule) check() error {
	if r.Name != "" {
		if len(r.Names) > 0 {
			return sandbox.Errorf(`it has both "name" and "names": leave one out`, `elle a à la fois "name" et "names" : retirez l’un des deux`)
		}
		r.Names = []string{r.Name}
	}
	if len(r.Names) == 0 {
		return sandbox.Errorf(`it names no call: give "names"`, `elle ne nomme aucun appel : donnez "names"`)
	}
	if _, err := verdict(r.Action, r.ErrnoRet); err != nil {
		return err
	}
	for _, a := range r.Args {
		if a.Index > 5 {
			return sandbox.Errorf("args: index %d: a call has arguments 0 to 5", "args : index %d : un appel a les arguments 0 à 5", a.Index)
		}
		if !slices.Contains(operators, a.Op) {
			return sandbox.Errorf("args: op %q is unknown; there are %s", "args : op %q est inconnu ; il y a %s", a.Op, strings.Join(texts(operators), " "))
		}
	}
	return nil
}

var operators = []specs.LinuxSeccompOperator{
	specs.OpEqualTo, specs.OpNotEqual, specs.OpLessThan, specs.OpLessEqual,
	specs.OpGreaterThan, specs.OpGreaterEqual, specs.OpMaskedEqual,
}

func texts[T ~string](list []T) []string {
	all := make([]string, len(list))
	for i, t := range list {
		all[i] = string(t)
	}
	return all
}

// Version is that of a kernel, as far as rules look at it: 4.8.
type Version struct{ Major, Minor int }

// ParseVersion reads the beginning of a release such as 6.1.0-18-amd64.
func ParseVersion(release string) (Version, error) {
	major, rest, found := strings.Cut(release, ".")
	digits := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if digits >= 0 {
		rest = rest[:digits]
	}
	a, err1 := strconv.ParseUint(major, 10, 15)
	b, err2 := strconv.ParseUint(rest, 10, 15)
	if !found || err1 != nil || err2 != nil {
		return Version{}, sandbox.Errorf("%q is no kernel version such as 4.8", "%q n’est pas une version du noyau telle que 4.8", release)
	}
	return Version{int(a), int(b)}, nil
}

// UnmarshalJSON reads "4.8".
func (v *Version) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil || s == "" {
		return err
	}
	var err error
	*v, err = ParseVersion(s)
	return err
}

// Before says whether v is older than o.
func (v Version) Before(o Version) bool {
	return v.Major < o.Major || v.Major == o.Major && v.Minor < o.Minor
}
