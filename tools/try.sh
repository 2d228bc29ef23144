#!/bin/sh
# try.sh [CAPTURE [tshark options…]]: installs what is missing, builds the plugin, and decodes a capture with it.
#
# Without a capture: the shipped tour. As root the plugin is installed into Wireshark's own folder first, since Wireshark run by
# root loads plugins from nowhere else.
. "$(dirname "$0")/setup.sh"

capture=${1:-$top/captures/tour.pcap}
[ $# -eq 0 ] || shift

# shellcheck disable=SC2086
install_packages $build_packages
build "$top/build" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBUILD_TESTING=OFF

if [ "$(id -u)" -eq 0 ]; then
    say "Installing into Wireshark's plugin folder (you are root; 'cmake --build build --target uninstall' takes it out again)"
    cmake --install "$top/build"
else
    export WIRESHARK_PLUGIN_DIR="$top/build/plugins"
fi

say "$capture"
[ $# -gt 0 ] || set -- -Y 'mbms_sec || ltkm'
exec tshark -2 -n -r "$capture" "$@"
