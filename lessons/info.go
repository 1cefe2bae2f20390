package lessons

import (
	"errors"
	"fmt"
	"strings"
)

// Info is the info string of a fenced code block: what stands behind the
// opening fence, as in
//
//	sh {run id=tree expect="^ *1 "}
type Info struct {
	Lang   string // "sh"
	Braced bool   // whether there is a {…} at all
	Word   string // the word before the pairs: "run"; "" for none
	Pairs  []Pair // in order; a key may come more than once
}

// Pair is one KEY=VALUE of an info string.
type Pair struct {
	Key, Value string
}

// ParseInfo reads an info string. A value ends at white space or is
// double-quoted; between quotes \" is a quotation mark and \\ a backslash, and
// every other backslash stands for itself, so that regular expressions can be
// written as they are.
func ParseInfo(s string) (Info, error) {
	lang, rest, braced := strings.Cut(strings.TrimSpace(s), "{")
	info := Info{Lang: strings.TrimSpace(lang), Braced: braced}
	if !braced {
		return info, nil
	}
	rest, ok := strings.CutSuffix(rest, "}")
	if !ok {
		return info, errors.New("the {…} behind the fence is never closed, or something follows it")
	}
	for first := true; ; first = false {
		rest = strings.TrimSpace(rest)
		if rest == "" {
			return info, nil
		}
		var err error
		if rest, err = info.next(rest, first); err != nil {
			return info, err
		}
	}
}

// next takes one word or pair off the front of s.
func (i *Info) next(s string, first bool) (rest string, err error) {
	end := strings.IndexAny(s, "= \t")
	if end < 0 {
		end = len(s)
	}
	key := s[:end]
	if end == len(s) || s[end] != '=' {
		if !first {
			return "", fmt.Errorf("%q behind the fence is not KEY=VALUE", key)
		}
		i.Word = key
		return s[end:], nil
	}
	if key == "" {
		return "", errors.New("a value behind the fence has no key")
	}
	value, rest, err := infoValue(s[end+1:])
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	i.Pairs = append(i.Pairs, Pair{key, value})
	return rest, nil
}

// infoValue takes one value off the front of s.
func infoValue(s string) (value, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, " \t")
		if end < 0 {
			end = len(s)
		}
		if strings.Contains(s[:end], `"`) {
			return "", "", errors.New("a quotation mark inside a value that is not quoted")
		}
		return s[:end], s[end:], nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			if rest = s[i+1:]; rest != "" && !strings.ContainsAny(rest[:1], " \t") {
				return "", "", errors.New("something follows the closing quotation mark")
			}
			return b.String(), rest, nil
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", errors.New("a quotation is never closed")
}

// String writes the info string so that ParseInfo reads the same again.
func (i Info) String() string {
	if !i.Braced {
		return i.Lang
	}
	var words []string
	if i.Word != "" {
		words = append(words, i.Word)
	}
	for _, p := range i.Pairs {
		value := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p.Value)
		words = append(words, p.Key+`="`+value+`"`)
	}
	return strings.TrimSpace(i.Lang + " {" + strings.Join(words, " ") + "}")
}
