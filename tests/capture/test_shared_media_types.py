"""Media types that others own too: ours are decoded under them, everything else is as without the plugin."""
import pytest

from made import Capture, cast, documents, mikey, procedures

BYTES = ['-T', 'pdml', '-2']


@pytest.fixture(scope='module')
def trees(wireshark, stock):
    """Text of each frame of media-types.pcap with and without the plugin."""
    return [[text for text in one.tshark('media-types.pcap', '-2', '-V').split('\n\n') if text.startswith('Frame ')] for one in (wireshark, stock)]


def body_type(text):
    return next((line.split(': ')[1].split(r'\r')[0] for line in text.splitlines() if 'Content-Type: ' in line), '')


def test_documents_of_others_are_untouched(trees):
    """A note as application/xml and a provisioning message: not a line differs."""
    same = {body_type(one) for one, other in zip(*trees, strict=True) if one == other}
    assert {'application/xml', 'application/vnd.oma.bcast.sprov+xml'} <= same
    foreign = [one for one, other in zip(*trees) if one == other and body_type(one)]
    assert len(foreign) == 2
    assert 'eXtensible Markup Language' in foreign[0]


def test_documents_of_ours_are_decoded(trees):
    """The same media types with our documents in them differ from stock."""
    ours = [body_type(one) for one, other in zip(*trees) if one != other and body_type(one)]
    assert sorted(ours) == sorted([
        'application/xml', 'text/xml; charset=utf-8', 'text/xml', 'application/xml', 'application/vnd.oma.bcast.sprov+xml',
        'application/vnd.oma.bcast.ltkm', 'application/vnd.oma.bcast.ltkm', 'application/mikey',
    ])  # fmt: skip


def test_foreign_bodies_have_no_fields_of_ours(wireshark, stock):
    """PDML agrees, position by position."""
    last = without = ['-Y', 'frame.number == 25 || frame.number == 27']
    assert list(wireshark.fields('media-types.pcap', [], '-2', '-Y', 'http.response && xml && !mbms_sec')) == [25, 27]
    strip = lambda text: [line for line in text.splitlines() if '<pdml' not in line and 'creator=' not in line]  # noqa: E731
    assert strip(wireshark.tshark('media-types.pcap', *BYTES, *last)) == strip(stock.tshark('media-types.pcap', *BYTES, *without))


READ = [
    (6, {'mbms_sec.message': ['1'], 'mbms_sec.service_id': ['urn:example:bcast:item:news#monthly']}),
    (7, {'mbms_sec.message': ['2'], 'ltkm.counter': ['1'], 'ltkm.index': ['1'], 'ltkm.verified_in': ['8']}),
    (9, {'mbms_sec.message': ['5'], 'mbms_sec.msk_id': ['68c90000']}),
    (10, {'mbms_sec.message': ['6'], 'ltkm.counter': ['2'], 'ltkm.index': ['1'], 'ltkm.verified_in': ['11']}),
    (13, {'mbms_sec.message': [], 'ltkm.counter': ['3'], 'ltkm.index': ['1'], 'ltkm.verified_in': ['14']}),
    (16, {'mbms_sec.message': [], 'ltkm.counter': ['4'], 'ltkm.transport': ['2'], 'ltkm.verified_in': ['17']}),
    (19, {'mbms_sec.message': [], 'ltkm.counter': ['5'], 'ltkm.transport': ['2'], 'ltkm.verified_in': ['20']}),
    (22, {'mbms_sec.message': [], 'ltkm.counter': ['6'], 'ltkm.transport': ['2'], 'ltkm.verified_in': ['23']}),
    (25, {'mbms_sec.message': [], 'ltkm.counter': [], 'bcast.ltkm': []}),
    (27, {'mbms_sec.message': [], 'ltkm.counter': [], 'bcast.ltkm': []}),
]  # fmt: skip
NAMES = sorted({name for _, fields in READ for name in fields})


@pytest.mark.parametrize(('frame', 'fields'), READ)
def test_what_is_read(wireshark, frame, fields):
    """Documents, an LTKM where none belongs, bare messages raw and in base64, foreign documents."""
    got = wireshark.fields('media-types.pcap', NAMES, '-2')[frame]
    assert {name: got.get(name, []) for name in fields} == fields


def test_bare_message_in_base64_has_a_source_of_its_own(wireshark):
    """Raw bytes are where they are, base64 is decoded beside them."""
    shown = [wireshark.tshark('media-types.pcap', '-x', '-Y', f'frame.number == {frame}') for frame in (16, 19)]
    assert ['LTKM 1 (' in text for text in shown] == [False, True]


def altered(wireshark, folder, old, new):
    """media-types.pcap with one text in place of another of the same length."""
    assert len(old) == len(new)
    data = (wireshark.captures / 'media-types.pcap').read_bytes()
    assert old in data
    path = folder / 'altered.pcap'
    path.write_bytes(data.replace(old, new))
    return str(path)


@pytest.mark.parametrize(('old', 'new'), [
    (b'<mbmsSecurityRegister xmlns', b'<mbmsSecurityRegisteX xmlns'),
    (b'<mbmsSecurityRegister xmlns="urn:3GPP:', b'<mbmsSecurityRegister xmlns="urn:4GPP:'),
    (b'<mbmsMSKRequest xmlns', b'<mbmsMSKRequesT xmlns'),
    (b'<to>mbmsMSKResponse</to><serviceID>no</serviceID>', b'<a:mbmsMSKResponse xmlns:a="x"/>'.ljust(49)),
])  # fmt: skip
def test_near_misses_are_left_alone(wireshark, stock, folder, old, new):
    """A root element of another name or name space, or one of our names inside a foreign document, is somebody else's."""
    capture = altered(wireshark, folder, old, new)
    [frame] = [number for text, number in ((b'Register ', 6), (b'Request ', 9), (b'<to>', 25)) if text in old]
    where = ('-2', '-V', '-Y', f'frame.number == {frame}')
    assert wireshark.tshark(capture, *where) == stock.tshark(capture, *where)


def test_mikey_of_another_mode_stays_with_wireshark(wireshark, stock, folder):
    """application/mikey with a public-key message: as without the plugin."""
    alone = (wireshark.captures / 'media-types.pcap').read_bytes()
    at = alone.index(b'application/mikey')
    body = alone.index(b'\r\n\r\n', at) + 4
    path = folder / 'public-key.pcap'
    path.write_bytes(alone[: body + 1] + b'\x02' + alone[body + 2 :])
    where = ('-2', '-V', '-Y', 'frame.number == 22')
    assert wireshark.tshark(str(path), *where) == stock.tshark(str(path), *where)
    assert wireshark.tshark('media-types.pcap', *where) != stock.tshark('media-types.pcap', *where)


# ---- bodies of which the capture kept only the beginning -------------------------------------------------------------

KEPT = ['frame.len', 'ltkm.message', 'ltkm.counter', 'ltkm.id', 'ltkm.transport', 'mikey.type']
MISSED = ['ltkm.verified_in', 'ltkm.verifies', 'ltkm.duplicate_of', 'bcast.rule', '_ws.malformed', 'ltkm.malformed', 'bcast.bad_base64']


def cut(wireshark, folder, size):
    path = folder / 'cut.pcap'
    done = wireshark.run('-s', str(size), str(wireshark.captures / 'media-types.pcap'), str(path), program='editcap')
    assert done.returncode == 0, done.stderr
    return str(path)


@pytest.mark.parametrize(('frame', 'size'), [(frame, whole - lost) for frame, whole in ((16, 360), (19, 418), (22, 347)) for lost in (1, 2, 3, 4, 30, 60)])
def test_cut_messages(wireshark, folder, frame, size):
    """Decoded as far as they go, said to be cut, and no partner of the verification message behind them."""
    found = wireshark.fields(cut(wireshark, folder, size), [*KEPT, *MISSED, '_ws.short'], '-2', '-Y', f'frame.number == {frame} || frame.number == {frame + 1}')
    whole = wireshark.fields('media-types.pcap', KEPT, '-2')
    assert {name: found[frame][name] for name in KEPT} == whole[frame]
    assert 'Packet size limited during capture' in found[frame]['_ws.short'][0]
    assert not any(name in found[one] for one in (frame, frame + 1) for name in MISSED[:5])
    assert not any(name in found[frame] for name in MISSED)


def test_cut_anywhere(wireshark, folder):
    """Never malformed, never judged, never tracked."""
    for size in range(230, 360, 3):
        found = wireshark.fields(cut(wireshark, folder, size), [*KEPT, *MISSED], '-2', '-Y', 'frame.number == 16 || frame.number == 19')
        assert not any(name in one for one in found.values() for name in MISSED), size


@pytest.mark.parametrize('size', [575 - lost for lost in (40, 60, 73, 74, 75, 76, 155, 205)])
def test_cut_ltkm_in_xml(wireshark, folder, size):
    """The same holds for an LTKM element that is cut."""
    found = wireshark.fields(cut(wireshark, folder, size), ['ltkm.counter', *MISSED], '-2', '-Y', 'frame.number == 13')[13]
    assert not any(name in found for name in MISSED)


@pytest.mark.parametrize('coding', ['identity', 'gzip'])
def test_verification_of_a_cut_message(wireshark, folder, coding):
    """What was unpacked from a cut frame is as incomplete; a verification message whose LTKM was cut does not lack one."""
    capture = Capture('made', '')
    session = procedures.Dialogue(capture, cast.SUBSCRIBER_A, cast.BSM_1).open()
    session.request(documents.Document(documents.REGISTRATION, services=(cast.NEWS,), delivery=(documents.HTTP,)))
    session.respond(documents.Document(documents.REGISTRATION_RESPONSE, entries=(documents.Entry(cast.NEWS),), delivery=(documents.HTTP,)))
    ltkm = cast.ltkm(cast.key_ids(0x68C9, 1), 1)
    packing = procedures.GZIP if coding == 'gzip' else procedures.PLAIN
    session.get('/keys')
    session.respond(documents.Body('application/mikey', ltkm.encode(), {}), coding=packing)
    frames = [session.frame, procedures.send_verification(capture, mikey.Verification(ltkm), cast.SUBSCRIBER_A.host, cast.BSM_1)[0]]
    path = folder / 'made.pcap'
    names = ['ltkm.id', *MISSED]
    for lost, kept in ((0, {'ltkm.verified_in', 'ltkm.verifies', 'bcast.rule'}), (20, set())):
        capture.cut(frames[0], lost)
        path.write_bytes(capture.pcap())
        found = wireshark.fields(str(path), names, '-2', '-Y', f'frame.number >= {frames[0]}', '-o', f'ltkm.verification_timeout:{9 + lost}')
        assert {name for one in found.values() for name in one} == {'ltkm.id', *kept}
