#!/bin/sh
# run.sh fuzz-NAME: runs a fuzz target on seeds/NAME and on what earlier runs have found worth keeping, for FUZZ_SECONDS (12).
# XML has the examples of the change request as well.
#
# Fails on a crash, a sanitizer's report, a leak, or an input that takes too long; says then how to see it again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${BUILD_DIR:-$(cd "$here/../.." && pwd)/build}
target=$1
name=${target#fuzz-}
program=$build/sanitize/tests/fuzz/$target

if [ ! -x "$program" ]; then
    echo "$program is not built: tools/test.sh does, or"
    echo "cmake --preset sanitize && cmake --build build/sanitize"
    exit 1
fi
if [ -z "$(ls "$here/seeds/$name")" ]; then
    echo "No seeds in $here/seeds/$name"
    exit 1
fi

corpus=$build/fuzz/corpus/$name
found=$build/fuzz/found/$target
mkdir -p "$corpus" "$build/fuzz/found"
set -- "$corpus" "$here/seeds/$name"
[ "$name" != xml ] || set -- "$@" "$here/../../captures/generator/examples"
[ ! -e "$here/$name.dict" ] || set -- -dict="$here/$name.dict" "$@"

export UBSAN_OPTIONS=print_stacktrace=1
"$program" -max_total_time="${FUZZ_SECONDS:-12}" -max_len=8192 -timeout=10 -rss_limit_mb=2048 -verbosity=1 \
    -print_final_stats=1 -artifact_prefix="$found-" "$@" && exit 0

echo
echo "To see it again: $program FILE, with one of"
ls -t "$found"-*
exit 1
