# shellcheck shell=bash
# What a Vagrant box is made of. Sourced, after needs.sh and machine.sh, by box,
# base-box and test-vagrant; their temporary folder is $work.

# first_key prints the public half of the key with which Vagrant enters a
# machine for the first time, and which it then replaces with one of its own.
# It is no secret: every copy of Vagrant brings the private half.
first_key() {
	local private
	private=$({ find /usr/share/rubygems-integration /opt/vagrant/embedded/gems \
		-path '*/vagrant-[0-9]*/keys/vagrant' -type f 2>/dev/null || true; } | head -n 1)
	[ -n "$private" ] || die "the key of Vagrant's first login is not where it is expected; is Vagrant installed?"
	install -m 600 "$private" "${work:?}/first-key"
	echo "$(ssh-keygen -y -f "${work:?}/first-key") vagrant insecure public key"
}

# pack_libvirt_box DISK FILE packs a disk as the box that vagrant-libvirt
# expects: metadata.json, box.img and a Vagrantfile, in one archive. The
# Vagrantfile is read from standard input.
pack_libvirt_box() {
	local disk=$1 box=$2 dir
	dir=$(mktemp -d -p "$(dirname "$box")")
	qemu-img convert -q -c -o compression_type=zstd -O qcow2 "$disk" "$dir/box.img"
	printf '{"provider": "libvirt", "format": "qcow2", "virtual_size": %d}\n' \
		"$(($(qemu-img info --output=json "$dir/box.img" | sed -nE 's/.*"virtual-size": ([0-9]+).*/\1/p') >> 30))" >"$dir/metadata.json"
	cat >"$dir/Vagrantfile"
	# The disk is compressed; packing it again would cost time for nothing.
	tar -C "$dir" -cf "$dir.tar" metadata.json Vagrantfile box.img
	rm -rf "$dir"
	mv "$dir.tar" "$box"
}

# lay_out FOLDER makes a folder with this tree and the program ready made, from
# which a machine is provisioned without building anything.
lay_out() {
	local ready
	ready=$1/dist/cloison-linux-$(go env GOARCH)
	mkdir -p "$1"
	rsync -a --exclude=/bin/ --exclude=/dist/ --exclude=/.git --exclude=.vagrant/ ./ "$1"
	mkdir "$1/dist"
	GOOS=linux build_as "$ready"
	source_sum >"$ready.made-from"
}

# lay_out_image FOLDER adds the image of the throw-away VM.
lay_out_image() {
	bin/cloison build-image --if-needed
	ln -s "${CLOISON_IMAGE:-${XDG_CACHE_HOME:-$HOME/.cache}/cloison/image}" "$1/dist/image"
}
