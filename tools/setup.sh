# setup.sh: what try.sh and test.sh have in common. Sourced, not run.
#
# Installs the Debian packages that are missing (as root, or through sudo) and builds. Nothing is done twice: both commands
# can be run as often as one likes.

set -eu
top=$(cd "$(dirname "$0")/.." && pwd)

say() {
    printf '\n== %s\n' "$*"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# install_packages PACKAGE…: those that are not there yet
install_packages() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "Installing$missing"
    as_root apt-get update -q
    # shellcheck disable=SC2086 # one word a package
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
}

build_packages='cmake make gcc libc6-dev pkg-config libwireshark-dev libglib2.0-dev libxml2-dev libgcrypt20-dev tshark'
test_packages='libcmocka-dev python3 python3-pytest util-linux python3-yaml python3-distributed dpkg-dev file locales'
windows_packages='gcc-mingw-w64-x86-64 libgcrypt-mingw-w64-dev libgpg-error-mingw-w64-dev' # tests/platform/test_windows.py
fuzz_packages='clang libclang-rt-dev' # libFuzzer is in the second: clang only recommends it

# build FOLDER [CMake options…]
build() {
    folder=$1
    shift
    say "Building in $folder"
    mkdir -p "$folder"
    cmake -S "$top" -B "$folder" "$@" >"$folder/configure.log" 2>&1 || { cat "$folder/configure.log"; exit 1; }
    cmake --build "$folder" --parallel "$(nproc)"
}
