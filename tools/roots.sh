# shellcheck shell=sh
# roots.sh: Debians and an Ubuntu in folders, for versions.sh and packages.sh. Sourced, not run.
#
# They are made by debootstrap, once, and kept in $ROOTS (default: ~/.cache/mbms-bcast/roots); one that is deleted is made again.
# $MIRROR is another source of Debian's packages.

set -u
top=$(cd "$(dirname "$0")/.." && pwd)
roots=${ROOTS:-${XDG_CACHE_HOME:-$HOME/.cache}/mbms-bcast/roots}
logs=$top/build/versions
mkdir -p "$logs"

suite_of() {
    case $1 in
    12) echo bookworm ;;
    13) echo trixie ;;
    testing) echo testing ;;
    24.04) echo noble ;;
    *) echo "$(basename "$0"): $1 is none of 12, 13, testing and 24.04" >&2; return 1 ;;
    esac
}

bootstrap_debian() {
    timeout 900 debootstrap --variant=minbase "${1%-bare}" "$roots/$1" ${MIRROR:+"$MIRROR"}
}

# Ubuntu's keys are a package of Debian 13; its script serves every later Ubuntu, too.
bootstrap_ubuntu() {
    keys=/usr/share/keyrings/ubuntu-archive-keyring.gpg
    if [ ! -e "$keys" ]; then
        make_root trixie || return
        inside trixie sh -c 'apt-get update -q && apt-get install -q -y ubuntu-keyring'
        keys=$roots/trixie$keys
    fi
    timeout 900 debootstrap --force-check-gpg --keyring="$keys" --variant=minbase --components=main,universe "${1%-bare}" "$roots/$1" '' \
        /usr/share/debootstrap/scripts/jammy
}

# make_root SUITE[-bare]: says why not if it cannot
make_root() {
    [ "$(id -u)" -eq 0 ] || { echo 'not root'; return 1; }
    command -v debootstrap >/dev/null || { echo 'no debootstrap'; return 1; }
    unshare --mount true 2>/dev/null || { echo 'no right to mount'; return 1; }
    [ ! -e "$roots/$1/made" ] || return 0
    rm -rf --one-file-system "${roots:?}/$1"
    mkdir -p "$roots/$1"
    case $1 in noble*) maker=bootstrap_ubuntu ;; *) maker=bootstrap_debian ;; esac
    $maker "$1" >"$logs/$1.bootstrap" 2>&1 || { echo "no root: $(tail -n 1 "$logs/$1.bootstrap")"; return 1; }
    touch "$roots/$1/made"
}

# inside SUITE COMMAND…: what it mounts and starts ends with it
#
# The command is not the first process there: the timeout of newer Debians refuses to be that one.
inside() {
    # shellcheck disable=SC2016 # the inner shell's
    root=$roots/$1 unshare --mount --pid --fork --kill-child sh -ec '
        shift
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
            ${FUZZ_SECONDS:+"FUZZ_SECONDS=$FUZZ_SECONDS"} "$@" || exit
        exit 0
    ' sh "$@"
}

# reach_packages SUITE: says why not if none can be had there
#
# What a mirror has is good enough for a test, though it lags behind by more than its lists allow.
reach_packages() {
    echo 'Acquire::Check-Valid-Until "false";' >"$roots/$1/etc/apt/apt.conf.d/90lagging-mirror"
    inside "$1" timeout 180 apt-get update -q -o Acquire::http::Timeout=20 -o Acquire::Retries=1 -o APT::Update::Error-Mode=any \
        >"$logs/$1.update" 2>&1 </dev/null || { echo "no packages: $(tail -n 1 "$logs/$1.update")"; return 1; }
}

copy_sources() {
    rm -rf "$roots/$1/src"
    mkdir "$roots/$1/src"
    tar -C "$top" --exclude=./build --exclude=./.git -c . | tar -C "$roots/$1/src" --no-same-owner -x
}
