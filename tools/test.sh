#!/bin/sh
# test.sh [ctest options…]: installs what is missing, builds, and runs every test; closes with ctest's summary.
#
# Builds twice: as it is shipped, and with address and undefined behaviour sanitizers, for fuzzing too. tshark itself is never
# run by root (the tests drop root's privileges), so that the plugin under test is the one of this tree.
. "$(dirname "$0")/setup.sh"

# shellcheck disable=SC2086
install_packages $build_packages $test_packages $windows_packages $fuzz_packages
build "$top/build" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBUILD_TESTING=ON
build "$top/build/sanitize" -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo -DSANITIZE=ON -DBUILD_TESTING=ON

say "Testing"
cd "$top/build"
exec ctest --output-on-failure --parallel "$(nproc)" "$@"
