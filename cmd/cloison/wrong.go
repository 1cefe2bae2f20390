package main

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cloison/sandbox"
)

// takes is cobra's RangeArgs in both languages.
func takes(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return sandbox.Errorf("an argument is missing; call it as: %s", "il manque un argument ; l’appel est : %s", cmd.UseLine())
		case len(args) > most && most == 0 && cmd.HasAvailableSubCommands():
			return noSuchVerb(cmd, args[0])
		case len(args) > most:
			return sandbox.Errorf("%q is one argument too many; call it as: %s", "l’argument %q est de trop ; l’appel est : %s", args[most], cmd.UseLine())
		}
		return nil
	}
}

// noSuchVerb says that a command has no such verb, and which may be meant.
func noSuchVerb(cmd *cobra.Command, word string) error {
	var verbs []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			verbs = append(verbs, c.Name())
		}
	}
	if near := nearest(word, verbs); near != "" {
		return sandbox.Errorf("%s has no verb %q; did you mean %s?", "%s n’a pas de commande %q ; vouliez-vous dire %s ?", cmd.CommandPath(), word, near)
	}
	return sandbox.Errorf("%s has no verb %q; see: %[1]s --help", "%s n’a pas de commande %q ; voyez : %[1]s --help", cmd.CommandPath(), word)
}

// wrongFlag is what pflag says of a wrong flag, in both languages.
func wrongFlag(err error) error {
	var (
		unknown *pflag.NotExistError
		bare    *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
		syntax  *pflag.InvalidSyntaxError
	)
	switch {
	case errors.As(err, &unknown):
		return sandbox.Errorf("%[1]w", "option inconnue : %[2]s", err, named(unknown))
	case errors.As(err, &bare):
		return sandbox.Errorf("%[1]w", "il manque une valeur à l’option %[2]s", err, named(bare))
	case errors.As(err, &invalid):
		return sandbox.Errorf("--%s %s: give %s", "--%s %s : donnez %s", invalid.GetFlag().Name, invalid.GetValue(), wanted(invalid.GetFlag()))
	case errors.As(err, &syntax):
		return sandbox.Errorf("%[1]w", "%[2]s n’a pas la forme d’une option", err, syntax.GetSpecifiedFlag())
	}
	return err
}

// specified is a flag as it was written.
type specified interface {
	GetSpecifiedName() string
	GetSpecifiedShortnames() string
}

// named is a flag with its dashes.
func named(flag specified) string {
	if flag.GetSpecifiedShortnames() != "" {
		return "-" + flag.GetSpecifiedName()
	}
	return "--" + flag.GetSpecifiedName()
}

// wanted is what a flag takes.
func wanted(flag *pflag.Flag) sandbox.Text {
	switch flag.Value.Type() {
	case "int", "int64":
		return sandbox.Text{EN: "a whole number", FR: "un nombre entier"}
	case "uint":
		return sandbox.Text{EN: "a whole number from 0 on", FR: "un nombre entier à partir de 0"}
	case "float64":
		return sandbox.Text{EN: "a number such as 0.5", FR: "un nombre tel que 0.5"}
	case "duration":
		return sandbox.Text{EN: "a time such as 24h or -90s", FR: "une durée telle que 24h ou -90s"}
	case "bool":
		return sandbox.Text{EN: "true or false", FR: "true ou false"}
	}
	return sandbox.Text{EN: "another value", FR: "une autre valeur"}
}
