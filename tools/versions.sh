#!/bin/sh
# versions.sh [12|13|testing|24.04]…: tools/test.sh in a fresh Debian or Ubuntu of each version (all four if none is named), and
# a table of how it went, which build/versions/table keeps.
#
# Runs as root. $CTEST_ARGUMENTS are ctest's (-R unit …); roots.sh has the roots. Where one cannot be had (no debootstrap, no
# network, not root), or not within $LIMIT seconds for all of them, the row says "not run", and that is no failure.
. "$(dirname "$0")/roots.sh"

[ $# -gt 0 ] || set -- 12 13 testing 24.04

# row VERSION TEXT
row() {
    printf '%-8s %s\n' "$1" "$2" | tee -a "$logs/table"
}

time_left() {
    echo $((begun + ${LIMIT:-1000000} - $(date +%s)))
}

# prepare SUITE: says why not if it cannot be used
prepare() {
    [ "$(time_left)" -ge 60 ] || { echo 'no time left'; return 1; }
    make_root "$1" && reach_packages "$1" && copy_sources "$1"
}

# run VERSION: 1 if anything was red
run() {
    suite=$(suite_of "$1")
    log=$logs/$suite.log
    why=$(prepare "$suite") || { row "$1" "not run: $why"; return 0; }
    start=$(date +%s)
    # shellcheck disable=SC2086 # one word an option
    inside "$suite" timeout "$(time_left)" /src/tools/test.sh ${CTEST_ARGUMENTS:-} >"$log" 2>&1 </dev/null
    status=$?
    [ "$status" -ne 124 ] || { row "$1" 'not run to its end: no time left'; return 0; }
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
: >"$logs/table"
begun=$(date +%s)
red=0
for version in "$@"; do
    run "$version" || red=1
done
exit $red
