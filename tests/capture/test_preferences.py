"""Preferences, Decode As, and what remains when a protocol is switched off."""
import re

import pytest

from trees import packets

PORT = '20000'
NO_HEURISTIC = ('--disable-heuristic', 'mbms_sec_http')
UNKNOWN_TYPE = b'application/x-something-else0'


def frames(wireshark, capture, display_filter, *arguments):
    return list(wireshark.fields(capture, [], '-2', '-Y', display_filter, *arguments))


@pytest.fixture
def unknown_type(wireshark, folder):
    """A capture whose registration request has a media type of nobody's; its response keeps its own."""
    data = (wireshark.captures / 'tour.pcap').read_bytes()
    path = folder / 'unknown-type.pcap'
    assert data.count(b'application/mbms-register+xml') == 4
    path.write_bytes(data.replace(b'application/mbms-register+xml', UNKNOWN_TYPE))
    return str(path)


# ---- the XML tree ----------------------------------------------------------------------------------------------------


def test_xml_tree_is_shown_by_default(wireshark):
    """Wireshark's own XML tree follows ours, and can be filtered for."""
    assert frames(wireshark, 'tour.pcap', 'xml') == [8, 10, 12, 16, 18, 25, 26, 29, 30, 40, 42]
    tree = packets(wireshark, 'tour.pcap', '-2', '-Y', 'frame.number == 12')[12]
    order = [name for name, _ in tree]
    assert order.index('mbms_sec') < order.index('xml')
    assert tree.get('frame').get('frame.protocols').endswith(':http:mbms_sec:xml')
    assert frames(wireshark, 'tour.pcap', 'xml.cdata contains "news#monthly"') == [8, 10, 12, 29, 30, 40, 42]


def test_xml_tree_can_be_left_out(wireshark):
    """Then only our tree is there, the same as before."""
    off = ('-o', 'mbms_sec.xml_tree:FALSE')
    assert frames(wireshark, 'tour.pcap', 'xml', *off) == []
    tree = packets(wireshark, 'tour.pcap', '-2', '-Y', 'frame.number == 12', *off)[12]
    assert tree.all('xml') == []
    assert tree.get('frame').get('frame.protocols').endswith(':http:mbms_sec')
    assert tree.get('mbms_sec') == packets(wireshark, 'tour.pcap', '-2', '-Y', 'frame.number == 12')[12].get('mbms_sec')


# ---- ports -----------------------------------------------------------------------------------------------------------


def ltkm_ports(wireshark, capture):
    ports = wireshark.fields(capture, ['udp.port'], '-Y', 'udp && !dns')
    return {frame: values['udp.port'][0] for frame, values in ports.items()}


def test_heuristic_finds_other_ports(wireshark):
    """After a registration; what came before it is not taken for an LTKM."""
    ports = ltkm_ports(wireshark, 'other-port.pcap')
    assert not set(ports.values()) & {'2269', '4359'}
    assert frames(wireshark, 'other-port.pcap', 'ltkm') == [frame for frame in ports if frame not in (1, 14)] == [12, 13]


def test_without_the_heuristic(wireshark):
    """Then other ports stay unknown, and the known ones do not need it."""
    assert frames(wireshark, 'other-port.pcap', 'ltkm', '--disable-heuristic', 'ltkm_udp') == []
    assert frames(wireshark, 'tour.pcap', 'ltkm && udp', '--disable-heuristic', 'ltkm_udp') == [14, 15, 20, 21, 22, 23, 24, 27, 28, 31]


def test_additional_port(wireshark):
    """A port that is added is decoded from the first frame, beside the others; any other port is not, nor what does not
    begin as MIKEY does (14)."""
    ports = ltkm_ports(wireshark, 'other-port.pcap')
    off = ('--disable-heuristic', 'ltkm_udp')
    added = ('-o', f'ltkm.udp.port:2269,4359,{ports[12]}', *off)
    assert frames(wireshark, 'other-port.pcap', 'ltkm', *added) == [frame for frame, port in ports.items() if port == ports[12] and frame != 14]
    assert {12, 13} <= set(frames(wireshark, 'other-port.pcap', 'ltkm', *added))
    assert wireshark.fields('other-port.pcap', ['ltkm.verifies'], '-Y', 'frame.number == 13', *added) == {13: {'ltkm.verifies': ['12']}}
    assert frames(wireshark, 'tour.pcap', 'ltkm && udp', *added) == [14, 15, 20, 21, 22, 23, 24, 27, 28, 31]
    assert frames(wireshark, 'other-port.pcap', 'ltkm', '-o', 'ltkm.udp.port:2269,4359,9', *off) == []


# ---- Decode As -------------------------------------------------------------------------------------------------------


def test_decode_as_ltkm(wireshark):
    """One port more, by hand."""
    port = ltkm_ports(wireshark, 'other-port.pcap')[12]
    off = ('--disable-heuristic', 'ltkm_udp')
    assert {12, 13} <= set(frames(wireshark, 'other-port.pcap', 'ltkm', '-d', f'udp.port=={port},ltkm', *off))


def test_decode_as_gives_the_port_back(wireshark, stock):
    """Decode As mikey: exactly stock's tree, on that port alone."""
    back = ('-d', 'udp.port==2269,mikey')
    trees = [one.tshark('mikey-kemac.pcap', '-2', '-V', *more) for one, more in ((stock, ()), (wireshark, back))]
    assert trees[0] == trees[1]
    assert 'Multimedia Internet KEYing' in trees[0]
    assert frames(wireshark, 'mikey-kemac.pcap', 'ltkm', *back) == []
    assert frames(wireshark, 'tour.pcap', 'ltkm && udp', *back) == [14, 15, 20, 21, 22, 23, 27, 31]


def test_decode_as_media_type(wireshark, unknown_type):
    """A media type of nobody's: ours by the heuristic, without that Wireshark's "media" until somebody says it is ours."""
    assert frames(wireshark, unknown_type, 'mbms_sec.message == 1') == [8, 10, 40, 42]
    assert frames(wireshark, unknown_type, 'mbms_sec.message == 1', *NO_HEURISTIC) == []
    assert frames(wireshark, unknown_type, 'media', *NO_HEURISTIC) == [8, 10, 40, 42]
    chosen = ('-d', f'media_type=={UNKNOWN_TYPE.decode()},mbms_sec', *NO_HEURISTIC)
    assert frames(wireshark, unknown_type, 'mbms_sec.message == 1', *chosen) == [8, 10, 40, 42]
    assert frames(wireshark, unknown_type, 'media', *chosen) == []
    names = ['mbms_sec.message', 'mbms_sec.service_id', 'mbms_sec.btid', 'mbms_sec.response_in', 'bcast.delivery_type', 'ltkm.verified_in']
    assert wireshark.fields(unknown_type, names, '-2', *chosen) == wireshark.fields('tour.pcap', names, '-2')


def test_response_to_an_unknown_request(wireshark, unknown_type):
    """Without its request a response is still decoded; it names no request that is none of ours."""
    names = ['mbms_sec.message', 'mbms_sec.request_in', 'mbms_sec.terminal']
    assert wireshark.fields(unknown_type, names, '-2', '-Y', 'frame.number == 12', *NO_HEURISTIC) == {
        12: {'mbms_sec.message': ['2'], 'mbms_sec.terminal': ['10.20.30.41']},
    }


# ---- switched off ----------------------------------------------------------------------------------------------------


def protocols(wireshark, capture, *arguments):
    """Our protocols -> frames in which they show something."""
    witnesses = {'mbms_sec': 'mbms_sec.outcome', 'bcast': 'bcast.extension', 'ltkm': 'ltkm.message', 'mikey': 'mikey.csb_id'}
    found = wireshark.fields(capture, list(witnesses.values()), '-2', *arguments)
    return {name: [frame for frame, values in found.items() if witness in values] for name, witness in witnesses.items()}


ALL = {
    'mbms_sec': [8, 9, 10, 12, 16, 18, 25, 26, 29, 30, 40, 41, 42, 43],
    'bcast': [8, 10, 12, 18, 26, 30, 40, 42],
    'ltkm': [12, 14, 15, 18, 20, 21, 22, 23, 24, 26, 27, 28, 30, 31],
    'mikey': [12, 14, 15, 18, 20, 21, 22, 23, 24, 26, 27, 28, 30, 31],
}
UDP = [14, 15, 20, 21, 22, 23, 24, 27, 28, 31]


@pytest.mark.parametrize(('disabled', 'left'), [
    ([], ALL),
    (['mbms_sec'], {'mbms_sec': [], 'bcast': [], 'ltkm': UDP, 'mikey': UDP}),
    (['bcast'], ALL | {'bcast': [], 'ltkm': UDP, 'mikey': UDP}),
    (['ltkm'], ALL | {'ltkm': [], 'mikey': []}),
    (['mbms_sec', 'bcast', 'ltkm'], {'mbms_sec': [], 'bcast': [], 'ltkm': [], 'mikey': []}),
    (['xml'], ALL),
])  # fmt: skip
def test_disabled_protocol(wireshark, disabled, left):
    """The others keep working."""
    off = [word for name in disabled for word in ('--disable-protocol', name)]
    assert protocols(wireshark, 'tour.pcap', *off) == left


def test_disabled_mbms_sec_leaves_bodies_to_wireshark(wireshark, stock):
    """Bodies are then shown as they are without the plugin, under HTTP's note that a dissector declined."""
    off = ('--disable-protocol', 'mbms_sec')
    where = ('-2', '-V', '-Y', 'frame.number == 12')
    note = r' *\[Expert Info \(Note/Malformed\): HTTP body subdissector failed.*\n( *\[.*\]\n){3}'
    assert re.sub(note, '', wireshark.tshark('tour.pcap', *where, *off)) == stock.tshark('tour.pcap', *where)
    assert wireshark.tshark('tour.pcap', *where) != stock.tshark('tour.pcap', *where)


def test_disabled_ltkm_leaves_the_text(wireshark):
    """The base64 text of an LTKM is still there; its links are not."""
    off = ('--disable-protocol', 'ltkm')
    names = ['bcast.ltkm', 'mbms_sec.message', 'mbms_sec.request_in']
    assert wireshark.fields('tour.pcap', names, '-2', *off) == wireshark.fields('tour.pcap', names, '-2')
    assert frames(wireshark, 'tour.pcap', 'ltkm.verified_in || ltkm.verifies', *off) == []


def test_disabled_ltkm_and_mikey_by_decode_as(wireshark, stock):
    """Switched off, ltkm takes MIKEY off its ports; Decode As brings it back."""
    off = ('--disable-protocol', 'ltkm')
    assert frames(wireshark, 'mikey-others.pcap', 'mikey', *off) == []
    assert frames(wireshark, 'mikey-others.pcap', 'mikey', *off, '-d', 'udp.port==2269,mikey') == frames(stock, 'mikey-others.pcap', 'mikey') == [1, 2, 3]


def test_disabled_mikey(wireshark):
    """Without Wireshark's own dissector messages of ours are still decoded."""
    assert frames(wireshark, 'tour.pcap', 'ltkm.verifies', '--disable-protocol', 'mikey') == [14, 15, 20, 21, 23, 27, 31]
