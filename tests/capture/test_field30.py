"""Thirty terminals as in the field: who failed, and why, can be read from the table of terminals alone."""
import json
import re

import pytest

from wireshark import CAPTURES

EXPECTED = json.loads((CAPTURES / 'expected/field30.json').read_text())['terminals']
# What makes a terminal fail -> the words that the table has for it.
WORDS = {
    'mbms_sec.outcome == 2': r'refused, every entry',
    'mbms_sec.outcome == 3': r'refused \(403\)',
    'mbms_sec.outcome == 5': r'401 after credentials, 4 times',
    'mbms_sec.outcome == 6': r'error of the server \(503\)',
    'mbms_sec.outcome == 7': r'not answered',
    'mbms_sec.outcome == 1': r'accepted in part',
    'mbms_sec.asked_again': r'for the same as 2 before',
    'ltkm.answer == 3': r'LTKM in frame \d+ not verified: ',
    'ltkm.answer == 2': r'R53 in frame \d+: The verification message came after',
    'ltkm.fate == 5': r'R74 in frame \d+: ',
    'ltkm.fate == 4': r'R39 in frame \d+: ',
    'bcast.rule == "R57"': r'R57 in frame \d+: ',
    'bcast.rule == "R91"': r'R91 in frame \d+: ',
    'bcast.rule == "R69"': r'R69 in frame \d+: ',
}


@pytest.fixture(scope='module')
def table(wireshark):
    """B-TID -> the row of the table, in one pass; the rows in their order."""
    out = wireshark.tshark('field30.pcap', '-q', '-z', 'mbms_sec,terminals')
    rows = [line for line in out.splitlines() if re.match(r' *\d+  ', line)]
    return {re.findall(r'\S+@bsf\.operator\.example', row)[-1]: row for row in rows}


def failures():
    """(B-TID that the row is of, words) for each terminal with something wrong."""
    for btid, terminal in EXPECTED.items():
        conditions = [condition for found in terminal['wrong'].values() for condition in found]
        if terminal.get('before'):  # its LTKMs come under the B-TID of before
            yield terminal['before'], r'LTKM in frame \d+ not verified: IDr is not '
        elif conditions:
            yield btid, next(WORDS[condition] for condition in conditions if condition in WORDS)


FAILURES = dict(failures())


@pytest.mark.parametrize('btid', FAILURES)
def test_failure_and_reason(table, btid):
    assert re.search(FAILURES[btid], table[btid]), table[btid]


def test_sound_terminals(table):
    """Of the others nothing is said, and they stand behind all that failed."""
    sound = {btid for btid in table if not re.search(r'  (R\d+ in|LTKM in|Registration in|MSK request in|401 after)', table[btid])}
    assert sound == set(table) - set(FAILURES)
    assert set(list(table)[-len(sound):]) == sound
    assert len(sound) == 13 + 1  # and the one that bootstrapped anew


def test_two_passes(wireshark):
    """One pass tells as much as two."""
    one, two = (wireshark.tshark('field30.pcap', *passes, '-q', '-z', 'mbms_sec,terminals') for passes in ([], ['-2']))
    assert one == two


def test_frames(wireshark):
    """What is wrong stands in the frame it is about."""
    wanted = [(int(frame), condition) for terminal in EXPECTED.values() for frame, found in terminal['wrong'].items() for condition in found]
    names = sorted({condition.split(' ')[0] for _, condition in wanted})
    found = wireshark.fields('field30.pcap', names, '-2')
    missing = []
    for frame, condition in wanted:
        name, _, value = condition.partition(' == ')
        values = found.get(frame, {}).get(name, [])
        if value.strip('"') not in values if value else not values:
            missing.append((frame, condition, values))
    assert not missing and len(wanted) > 30
