"""Captures cut by a snap length: what the capture lacks is nobody's fault."""
import struct

import pytest
from made import Capture, cast


@pytest.mark.parametrize('capture', ['rules/clean.pcap', 'tour.pcap'])
def test_no_finding_at_any_snap_length(wireshark, folder, capture):
    """Nothing is judged by what is not there: LTKMs without visible answers, halves of documents."""
    for length in range(60, 1500, 40):
        path = folder / f'{length}.pcap'
        wireshark.run('-s', str(length), '-F', 'pcap', str(wireshark.captures / capture), str(path), program='editcap')
        found = wireshark.fields(str(path), ['bcast.rule', 'bcast.rule_text'], '-2', '-Y', 'bcast.rule')
        assert (length, found) == (length, {})
        assert (length, 'malformed' in wireshark.run('-r', str(path)).stdout) == (length, False)


def first_fragment(path, size):
    """An LTKM in a datagram of which only the first |size| bytes are in the capture."""
    capture = Capture('fragment', '')
    capture.send_udp(cast.BSM_1, cast.SUBSCRIBER_A.host, (4359, 4359), cast.ltkm(cast.key_ids(0x68C9, 1), 1).encode())
    data = bytearray(capture.pcap())
    at, = [at for at in range(len(data)) if data[at:at + 2] == b'\x08\x00' and data[at + 2] == 0x45][:1]
    ip = at + 2
    packet = data[:ip + 20 + size]
    struct.pack_into('>HHH', packet, ip + 2, 20 + size, 1, 0x2000)
    struct.pack_into('<II', packet, 24 + 8, len(packet) - 40, len(packet) - 40)
    path.write_bytes(packet)
    return str(path)


def test_first_fragment(wireshark, folder):
    """Alone it is a fragment of IP; taken for itself it is an LTKM whose end is missing, and no fault of its sender."""
    path = first_fragment(folder / 'fragment.pcap', 88)
    assert 'Fragmented IP protocol' in wireshark.run('-r', path).stdout
    apart = ['-r', path, '-o', 'ip.defragment:FALSE']
    info = wireshark.run(*apart).stdout
    assert 'LTKM 00f110/68c9:0001 counter 1, verification requested, incomplete' in info and 'malformed' not in info
    assert wireshark.run(*apart, '-Y', 'ltkm.malformed || bcast.rule').stdout == ''
