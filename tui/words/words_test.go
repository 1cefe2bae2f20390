package words

import (
	"reflect"
	"regexp"
	"slices"
	"testing"

	"cloison/sandbox"
)

// said collects every word of w by the path of its field.
func said(v reflect.Value, path string, into map[string]string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			said(v.Field(i), path+"."+v.Type().Field(i).Name, into)
		}
	case reflect.Slice:
		for i := range v.Len() {
			said(v.Index(i), path+"[]", into)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			said(v.MapIndex(key), path+"."+key.String(), into)
		}
	case reflect.String:
		into[path] = v.String()
	}
}

func TestEveryWordIsSaidInBothLanguages(t *testing.T) {
	en, fr := map[string]string{}, map[string]string{}
	said(reflect.ValueOf(In(sandbox.English)), "", en)
	said(reflect.ValueOf(In(sandbox.French)), "", fr)
	if len(en) < 80 {
		t.Fatalf("only %d words found", len(en))
	}
	for path, word := range en {
		if word == "" {
			t.Errorf("%s has no English word", path)
		}
		if fr[path] == "" {
			t.Errorf("%s has no French word", path)
		}
	}
	for path := range fr {
		if en[path] == "" {
			t.Errorf("%s is said in French alone", path)
		}
	}
}

func TestFormatsAgree(t *testing.T) {
	en, fr := map[string]string{}, map[string]string{}
	said(reflect.ValueOf(english), "", en)
	said(reflect.ValueOf(french), "", fr)
	verb := regexp.MustCompile(`%[a-z]`)
	for path := range en {
		if !slices.Equal(verb.FindAllString(en[path], -1), verb.FindAllString(fr[path], -1)) {
			t.Errorf("%s: %q and %q take different arguments", path, en[path], fr[path])
		}
	}
}

func TestFrenchPunctuationDoesNotBreak(t *testing.T) {
	fr := map[string]string{}
	said(reflect.ValueOf(french), "", fr)
	plain := regexp.MustCompile(`[ \pL][:;!?»]|« |'`)
	for path, word := range fr {
		if plain.MatchString(word) {
			t.Errorf("%s: %q needs a no-break space or a typographic apostrophe", path, word)
		}
	}
}

func TestUnknownLanguageIsEnglish(t *testing.T) {
	if In("xx").Course != english.Course || In(sandbox.French).Course != french.Course {
		t.Error("In picks the wrong language")
	}
}
