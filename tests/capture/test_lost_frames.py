"""Frames that a capture lacks: a sound one has no finding for that, whichever message of HTTP is not there."""
import subprocess

import pytest

CHALLENGE = 23  # without it, the request before it looks as if it had been taken for good
CAPTURES = ['rules/clean.pcap', 'tour.pcap', 'cards.pcap']


def without(wireshark, capture, frame, path):
    subprocess.run(['editcap', '-F', 'pcap', str(wireshark.captures / capture), str(path), str(frame)], check=True, capture_output=True)
    path.chmod(0o644)
    return str(path)


@pytest.mark.parametrize('capture', CAPTURES)
def test_one_message_lost(wireshark, folder, capture):
    """What its absence leaves open is not judged; that verification messages have no LTKM is a note."""
    messages = [frame for frame in wireshark.fields(capture, ['mbms_sec.terminal'], '-Y', 'mbms_sec') if (capture, frame) != (CAPTURES[0], CHALLENGE)]
    found = {}
    for frame in messages:
        path = without(wireshark, capture, frame, folder / 'lost.pcap')
        rules = wireshark.fields(path, ['bcast.rule'], '-2', '-Y', 'bcast.rule_level >= 2')
        if rules:
            found[frame] = rules
    assert len(messages) > 8 and found == {}
