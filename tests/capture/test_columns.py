"""What the packet list says."""
import re

import pytest

COLUMNS = ['-T', 'tabs', '-o', 'gui.column.format:"No.","%m","Protocol","%p","Info","%i"']

TOUR = {
    8: ('MBMS-SEC', 'POST /keymanagement?requesttype=register HTTP/1.1, Registration request: 3 services, delivery UDP+HTTP'),
    9: ('MBMS-SEC', 'HTTP/1.1 401 Unauthorized, Registration: authentication asked for'),
    10: ('MBMS-SEC', 'POST /keymanagement?requesttype=register HTTP/1.1, Registration request: 3 services, delivery UDP+HTTP'),
    12: ('MBMS-SEC', 'HTTP/1.1 200 OK, Registration response: 2×200 OK, 1×403, 3 LTKMs, delivery UDP+HTTP'),
    14: ('LTKM', 'LTKM verification of 00f110/68c9:0001 in frame 12 (0.020 s)'),
    15: ('LTKM', 'LTKM verification of 00f110/24cb:4400 in frame 12 (0.034 s)'),
    16: ('MBMS-SEC', 'POST /keymanagement?requesttype=msk-request HTTP/1.1, MSK request: 2 MSKs'),
    18: ('MBMS-SEC', 'HTTP/1.1 200 OK, MSK response: 2×200 OK, 2 LTKMs'),
    20: ('LTKM', 'LTKM verification of 00f110/68c9:0003 in frame 18 (0.020 s)'),
    21: ('LTKM', 'LTKM verification of 00f110/24cb:4401 in frame 18 (0.034 s)'),
    22: ('LTKM', 'LTKM 00f110/68c9:0004 counter 47, verification requested'),
    23: ('LTKM', 'LTKM verification of 00f110/68c9:0004 in frame 22 (0.014 s)'),
    24: ('LTKM', 'LTKM without key 00f110/68c9:0000 counter 48'),
    25: ('MBMS-SEC', 'POST /keymanagement?requesttype=msk-request HTTP/1.1, MSK request: 1 MSK'),
    26: ('MBMS-SEC', 'HTTP/1.1 200 OK, MSK response: 1×200 OK, 1 LTKM'),
    27: ('LTKM', 'LTKM verification of 00f110/68c9:0005 in frame 26 (0.019 s)'),
    28: ('LTKM', 'STKM 00f110/68c9:0005 counter 7'),
    29: ('MBMS-SEC', 'POST /keymanagement?requesttype=deregister HTTP/1.1, Deregistration request: 2 services'),
    30: ('MBMS-SEC', 'HTTP/1.1 200 OK, Deregistration response: 2×200 OK, 1 LTKM'),
    31: ('LTKM', 'LTKM verification of 00f110/68c9:0005 in frame 30 (0.019 s)'),
    40: ('MBMS-SEC', 'POST /keymanagement?requesttype=register HTTP/1.1, Registration request: 1 service, delivery HTTP'),
    41: ('MBMS-SEC', 'HTTP/1.1 401 Unauthorized, Registration: authentication asked for'),
    42: ('MBMS-SEC', 'POST /keymanagement?requesttype=register HTTP/1.1, Registration request: 1 service, delivery HTTP'),
    43: ('MBMS-SEC', 'HTTP/1.1 403 Forbidden, Registration refused'),
}  # fmt: skip


def columns(wireshark, capture, *arguments):
    """frame -> Protocol and Info; how many blanks there are, and how 4.4 writes "GTP <TCP>", is evened out."""
    rows = [line.split('\t') for line in wireshark.tshark(capture, *COLUMNS, *arguments).splitlines()]
    return {int(row[0]): (re.sub('^GTP/(.*)', r'GTP <\1>', row[1].strip()), ' '.join(row[2].split())) for row in rows}


@pytest.mark.parametrize('passes', [[], ['-2']], ids=['one pass', 'two passes'])
def test_tour(wireshark, passes):
    """The whole story in one line, the same in either pass."""
    assert columns(wireshark, 'tour.pcap', *passes, '-Y', 'http || ltkm') == TOUR


def test_frames_that_are_not_ours(wireshark, stock):
    """DNS and TCP read as they do without the plugin, and nothing of ours does."""
    without, with_plugin = (columns(one, 'tour.pcap', '-2') for one in (stock, wireshark))
    assert {frame: row for frame, row in with_plugin.items() if frame not in TOUR} == {
        frame: row for frame, row in without.items() if frame not in TOUR
    }
    assert all(without[frame] != with_plugin[frame] for frame in TOUR)


@pytest.mark.parametrize('capture', ['tour.pcap', 'media-types.pcap', 'http-transfer.pcap', 'recorded/recorded.pcap'])
def test_http_comes_first(wireshark, stock, capture):
    """HTTP's request or status line stays, ours follows once."""
    without = columns(stock, capture)
    ours = {frame: row for frame, row in columns(wireshark, capture).items() if row[0] == 'MBMS-SEC'}
    assert ours
    for frame, (_, info) in ours.items():
        line = without[frame][1].split(' (')[0].split(', ')[0].rstrip()
        assert re.match(re.escape(line) + r'( \(text/html\))?, ', info) and 'HTTP/1.1' in line
        assert info.count('HTTP/1.1') == 1
        assert len(re.findall(r'(Registration|Deregistration|MSK) re(quest|sponse)|, LTKM |, ServiceResponse|(Registration|Deregistration)(: | refused)', info)) == 1, info


@pytest.mark.parametrize('capture', ['tour.pcap', 'media-types.pcap', 'http-transfer.pcap', 'keep-alive.pcap'])
def test_no_blank_before_a_comma(wireshark, capture):
    """HTTP leaves one behind its line; ours follows as if it had not."""
    assert [info for _, info in columns(wireshark, capture).values() if ' ,' in info] == []


def test_several_bodies_in_one_frame(wireshark):
    """One piece of text for each body: keep-alive has each in its own frame, none shows twice."""
    rows = columns(wireshark, 'keep-alive.pcap')
    assert [info for _, info in rows.values() if info.count('LTKMs') > 1 or info.count('services') > 1] == []
    assert sum(protocol == 'MBMS-SEC' for protocol, _ in rows.values()) >= 6


def test_messages_handed_on(wireshark, stock):
    """Public-key messages on the MIKEY port look as without the plugin: columns and fields."""
    without, with_plugin = (columns(one, 'mikey-others.pcap', '-2') for one in (stock, wireshark))
    assert with_plugin == without
    assert {protocol for protocol, _ in without.values()} == {'UDP/MIKEY'}  # stock appends
    trees = [one.tshark('mikey-others.pcap', '-2', '-V').replace(':ltkm:mikey]', ':mikey]') for one in (stock, wireshark)]
    assert trees[0] == trees[1]
    assert '"ltkm' not in wireshark.tshark('mikey-others.pcap', '-T', 'json')


def test_foreign_message_under_our_media_types(wireshark):
    """What belongs to neither still has one line."""
    rows = columns(wireshark, 'media-types.pcap', '-Y', 'http.response')
    assert [(protocol, info.split(', ', 1)[-1]) for protocol, info in rows.values()][2:6] == [
        ('MBMS-SEC', 'ServiceResponse, 1 LTKM [R26]'),
        ('MBMS-SEC', 'LTKM 00f110/68c9:0004 counter 4, verification requested [R26]'),
        ('MBMS-SEC', 'LTKM 00f110/68c9:0005 counter 5, verification requested [R26]'),
        ('MBMS-SEC', 'LTKM 00f110/68c9:0006 counter 6, verification requested [R26]'),
    ]


@pytest.mark.parametrize('capture', ['tour.pcap', 'media-types.pcap', 'bad-xml.pcap', 'encodings.pcap'])
def test_xml_tree_changes_no_column(wireshark, capture):
    """Wireshark's XML tree adds nothing to the packet list, whoever looks at it."""
    plain = columns(wireshark, capture)
    assert columns(wireshark, capture, '-o', 'mbms_sec.xml_tree:FALSE') == plain
    assert columns(wireshark, capture, '-Y', 'frame || xml') == plain
    assert any(protocol == 'MBMS-SEC' for protocol, _ in plain.values())


@pytest.mark.parametrize(('capture', 'frame', 'info'), [
    ('bad-xml.pcap', 6, 'Registration request: 1 service, delivery HTTP, ill-formed XML [malformed]'),
    ('bad-mikey-truncated.pcap', 1, 'LTKM 00f110/68c9:0001 counter 1, incomplete [malformed]'),
    ('bad-mikey-truncated.pcap', 3, 'MIKEY message, incomplete [malformed]'),
    ('retransmitted-verification.pcap', 13, 'LTKM verification of 00f110/68c9:0001 in frame 11 (0.523 s), duplicate of frame 12'),
    ('mikey-payloads.pcap', 12, 'MIKEY error message'),
    ('deregistration.pcap', 9, 'Deregistration response: 2×200 OK, 1 LTKM'),
    ('msk-request.pcap', 9, 'MSK response: 1×200 OK, 1×403, 1 LTKM'),
])  # fmt: skip
def test_other_lines(wireshark, capture, frame, info):
    """Faults and repetitions are said in the line."""
    assert columns(wireshark, capture, '-2')[frame][1].endswith(info)


def test_findings_stand_at_the_end(wireshark):
    """Breaches before the rest, each rule once; a MAC that is wrong under the key given."""
    assert columns(wireshark, 'rules/r22.pcap', '-2')[8][1].endswith('delivery UDP+HTTP [R22]')
    assert columns(wireshark, 'rules/r53.pcap', '-2')[17][1].endswith('verification requested [R39]')
    assert not any(re.search(r' \[R\d', info) for _, info in columns(wireshark, 'rules/clean.pcap', '-2').values())
    wrong = ['-o', 'uat:ltkm_keys:"bsm1.example.org","","00"']
    marked = [frame for frame, (_, info) in columns(wireshark, 'tour.pcap', '-2', *wrong).items() if info.endswith(' [bad MAC]')]
    assert marked == [12, 18, 22, 24, 26, 30]


@pytest.mark.parametrize(('capture', 'protocols'), [
    ('http-transfer.pcap', {'DNS', 'TCP', 'MBMS-SEC', 'LTKM'}),
    ('media-types.pcap', {'DNS', 'TCP', 'HTTP', 'MBMS-SEC', 'LTKM', 'HTTP/XML'}),
    ('other-port.pcap', {'DNS', 'TCP', 'UDP', 'MBMS-SEC', 'LTKM'}),
    ('gtp-u.pcap', {'GTP <DNS>', 'GTP <TCP>', 'GTP <MBMS-SEC>', 'GTP <LTKM>'}),
    ('several-per-body.pcap', {'DNS', 'TCP', 'MBMS-SEC', 'LTKM'}),
])  # fmt: skip
def test_protocol_is_one_name(wireshark, capture, protocols):
    """However many dissectors took part, ours is one name and never a chain."""
    assert {protocol for protocol, _ in columns(wireshark, capture).values()} == protocols
