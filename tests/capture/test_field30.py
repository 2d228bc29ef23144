"""field30: thirty terminals at once; what is wrong with each, as the generator knows it, and nothing else."""
import json
import re

import pytest

from key_rows import MAC, V, given
from wireshark import CAPTURES

CAPTURE = 'field30.pcap'
TERMINALS = json.loads((CAPTURES / 'expected' / 'field30.json').read_text())['terminals']
WRONG = [(btid, frame, one) for btid, terminal in TERMINALS.items() for frame, filters in terminal['wrong'].items() for one in filters]
FAILURES = ['mbms_sec.refused', 'mbms_sec.no_response', 'mbms_sec.unauthorised', 'mbms_sec.asked_again', 'bcast.rule']


def test_scenario():
    """Thirty terminals, one of them under two B-TIDs; half of them fail."""
    assert len(TERMINALS) == 31
    assert sum(bool(terminal['wrong']) for terminal in TERMINALS.values()) == 17


@pytest.fixture(scope='module')
def matching(wireshark):
    """filter -> frames."""
    return {one: set(wireshark.fields(CAPTURE, ['frame.len'], '-2', '-Y', one)) for one in {one for _, _, one in WRONG}}


@pytest.mark.parametrize(('btid', 'frame', 'one'), WRONG)
def test_wrong(wireshark, matching, btid, frame, one):
    """It is seen, and in a frame of this terminal."""
    assert int(frame) in matching[one]
    assert wireshark.fields(CAPTURE, ['mbms_sec.terminal'], '-2')[int(frame)] == {'mbms_sec.terminal': [btid]}


def test_nothing_else(wireshark):
    """No finding and no failure in any other frame; no answer is missing elsewhere."""
    known = {int(frame) for _, frame, _ in WRONG}
    found = wireshark.fields(CAPTURE, [*FAILURES, 'ltkm.answer'], '-2')
    odd = {frame: fields for frame, fields in found.items()
           if frame not in known and (set(fields) & set(FAILURES) or set(fields.get('ltkm.answer', [])) - {'0', '1'})}  # fmt: skip
    assert odd == {}


def test_keys(wireshark):
    """Every MAC is right: the one CSB ID for all makes no difference. The quotes of ICMP errors are cut, and tell nothing."""
    keys = given(terminal['key'] for terminal in TERMINALS.values())
    found = wireshark.fields(CAPTURE, [MAC, V, 'icmp.type', 'icmpv6.type', 'bcast.rule'], '-2', *keys)
    seen = [fields for fields in found.values() if 'icmp.type' not in fields and 'icmpv6.type' not in fields]
    statuses = [status for fields in seen for status in fields.get(MAC, []) + fields.get(V, [])]
    assert statuses == ['1'] * len(statuses) and len(statuses) > 100
    assert not {'R61', 'R81', 'R82'} & {rule for fields in seen for rule in fields.get('bcast.rule', [])}


def rows(wireshark, *passes):
    """B-TID -> what is wrong first."""
    lines = wireshark.tshark(CAPTURE, *passes, '-q', '-z', 'mbms_sec,terminals').splitlines()
    cells = [re.split('  +', line.strip()) for line in lines if re.match(r' *\d+  ', line)]
    return {btid: wrong for *_, wrong, btid, _, _ in cells}


@pytest.mark.parametrize('passes', [[], ['-2']], ids=['one pass', 'two passes'])
def test_listing(wireshark, passes):
    """From the listing alone each failing terminal can be told, and the frame in which to look, or that of the request."""
    expected = json.loads((CAPTURES / 'expected' / 'field30.json').read_text())['frames']
    found = rows(wireshark, *passes)
    assert set(found) == set(TERMINALS)
    for btid, terminal in TERMINALS.items():
        named = re.findall(r'in frame (\d+)', found[btid])[:1]
        answers = [answer for frame in named for answer in expected[frame].get('mbms_sec.response_in', [])]
        assert set(terminal['wrong']) & {*named, *answers} or (found[btid] == '-' and not terminal['wrong']), (btid, found[btid])


# What makes a terminal fail -> the words that the listing has for it.
REASONS = {
    'mbms_sec.outcome == 1': r'accepted in part',
    'mbms_sec.outcome == 2': r'refused, every entry',
    'mbms_sec.outcome == 3': r'refused \(403\)',
    'mbms_sec.outcome == 6': r'error of the server \(503\)',
    'mbms_sec.outcome == 7': r'not answered',
    'mbms_sec.asked_again': r'for the same as 2 before',
    'ltkm.unreachable_in': r'not verified: it did not arrive: ICMP error',
    'ltkm.answer == 2': r'R53 in frame \d+: The verification message came after',
    'ltkm.answer == 3': r'not verified: ',
    'ltkm.fate == 1': r'not verified: IDr is not |R69 in frame \d+: ',
    'ltkm.fate == 4': r'R39 in frame \d+: ',
    'ltkm.fate == 5': r'R74 in frame \d+: ',
    'bcast.rule == "R57"': r'R57 in frame \d+: ',
    'bcast.rule == "R91"': r'R91 in frame \d+: ',
    'mbms_sec.outcome == 5': r'401 after credentials, 4 times',
}


def test_reasons(wireshark):
    """Not only that it failed, but why."""
    found = rows(wireshark)
    for btid, terminal in TERMINALS.items():
        filters = [one for some in terminal['wrong'].values() for one in some]
        reason = next((words for name, words in REASONS.items() if any(one.startswith(name) for one in filters)), '^-$')
        assert re.search(reason, found[btid]), (btid, found[btid], filters)
