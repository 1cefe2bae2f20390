package sandbox

// Lang is a language of the course, as a two-letter ISO 639-1 code.
type Lang string

// The languages that cloison speaks.
const (
	English Lang = "en"
	French  Lang = "fr"
)

// Text is one thing said in every language of the course, side by side, so
// that neither can be forgotten.
type Text struct {
	EN string `json:"en"`
	FR string `json:"fr"`
}

// In returns the text in lang, in English when lang is unknown.
func (t Text) In(lang Lang) string {
	if lang == French {
		return t.FR
	}
	return t.EN
}
