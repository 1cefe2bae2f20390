package words

// Before a colon, a question mark and the like stands a no-break space (U+00A0).
var french = Words{
	Course: "Cours", Lesson: "Leçon", Terminal: "Terminal", Xray: "Radio",

	Starting:   "démarrage de la machine…",
	NoMachine:  "aucune machine",
	Opening:    "ouverture de la leçon…",
	Closing:    "fermeture…",
	TooSmall:   "agrandissez la fenêtre",
	Copied:     "copié",
	ShellEnded: "ce shell est terminé ; r en ouvre un nouveau",
	NoLSM:      "sans LSM",
	NoCgroup:   "sans cgroup",
	Cgroup:     "cgroup v%d",
	Back:       "↑ %d lignes",

	Units: []string{"o", "Kio", "Mio", "Gio", "Tio"},
	Comma: ",",

	Map: MapWords{
		Minutes: "%d min",
		Ready:   "prête", Locked: "verrouillée", Played: "jouée", Begun: "commencée", Waiting: "…",
		Needs: "demande", Why: "pourquoi", Remedy: "remède", After: "après",
	},
	Page: PageWords{
		NotYet: "pas encore joué", Next: "à suivre", Running: "en cours…",
		Passed: "réussi", Failed: "échoué", Skipped: "sauté",
		InTerminal: "terminal %s",
		Expected:   "attendu", Observed: "observé", Source: "source", Reason: "parce que",
		Quiz: "Qu’en pensez-vous ?", Reveal: "Faites votre choix, puis appuyez sur espace.",
		Answer: "Réponse", Settles: "La commande suivante le montre.",
		Task: "À vous, dans le terminal", HintsLeft: "espace : un indice (reste %d)", Hint: "Indice %d",
		Show: "Regardez la radio", Note: "Pour le formateur", Further: "Pour aller plus loin",
		Step: "étape %d sur %d",
	},
	Facts: FactWords{
		Sections: map[string]string{
			"namespaces": "espaces de noms", "maps": "tables d’ids", "capabilities": "capabilities", "cgroup": "cgroup",
			"memory": "mémoire", "seccomp": "seccomp", "lsm": "étiquette LSM", "mounts": "montages", "network": "réseau",
		},
		Waiting:    "Les faits apparaissent ici dès qu’un shell est ouvert.",
		Namespaces: "espaces de noms", Own: "propre", Host: "hôte",
		Memory: "mémoire", Limit: "limite", None: "aucune", NoLimit: "sans limite", Used: "utilisée",
		FreeSays: "free dit", OOM: "tués (OOM) : %d",
		Tasks: "tâches", CPU: "processeurs",
		UserIDs: "uid", GroupIDs: "gid", Inside: "dedans", Outside: "dehors",
		SameIDs: "les mêmes dedans et dehors", NoIDs: "pas encore de table : tous sont nobody",
		Capabilities: "capabilities", Effective: "effectives", Permitted: "permises",
		Bounding: "bornées", Ambient: "ambiantes", All: "toutes", Others: "toutes les autres",
		Security: "restrictions", Seccomp: "seccomp", NNP: "no_new_privs", LSM: "étiquette LSM",
		On: "oui", Off: "non", Strict: "strict", Filters: "filtres : %d",
	},
	Dialog: DialogWords{
		Help:  "Touches",
		Error: "Cela n’a pas marché", Try: "À essayer",
		TryOther: "Réessayez avec r ; « cloison doctor » dit ce qu’offre cet ordinateur.", Cause: "Ce qui s’est passé",
		Locked: "Cette leçon est verrouillée ici", NotReady: "La machine n’est pas encore prête.",
		Reset: "Reprendre la leçon à zéro ?", ResetBody: "Tout ce qui tourne dans les terminaux de la leçon s’arrête, et ce qui y a été créé est jeté.",
		Quit: "Quitter cloison ?", QuitBody: "Tout ce qui tourne dans les terminaux de la leçon s’arrête.",
		Yes: "oui", No: "non", Close: "fermer",
	},
	Key: KeyWords{
		Up: "monter", Down: "descendre", PageUp: "page précédente", PageDown: "page suivante", Top: "au début", Bottom: "à la fin",
		Open: "ouvrir la leçon", Play: "jouer", ReadOn: "lire la suite", Wait: "en cours…",
		Previous: "bloc précédent", Following: "bloc suivant", Reveal: "réponse, indice", Copy: "copier la commande",
		Reset: "reprendre à zéro", Map: "cours", Language: "English",
		Lesson: "leçon", Terminal: "terminal", Xray: "radio", Zoom: "encore : toute la fenêtre", NextShell: "terminal suivant",
		Leave: "quitter le terminal", Help: "touches", Quit: "quitter", QuitAlways: "quitter aussitôt",
		Scroll: "remonter", EnterKey: "entrée", SpaceKey: "espace",
	},
}
