"""Bodies of any size: bounded trees, but nothing goes untracked."""
import re

import pytest
from made import documents, many_ltkms, over_http
from trees import packets

IN_FULL, SHOWN = 1000, 10000


def body(wireshark, path, *arguments):
    """The tree of the frame with the LTKMs."""
    [tree] = packets(wireshark, str(path), '-Y', 'bcast.ltkm', *arguments).values()
    return tree


def test_thousand_in_full_the_next_as_one_line(wireshark, folder):
    """1 500 LTKMs: all are shown, the last 500 without their structure; nothing is left out."""
    answers = many_ltkms(folder / 'many.pcap', 1500, [1, 1000, 1001, 1400])
    tree = body(wireshark, folder / 'many.pcap', '-2')
    nodes = list(tree.anywhere('ltkm'))
    assert len(nodes) == IN_FULL
    assert [node.get('ltkm.index') for node in nodes] == [str(n) for n in range(1, IN_FULL + 1)]
    assert len(list(tree.anywhere('bcast.ltkm'))) == 1500
    assert len(list(tree.anywhere('mikey.csb_id'))) == IN_FULL
    assert list(tree.anywhere('mbms_sec.cut')) == []
    assert [(node.get('ltkm.index'), node.get('ltkm.verified_in')) for node in nodes if node.get('ltkm.verified_in')] == [
        ('1', str(answers[1])), ('1000', str(answers[1000])),
    ]  # fmt: skip
    verified(wireshark, folder / 'many.pcap', answers)


def verified(wireshark, path, answers):
    """Every verification message finds its LTKM, in one pass and in two."""
    frame = list(wireshark.fields(str(path), [], '-Y', 'bcast.ltkm'))
    for passes in ([], ['-2']):
        found = wireshark.fields(str(path), ['ltkm.verifies'], *passes, '-Y', 'udp && ltkm.verifies')
        assert {number: values.get('ltkm.verifies') for number, values in found.items()} == {
            answer: [str(frame[0])] for answer in answers.values()
        }


def test_ten_thousand_then_the_count(wireshark, folder):
    """12 000 LTKMs: 10 000 are decoded, the rest is counted, and nobody misses what was not decoded (R63)."""
    answers = many_ltkms(folder / 'more.pcap', 12000, [9999, 10000, 1, 10001])
    path = folder / 'more.pcap'
    text = wireshark.tshark(str(path), '-2', '-V', '-Y', 'bcast.ltkm')
    assert sum(line.strip().startswith('LTKM: ') for line in text.splitlines()) == IN_FULL
    assert sum(bool(re.match(r' *LTKM \d+: LTKM ', line)) for line in text.splitlines()) == SHOWN - IN_FULL
    assert text.count('OMA BCAST Long-Term Key Message: ') == IN_FULL
    assert '2000 more LTKMs are not decoded' in text
    assert wireshark.fields(str(path), ['_ws.expert.message'], '-Y', 'mbms_sec.cut') != {}
    assert 'Registration response: 1×200 OK, 12000 LTKMs, delivery HTTP' in wireshark.tshark(str(path))
    answers = {index: frame for index, frame in answers.items() if index <= SHOWN}
    verified(wireshark, path, answers)
    assert wireshark.fields(str(path), ['bcast.rule'], '-2', '-Y', 'bcast.r63') == {}


def test_the_line_says_what_it_is(wireshark, folder):
    """The line of an LTKM beyond the first thousand says what it is in place of its base64 text."""
    many_ltkms(folder / 'lines.pcap', 1500, [1400])
    text = wireshark.tshark(str(folder / 'lines.pcap'), '-2', '-V', '-Y', 'bcast.ltkm')
    lines = [line.strip() for line in text.splitlines() if re.match(r' *LTKM \d+: ', line)]
    assert len(lines) == 500
    assert lines[399] == 'LTKM 1400: LTKM 00f110/68c9:0001 counter 1400, verification requested'
    assert [line.split(':')[0] for line in lines] == [f'LTKM {number}' for number in range(1001, 1501)]


def test_findings_of_any_number(wireshark, folder):
    """6 000 LTKMs over HTTP to a terminal that offered nothing: each is counted, in one pass and in two."""
    many_ltkms(folder / 'r34.pcap', 6000, [], offer=None)
    for passes in ([], ['-2']):
        out = wireshark.tshark(str(folder / 'r34.pcap'), *passes, '-q', '-z', 'bcast,rules')
        assert [line.split()[:3] for line in out.splitlines() if line.startswith('R34')] == [['R34', 'breach', '6000']]


DELIVERY = '<x:LTKMDelivery><x:Type>2</x:Type></x:LTKMDelivery>'
OPEN = f'<x:RegistrationRequestExtension xmlns:x="{documents.BCAST}">'
CLOSE = '</x:RegistrationRequestExtension>'


@pytest.mark.parametrize('kind, before, element, after, cut', [
    (documents.REGISTRATION_RESPONSE, '', '<Response><serviceID>s</serviceID></Response>', '', True),
    (documents.REGISTRATION, '', '<serviceID>s</serviceID>', '', False),
    (documents.MSK_REQUEST, '', '<MSK><MSKID>aMkAAQ==</MSKID></MSK>', '', True),
    (documents.REGISTRATION, '', OPEN + CLOSE, '', True),
    (documents.REGISTRATION, OPEN, DELIVERY, CLOSE, True),
], ids=['Response', 'serviceID', 'MSK', 'container', 'LTKMDelivery'])  # fmt: skip
def test_more_elements_than_a_tree_bears(wireshark, folder, kind, before, element, after, cut):
    """250 000 of anything: a tree within Wireshark's limit, and one line that says what is missing."""
    body = f'<{kind.root} xmlns="{kind.namespace}">{before}{element * 250000}{after}</{kind.root}>'
    path = over_http(folder / 'elements.pcap', kind, body.encode())
    text = wireshark.tshark(path, '-2', '-V', '-Y', 'mbms_sec', '-o', 'mbms_sec.xml_tree:FALSE')
    assert 'Message: ' in text
    said = [line for line in text.splitlines() if 'Expert Info' in line and 'are too many for the tree: judged but not shown' in line]
    assert len(said) == cut
