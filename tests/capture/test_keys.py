"""The shipped captures under the right keys, under none, under wrong ones, and under several that match.

What the right keys show comes from the generator (with_keys in captures/expected); it knows the keys and shares no code with
the plugin. What is shown without them follows from that.
"""
import hashlib
import json
import os
import random
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from key_rows import BAD, GOOD, MAC, NOT_PRESENT, ONLY_WRONG, OPENED, RIGHT, SEVERAL, SHOWN, STKM, UNVERIFIED, V, given, shown
from made import cast
from wireshark import CAPTURES

from captures.generator.scenarios.rules_parts import subscriber

EXPECTATIONS = {path.stem: json.loads(path.read_text()) for path in sorted(CAPTURES.glob('expected/*.json'))}
RULES = {path.stem: json.loads(path.read_text()) for path in sorted(CAPTURES.glob('rules/expected/*.json'))
         if path.stem == 'clean' or path.stem >= 'r53'}  # those about verification messages
ALL_KEYS = [  # of every terminal of the rules' captures, but of two BSMs only
    (bsm.name, one.btid, one.muks[bsm.name].hex()) for one in map(subscriber, range(1, 9)) for bsm in (cast.BSM_1, cast.BSM_2)
]


def without_empty(frames):
    shown = {int(frame): {name: values for name, values in fields.items() if values} for frame, fields in frames.items()}
    return {frame: fields for frame, fields in shown.items() if fields}


def under_right_keys(expected):
    """Alarms come with what is bad."""
    frames = without_empty(expected['with_keys'])
    for fields in frames.values():
        if BAD in fields.get(MAC, []):
            fields['ltkm.mac_bad'] = ['1'] * fields[MAC].count(BAD)
    return frames


def under_no_right_key(expected, status):
    """Nothing is opened but what is in clear; the LTKMs have this status, whatever was good under the right keys."""
    frames = {}
    for frame, fields in without_empty(expected['with_keys']).items():
        base = expected['frames'].get(str(frame), {})
        is_stkm = base.get('ltkm.message') == [STKM]
        of_ltkm = {GOOD: UNVERIFIED if is_stkm else status, BAD: status}
        frames[frame] = {
            **{MAC: [of_ltkm.get(value, value) for value in fields.get(MAC, [])]},
            **{V: [UNVERIFIED if value == GOOD else value for value in fields.get(V, [])]},
            **({name: fields.get(name, []) for name in OPENED} if base.get('mikey.kemac.encr_alg') == ['0'] else {}),
        }
        frames[frame]['ltkm.mac_bad'] = ['1'] * frames[frame][MAC].count(BAD)
    return without_empty(frames)


CASES = {
    'right': (RIGHT, under_right_keys),
    'several': (SEVERAL, under_right_keys),
    'none': ([], lambda expected: under_no_right_key(expected, UNVERIFIED)),
    'wrong': (ONLY_WRONG, lambda expected: under_no_right_key(expected, BAD)),
}


ASKED = [(case, name) for case in CASES for name, expected in EXPECTATIONS.items() if expected['with_keys'] or case == 'right']


def at_once(function, items):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(items, pool.map(function, items)))


@pytest.fixture(scope='module')
def found(wireshark):
    """(case, capture) -> what is shown."""
    return at_once(lambda one: shown(wireshark, one[1] + '.pcap', CASES[one[0]][0]), ASKED)


@pytest.mark.parametrize(('case', 'name'), ASKED)
def test_capture(found, case, name):
    """Every frame has just the statuses, the opened keys and the alarms it should have."""
    assert found[case, name] == CASES[case][1](EXPECTATIONS[name])


def test_expectations_say_something():
    """Under the right keys most is good, and one capture at least has a bad MAC and one an opened STKM."""
    frames = [fields for expected in EXPECTATIONS.values() for fields in under_right_keys(expected).values()]
    assert sum(fields.get(MAC, []).count(GOOD) for fields in frames) > 60
    assert sum(fields.get(V, []).count(GOOD) for fields in frames) > 40
    assert sum('ltkm.mac_bad' in fields for fields in frames) == 1
    assert under_right_keys(EXPECTATIONS['tour'])[28]['mikey.key.salt']


def named_rows(wireshark, capture, rows):
    """The row that each LTKM's item names, in the order of the file."""
    text = wireshark.tshark(capture, '-2', '-V', *given(rows))
    return [int(row) for row in re.findall(r'\[MAC status: Good.*row (\d+) of the table', text)]


@pytest.mark.parametrize('seed', range(4))
@pytest.mark.parametrize('capture', ['several-per-body.pcap', 'mikey-kemac.pcap'])
def test_order_of_rows(wireshark, capture, seed):
    """Whatever the order of the rows, the right one is used and named."""
    rows = SEVERAL[:]
    random.Random(seed).shuffle(rows)
    expected = EXPECTATIONS[capture.removesuffix('.pcap')]
    assert shown(wireshark, capture, rows) == under_right_keys(expected)
    first, second = rows.index(SEVERAL[4]) + 1, rows.index(SEVERAL[0]) + 1
    want = [first, second, first] if capture == 'several-per-body.pcap' else [first] * 7
    assert named_rows(wireshark, capture, rows) == want


def test_most_specific_row_first(wireshark):
    """The same key in several rows: the row that says most is named, then the one that stands first."""
    bsm, terminal = cast.BSM_1.name, cast.SUBSCRIBER_A.btid
    key = RIGHT[0][2]
    rows = [('', '', key), ('', terminal, key), (bsm, '', key), (bsm, terminal, key)]
    for left in range(4, 0, -1):
        want = {4: 4, 3: 2, 2: 2, 1: 1}[left]
        assert named_rows(wireshark, 'udp-push.pcap', rows[:left]) == [want] * 3


def test_first_wrong_row_is_named(wireshark):
    """Where no key is right, the most specific one is blamed, once."""
    rows = [('', '', 'aa'), ONLY_WRONG[0], (cast.BSM_1.name, cast.SUBSCRIBER_B.btid, 'bb')]
    found = wireshark.fields('udp-push.pcap', ['_ws.expert.message'], '-2', *given(rows), '-Y', 'ltkm.mac_bad')
    assert [fields['_ws.expert.message'] for fields in found.values()] == [['The MAC is wrong under the key in row 2 of the table']] * 3


def test_rows_of_others_do_not_count(wireshark):
    """Rows of another BSM or terminal: as if there were none."""
    rows = [('bsm1.example.orgx', '', 'aa'), ('bsm1.example.or', '', 'aa'), ('', cast.SUBSCRIBER_B.btid, 'bb'), ('BSM1', '', 'cc')]
    assert shown(wireshark, 'mikey-kemac.pcap', rows) == under_no_right_key(EXPECTATIONS['mikey-kemac'], UNVERIFIED)


@pytest.mark.parametrize(('rows', 'mac'), [
    ([('', '', RIGHT[0][2])], GOOD),
    ([('', '', 'aa' * 32), ('bsm.example.org', '', RIGHT[0][2])], GOOD),
    ([('bsm.example.org', '', RIGHT[1][2])], BAD),
    ([('', '', RIGHT[1][2])], UNVERIFIED),
])  # fmt: skip
def test_recorded(wireshark, rows, mac):
    """The recording of real programs, made by an encoder of its own: keys and validity as in its RECIPE.md."""
    found = shown(wireshark, 'recorded/recorded.pcap', rows)
    keys = [hashlib.sha256(f'MSK {number}'.encode()).hexdigest()[:32] for number in range(1, 5)]
    opened = {11: keys[:1], 18: keys[1:3], 24: keys[3:4], 38: keys[:1]}
    ltkms = {frame: {MAC: [mac] * len(data)} for frame, data in opened.items()}
    for frame, data in opened.items():
        low, high = ('65534', '1') if frame == 38 else ('1', '65534')
        more = dict(zip(OPENED, (data, [], [low] * len(data), [high] * len(data)))) if mac == GOOD else {'ltkm.mac_bad': ['1'] * len(data)} if mac == BAD else {}
        ltkms[frame] |= {name: values for name, values in more.items() if values}
    answers = {frame: {V: [GOOD if mac == GOOD else UNVERIFIED]} for frame in (13, 22, 23, 25, 43)}
    assert found == ltkms | answers


# ---- the rules ---------------------------------------------------------------------------------------------------------


def findings(wireshark, name, rows):
    """frame -> sorted (rule, level)."""
    found = wireshark.fields(f'rules/{name}.pcap', ['bcast.rule', 'bcast.rule_level', *SHOWN], '-2', *given(rows))
    return {frame: fields for frame, fields in found.items() if fields}


@pytest.fixture(scope='module')
def judged(wireshark):
    return at_once(lambda name: findings(wireshark, name, RULES[name].get('keys', ALL_KEYS)), list(RULES))


@pytest.mark.parametrize('name', RULES)
def test_rules_with_keys(judged, name):
    """Keys add what findings_with_keys says, and nothing else; every MAC that can be checked is right."""
    wanted = {int(frame): list(map(tuple, found)) for frame, found in RULES[name]['findings'].items()}
    for frame, found in RULES[name].get('findings_with_keys', {}).items():
        wanted.setdefault(int(frame), []).extend(map(tuple, found))
    pairs = {frame: sorted(zip(fields['bcast.rule'], map(int, fields['bcast.rule_level'])))
             for frame, fields in judged[name].items() if 'bcast.rule' in fields}  # fmt: skip
    assert pairs == {frame: sorted(found) for frame, found in wanted.items()}
    assert not [frame for frame, fields in judged[name].items() if 'ltkm.mac_bad' in fields]
    if 'keys' not in RULES[name]:
        assert {status for fields in judged[name].values() for status in fields.get(MAC, [])} <= {GOOD, UNVERIFIED, NOT_PRESENT}
