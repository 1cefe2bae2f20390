package main

// addedVerb is what a verb that cobra adds says of itself in French.
type addedVerb struct{ use, short, long string }

// addedVerbs are those verbs. Their English is cobra's, but for help.
var addedVerbs = map[string]addedVerb{
	"help": {
		"help [commande]",
		"Aide sur une commande",
		`Donner l’aide d’une commande, dont le nom suit : cloison help vm run.`,
	},
	"completion": {
		"completion",
		"Écrire le script de complétion pour un shell",
		`Écrire le script grâce auquel un shell complète les commandes de cloison. L’aide
de chaque sous-commande dit comment s’en servir.`,
	},
	"completion bash": {
		"bash",
		"Écrire le script de complétion pour bash",
		`Écrire le script de complétion pour bash.

Il demande le paquet « bash-completion ». S’il n’est pas encore installé, le
gestionnaire de paquets de votre système l’installe.

Pour compléter dans le shell où vous êtes :

	source <(cloison completion bash)

Pour compléter dans chaque nouveau shell, une fois pour toutes :

#### Linux :

	cloison completion bash > /etc/bash_completion.d/cloison

#### macOS :

	cloison completion bash > $(brew --prefix)/etc/bash_completion.d/cloison

Le réglage prend effet dans un nouveau shell.`,
	},
	"completion zsh": {
		"zsh",
		"Écrire le script de complétion pour zsh",
		`Écrire le script de complétion pour zsh.

Si la complétion n’est pas encore active chez vous, activez-la, une fois pour
toutes :

	echo "autoload -U compinit; compinit" >> ~/.zshrc

Pour compléter dans le shell où vous êtes :

	source <(cloison completion zsh)

Pour compléter dans chaque nouveau shell, une fois pour toutes :

#### Linux :

	cloison completion zsh > "${fpath[1]}/_cloison"

#### macOS :

	cloison completion zsh > $(brew --prefix)/share/zsh/site-functions/_cloison

Le réglage prend effet dans un nouveau shell.`,
	},
	"completion fish": {
		"fish",
		"Écrire le script de complétion pour fish",
		`Écrire le script de complétion pour fish.

Pour compléter dans le shell où vous êtes :

	cloison completion fish | source

Pour compléter dans chaque nouveau shell, une fois pour toutes :

	cloison completion fish > ~/.config/fish/completions/cloison.fish

Le réglage prend effet dans un nouveau shell.`,
	},
	"completion powershell": {
		"powershell",
		"Écrire le script de complétion pour PowerShell",
		`Écrire le script de complétion pour PowerShell.

Pour compléter dans le shell où vous êtes :

	cloison completion powershell | Out-String | Invoke-Expression

Pour compléter dans chaque nouveau shell, ajoutez ce que la commande écrit à
votre profil PowerShell.`,
	},
}
