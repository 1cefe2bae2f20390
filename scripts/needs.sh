# shellcheck shell=bash
# What cloison needs on a machine, and how it gets there. Sourced by run and
# test; Debian and Ubuntu only. Nothing is installed that is already there, and
# what is installed is said, with its reason, before it happens.

# The Go that go.mod asks for is fetched by any Go from 1.21 on (GOTOOLCHAIN).
# An older one can only download it as a module: this one.
fallback_go=go1.27.3

say() { printf '%s\n' "$*" >&2; }
die() { say "cloison: $*"; exit 3; }

# until_true SECONDS COMMAND... waits for a fact.
until_true() {
	local end=$((SECONDS + $1))
	while ! "${@:2}" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || die "this did not come true in $1 s: ${*:2}"
		sleep 0.2
	done
}

missing_packages=()
missing_reasons=()

# need COMMAND PACKAGE REASON... notes a package whose command is not there.
need() {
	local command=$1 package=$2
	shift 2
	PATH=$PATH:/usr/sbin:/sbin command -v "$command" >/dev/null && return
	missing_packages+=("$package")
	missing_reasons+=("$package: $*")
}

# need_file FILE PACKAGE REASON... notes a package whose file is not there.
need_file() {
	[ -e "$1" ] && return
	missing_packages+=("$2")
	missing_reasons+=("$2: ${*:3}")
}

# need_lesson_tools notes what the lessons type.
need_lesson_tools() {
	need busybox busybox-static "the programs inside the containers that lessons start"
	need unshare util-linux "unshare, nsenter and setpriv: namespaces by hand"
	need ps procps "ps, free and top: what the kernel shows from both sides"
	need ip iproute2 "network devices of a network namespace"
	need capsh libcap2-bin "capsh, getcap and setcap: capabilities by name"
	need man man-db "the manual pages that lessons point to"
	need_file /usr/share/man/man7/namespaces.7.gz manpages "namespaces(7) and the other overviews"
	need strace strace "to watch the system calls of a program"
	need nft nftables "nft: the rules of the packet filter, by hand"
}

# need_image_tools notes what builds the VM's image.
need_image_tools() {
	need mmdebstrap mmdebstrap "puts the VM's image together from Debian packages"
	need_file /usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring "the keys that Debian signs its packages with"
	[ "$(id -u)" = 0 ] || need newuidmap uidmap "lets mmdebstrap work without root"
}

# vm_wanted says whether lessons may need the VM: not as root on a computer
# that may be thrown away, where they run on the computer itself.
vm_wanted() {
	[ "$(uname -m)" = x86_64 ] || return
	[ "$(id -u)" != 0 ] || [ ! -e /etc/cloison-disposable ]
}

# need_vm notes what the throw-away VM needs.
need_vm() {
	need qemu-system-x86_64 qemu-system-x86 "the throw-away VM in which lessons may break everything"
	need_image_tools
}

# need_go notes Go when there is none at all.
need_go() { need go golang-go "the compiler that builds cloison"; }

# as_root runs a command as root: as it is, or by sudo.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "installing needs root, and there is no sudo here. As root, run: $*"
	fi
}

# network_words are what to try where something could not be downloaded.
network_words="If the network is what is missing: cloison needs it once, for packages and for Go's modules. \
A proxy is named by http_proxy=http://HOST:PORT and https_proxy, a mirror by apt's sources (for scripts/provision: CLOISON_APT_MIRROR) and GOPROXY."

# refresh_packages reads the lists of packages anew. Where that fails, those
# that are here may do.
refresh_packages() {
	as_root apt-get update -qq -o APT::Update::Error-Mode=any ||
		say "The lists of packages could not all be read; trying with those that are here."
}

# install_missing installs what need noted, and does nothing when that is nothing.
install_missing() {
	[ ${#missing_packages[@]} -gt 0 ] || return 0
	command -v apt-get >/dev/null ||
		die "missing: ${missing_packages[*]}, and there is no apt-get to install them with. Install their equivalents, then run this again."
	say "cloison needs some packages that are not here yet:"
	printf '  %s\n' "${missing_reasons[@]}" >&2
	say "They are installed with apt-get$([ "$(id -u)" = 0 ] || echo ', through sudo'); nothing else on this computer is changed."
	refresh_packages
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing_packages[@]}" >&2 ||
		die "installing packages did not work; apt-get's own words are above. $network_words"
	missing_packages=()
	missing_reasons=()
	hash -r
}

# ensure_go makes sure that "go" can build this module: an old one downloads a
# newer one through the Go module proxy and steps aside.
ensure_go() {
	local minor
	minor=$(go env GOVERSION | sed -nE 's/^go1\.([0-9]+).*/\1/p')
	[ "${minor:-0}" -ge 21 ] && return
	local bin
	bin=$(newer_go "$fallback_go") || die "go 1.${minor:-?} is too old to fetch a newer one by itself, and downloading $fallback_go did not work. Install Go 1.21 or later (https://go.dev/dl), then run this again."
	PATH=$bin:$PATH
	export PATH
}

# newer_go VERSION prints the folder of that version's go command, after
# downloading it as the module golang.org/toolchain where needed.
newer_go() {
	local version=$1 module dir
	module=golang.org/toolchain@v0.0.1-$version.$(go env GOOS)-$(go env GOARCH)
	dir=$(go env GOMODCACHE)/$module
	if [ ! -x "$dir/bin/go" ]; then
		say "This computer's Go is too old; downloading $version through the Go module proxy (about 80 MB)."
		download_module "$module" || return
		# Module archives carry no execute bits (go.dev/doc/toolchain).
		chmod -R u+w "$dir"
		chmod +x "$dir"/bin/* "$dir"/pkg/tool/*/*
	fi
	echo "$dir/bin"
}

# download_module downloads a module from a folder that has no go.mod of a
# newer Go in it.
download_module() {
	local tmp
	tmp=$(mktemp -d)
	(cd "$tmp" && printf 'module download\n' >go.mod && go mod download "$1") >&2
	local status=$?
	rm -rf "$tmp"
	return $status
}

# build builds bin/cloison; Go's build cache makes a second build instant.
build() { build_as bin/cloison; }

# build_as FILE builds cloison there.
build_as() {
	[ -x "$1" ] || say "Building cloison (the first build takes a minute or two)."
	CGO_ENABLED=0 go build -trimpath -o "$1" ./cmd/cloison
}
