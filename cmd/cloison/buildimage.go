package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/adrg/xdg"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"cloison/sandbox"
	"cloison/sandbox/image"
	"cloison/sandbox/image/build"
)

// newBuildImage is the verb behind scripts/build-image, which sees to it that
// the tools are there.
func newBuildImage(g *globals) *cobra.Command {
	var ifNeeded bool
	var list, containers string
	cmd := &cobra.Command{
		Use:    "build-image",
		Short:  g.say("Build the image of the throw-away VM from Debian packages", "Fabriquer l’image de la VM jetable à partir de paquets Debian"),
		Hidden: true,
		Args:   takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case list != "":
				return printPackages(cmd.OutOrStdout(), list)
			case containers != "":
				return build.SaveContainers(cmd.Context(), containers)
			}
			if ifNeeded && !build.Needed(image.Folder()) {
				return nil
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
			defer stop()
			return g.buildImage(ctx, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().BoolVar(&ifNeeded, "if-needed", false, g.say("do nothing when there is an image that this program would build again just so",
		"ne rien faire s’il y a une image que ce programme referait telle quelle"))
	cmd.Flags().StringVar(&list, "packages", "", g.say("only list the Debian packages that a machine of its own needs: machine, or selinux for those that are needed besides",
		"seulement lister les paquets Debian qu’il faut à une machine dédiée : machine, ou selinux pour ceux qu’il faut en plus"))
	cmd.Flags().StringVar(&containers, "containers", "", g.say("only write the small container images into `DIR`, for docker load",
		"seulement écrire les petites images de conteneurs dans `DOSSIER`, pour docker load"))
	return cmd
}

// printPackages prints the names of packages, one a line, for scripts/provision.
func printPackages(w io.Writer, which string) error {
	names := map[string][]string{"machine": build.MachinePackages(), "selinux": build.SELinuxPackages()}[which]
	if names == nil {
		return codeError{exitUsage, sandbox.Errorf("--packages %s: there are machine and selinux", "--packages %s : il y a machine et selinux", which)}
	}
	_, err := fmt.Fprintln(w, strings.Join(names, "\n"))
	return err
}

// buildImage builds the image, tells how far it is, and closes with its size and the time.
func (g *globals) buildImage(ctx context.Context, out, progress io.Writer) error {
	home := filepath.Join(xdg.CacheHome, "cloison")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return codeError{exitUnable, err}
	}
	name := filepath.Join(home, "build-image.log")
	log, err := os.Create(name)
	if err != nil {
		return codeError{exitUnable, err}
	}
	defer log.Close()
	intro := sandbox.Text{
		EN: "Building the image of the throw-away VM: about 250 MB are downloaded the first time, and it takes a few minutes. Ctrl-C breaks it off; what has been downloaded is kept.",
		FR: "Fabrication de l’image de la VM jetable : environ 250 Mo sont téléchargés la première fois, et cela prend quelques minutes. Ctrl-C l’interrompt ; ce qui a été téléchargé est gardé.",
	}
	fmt.Fprintln(progress, intro.In(g.lang()))
	line := &stageLine{w: progress, lang: g.lang(), live: isTerminal(progress), now: time.Now}
	began := time.Now()
	i, err := build.Build(ctx, build.Options{
		Dir: image.Folder(), Cache: filepath.Join(home, "packages"), Tell: line.tell,
	}, log)
	line.end()
	if err != nil {
		return imageError(err, name, g.lang())
	}
	text := sandbox.Text{
		EN: "%s: %d MB, Debian %s, Linux %s; built in %s\n",
		FR: "%s : %d Mo, Debian %s, Linux %s ; fabriquée en %s\n",
	}
	_, err = fmt.Fprintf(out, text.In(g.lang()), i.Dir, i.Size()/1e6, i.Manifest.Suite, i.Manifest.Release, time.Since(began).Round(time.Second))
	return err
}

// imageError says why there is no image, in the learner's language.
func imageError(err error, log string, lang sandbox.Lang) error {
	var failed *build.Failed
	switch {
	case errors.Is(err, context.Canceled):
		return codeError{exitFailed, errors.New(sandbox.Text{
			EN: "the build was broken off; what was downloaded is kept for the next one",
			FR: "la fabrication a été interrompue ; ce qui a été téléchargé est gardé pour la prochaine",
		}.In(lang))}
	case errors.As(err, &failed):
		return codeError{exitUnable, errors.New(failed.In(lang))}
	}
	text := sandbox.Text{EN: "build the VM's image: %w; %s has the details", FR: "fabrication de l’image de la VM : %w ; les détails sont dans %s"}
	return codeError{exitFailed, fmt.Errorf(text.In(lang), err, log)}
}

// isTerminal says whether a person sees w change.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// stageLine tells stages: on a terminal in one line that changes, elsewhere in
// a line when a stage begins and another when it is over.
type stageLine struct {
	w     io.Writer
	lang  sandbox.Lang
	live  bool
	now   func() time.Time
	name  string // of the stage that is under way
	since time.Time
}

func (l *stageLine) tell(s sandbox.Stage) {
	name := s.Name.In(l.lang)
	if name != l.name {
		l.end()
		l.name, l.since = name, l.now()
		if !l.live {
			fmt.Fprintln(l.w, name)
		}
	}
	if !l.live {
		return
	}
	part := ""
	if s.Part >= 0 {
		part = fmt.Sprintf(" %3.0f %%", s.Part*100)
	}
	fmt.Fprintf(l.w, "\r\x1b[K%s%s", name, part)
}

// end closes the stage that is under way.
func (l *stageLine) end() {
	if l.name == "" {
		return
	}
	took := l.now().Sub(l.since).Round(100 * time.Millisecond)
	if l.live {
		fmt.Fprintf(l.w, "\r\x1b[K%s (%s)\n", l.name, took)
	} else {
		fmt.Fprintf(l.w, "%s(%s)\n", strings.Repeat(" ", 2), took)
	}
	l.name = ""
}
