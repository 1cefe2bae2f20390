package sandbox

import (
	"errors"
	"fmt"
	"strings"
)

// Errorf is [fmt.Errorf] for what a learner is told: the same said twice, with
// the same arguments. An argument that says something in both languages, a
// [Text] or an error of this kind, is put into each in its language; %w wraps.
// A format that has no use for some argument counts them, as %[1]s does.
func Errorf(en, fr string, args ...any) error {
	return &said{
		Text: Text{
			EN: fmt.Errorf(en, each(English, args)...).Error(),
			FR: fmt.Errorf(fr, each(French, args)...).Error(),
		},
		wraps: wrapped(args),
	}
}

// said is an error in both languages, with its In of them.
type said struct {
	Text
	wraps []error
}

func (s *said) Error() string { return s.EN }

func (s *said) Unwrap() []error { return s.wraps }

// each is the arguments in one language.
func each(lang Lang, args []any) []any {
	all := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case Text:
			all[i] = a.In(lang)
		case error:
			all[i] = errors.New(Say(a, lang))
		default:
			all[i] = a
		}
	}
	return all
}

func wrapped(args []any) []error {
	var all []error
	for _, a := range args {
		if err, ok := a.(error); ok {
			all = append(all, err)
		}
	}
	return all
}

// Say is what an error says in lang. One that speaks both languages has a
// method In; the words that a plain error puts around such a one stay, as does
// what only the kernel or another program says.
func Say(err error, lang Lang) string {
	if bilingual, ok := err.(interface{ In(lang Lang) string }); ok {
		return bilingual.In(lang)
	}
	text := err.Error()
	for _, inner := range inside(err) {
		if inner != nil {
			text = strings.Replace(text, inner.Error(), Say(inner, lang), 1)
		}
	}
	return text
}

// inside is what an error wraps, one or several.
func inside(err error) []error {
	switch w := err.(type) {
	case interface{ Unwrap() error }:
		return []error{w.Unwrap()}
	case interface{ Unwrap() []error }:
		return w.Unwrap()
	}
	return nil
}

// Said is what an error says, in both languages.
func Said(err error) Text { return Text{EN: Say(err, English), FR: Say(err, French)} }
