"""Analyze → Expert Information, `tshark -z expert` and sharkd's tap: what is found is there when nobody looks at a tree."""
import collections
import json
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from wireshark import BUILD, CAPTURES

LEVELS = {'Errors': 3, 'Warns': 2, 'Notes': 1, 'Error': 3, 'Warning': 2, 'Note': 1}  # tshark's sections, sharkd's severities
CAPTURE_NAMES = [path.stem for path in sorted((CAPTURES / 'rules' / 'expected').glob('*.json'))]
RULES = ['-T', 'fields', '-E', 'occurrence=a', '-e', 'bcast.rule', '-e', 'bcast.rule_level']


def expected(name):
    """(rule, level) -> how often, of the whole capture."""
    findings = json.loads((CAPTURES / 'rules' / 'expected' / f'{name}.json').read_text())['findings']
    return collections.Counter((rule, level) for found in findings.values() for rule, level in found)


def listed(table):
    """The same of tshark's expert table."""
    found, level = collections.Counter(), None
    for line in table.splitlines():
        if section := re.fullmatch(r'(\w+) \(\d+\)', line):
            level = LEVELS.get(section[1])
        elif row := re.match(r' *(\d+) +\S+ +\S+ +(R\d+) \(', line):
            found[row[2], level] += int(row[1])
    return found


def in_one_pass(out):
    """The same of the fields of a single pass, which knows nothing of what comes later."""
    rows = [line.split('\t') for line in out.splitlines() if line.strip()]
    return collections.Counter(one for rules, levels in rows for one in zip(rules.split(','), map(int, levels.split(','))))


@pytest.fixture(scope='module')
def tables(wireshark):
    """(capture, way) -> output, read on all processors."""
    ways = {'two': ['-2', '-q', '-z', 'expert'], 'one': ['-q', '-z', 'expert'], 'fields': RULES}
    jobs = [(name, way) for name in CAPTURE_NAMES for way in ways]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(jobs, pool.map(lambda job: wireshark.tshark(f'rules/{job[0]}.pcap', *ways[job[1]]), jobs)))


@pytest.mark.parametrize('name', CAPTURE_NAMES)
def test_two_passes(tables, name):
    """Each finding is an expert item of its level, and there is no other."""
    assert listed(tables[name, 'two']) == expected(name)


@pytest.mark.parametrize('name', CAPTURE_NAMES)
def test_one_pass(tables, name):
    """Likewise of what is known in one pass."""
    assert listed(tables[name, 'one']) == in_one_pass(tables[name, 'fields'])


def test_something_is_expected(tables):
    """All three levels, in both ways: a table without our lines is not what the other tests compare."""
    for total in (sum(map(expected, CAPTURE_NAMES), collections.Counter()),
                  sum((in_one_pass(tables[name, 'fields']) for name in CAPTURE_NAMES), collections.Counter())):  # fmt: skip
        assert {level for _, level in total} == {1, 2, 3}
        assert sum(total.values()) > 100


@pytest.mark.skipif(not shutil.which('sharkd'), reason='sharkd is not installed')
def test_sharkd(wireshark):
    """What a graphical interface asks for after loading a file."""
    _, found = wireshark.sharkd({'method': 'load', 'params': {'file': str(wireshark.captures / 'rules/r22.pcap')}},
                                {'method': 'tap', 'params': {'tap0': 'expert'}})  # fmt: skip
    tap = found['taps'][0]
    ours = [(one['f'], one['m'].split(' ')[0], LEVELS[one['s']]) for one in tap['details'] if re.match(r'R\d+ \(', one['m'])]
    findings = json.loads((CAPTURES / 'rules' / 'expected' / 'r22.json').read_text())['findings']
    assert sorted(ours) == sorted((int(frame), rule, level) for frame, found in findings.items() for rule, level in found)


ALL_KINDS = [str(path.relative_to(CAPTURES)) for path in sorted(CAPTURES.rglob('*.pcap*'))]


@pytest.fixture(scope='module')
def severities(wireshark):
    """(capture, tshark's options) -> the highest severity when it is done."""
    preloaded = wireshark.root / 'severity.so'
    shutil.copy(BUILD / 'tests/severity.so', preloaded)

    def severity(job):
        ran = wireshark.run('-r', str(wireshark.captures / job[0]), *job[1], LD_PRELOAD=str(preloaded))
        return int(re.findall(r'^severity (\w+)$', ran.stderr, re.MULTILINE)[-1], 16)

    jobs = [(name, options) for name in ALL_KINDS for options in ((), ('-V',))]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(jobs, pool.map(severity, jobs)))


@pytest.mark.parametrize('name', ALL_KINDS)
def test_severity_without_a_tree(severities, name):
    """Wireshark's light shows after loading a file, when nobody has looked at a tree, what the trees have."""
    stock = {'mikey-payloads.pcap': 0x600000, 'xml-syntax.pcap': 0x800000}  # of Wireshark's certificates and XML
    assert severities[name, ('-V',)] == stock.get(name, severities[name, ()])


def test_severities_differ(severities):
    """From nothing to errors: the test before compares something."""
    assert {0, 0x400000, 0x600000, 0x800000} <= {severities[name, ()] for name in ALL_KINDS}
