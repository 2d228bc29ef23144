#!/bin/sh
# packages-used.sh: what packages.sh does in a bare root, whose /tmp has the package and the archive.
set -eux

user() {
    setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp/user "$@"
}

# The last line is how much there was to judge: 7 procedures, 9 LTKMs …
check() {
    user "$1" --level error "$2" | tail -n 1 | grep '^7 procedures, 9 LTKMs'
}

cd /tmp
mkdir -p user
chmod 777 user
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y tshark

apt-get install -q -y ./mbms-bcast_*.deb
tour=/usr/share/doc/mbms-bcast/captures/tour.pcap
[ "$(user tshark -2 -n -r "$tour" -Y 'ltkm.verified_in' | wc -l)" -gt 3 ]
user tshark -C MBMS-BCAST -n -r "$tour" -Y 'frame.number == 12' | grep 'Registration response.*00f110/68c9:0001'
check bcast-check "$tour"
[ -e /usr/share/man/man1/bcast-check.1.gz ]
apt-get purge -q -y mbms-bcast
[ -z "$(find /etc /usr /opt /srv -iname '*mbms*')" ]

tar xzf mbms-bcast-*.tar.gz
cd mbms-bcast-*-wireshark*/
user python3 install.py
check ./bcast-check captures/tour.pcap
user python3 install.py --remove
