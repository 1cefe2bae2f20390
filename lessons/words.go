package lessons

import (
	"regexp"
	"strings"
)

// Word is a word that stands in a text, and the one that the course has for the
// same thing. A learner who reads of a hash here and of a fingerprint there
// looks for two things.
type Word struct{ Said, Instead string }

// others are the words that were once said beside the course's own, as regular
// expressions, each with the one that was kept: CONTRIBUTING.md's Words says
// more of some. A name that is written with a capital is another thing, as in
// Kata Containers.
var others = map[Lang][]Word{
	English: {
		{`kernel call|(?:of|many|all|its) kernel calls|syscalls?`, "system call"},
		{`hostnames?`, "host name"},
		{`filesystems?`, "file system"},
		{`plug-ins?`, "plugin"},
		{`exit codes?`, "exit status"},
		{`symlinks?`, "symbolic link"},
		{`(?:setuid|suid|set-uid)`, "set-user-ID"},
		{`(?:network|loopback) devices?`, "interface"},
	},
	French: {
		{`appels? au noyau|syscalls?`, "appel système"},
		{`bind[ -]mounts?|montages? de liaison`, "montage lié"},
		{`bogues?`, "bug"},
		{`capabilities de fichiers`, "capabilities de fichier"},
		{`containers?`, "conteneur"},
		{`crypt(?:er|ée?s?|age)`, "chiffrer, chiffrement"},
		{`daemons?`, "démon"},
		{`(?:environnements?|moteurs?) d’exécution`, "runtime"},
		{`espaces? de nommage|namespaces? (?:utilisateur|réseau|PID|IPC|UTS|de montage)`, "espace de noms"},
		{`espaces? de noms (?:d’|des )utilisateurs?`, "espace de noms utilisateur"},
		{`fils? d’exécution`, "thread"},
		{`firewalls?`, "pare-feu"},
		{`hachages?|hash|condensats?`, "empreinte"},
		{`isolements?`, "isolation"},
		{`kernel`, "noyau"},
		{`layers?`, "couche"},
		{`(?:le|un|du|au|ce) (?:capability|socket)`, "féminin, la"},
		{`(?:la|une|cette) swap`, "masculin, le swap"},
		{`librairies?`, "bibliothèque"},
		{`loopback|boucle locale`, "bouclage"},
		{`(?:machine|système) hôte`, "hôte"},
		{`mots? clefs?|clefs?`, "clé"},
		{`plug-?ins?`, "greffon"},
		{`registry`, "registre"},
		{`répertoires?`, "dossier"},
		{`(?:setuid|suid|set-uid)`, "set-user-ID"},
		{`tags?`, "étiquette"},
	},
}

var (
	// quoted is what an author may call as he likes: others' words between quotes,
	// and the usual name in brackets or in italics that follows the course's own.
	quoted = regexp.MustCompile(`«[^»]*»|"[^"]*"|“[^”]*”|\([^ ()]+(?: [^ ()]+){0,2}\)|\*[^ *][^*]*\*`)
	// otherWord finds what is no part of an option, a path or a longer word.
	otherWord = compiled(others)
)

func compiled(words map[Lang][]Word) map[Lang][]*regexp.Regexp {
	all := map[Lang][]*regexp.Regexp{}
	for lang, list := range words {
		for _, w := range list {
			all[lang] = append(all[lang], regexp.MustCompile(`(?:^|[^\pL\pN_./-])(`+w.Said+`)(?:$|[^\pL\pN_/.:=-]|[.:-](?:$|[^\pL\pN_%]))`))
		}
	}
	return all
}

// OtherWords finds what the course calls by another name, in a text without
// code. Quotes, italics and short brackets are left out.
func OtherWords(lang Lang, text string) []Word {
	var found []Word
	text = quoted.ReplaceAllString(strings.ReplaceAll(text, "**", ""), " … ")
	for i, word := range otherWord[lang] {
		for _, match := range word.FindAllStringSubmatch(text, -1) {
			found = append(found, Word{match[1], others[lang][i].Instead})
		}
	}
	return found
}

// words says what a page calls by another name than the course does: in its
// title and its text, and in the French that a lesson's checks say, of which it
// also says where a line could end that should not.
func (p *page) words(lang Lang) {
	for i, line := range strings.Split(p.proseAlone(), "\n") {
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
		case i+1 >= p.first || strings.HasPrefix(line, "title:"):
			p.called(i+1, OtherWords(lang, line))
		case lang == English && !strings.HasPrefix(strings.TrimSpace(line), "- "): // a heading of the text is quoted
			for _, said := range spoken.FindAllString(line, -1) {
				said = strings.Trim(said, `"`)
				p.called(i+1, OtherWords(French, said))
				p.spaced(i+1, said)
			}
		}
	}
}

// spoken is French between a script's quotes.
var spoken = regexp.MustCompile(`"[^"]*[àâçéèêëîïôùûœ’\x{a0}][^"]*"`)

func (p *page) called(line int, words []Word) {
	for _, w := range words {
		p.minor(p.clamp(line), "%q: the course has another word for it, so that one thing has one name: %s", w.Said, w.Instead)
	}
}
