#!/bin/sh
# versions.sh [12|13|testing|24.04]…: tools/test.sh in a fresh Debian or Ubuntu of each version (all four if none is named), and
# a table of how it went, which build/versions/table keeps.
#
# Runs as root. The roots are made by debootstrap, once, and kept in $ROOTS (default: ~/.cache/mbms-bcast/roots); one that is
# deleted is made again. $MIRROR is another source of Debian's packages, $CTEST_ARGUMENTS are ctest's (-R unit …). Where a root
# cannot be had (no debootstrap, no network, not root) the row says "not run", and that is no failure.
set -u

top=$(cd "$(dirname "$0")/.." && pwd)
roots=${ROOTS:-${XDG_CACHE_HOME:-$HOME/.cache}/mbms-bcast/roots}
logs=$top/build/versions
[ $# -gt 0 ] || set -- 12 13 testing 24.04

suite_of() {
    case $1 in
    12) echo bookworm ;;
    13) echo trixie ;;
    testing) echo testing ;;
    24.04) echo noble ;;
    *) echo "versions.sh: $1 is none of 12, 13, testing and 24.04" >&2; return 1 ;;
    esac
}

bootstrap_debian() {
    debootstrap --variant=minbase "$1" "$roots/$1" ${MIRROR:+"$MIRROR"}
}

# Ubuntu's keys are a package of Debian 13; its script serves every later Ubuntu, too.
bootstrap_ubuntu() {
    keys=/usr/share/keyrings/ubuntu-archive-keyring.gpg
    if [ ! -e "$keys" ]; then
        make_root trixie || return
        inside trixie sh -c 'apt-get update -q && apt-get install -q -y ubuntu-keyring'
        keys=$roots/trixie$keys
    fi
    debootstrap --force-check-gpg --keyring="$keys" --variant=minbase --components=main,universe "$1" "$roots/$1" '' \
        /usr/share/debootstrap/scripts/jammy
}

# make_root SUITE: says why not if it cannot
make_root() {
    [ "$(id -u)" -eq 0 ] || { echo 'not root'; return 1; }
    command -v debootstrap >/dev/null || { echo 'no debootstrap'; return 1; }
    unshare --mount true 2>/dev/null || { echo 'no right to mount'; return 1; }
    [ ! -e "$roots/$1/made" ] || return 0
    rm -rf --one-file-system "${roots:?}/$1"
    mkdir -p "$roots/$1"
    case $1 in noble) maker=bootstrap_ubuntu ;; *) maker=bootstrap_debian ;; esac
    $maker "$1" >"$logs/$1.bootstrap" 2>&1 || { echo "no root: $(tail -n 1 "$logs/$1.bootstrap")"; return 1; }
    touch "$roots/$1/made"
}

# inside SUITE COMMAND…: what it mounts and starts ends with it
inside() {
    # shellcheck disable=SC2016 # the inner shell's
    root=$roots/$1 unshare --mount --pid --fork --kill-child sh -ec '
        shift
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        exec chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
            ${FUZZ_SECONDS:+"FUZZ_SECONDS=$FUZZ_SECONDS"} "$@"
    ' sh "$@"
}

copy_sources() {
    rm -rf "$roots/$1/src"
    mkdir "$roots/$1/src"
    tar -C "$top" --exclude=./build --exclude=./.git -c . | tar -C "$roots/$1/src" --no-same-owner -x
}

# row VERSION TEXT
row() {
    printf '%-8s %s\n' "$1" "$2" | tee -a "$logs/table"
}

# run VERSION: 1 if anything was red
run() {
    suite=$(suite_of "$1")
    log=$logs/$suite.log
    why=$(make_root "$suite") || { row "$1" "not run: $why"; return 0; }
    copy_sources "$suite"
    start=$(date +%s)
    # shellcheck disable=SC2086 # one word an option
    inside "$suite" /src/tools/test.sh ${CTEST_ARGUMENTS:-} >"$log" 2>&1 </dev/null
    status=$?
    seconds=$(($(date +%s) - start))
    wireshark=$(inside "$suite" tshark --version 2>/dev/null | sed -n '1s/.* \([0-9.]*[0-9]\).*/\1/p')
    tests=$(sed -n 's/^\([0-9]*% tests passed, .*\)/\1/p' "$log" | tail -n 1)
    warnings=$({ sed '/^== Testing/q' "$log"; cat "$roots/$suite"/src/build/configure.log; } |
        grep -c -i -E 'warning:|CMake .*Warning')
    row "$1" "Wireshark ${wireshark:-?}: ${tests:-no test was run}, $warnings warnings of compilers, $((seconds / 60)) min $((seconds % 60)) s"
    [ "$status" -eq 0 ] && [ "$warnings" -eq 0 ] || { row '' "RED, see $log"; return 1; }
}

for version in "$@"; do
    suite_of "$version" >/dev/null || exit 2
done
mkdir -p "$logs"
: >"$logs/table"
red=0
for version in "$@"; do
    run "$version" || red=1
done
exit $red
