//go:build linux

package build

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/image"
)

// Options say what to build where.
type Options struct {
	Dir     string              // the image's folder; it need not exist
	Cache   string              // packages and lists, kept from one build to the next
	Scratch string              // a big folder that every user may enter; "" is $TMPDIR, else /var/tmp
	Tell    func(sandbox.Stage) // told of every stage and its progress; may be nil
}

// builder is one build.
type builder struct {
	Options
	places
	run  runner
	part string // the folder in which the image grows
}

// Needed says whether the image in dir is missing, broken, or made by another
// recipe than this program's.
func Needed(dir string) bool {
	i, err := image.Open(dir)
	return err != nil || i.Manifest.Recipe != Recipe()
}

// Build builds an image and puts it in its place. Only one build at a time
// works on a folder: another one waits, and when it finds the image there, has
// nothing to do. The error is a [*Failed] where the user can do something.
func Build(ctx context.Context, o Options, log io.Writer) (image.Image, error) {
	if o.Tell == nil {
		o.Tell = func(sandbox.Stage) {}
	}
	began := time.Now()
	unlock, err := lock(ctx, o.Dir+".lock", o.Tell)
	if err != nil {
		return image.Image{}, err
	}
	defer unlock()
	if i, err := image.Open(o.Dir); err == nil && i.Manifest.Recipe == Recipe() && i.Manifest.Built.After(began) {
		return i, nil // by the one we waited for
	}
	b, err := newBuilder(o, log)
	if err != nil {
		return image.Image{}, b.explain(err)
	}
	defer b.clear()
	if err := b.all(ctx); err != nil {
		return image.Image{}, b.explain(err)
	}
	return image.Open(o.Dir)
}

// newBuilder makes the folders of a build, without the remains of a former one.
func newBuilder(o Options, log io.Writer) (*builder, error) {
	if o.Scratch == "" {
		o.Scratch = scratch(os.Getenv("TMPDIR"))
	}
	b := &builder{Options: o, part: o.Dir + ".part", run: runner{log: log}}
	b.places = places{
		cache:   o.Cache,
		recipe:  filepath.Join(o.Cache, "recipe"),
		scratch: filepath.Join(o.Scratch, fmt.Sprintf("cloison-image-%d", os.Getuid())),
		tar:     filepath.Join(b.part, "root.tar"),
	}
	if err := b.possible(); err != nil {
		return b, err
	}
	b.clear()
	for _, dir := range []string{b.part, b.places.scratch, filepath.Join(b.archives(), "partial"), filepath.Join(b.lists(), "partial")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return b, err
		}
	}
	return b, layOut(b.recipe)
}

// scratch is where a root of some 1.3 GB is put together. /tmp is memory on
// some computers, so it is not the first choice.
func scratch(tmpdir string) string {
	if tmpdir != "" {
		return tmpdir
	}
	return "/var/tmp"
}

// clear removes what is half built. The root that mmdebstrap was killed in
// belongs to users of its namespace, and only it can remove that.
func (b *builder) clear() {
	_ = os.RemoveAll(b.part)
	for _, name := range []string{"pkgcache.bin", "srcpkgcache.bin"} { // apt's, quickly made again
		_ = os.Remove(filepath.Join(b.cache, name))
	}
	if _, err := os.Lstat(b.places.scratch); err != nil {
		return
	}
	rm := []string{"rm", "-rf", "--one-file-system", b.places.scratch}
	if os.Geteuid() != 0 {
		rm = append([]string{"mmdebstrap", "--unshare-helper"}, rm...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_ = exec.CommandContext(ctx, rm[0], rm[1:]...).Run()
	_ = os.RemoveAll(b.places.scratch) // what is left is an empty folder of ours
}

// all does the stages.
func (b *builder) all(ctx context.Context) error {
	for _, stage := range []func(context.Context) error{b.fetchLists, b.fetchPackages, b.installAll, b.packAll} {
		if err := stage(ctx); err != nil {
			return err
		}
	}
	return b.publish()
}

// follow tells a stage's progress from apt's.
func (b *builder) follow(name sandbox.Text) func(string) {
	return func(line string) {
		if p, ok := part(line); ok {
			b.Tell(sandbox.Stage{Name: name, Part: p})
		}
	}
}

func (b *builder) fetchLists(ctx context.Context) error {
	b.Tell(sandbox.Stage{Name: stageLists})
	if err := b.run.run(ctx, b.askSources(os.Geteuid()), nil, nil); err != nil {
		return err
	}
	dump, err := exec.CommandContext(ctx, "apt-config", "dump").Output()
	if err != nil {
		return fmt.Errorf("ask apt how to reach the network: %w", err)
	}
	for name, content := range map[string]string{b.config(): b.aptConfig(proxies(string(dump))), b.status(): ""} {
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return b.run.run(ctx, b.update(), nil, b.follow(stageLists))
}

func (b *builder) fetchPackages(ctx context.Context) error {
	b.Tell(sandbox.Stage{Name: stageDownload})
	sums, err := listed(b.lists())
	if err != nil {
		return err
	}
	if err := weed(ctx, b.archives(), sums); err != nil {
		return err
	}
	return b.run.run(ctx, b.download(), nil, b.follow(stageDownload))
}

func (b *builder) installAll(ctx context.Context) error {
	b.Tell(sandbox.Stage{Name: stageInstall})
	steps := installing{total: 2 * count(b.archives())}
	return b.run.run(ctx, b.install(os.Geteuid()), func(line string) {
		if stage, ok := steps.saw(line); ok {
			b.Tell(stage)
		}
	}, nil)
}

// publish puts the image in its place, at once and whole, whatever is there.
func (b *builder) publish() error {
	err := unix.Renameat2(unix.AT_FDCWD, b.part, unix.AT_FDCWD, b.Dir, unix.RENAME_EXCHANGE)
	if err == unix.ENOENT { // nothing to exchange with
		err = os.Rename(b.part, b.Dir)
	}
	if err != nil {
		return fmt.Errorf("put the image in its place: %w", err)
	}
	return nil
}
