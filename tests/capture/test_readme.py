"""The command lines of README.md's section for test labs do what is said of them, and its filters find what is said."""
import json
import re
import xml.etree.ElementTree as ElementTree

import pytest

from bcast_tool import install_tool
from wireshark import REPOSITORY, complaints

README = (REPOSITORY / 'README.md').read_text()
SECTION = re.search(r'^## For test labs\n(.*?)^## ', README, re.MULTILINE | re.DOTALL)[1]
FILTER, TABLE, CHECK, JUDGED, WRITE_BASELINE, BASELINE, RECORDS = re.findall(r'^    (.*)$', SECTION, re.MULTILINE)
JSON, = re.findall(r'^    (tshark .* -T json .*)$', README, re.MULTILINE)


@pytest.fixture(scope='module')
def shell(wireshark):
    """Runs a line where it finds captures/ and tools/, as in a clone of the repository."""
    install_tool(wireshark)
    return lambda line: wireshark.run('-c', line, program='sh')


def test_display_filter(shell):
    done = shell(FILTER)
    assert done.returncode == 0 and not complaints(done.stderr)
    rows = [line.split('\t') for line in done.stdout.splitlines()]
    assert [(frame, set(rules.split(','))) for frame, rules, _ in rows] == [('8', {'R22'}), ('11', {'R22'}), ('13', {'R22'})]
    assert all(text.startswith('An LTKM beside the ResponseCode') for _, _, text in rows)


def test_table(shell):
    """The rule with its level, the number of findings and the first frame."""
    done = shell(TABLE)
    assert done.returncode == 0 and not complaints(done.stderr)
    rows = [line.split() for line in done.stdout.splitlines() if re.match(r'R\d+ ', line)]
    assert [row[:4] for row in rows] == [['R22', 'breach', '5', '8']]


def test_check(wireshark, shell):
    """Some of the captures are broken on purpose: findings, but each was read to its end."""
    done = shell(CHECK)
    assert done.returncode == 1 and not complaints(done.stderr)
    assert 'captures/media-types.pcap:13: R26 breach: ' in done.stdout
    assert 'captures/tour.pcap:' not in done.stdout
    suites = ElementTree.parse(wireshark.root / 'report.xml').getroot().findall('testsuite')
    captures = sorted(f'captures/{path.name}' for path in wireshark.captures.glob('*.pcap'))
    assert [suite.get('name') for suite in suites] == captures
    assert {suite.get('errors') for suite in suites} == {'0'}


def test_what_was_judged(shell):
    assert shell('tools/bcast-check captures/tour.pcap').stdout.strip() == JUDGED


def test_baseline(shell):
    assert shell(WRITE_BASELINE).returncode == 1
    done = shell(BASELINE)
    assert done.returncode == 0 and re.search(r': 0 breaches, 0 suspicious, 0 notes, \d{3} known$', done.stdout.strip())


def test_records(wireshark, shell):
    assert shell(RECORDS).returncode == 0
    kinds = [json.loads(line)['type'] for line in (wireshark.root / 'records.ndjson').read_text().splitlines()]
    assert [kinds.count(kind) for kind in ('procedure', 'ltkm', 'verification', 'stkm')] == [7, 9, 7, 1]


def test_json_without_duplicate_keys(shell):
    """The three LTKMs of frame 12 are there."""
    packets = [packet['_source']['layers'] for packet in json.loads(shell(JSON).stdout)]
    assert [json.dumps(packet).count('"ltkm.id"') for packet in packets if packet['frame']['frame.number'] == '12'] == [3]


@pytest.mark.parametrize('start, capture, frames', [
    ('ltkm.message == 1 && mikey.v.set', 'rules/r53.pcap', ['9', '17', '18', '26']),
    ('mbms_sec.ill_formed ||', 'bad-base64.pcap', ['8']),
    ('mbms_sec.ill_formed ||', 'bad-xml.pcap', ['6', '7']),
])  # fmt: skip
def test_what_filters_find(wireshark, start, capture, frames):
    display_filter, = re.findall(rf'^    ({re.escape(start)}.*?)(?: {{3,}}.*)?$', README, re.MULTILINE)
    assert wireshark.tshark(capture, '-2', '-Y', display_filter, '-T', 'fields', '-e', 'frame.number').split() == frames


def test_filters_to_begin_with(wireshark):
    """Every line of them is a filter that Wireshark takes."""
    block = re.search(r'^Filters to begin with:\n\n(.*?)\n\n\S', README, re.MULTILINE | re.DOTALL)[1]
    filters = [re.split(r' {3,}|$', line[4:])[0] for line in block.splitlines()]
    filters = [text for text in filters if text]
    assert {'bcast.rule', 'bcast.rule_level == 3', 'bcast.r22'} <= set(filters)
    for text in filters:
        wireshark.tshark('rules/r22.pcap', '-Y', text)
