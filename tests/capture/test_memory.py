"""What is remembered is bounded by the bytes captured, not by what decompression makes of them."""
import os
import subprocess

import pytest

from captures.generator.http import Connection, gzipped
from made import Capture, cast, documents
from wireshark import AS_NOBODY

START = b'<?xml version="1.0" encoding="UTF-8"?>\n<mbmsSecurityRegisterResponse xmlns="urn:3GPP:metadata:2005:MBMS:securityRegistration">'
EXTENSION = b'<b:RegistrationResponseResponseExtension xmlns:b="urn:oma:xml:bcast:pr:orderqueries:1.0">'
END = b'</mbmsSecurityRegisterResponse>'

LTKM = documents.base64_text(cast.ltkm(cast.key_ids(0x68C9, 1), 1)).encode()


def with_ltkms(ltkm, count):
    return (START + b'<Response><serviceID>a</serviceID><ResponseCode>200 OK</ResponseCode>' + EXTENSION + ltkm * count
            + b'</b:RegistrationResponseResponseExtension></Response>' + END)  # fmt: skip


def with_services(count, length):
    one = b'<Response><serviceID>%07d' + b's' * length + b'</serviceID><ResponseCode>200 OK</ResponseCode></Response>'
    return START + b''.join(one % number for number in range(count)) + END


BODIES = {
    'empty': with_ltkms(b'<b:LTKM/>', 500_000),
    'whole': with_ltkms(b'<b:LTKM>' + LTKM + b'</b:LTKM>', 10_000),
    'names of services': with_services(200, 40_000),
}


def answers(path, body, count):
    """|count| registrations, each answered by the body, compressed; gives the frames of the responses."""
    capture = Capture('made', '')
    ask = documents.Document(documents.REGISTRATION, services=(cast.NEWS,)).body()
    packed = gzipped(body)
    frames = []
    for number in range(count):
        line = Connection(capture, cast.SUBSCRIBER_A.host, cast.BSM_1, 49200 + number).open()
        head = f'POST /k HTTP/1.1\r\nHost: a\r\nContent-Type: {ask.content_type}\r\nContent-Length: {len(ask.data)}\r\n\r\n'
        line.transfer(line.client, head.encode() + ask.data)
        head = ('HTTP/1.1 200 OK\r\nContent-Type: application/mbms-register-response+xml\r\nContent-Encoding: gzip\r\n'
                f'Content-Length: {len(packed)}\r\n\r\n')  # fmt: skip
        frames.append(line.transfer(line.server, head.encode() + packed))
    path.write_bytes(capture.pcap())
    return frames


def megabytes(wireshark, path):
    """The most memory that tshark had; wmem as users have it."""
    environment = {name: text for name, text in wireshark.environment.items() if name not in ('WIRESHARK_DEBUG_WMEM_OVERRIDE', 'G_SLICE')}
    process = subprocess.Popen([*AS_NOBODY, 'tshark', '-n', '-r', str(path)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss / 1024


@pytest.mark.parametrize('what', BODIES)
def test_memory_is_bounded(wireshark, folder, what):
    """Two such bodies cost what it costs to read one after another; fourteen more, a few megabytes."""
    used = []
    for count in (2, 16):
        path = folder / f'{count}.pcap'
        answers(path, BODIES[what], count)
        used.append(megabytes(wireshark, path))
    assert used[1] - used[0] < 12 + 32 * path.stat().st_size / 1e6


def test_what_is_not_tracked_is_said(wireshark, folder):
    """In the tree of each."""
    path = folder / 'made.pcap'
    frames = answers(path, BODIES['whole'], 8)
    found = wireshark.fields(str(path), ['mbms_sec.cut'], '-2')
    assert all('mbms_sec.cut' in found[frame] for frame in frames)


def test_honest_bodies_are_tracked_in_full(wireshark, folder):
    """Compressed as well as text gets: an LTKM is as good as random."""
    ids = cast.key_ids(0x68C9, 1)
    ltkms = b''.join(b'<b:LTKM>' + documents.base64_text(cast.ltkm(ids, number)).encode() + b'</b:LTKM>' for number in range(1, 2001))
    path = folder / 'made.pcap'
    frame, = answers(path, with_ltkms(ltkms, 1), 1)
    assert 'mbms_sec.cut' not in wireshark.fields(str(path), ['mbms_sec.cut'], '-2')[frame]
