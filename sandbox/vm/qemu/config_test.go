package qemu

import (
	"slices"
	"strings"
	"testing"
)

func TestArgs(t *testing.T) {
	boot := Config{
		Accel: TCG, CPUs: 2, Memory: Memory{MiB: 512, File: "/t/ram", Shared: true}, Root: "/i/root",
		Kernel: &Kernel{Image: "/i/kernel", Initrd: "/t/initrd", CommandLine: "quiet panic=-1"},
		Ports:  []string{"a", "b"}, Version: Version{7, 2, 22},
	}
	clone := boot
	clone.Memory.Shared, clone.Kernel, clone.Incoming, clone.Paused = false, nil, true, true
	newer := clone
	newer.Version = Version{10, 0, 3}
	hard := clone
	hard.Accel, hard.Memory.File, hard.Root = KVM, "/a,b/ram", "/c,d/root"
	for name, test := range map[string]struct {
		config      Config
		want, never []string
	}{
		"boot": {boot, []string{
			"-M q35,memory-backend=ram -accel tcg,thread=multi",
			"-smp 2 -m 512 -object memory-backend-file,id=ram,size=512M,mem-path=/t/ram,share=on,prealloc=off -device",
			"file=/i/root -device virtio-blk-pci,drive=root",
			"readonly=on",
			"-chardev socket,id=port0,fd=3 -device virtserialport,bus=serial.0,chardev=port0,name=a",
			"-chardev socket,id=port1,fd=4 -device virtserialport,bus=serial.0,chardev=port1,name=b",
			"-chardev socket,id=console,fd=5 -serial chardev:console -chardev socket,id=monitor,fd=6",
			"-kernel /i/kernel -initrd /t/initrd -append quiet panic=-1",
		}, []string{"-incoming", "-S ", "rom=off"}},
		"clone":          {clone, []string{"share=off", "-incoming defer -S -sandbox on"}, []string{"-kernel", "-append", "rom=off"}},
		"from 8.2 on":    {newer, []string{"share=off,prealloc=off,readonly=on,rom=off"}, nil},
		"KVM and commas": {hard, []string{"-accel kvm -cpu host", "mem-path=/a,,b/ram", "file=/c,,d/root"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			line := strings.Join(test.config.Args(), " ")
			for _, want := range append(test.want, "-nodefaults", "-no-reboot", "-net none", "spawn=deny") {
				if !strings.Contains(line, want) {
					t.Errorf("%s\nhas no %q", line, want)
				}
			}
			for _, never := range append(test.never, "-nic", "-netdev", "hostfwd", "listen", "server", "balloon") {
				if strings.Contains(line, never) {
					t.Errorf("%s\nhas %q", line, never)
				}
			}
		})
	}
}

// What a saved state depends on: a clone has the devices of its template.
func TestACloneHasTheSameDevices(t *testing.T) {
	devices := func(c Config) []string {
		var found []string
		args := c.Args()
		for i, arg := range args {
			if slices.Contains([]string{"-M", "-cpu", "-smp", "-m", "-device", "-accel"}, arg) {
				found = append(found, arg+" "+args[i+1])
			}
		}
		return found
	}
	c := Config{Accel: TCG, CPUs: 1, Memory: Memory{MiB: 64, File: "r", Shared: true}, Root: "x", Ports: []string{"a"}, Kernel: &Kernel{}}
	template := devices(c)
	c.Memory.Shared, c.Kernel, c.Incoming, c.Paused = false, nil, true, true
	if clone := devices(c); !slices.Equal(template, clone) || len(clone) < 8 {
		t.Errorf("template %q\nclone %q", template, clone)
	}
}

func TestParseVersion(t *testing.T) {
	for out, want := range map[string]Version{
		"QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)\nCopyright (c) 2003-2022": {7, 2, 22},
		"QEMU emulator version 10.0.0\n": {10, 0, 0},
		"QEMU emulator version 9":        {},
		"something else":                 {},
		"":                               {},
	} {
		got, err := parseVersion(out)
		if got != want || (err == nil) != (want != Version{}) {
			t.Errorf("%q: got %v, %v", out, got, err)
		}
	}
	for v, want := range map[Version]bool{{7, 2, 0}: false, {8, 1, 9}: false, {8, 2, 0}: true, {9, 0, 0}: true} {
		if v.AtLeast(8, 2) != want {
			t.Errorf("%v", v)
		}
	}
}
