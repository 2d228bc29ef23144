"""What leaves Wireshark is whole: the frames that others need go with them, and each value is of the type that was announced."""
import json
import re

import pytest

from key_rows import RIGHT, given

PAIRS = {'ltkm.message == 3': 'ltkm.verifies', 'mbms_sec.request_in': 'mbms_sec.request_in'}


def links(wireshark, capture, field):
    return [value for row in wireshark.fields(capture, [field]).values() for value in row.get(field, [])]


@pytest.fixture(scope='module')
def takes_along(stock):
    """This tshark writes what the frames that pass a filter need; 4.4's forgets it: the segments of TCP, too."""
    stock.tshark('tour.pcap', '-2', '-Y', 'frame.number == 12', '-w', str(stock.captures / 'segments.pcap'))
    if len(stock.tshark('segments.pcap').splitlines()) < 2:
        pytest.skip('this tshark writes no frames that others need, not even segments')


@pytest.mark.parametrize('wanted', PAIRS)
def test_displayed_packets(wireshark, takes_along, wanted):
    """Verification messages take their LTKMs along, responses their requests."""
    name = re.sub(r'\W+', '-', wanted) + '.pcap'
    wireshark.tshark('tour.pcap', '-2', '-Y', wanted, '-w', str(wireshark.captures / name))
    assert len(links(wireshark, name, PAIRS[wanted])) == len(links(wireshark, 'tour.pcap', PAIRS[wanted])) > 3


def test_stkm_takes_its_key_along(wireshark, takes_along):
    """An STKM that was opened is opened again."""
    wireshark.tshark('tour.pcap', '-2', *given(RIGHT), '-Y', 'ltkm.message == 4', '-w', str(wireshark.captures / 'stkm.pcap'))
    rows = wireshark.fields('stkm.pcap', ['ltkm.mac_status'], *given(RIGHT)).values()
    status = [row['ltkm.mac_status'][0] for row in rows if 'ltkm.mac_status' in row]  # 4.2 takes along what the LTKM needs, too
    assert len(status) == 2 and set(status) == {'1'}  # an LTKM and the STKM


# What Elasticsearch takes for a number, as Wireshark's own fields have it.
FORMS = {'integer': r'\d+', 'short': r'\d+', 'long': r'\d+', 'boolean': r'True|False'}


@pytest.fixture(scope='module')
def mapping(wireshark):
    """name, with _ for each dot -> type."""
    filters = 'mbms_sec,bcast,ltkm'
    found = json.loads(wireshark.run('-G', 'elastic-mapping', '--elastic-mapping-filter', filters).stdout)
    types = {}

    def walk(node):
        for name, value in node.items():
            if isinstance(value, dict):
                types.update({name: value['type']} if isinstance(value.get('type'), str) else {})
                walk(value)

    walk(found)
    return types


@pytest.mark.parametrize('capture', ['tour.pcap', 'mikey-payloads.pcap', 'rules/r22.pcap', 'bad-values.pcap'])
def test_elasticsearch(wireshark, mapping, capture):
    """Each number and truth value is written as what `-G elastic-mapping` says it is."""
    seen = set()
    for line in wireshark.tshark(capture, '-T', 'ek').splitlines():
        for name, value in flat(json.loads(line, object_pairs_hook=Pairs)):
            kind = mapping.get(name)
            if kind in FORMS:
                seen.add(kind)
                assert re.fullmatch(FORMS[kind], str(value)), (name, value)
    assert {'integer', 'short'} <= seen


class Pairs(list):
    """An object, since names stand in it more than once."""


def flat(value, name=None):
    """Every (name, value) at any depth."""
    if isinstance(value, Pairs):
        for inner, one in value:
            yield from flat(one, inner)
    elif isinstance(value, list):
        for one in value:
            yield from flat(one, name)
    else:
        yield name, value
