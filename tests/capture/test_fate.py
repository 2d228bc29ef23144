"""What a terminal does with each message, why there is no verification message, and what had to come: made captures."""
import struct

import pytest

from captures.generator import network
from captures.generator.mikey import BcastData, Verification
from made import Capture, cast, documents, mikey, procedures

A, B, BSM = cast.SUBSCRIBER_A, cast.SUBSCRIBER_B, cast.BSM_1
IDS = cast.key_ids(0x68C9, 1)
BOTH = (documents.UDP, documents.HTTP)
KEYS = ['-o', f'uat:ltkm_keys:"{BSM.name}","{A.btid}","{A.muks[BSM.name].hex()}"']
TEK = 2
BLIND = 'the capture shows no datagram of this terminal after it'
LOST = 'the terminal or the way back is at fault'


def ltkm(count, ids=IDS, low=1, high=0xFFFE, **changes):
    interval = (low.to_bytes(2, 'big'), high.to_bytes(2, 'big'))
    return cast.ltkm(ids, count, **({'key_data': (mikey.KeyData(TEK, cast.service_key(ids), interval=interval),)} | changes))


def register(capture, subscriber=A, offer=BOTH, grant=BOTH, ltkms=()):
    """A registration that is accepted."""
    session = procedures.Dialogue(capture, subscriber, BSM).open()
    session.request(documents.Document(documents.REGISTRATION, services=(cast.NEWS,), delivery=offer))
    entry = documents.Entry(cast.NEWS, ltkms=tuple(ltkms))
    session.respond(documents.Document(documents.REGISTRATION_RESPONSE, entries=(entry,), delivery=grant))
    return session


def push(capture, message, subscriber=A):
    capture.wait(50)
    return capture.send_udp(BSM, subscriber.host, (4359, 4359), message if isinstance(message, bytes) else message.encode())


def answer(capture, message, subscriber=A):
    return capture.send_udp(subscriber.host, BSM, (4359, 4359), Verification(message).encode())


def go_on(capture, seconds, subscriber=A, visible=True):
    """Time in which frames pass by, a second each: a datagram of the terminal, or of somebody else."""
    sender = subscriber.host if visible else cast.RESOLVER
    for _ in range(seconds):
        capture.wait(1000)
        capture.send_udp(sender, cast.RESOLVER if visible else BSM, (50000, 9), b'still here')


def icmp(capture, about: tuple, quoted: bytes):
    """The receiver of a datagram says that its port is unreachable: |about| its source, destination, ports and payload's length."""
    source, target, ports, length = about
    datagram = struct.pack('!HHHH', *ports, 8 + length, 0) + quoted
    packet = network.ip(source, target, network.UDP, datagram, 7)
    protocol, message = (1, b'\3\3') if source.ip.version == 4 else (58, b'\1\4')
    body = message + bytes(6) + packet
    return capture.send(target, source, protocol, body[:2] + struct.pack('!H', network.checksum(body)) + body[4:])


def write(folder, capture):
    path = folder / f'made-{len(list(folder.iterdir()))}.pcap'
    path.write_bytes(capture.pcap())
    return str(path)


def shown(wireshark, path, name, *options):
    """frame -> values of a field."""
    return {frame: fields[name] for frame, fields in wireshark.fields(path, [name], '-2', *options).items() if name in fields}


# ---- fates ---------------------------------------------------------------------------------------------------------


def test_fates_of_ltkms(wireshark, folder):
    """Each with the frame it is compared with; in one pass as in two."""
    capture = Capture('made', '')
    register(capture)
    used = push(capture, ltkm(5))
    replay = push(capture, ltkm(5, rand=bytes(16)))
    copy = push(capture, ltkm(5))
    pull = push(capture, cast.solicited_pull(cast.key_ids(0x68C9, 0), 6))
    invalid = push(capture, ltkm(7, low=2, high=1))
    update = push(capture, ltkm(8, key_data=(mikey.KeyData(TEK, b'', interval=(b'\0\1', b'\0\7')),)))
    malformed = push(capture, ltkm(9, key_ids=None))
    path = write(folder, capture)
    fates = {used: ['0'], replay: ['5'], copy: ['8'], pull: ['1'], invalid: ['2'], update: ['3'], malformed: ['7']}
    assert shown(wireshark, path, 'ltkm.fate', *KEYS) == fates
    assert {frame: fields['ltkm.fate'] for frame, fields in wireshark.fields(path, ['ltkm.fate'], *KEYS).items() if fields} == fates
    tree = wireshark.tshark(path, '-2', '-O', 'ltkm', *KEYS)
    assert f'[Fate: Dropped: replay (5): T 5 is not greater than T 5 of frame {used}]' in tree
    assert f'[Fate: Copy of another frame (8): the same bytes as frame {used}]' in tree
    assert '[Fate: Makes the terminal ask for the key (1): a solicited pull]' in tree
    wrong = ['-o', f'uat:ltkm_keys:"{BSM.name}","{A.btid}","{"0f" * 32}"']
    assert shown(wireshark, path, 'ltkm.fate', *wrong)[used] == ['6']


def test_fates_of_stkms(wireshark, folder):
    """The same MSK for all: no MSK, used, repeated, replayed, an old MTK, outside its interval."""
    carrier = ltkm(1, high=20)
    capture = Capture('made', '')
    early = push(capture, cast.stkm(carrier, 1, 1))
    push(capture, carrier)
    used = push(capture, cast.stkm(carrier, 2, 2))
    repeat = push(capture, cast.stkm(carrier, 2, 2))
    replay = push(capture, cast.stkm(carrier, 3, 2))
    old = push(capture, cast.stkm(carrier, 1, 3))
    outside = push(capture, cast.stkm(carrier, 21, 4))
    path = write(folder, capture)
    found = shown(wireshark, path, 'ltkm.fate', *KEYS)
    assert found == {early: ['9'], 2: ['0'], used: ['0'], repeat: ['8'], replay: ['5'], old: ['10'], outside: ['10']}
    assert shown(wireshark, path, 'ltkm.fate')[outside] == ['0']  # its interval is encrypted
    tree = wireshark.tshark(path, '-2', '-O', 'ltkm', *KEYS)
    assert f'MTK ID 0x0001 is not greater than 0x0002 of frame {used}]' in tree
    assert shown(wireshark, path, 'ltkm.key')[used] == ['00f110/68c9:0001/0002']


def test_two_terminals_with_equal_counters(wireshark, folder):
    """CSB ID and T are the same: no replays; each answer finds its own, and names its key."""
    other = cast.key_ids(0x24CB, 2)
    one = ltkm(5, csb_id=7)
    two = cast.ltkm(other, 5, B, csb_id=7)
    capture = Capture('made', '')
    push(capture, one)
    push(capture, two, B)
    answer(capture, two, B)
    answer(capture, one)
    path = write(folder, capture)
    assert shown(wireshark, path, 'ltkm.fate') == {1: ['0'], 2: ['0']}
    assert shown(wireshark, path, 'ltkm.verifies') == {3: ['2'], 4: ['1']}
    assert shown(wireshark, path, 'ltkm.key') == {1: ['00f110/68c9:0001'], 2: ['00f110/24cb:0002'], 3: ['00f110/24cb:0002'],
                                                  4: ['00f110/68c9:0001']}  # fmt: skip


def test_parental_control(wireshark, folder):
    """Neither counted nor judged as an LTKM, but paired."""
    message = ltkm(5, bcast=BcastData(4, b'\0'))
    capture = Capture('made', '')
    register(capture)
    first = push(capture, message)
    second = answer(capture, message)
    path = write(folder, capture)
    assert shown(wireshark, path, 'ltkm.message') == {first: ['7'], second: ['3']}
    assert shown(wireshark, path, 'ltkm.verifies') == {second: [str(first)]}
    assert shown(wireshark, path, 'ltkm.fate') == shown(wireshark, path, 'bcast.rule') == {}
    assert '0 LTKMs' in wireshark.tshark(path, '-q', '-z', 'ltkm,list')


# ---- answers -------------------------------------------------------------------------------------------------------


def answered(wireshark, path, frame):
    fields = wireshark.fields(path, ['ltkm.answer', 'ltkm.answer_reason', 'bcast.rule', 'bcast.rule_text'], '-2')[frame]
    return fields.get('ltkm.answer'), fields.get('ltkm.answer_reason', []), fields.get('bcast.rule', []), fields.get('bcast.rule_text', [])


def after(wireshark, folder, *messages, seconds=20, visible=True, grant=BOTH):
    """What is said of the last of the messages that are pushed after a registration."""
    capture = Capture('made', '')
    register(capture, grant=grant)
    for message in messages:
        frame = push(capture, message)
    go_on(capture, seconds, visible=visible)
    return answered(wireshark, write(folder, capture), frame)


def test_missing(wireshark, folder):
    answer, reasons, rules, texts = after(wireshark, folder, ltkm(5))
    assert (answer, reasons, rules) == (['3'], [LOST], ['R53'])
    assert texts == [f'No verification message in the {texts[0].split()[5]} s up to the end of the capture; {LOST}']


def test_not_asked_for(wireshark, folder):
    assert after(wireshark, folder, ltkm(5, v=False)) == (['0'], ['the V flag is not set'], [], [])


def test_replay_is_not_answered(wireshark, folder):
    """R74 is said of the BSM; the terminal does right."""
    answer, reasons, rules, texts = after(wireshark, folder, ltkm(5), ltkm(4))
    assert (answer, rules) == (['4'], ['R74'])
    assert reasons[0].startswith('a replay: T 4 is not greater than T 5 of frame ')
    assert texts == ['Other bytes, but ' + reasons[0].removeprefix('a replay: ')]


def test_sent_again(wireshark, folder):
    """With T + 1, as it should be: no replay."""
    assert after(wireshark, folder, ltkm(5), ltkm(6))[:3] == (['3'], [LOST], ['R53'])


def test_not_granted(wireshark, folder):
    answer, reasons, rules, _ = after(wireshark, folder, ltkm(5), grant=(documents.HTTP,))
    assert (answer, rules) == (['4'], ['R39'])
    assert reasons[0].startswith('UDP was not granted (frame ')


def test_not_visible(wireshark, folder):
    answer, reasons, rules, texts = after(wireshark, folder, ltkm(5), visible=False)
    assert (answer, reasons, rules) == (['5'], [BLIND], ['R53'])
    assert texts[0].endswith('; ' + BLIND)


def test_capture_ends(wireshark, folder):
    answer, reasons, rules, _ = after(wireshark, folder, ltkm(5), seconds=5)
    assert (answer, rules) == (['6'], [])
    assert reasons == ['the capture ends 5.006 s after it']


def test_pause_ends_the_watch(wireshark, folder):
    """Five seconds, then nothing for longer than the time-out: whatever came then was not seen."""
    capture = Capture('made', '')
    register(capture)
    frame = push(capture, ltkm(5))
    go_on(capture, 5)
    capture.wait(11_000)
    go_on(capture, 20)
    path = write(folder, capture)
    assert answered(wireshark, path, frame)[:3] == (['6'], ['the capture pauses 5.006 s after it'], [])
    longer = wireshark.fields(path, ['ltkm.answer', 'bcast.rule'], '-2', '-o', 'ltkm.verification_timeout:14')[frame]
    assert longer == {'ltkm.answer': ['3'], 'bcast.rule': ['R53']}


def test_late(wireshark, folder):
    capture = Capture('made', '')
    register(capture)
    frame = push(capture, ltkm(5))
    go_on(capture, 12)
    answer(capture, ltkm(5))
    assert answered(wireshark, write(folder, capture), frame)[:3] == (['2'], [], ['R53'])


def test_refused_terminal(wireshark, folder):
    capture = Capture('made', '')
    session = procedures.Dialogue(capture, A, BSM).open()
    session.request(documents.Document(documents.REGISTRATION, services=(cast.NEWS,), delivery=(documents.HTTP,)))
    refused = session.refuse('403 Forbidden')
    register(capture, B)
    frame = push(capture, ltkm(5))
    go_on(capture, 20)
    found, reasons, rules, texts = answered(wireshark, write(folder, capture), frame)
    assert (found, reasons) == (['4'], [f'the registration of the terminal was refused in frame {refused}'])
    assert rules == ['R44', 'R53'] and texts[1].endswith('; ' + reasons[0])


# ---- ICMP errors ---------------------------------------------------------------------------------------------------

PORTS = (4359, 4359)


@pytest.mark.parametrize('kept', [None, 31, 10], ids=['whole', 'up to T', 'HDR alone'])
def test_unreachable_ltkm(wireshark, folder, kept):
    """The quote is linked, not tracked; R53 names it."""
    capture = Capture('made', '')
    register(capture)
    message = ltkm(5)
    frame = push(capture, message)
    data = message.encode()
    error = icmp(capture, (BSM, A.host, PORTS, len(data)), data[:kept])
    go_on(capture, 20, visible=False)
    path = write(folder, capture)
    assert shown(wireshark, path, 'ltkm.unreachable_in') == {frame: [str(error)]}
    assert shown(wireshark, path, 'ltkm.quote_of') == {error: [str(frame)]}
    assert shown(wireshark, path, 'ltkm.answer') == {frame: ['3']}
    _, reasons, rules, texts = answered(wireshark, path, frame)
    assert (reasons, rules) == ([f'it did not arrive: ICMP error in frame {error}'], ['R53'])
    assert texts[0].endswith('; ' + reasons[0])
    assert '1 LTKM\n' in wireshark.tshark(path, '-q', '-z', 'ltkm,list')


def test_unreachable_verification(wireshark, folder):
    capture = Capture('made', '')
    register(capture)
    message = ltkm(5)
    push(capture, message)
    frame = answer(capture, message)
    data = Verification(message).encode()
    error = icmp(capture, (A.host, BSM, PORTS, len(data)), data)
    path = write(folder, capture)
    assert shown(wireshark, path, 'ltkm.unreachable_in') == {frame: [str(error)]}
    assert shown(wireshark, path, 'ltkm.quote_of') == {error: [str(frame)]}


def test_unreachable_over_ipv6(wireshark, folder):
    here, there = network.Host('a.example.org', '2001:db8::a'), network.Host(BSM.name, '2001:db8::1')
    data = ltkm(5).encode()
    capture = Capture('made', '')
    capture.send_udp(there, here, PORTS, data)
    icmp(capture, (there, here, PORTS, len(data)), data)
    path = write(folder, capture)
    assert shown(wireshark, path, 'ltkm.unreachable_in') == {1: ['2']}
    assert shown(wireshark, path, 'ltkm.quote_of') == {2: ['1']}


def test_quotes_of_others(wireshark, folder):
    """Other addresses, ports, T: quotes of messages that the capture lacks."""
    capture = Capture('made', '')
    register(capture)
    push(capture, ltkm(5))
    data, other = ltkm(5).encode(), ltkm(6, csb_id=cast.csb_id(5)).encode()
    icmp(capture, (BSM, B.host, PORTS, len(data)), data)
    icmp(capture, (cast.BSM_2, A.host, PORTS, len(data)), data)
    icmp(capture, (BSM, A.host, (4359, 2269), len(data)), data)
    icmp(capture, (BSM, A.host, PORTS, len(other)), other)
    path = write(folder, capture)
    assert shown(wireshark, path, 'ltkm.unreachable_in') == shown(wireshark, path, 'ltkm.quote_of') == {}


# ---- rules ---------------------------------------------------------------------------------------------------------


def rules_of(wireshark, path, *options):
    return shown(wireshark, path, 'bcast.rule', *options)


def test_r75_r77(wireshark, folder):
    capture = Capture('made', '')
    pull = push(capture, cast.solicited_pull(cast.key_ids(0x68C9, 0), 1, v=True))
    number = push(capture, ltkm(2, cast.key_ids(0x68C9, 0)))
    group = push(capture, ltkm(3, cast.key_ids(0, 1)))
    push(capture, cast.solicited_pull(cast.key_ids(0, 0), 4))
    assert rules_of(wireshark, write(folder, capture)) == {pull: ['R75'], number: ['R77'], group: ['R77']}


def test_r74_near_misses(wireshark, folder):
    """Reordered on the way; another terminal's; once round."""
    capture = Capture('made', '')
    push(capture, ltkm(5))
    push(capture, cast.ltkm(IDS, 4, B), B)
    push(capture, ltkm(0xFFFFFFF0, csb_id=1), B)
    capture.send_udp(BSM, A.host, PORTS, ltkm(9).encode())
    capture.send_udp(BSM, A.host, PORTS, ltkm(8).encode())
    path = write(folder, capture)
    assert set(rules_of(wireshark, path)) == {3}  # 5, then almost all the way back
    capture = Capture('made', '')
    push(capture, ltkm(0xFFFFFFFF, csb_id=1))
    push(capture, ltkm(0, csb_id=1))
    assert rules_of(wireshark, write(folder, capture)) == {}


def test_r81(wireshark, folder):
    carrier = ltkm(1, low=2, high=9)
    capture = Capture('made', '')
    push(capture, carrier)
    low = push(capture, cast.stkm(carrier, 2, 1))
    push(capture, cast.stkm(carrier, 5, 2))
    push(capture, cast.stkm(carrier, 5, 3))  # repeated with a new T
    order = push(capture, cast.stkm(carrier, 4, 4))
    zero = push(capture, cast.stkm(carrier, 0, 5))
    largest = push(capture, cast.stkm(carrier, 65535, 6))
    path = write(folder, capture)
    assert rules_of(wireshark, path, *KEYS) == {low: ['R81'], order: ['R81'], zero: ['R81'], largest: ['R81']}
    levels = {low: ['3'], order: ['2'], zero: ['3'], largest: ['3']}
    assert shown(wireshark, path, 'bcast.rule_level', *KEYS) == levels
    assert set(rules_of(wireshark, path)) == {order, zero, largest}


def test_r82(wireshark, folder):
    """Only where it can be read."""
    key = cast.service_key(IDS)
    good = mikey.KeyData(TEK, key, interval=(b'\0\1', b'\xff\xfe'))
    capture = Capture('made', '')
    push(capture, ltkm(1))
    other = push(capture, ltkm(2, key_data=(mikey.KeyData(mikey.TGK, key, interval=(b'\0\1', b'\xff\xfe')),)))
    no_interval = push(capture, ltkm(3, key_data=(mikey.KeyData(TEK, key),)))
    several = push(capture, ltkm(4, key_data=(good, good)))
    ones = push(capture, ltkm(5, high=0xFFFF))
    path = write(folder, capture)
    assert rules_of(wireshark, path, *KEYS) == {frame: ['R82'] for frame in (other, no_interval, several, ones)}
    assert shown(wireshark, path, 'bcast.rule_level', *KEYS) == {other: ['2'], no_interval: ['2'], several: ['2'], ones: ['3']}
    assert rules_of(wireshark, path) == {}


@pytest.mark.parametrize('asks', [False, True])
def test_r69(wireshark, folder, asks):
    """A pull, and a request of the terminal; or none, though its packets are seen."""
    capture = Capture('made', '')
    session = register(capture)
    pull = push(capture, cast.solicited_pull(cast.key_ids(0x68C9, 0), 1))
    go_on(capture, 5)
    if asks:
        session.request(documents.Document(documents.MSK_REQUEST, msks=(cast.key_ids(0x68C9, 0),)))
    go_on(capture, 70)
    path = write(folder, capture)
    assert rules_of(wireshark, path) == ({} if asks else {pull: ['R69']})
    assert rules_of(wireshark, path, '-o', 'ltkm.delivery_timeout:90') == {}


def msk_response(capture, session, ltkms=()):
    session.request(documents.Document(documents.MSK_REQUEST, msks=(IDS,)))
    session.respond(documents.Document(documents.MSK_RESPONSE, entries=(documents.Entry(msk=IDS, ltkms=tuple(ltkms)),)))
    return session.frame


@pytest.mark.parametrize('delivery', ['none', 'in the response', 'later', 'late'])
def test_r91(wireshark, folder, delivery):
    """On the MSK element; in the listing and among the expert items, too."""
    capture = Capture('made', '')
    session = register(capture)
    frame = msk_response(capture, session, [ltkm(5, v=False)] if delivery == 'in the response' else [])
    go_on(capture, 70 if delivery == 'late' else 5)
    if delivery in ('later', 'late'):
        push(capture, ltkm(5, v=False))
    go_on(capture, 70)
    path = write(folder, capture)
    breaks = delivery in ('none', 'late')
    assert rules_of(wireshark, path) == ({frame: ['R91']} if breaks else {})
    assert ('R91' in wireshark.tshark(path, '-q', '-z', 'bcast,rules')) == breaks
    if breaks:
        found = wireshark.fields(path, ['bcast.rule_text', 'bcast.r91'], '-2')[frame]
        assert '00f110/68c9' in found['bcast.rule_text'][0] and 'bcast.r91' in found


# ---- the listing ---------------------------------------------------------------------------------------------------


def test_listing(wireshark, folder):
    """Answer, terminal and BSM are the last columns; without IDi the BSM is an address."""
    capture = Capture('made', '')
    register(capture)
    push(capture, ltkm(5))
    push(capture, ltkm(6, idi=None, idr=None, v=False))
    go_on(capture, 20)
    lines = wireshark.tshark(write(folder, capture), '-q', '-z', 'ltkm,list').splitlines()
    title, = (line for line in lines if line.split()[:1] == ['Frame'])
    assert title.split()[-3:] == ['Answer', 'Terminal', 'BSM']
    rows = [line.split()[-4:] for line in lines if ' UDP ' in line]
    assert rows[0][1:] == ['missing', A.btid, BSM.name]
    assert rows[1] == ['asked', 'for', A.btid, BSM.address]
