# shellcheck shell=bash
# The steps of scripts/provision, which sources this after needs.sh. Each looks
# first, and changes nothing that is as it should be.

marker=/etc/cloison-disposable

# put FILE writes what it reads into FILE, unless that is in it.
put() {
	local text
	text=$(cat; echo .)
	[ "$(cat "$1" 2>/dev/null; echo .)" = "$text" ] && return
	mkdir -p "$(dirname "$1")"
	printf %s "${text%.}" >"$1"
}

# use_mirror replaces the addresses of Debian or Ubuntu by those of a mirror. A
# source of something else stays as it is.
use_mirror() {
	local file main=${CLOISON_APT_MIRROR:-} security=${CLOISON_APT_SECURITY_MIRROR:-}
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
		[ -e "$file" ] || continue
		sed -E \
			-e "${security:+s#https?://([a-z0-9.-]+\\.debian\\.org/debian-security|security\\.ubuntu\\.com/ubuntu)/?( |\$)#$security\\2#}" \
			-e "${main:+/security\\.ubuntu/!s#https?://[a-z0-9.-]+\\.(debian\\.org/debian|ubuntu\\.com/ubuntu(-ports)?)/?( |\$)#$main\\3#}" "$file" | put "$file"
	done
}

# trust_authority makes the machine trust a certificate authority of the
# network's own.
trust_authority() {
	[ "${CLOISON_CA:-}" ] || return 0
	[ -r "$CLOISON_CA" ] || die "there is no file $CLOISON_CA, which CLOISON_CA names"
	need update-ca-certificates ca-certificates "the authorities that this machine trusts, and yours with them"
	install_missing
	local file=/usr/local/share/ca-certificates/cloison.crt
	cmp -s "$CLOISON_CA" "$file" && return
	install -D -m 644 "$CLOISON_CA" "$file"
	update-ca-certificates >/dev/null || die "update-ca-certificates does not take $CLOISON_CA; is it a certificate in PEM?"
}

# provide_cloison installs the released program that is in dist, or builds one,
# unless the one that is here came of the same.
provide_cloison() {
	local released stamp=/usr/local/share/cloison/made-from made_from dir
	released=dist/cloison-linux-$(dpkg --print-architecture)
	[ -e "$released" ] || released=""
	made_from=$(source_sum "$released")
	[ "$(cat "$stamp" 2>/dev/null)" = "$made_from" ] && [ -x /usr/local/bin/cloison ] && return
	dir=$(mktemp -d)
	if [ "$released" ]; then
		install -m 755 "$released" "$dir/cloison"
	else
		need_go
		install_missing
		ensure_go
		build_as "$dir/cloison" || die "building cloison did not work. ${network_words:?}"
	fi
	"$dir/cloison" --version >/dev/null || die "the program in ${released:-this tree} does not run on this machine"
	install -m 755 "$dir/cloison" /usr/local/bin/cloison
	"$dir/cloison" completion bash | put /etc/bash_completion.d/cloison
	put "$stamp" <<<"$made_from"
	rm -rf "$dir"
}

# source_sum [FILE] is one number for what that program was made from, or for this
# tree's source.
source_sum() {
	if [ -e "${1:-}.made-from" ]; then
		cat "$1.made-from"
	elif [ "${1:-}" ]; then
		sha256sum <"$1"
	else
		find cmd lessons sandbox tui go.mod go.sum -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
	fi
}

# finish_packages finishes what a run that was broken off has left half installed.
finish_packages() {
	[ -z "$(dpkg --audit)" ] || DEBIAN_FRONTEND=noninteractive dpkg --configure -a >&2 ||
		die "packages are half installed, and \"dpkg --configure -a\" can't finish them; its own words are above"
}

# note_tools machine|selinux notes the packages that the VM's image has too.
# What this release of Debian or Ubuntu does not have is left out, and said:
# cloison then locks the lessons that need it.
note_tools() {
	local name wanted absent unknown=() known=()
	wanted=$(cloison build-image --packages "$1")
	absent=$(comm -23 <(LC_ALL=C sort <<<"$wanted") \
		<(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | LC_ALL=C sort))
	[ "$absent" ] || return 0
	[ -e "$marker" ] || refresh_packages
	for name in $absent; do
		if apt-cache show "$name" >/dev/null 2>&1; then known+=("$name"); else unknown+=("$name"); fi
	done
	[ ${#unknown[@]} = 0 ] || say "This release has no package ${unknown[*]}; \"cloison list\" says which lessons lack it."
	[ ${#known[@]} -gt 0 ] || return 0
	missing_packages+=("${known[@]}")
	missing_reasons+=("${#known[@]} packages: Docker and the tools of the lessons, as the throw-away VM has them")
}

# services are those that come with the tools, and that lessons start themselves
# when they need them.
services=(auditd bird docker-registry lxcfs)

# hold_services keeps them from being started as they are installed, and everything
# where no systemd runs, as in a chroot. A machine with a policy of its own keeps
# it. See invoke-rc.d(8).
hold_services() {
	local policy=/usr/sbin/policy-rc.d
	[ ! -e "$policy" ] || return 0
	trap 'rm -f /usr/sbin/policy-rc.d' EXIT
	printf '#!/bin/sh\n[ -d /run/systemd/system ] || exit 101\ncase " $* " in %s exit 101 ;; esac\n' "$(printf '*" %s"*|' "${services[@]}" | sed 's/|$/)/')" >"$policy"
	chmod 755 "$policy"
}

# leave_out_index has man-db make no index of the manual, which takes long and
# which only apropos reads.
leave_out_index() {
	rm -f /var/lib/man-db/auto-update
	debconf-set-selections <<<"man-db man-db/auto-update boolean false"
}

# leave_services_to_lessons keeps them from being started with the machine.
leave_services_to_lessons() {
	local service
	command -v systemctl >/dev/null || return 0
	for service in "${services[@]}"; do
		! systemctl -q is-enabled "$service" 2>/dev/null || systemctl -q disable "$service"
	done
}

# make_users makes the ordinary user of the lessons, and the one that stands for
# Docker's user namespaces: with "userns-remap": "default" in
# /etc/docker/daemon.json the daemon would take it.
make_users() {
	getent passwd learner >/dev/null || useradd --create-home --shell /bin/bash --comment "An ordinary user" learner
	getent passwd dockremap >/dev/null ||
		useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin dockremap
	local name
	for name in learner dockremap; do
		grep -q "^$name:" /etc/subuid || usermod --add-subuids "$(free_ids /etc/subuid)" "$name"
		grep -q "^$name:" /etc/subgid || usermod --add-subgids "$(free_ids /etc/subgid)" "$name"
	done
}

# free_ids FILE prints a range of 65536 ids that nobody has; see subuid(5).
free_ids() {
	awk -F: 'BEGIN { first = 100000 } $2 + $3 > first { first = $2 + $3 } END { print first "-" first + 65535 }' "$1"
}

# allow_user_namespaces undoes Ubuntu's and old Debians' rule that only some
# programs may make user namespaces.
allow_user_namespaces() {
	local name rules=""
	for name in apparmor_restrict_unprivileged_userns:0 unprivileged_userns_clone:1; do
		[ ! -e "/proc/sys/kernel/${name%:*}" ] || rules+="kernel.${name%:*} = ${name#*:}"$'\n'
	done
	[ "$rules" ] || return 0
	put /etc/sysctl.d/60-cloison.conf <<<"${rules%$'\n'}"
	# In a container or chroot these may be read-only; the next start applies them.
	sysctl -q -p /etc/sysctl.d/60-cloison.conf 2>/dev/null || say "The rules for user namespaces hold from the next start on."
}

# switch_to_selinux makes the next start one with SELinux in AppArmor's place.
# It is permissive: it says what it would refuse, until "setenforce 1".
switch_to_selinux() {
	[ -d /etc/default/grub.d ] || die "SELinux is switched on in the kernel's command line, and this machine has no grub to write it"
	# shellcheck disable=SC2016 # it is grub-mkconfig that reads the variable
	put /etc/default/grub.d/cloison-selinux.cfg <<<'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX security=selinux"'
	add_policy sandbox/image/build/recipe/selinux/cloison.cil
	add_policy scripts/cloison-machine.cil
	grep -qs security=selinux /boot/grub/grub.cfg && return
	update-grub 2>/dev/null
	touch /.autorelabel
	say "SELinux is on from the next start on, which labels all files first and starts once more."
}

# add_policy FILE adds a module to SELinux' policy, called as the file is, unless it
# is in.
add_policy() {
	semodule -l | grep -qx "$(basename "$1" .cil)" || semodule -X 400 -i "$1"
}

# load_containers loads the small container images into Docker.
load_containers() {
	local dir
	if ! docker info >/dev/null 2>&1; then
		[ -d /run/systemd/system ] || { say "skipped: the container images, since there is no systemd here that could start Docker"; return 0; }
		systemctl start docker || die "Docker does not start; \"journalctl -u docker\" says why"
	fi
	! docker image inspect mini:1 web:1 >/dev/null 2>&1 || return 0
	dir=$(mktemp -d)
	cloison build-image --containers "$dir"
	docker load -q -i "$dir/mini-1.tar" >/dev/null
	docker load -q -i "$dir/web-1.tar" >/dev/null
	rm -rf "$dir"
}

# take_image takes the image of the throw-away VM from dist/image, where it was
# put there, so that it need not be built on this machine.
take_image() {
	local image=$HOME/.cache/cloison/image
	[ -e dist/image/image.json ] || return 0
	! cmp -s dist/image/image.json "$image/image.json" || return 0
	rm -rf "$image.part"
	mkdir -p "$(dirname "$image")"
	cp -R dist/image "$image.part"
	rm -rf "$image"
	mv "$image.part" "$image"
}

# tell_features says what the kernel of this machine lacks for the course.
tell_features() {
	[ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ] ||
		say "This machine has cgroup v1; lessons on v2 will say so. Debian 11 and Ubuntu 21.10 are the first that start with v2."
	grep -qsE 'apparmor|selinux' /sys/kernel/security/lsm ||
		say "Neither AppArmor nor SELinux is on in this kernel; what needs them will be skipped."
}
