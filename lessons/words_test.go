package lessons

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestOtherWords wants the word that the course has for a thing to be named
// wherever another stands, and quotes, code's names and glosses to be let be.
func TestOtherWords(t *testing.T) {
	for _, c := range []struct {
		lang, text string
		want       []string
	}{
		{French, "Les **moteurs d’exécution** font un appel au noyau.", []string{"appel système", "runtime"}},
		{French, "L’isolement, la clef ; le socket. Un daemon: x", []string{"démon", "isolation", "féminin, la", "clé"}},
		{French, "Un runtime (un moteur d’exécution), une *étiquette* (*tag*), dit « le daemon », des ***hash*** ", nil},
		{French, "Kata Containers, container:NOM, container=x, docker run --hostname, /run/daemon.json, daemon.json, dæmon, un_tag", nil},
		{French, "hash hash", []string{"empreinte"}},
		{French, "Sur un sous-répertoire, le layer.", []string{"couche"}},
		{English, "A kernel call, many kernel calls, two syscalls; an \"exit code\".", []string{"system call", "system call", "system call"}},
		{English, "The network device (a filesystem) of `proc`, plug-ins", []string{"plugin", "interface"}},
		{English, "what the kernel calls it, /etc/hostname", nil},
		{English, "un daemon", nil},
	} {
		var got []string
		for _, w := range OtherWords(c.lang, c.text) {
			got = append(got, w.Instead)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}

// TestWordsAreTheCoursesOwn wants no word of the table to be told to whoever
// says what the table says instead.
func TestWordsAreTheCoursesOwn(t *testing.T) {
	for lang, list := range others {
		for _, w := range list {
			if found := OtherWords(lang, w.Instead); found != nil {
				t.Errorf("%s: %q is said instead of %q, and found to be another word: %v", lang, w.Instead, w.Said, found)
			}
		}
	}
}

// TestWordsSayWhere wants the lines of a page's title and text, and of what its
// checks say in French, and none in its code and its infos.
func TestWordsSayWhere(t *testing.T) {
	text := "---\ntitle: Ask syscalls\ntasks:\n  a:\n    check: |\n      syscall || say \"no daemon\" \"pas de daemon à l’heure\"\n      say \"Here : x\" \"Voilà : x\"\n      say \"Voilà\u00a0: x\"\n---\n" +
		"```sh {run id=syscall}\nsyscall\n```\n\nOne `syscall`.\nTwo syscalls.\n\n```quiz {id=b}\nWhich syscall?\n- [x] a\n```\n"
	p := newPage("lesson.md", []byte(text))
	p.words(English)
	got := map[int]string{}
	for _, problem := range p.problems {
		got[problem.Line] = problem.Message[strings.LastIndex(problem.Message, ": ")+2:]
		if !problem.Minor {
			t.Errorf("%v would keep the course from being used", problem)
		}
	}
	want := map[int]string{2: "system call", 6: "démon", 7: "! ?", 15: "system call", 18: "system call"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %s, want %s", fmt.Sprint(got), fmt.Sprint(want))
	}
}
