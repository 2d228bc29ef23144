#!/bin/sh
# packages.sh [12|13|testing|24.04]…: makes the package and the archive for the Wireshark of each (12 and 13 if none is named) and
# uses them where nothing else of this repository is; what comes out lies in build/packages.
#
# In a bare root apt installs the package, an ordinary user decodes the tour and runs bcast-check, and apt takes it out again; the
# archive's install.py does the same. The package of another version has to be refused. Runs as root; roots.sh has the roots.
. "$(dirname "$0")/roots.sh"

[ $# -gt 0 ] || set -- 12 13
packages=$top/build/packages
mkdir -p "$packages"

# bare_root SUITE: a new one, that has nothing but a system
bare_root() {
    suite=$1
    make_root "$suite-bare" || return
    rm -rf --one-file-system "${roots:?}/$suite-clean"
    cp -a "$roots/$suite-bare" "$roots/$suite-clean"
}

make_packages() {
    copy_sources "$1"
    inside "$1" sh -ec '
        . /src/tools/setup.sh
        install_packages $build_packages dpkg-dev file lintian
        build /tmp/packages -DBUILD_TESTING=OFF
        cd /tmp/packages
        rm -f ./*.deb ./*.tar.gz*
        cmake --build . --target archive
        cpack -G DEB
        lintian --fail-on error,warning --allow-root ./*.deb
    ' /src/tools/x || return
    rm -f "$packages/$1"/*
    mkdir -p "$packages/$1"
    cp "$roots/$1"/tmp/packages/*.deb "$roots/$1"/tmp/packages/*.tar.gz* "$packages/$1/"
}

# use_packages SUITE
use_packages() {
    bare_root "$1" || return
    cp "$packages/$1"/* "$roots/$1-clean/tmp/"
    cp "$top/tools/packages-used.sh" "$roots/$1-clean/tmp/"
    inside "$1-clean" sh /tmp/packages-used.sh || return
    for other in "$packages"/*/*.deb; do
        [ "$(dirname "$other")" != "$packages/$1" ] || continue
        cp "$other" "$roots/$1-clean/tmp/other.deb"
        if inside "$1-clean" apt-get install -q -y /tmp/other.deb; then
            echo "apt took the package of another Wireshark: $other"
            return 1
        fi
    done
    rm -rf --one-file-system "${roots:?}/$1-clean"
}

for version in "$@"; do
    suite_of "$version" >/dev/null || exit 2
done
red=0
for version in "$@"; do
    suite=$(suite_of "$version")
    why=$(make_root "$suite" && reach_packages "$suite") || { echo "$version: not run: $why"; continue; }
    if make_packages "$suite" >"$logs/$suite.packages" 2>&1 && use_packages "$suite" >>"$logs/$suite.packages" 2>&1; then
        echo "$version: made, installed, used and removed:" "$(cd "$packages/$suite" && echo *)"
    else
        echo "$version: RED, see $logs/$suite.packages"
        red=1
    fi
done
exit $red
