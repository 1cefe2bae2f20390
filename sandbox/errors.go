package sandbox

// What can keep a [Shell] from running a command.
var (
	// ErrBusy says that a program has the terminal: an editor, a pager, or a
	// command that goes on running.
	ErrBusy = Errorf("a program is still running in this terminal; end it first, for example with Ctrl-C or q",
		"un programme tourne encore dans ce terminal ; terminez-le d’abord, par exemple avec Ctrl-C ou q")
	// ErrEnded says that the shell is gone.
	ErrEnded = Errorf("the shell has ended", "le shell s’est terminé")
	// ErrUnfinished says that the shell waits for the rest of a command, for
	// example for a closing quote.
	ErrUnfinished = Errorf("the command is not finished; a quote or a keyword is left open",
		"la commande n’est pas finie ; un guillemet ou un mot-clé est resté ouvert")
)
