"""How procedures end: accepted, refused, not authenticated, not answered; and whose they are."""
import re

import pytest
from field import BSM, NEWS, SPORT, Field, msk_request, msk_response, refused, registered, registration, verify
from made import cast, documents, procedures

NOTHING = procedures.Login.NOTHING
EXPERTS = ['mbms_sec.refused', 'mbms_sec.no_response', 'mbms_sec.unauthorised', 'mbms_sec.asked_again', 'mbms_sec.server_error']
PASSES = pytest.mark.parametrize('passes', [[], ['-2']], ids=['one pass', 'two passes'])


@pytest.fixture
def field(folder):
    return Field(folder / 'field.pcap')


def outcomes(wireshark, capture, *options):
    """frame -> its outcome."""
    found = wireshark.fields(capture, ['mbms_sec.outcome'], *options, '-Y', 'mbms_sec.outcome')
    return {frame: int(values['mbms_sec.outcome'][0]) for frame, values in found.items()}


def experts(wireshark, capture, *options):
    """frame -> the experts of ours in it."""
    found = wireshark.fields(capture, EXPERTS, *options, '-Y', ' || '.join(EXPERTS))
    return {frame: [name.split('.')[1] for name in EXPERTS if name in values] for frame, values in found.items()}


def info(wireshark, capture, frame, *options):
    out = wireshark.tshark(capture, *options, '-T', 'tabs', '-o', 'gui.column.format:"No.","%m","Protocol","%p","Info","%i"', '-Y', f'frame.number == {frame}')
    _, protocol, text = out.strip('\n').split('\t')
    return protocol.strip(), text


# ---- each outcome


ANSWERS = [
    (0, [], lambda talk: talk.respond(registered())),
    (1, ['refused'], lambda talk: talk.respond(registered(documents.Entry(NEWS), refused(SPORT)))),
    (2, ['refused'], lambda talk: talk.respond(registered(refused()))),
    (3, ['refused'], lambda talk: talk.refuse('403 Forbidden')),
    (5, ['unauthorised'], lambda talk: talk.challenge()),
    (6, ['server_error'], lambda talk: talk.refuse('503 Service Unavailable', ('Retry-After', '30'))),
    (8, [], lambda talk: talk.refuse('200 OK')),
]


@pytest.mark.parametrize('outcome, expected, answer', ANSWERS, ids=lambda value: str(value) if isinstance(value, int) else None)
def test_outcome(wireshark, field, outcome, expected, answer):
    """In the response at once, in the request when that is known; with an expert item where something failed."""
    talk = field.talk(field.terminal(1))
    request = talk.request(registration())
    answer(talk)
    capture = field.save()
    assert outcomes(wireshark, capture) == {talk.frame: outcome}
    assert outcomes(wireshark, capture, '-2') == {request: outcome, talk.frame: outcome}
    shown = {talk.frame: expected} if expected else {}
    assert experts(wireshark, capture) == experts(wireshark, capture, '-2') == shown


@pytest.mark.parametrize('login, more, outcome', [
    (procedures.Login.NOTHING, '', 4),
    (procedures.Login.NAME, '', 4),
    (procedures.Login.DIGEST, ', stale=true', 4),
    (procedures.Login.DIGEST, ', stale="TRUE"', 4),
    (procedures.Login.DIGEST, ', stale=false', 5),
], ids=['nothing', 'name', 'stale', 'quoted', 'fresh'])  # fmt: skip
def test_challenge(wireshark, field, login, more, outcome):
    """A 401 is a failure only where credentials were sent, and their nonce was not too old."""
    talk = field.talk(field.terminal(1))
    request = talk.request(msk_request(), login)
    talk.refuse('401 Unauthorized', ('WWW-Authenticate', f'Digest realm="a", nonce="b"{more}'))
    capture = field.save()
    assert outcomes(wireshark, capture, '-2') == {request: outcome, talk.frame: outcome}
    text = {4: 'MSK request: authentication asked for', 5: 'MSK request: authentication failed'}[outcome]
    protocol, line = info(wireshark, capture, talk.frame)
    assert (protocol, line) == info(wireshark, capture, talk.frame, '-2')
    assert (protocol, line.removesuffix(' [R87]')) == ('MBMS-SEC', f'HTTP/1.1 401 Unauthorized, {text}')


@pytest.mark.parametrize('page', [b'<h1>HTTP/1.1 401 Unauthorized</h1>', b'HTTP/1.1 401\r\nno field\r\n\r\n', b'a: b\r\n\r\n'])
def test_challenge_with_a_page(wireshark, field, page):
    """Servers repeat the status line in their pages: that is no response."""
    talk = field.talk(field.terminal(1))
    request = talk.request(msk_request())
    talk.refuse('401 Unauthorized', ('WWW-Authenticate', 'Digest realm="a", nonce="b", stale=true'), ('Content-Type', 'text/html'), page=page)
    capture = field.save()
    assert outcomes(wireshark, capture, '-2') == {request: 4, talk.frame: 4}
    assert experts(wireshark, capture) == {}


def test_experts_without_a_filter(wireshark, field):
    """-z expert lists them whoever looks."""
    talk = field.talk(field.terminal(1))
    talk.request(registration())
    talk.refuse('403 Forbidden')
    out = wireshark.tshark(field.save(), '-q', '-z', 'expert')
    assert re.search(r'^ +1 +Response +MBMS-SEC +Refused in the status line: 403$', out, re.MULTILINE)


# ---- no response


def test_no_response(wireshark, field):
    """It is missed when the capture has gone on for 10 s, in the passes that know."""
    talk = field.talk(field.terminal(1))
    request = talk.request(registration())
    capture = field.save(12)
    assert (outcomes(wireshark, capture), experts(wireshark, capture)) == ({}, {})
    assert outcomes(wireshark, capture, '-2') == {request: 7}
    assert experts(wireshark, capture, '-2') == {request: ['no_response']}
    found = wireshark.fields(capture, ['_ws.expert.message'], '-2', '-Y', 'mbms_sec.no_response')
    assert re.search(r'No response in the 12\.\d{3} s up to the end of the capture', ' '.join(found[request]['_ws.expert.message']))


def test_capture_ends_first(wireshark, field):
    request = field.talk(field.terminal(1)).request(registration())
    assert outcomes(wireshark, field.save(9), '-2') == {request: 8}


def without(capture, drop):
    """A capture without the packets of which |drop| (source address and TCP payload) is true."""
    data = capture.pcap()
    kept, at = data[:24], 24
    while at < len(data):
        end = at + 16 + int.from_bytes(data[at + 8:at + 12], 'little')
        packet = data[at + 16:end]
        payload = packet[34 + (packet[46] >> 4) * 4:] if packet[23] == 6 else b''
        if not drop('.'.join(map(str, packet[26:30])), payload):
            kept += data[at:end]
        at = end
    return kept


def test_one_sided_capture(wireshark, field):
    """What the server sends is not in the capture at all."""
    field.talk(field.terminal(1)).request(registration())
    field.save()
    field.path.write_bytes(without(field.capture, lambda source, payload: source == BSM.address))
    assert set(outcomes(wireshark, str(field.path), '-2').values()) == {8}


@pytest.mark.parametrize('closed', [False, True], ids=['open', 'closed'])
def test_lost_response(wireshark, field, closed):
    """The capture lacks the response, but shows that the terminal got it."""
    talk = field.talk(field.terminal(1))
    talk.request(registration())
    talk.refuse('403 Forbidden')
    if closed:
        talk.close()
    else:
        talk.connection._send(talk.connection.client, 0x10)  # an acknowledgement
    field.save()
    field.path.write_bytes(without(field.capture, lambda source, payload: payload.startswith(b'HTTP/1.1 403')))
    assert set(outcomes(wireshark, str(field.path), '-2').values()) == {8}


def test_closed_without_response(wireshark, field):
    """The connection ends, and there was none."""
    talk = field.talk(field.terminal(1))
    talk.request(registration())
    talk.close()
    assert set(outcomes(wireshark, field.save(), '-2').values()) == {7}


# ---- asked again


def test_asked_again(wireshark, field):
    """The third time after two 2xx; not one that is only challenged, nor another key."""
    terminal = field.terminal(1)
    talk = field.talk(terminal)
    for _ in range(2):
        talk.request(msk_request())
        talk.respond(msk_response())
    talk.request(msk_request(cast.key_ids(0x68C9, 2)))
    talk.respond(msk_response(documents.Entry(msk=cast.key_ids(0x68C9, 2))))
    challenged = talk.request(msk_request())
    talk.challenge()
    again = talk.request(msk_request())
    talk.respond(msk_response())
    capture = field.save()
    assert experts(wireshark, capture, '-2') == {again: ['asked_again'], again - 1: ['unauthorised']}
    assert challenged in experts(wireshark, capture)  # taken back when the 401 is known
    assert again in experts(wireshark, capture)


# ---- terminals


def terminals(wireshark, capture, *options):
    """frame -> all values of mbms_sec.terminal."""
    found = wireshark.fields(capture, ['mbms_sec.terminal'], *options, '-Y', 'mbms_sec || ltkm')
    return {frame: values.get('mbms_sec.terminal', []) for frame, values in found.items()}


def test_terminal_in_every_frame(wireshark, field):
    """Once, in documents, bare responses, LTKMs and verification messages; one filter holds them all."""
    terminal = field.terminal(1)
    talk = field.talk(terminal)
    frames = [talk.request(registration(), NOTHING), talk.challenge(), talk.request(registration())]
    ltkms = tuple(cast.ltkm(cast.key_ids(0x68C9, n), n, terminal) for n in (1, 2))
    talk.respond(registered(documents.Entry(NEWS, ltkms=ltkms)))
    frames += [talk.frame, verify(field, terminal, ltkms[0])]
    frames += [procedures.push(field.capture, BSM, terminal.host, cast.ltkm(cast.key_ids(0x68C9, 3), 3, terminal)).frame]
    capture = field.save()
    assert terminals(wireshark, capture, '-2') == {frame: [terminal.btid] for frame in frames}
    assert list(wireshark.fields(capture, [], '-2', '-Y', f'mbms_sec.terminal == "{terminal.btid}"')) == frames
    early = terminals(wireshark, capture)  # before its B-TID was seen
    assert {frame: early[frame] for frame in frames[:2]} == {frame: [terminal.host.address] for frame in frames[:2]}
    btids = wireshark.fields(capture, ['mbms_sec.btid'], '-2', '-Y', 'mbms_sec.btid')
    assert btids == {frames[2]: {'mbms_sec.btid': [terminal.btid]}}


def test_terminal_of_messages_alone(wireshark, field):
    """IDr names it, and without that the address; a message to a group has none."""
    terminal = field.terminal(1)
    known = cast.ltkm(cast.key_ids(0x68C9, 1), 1, terminal)
    unknown = cast.ltkm(cast.key_ids(0x68C9, 2), 2, terminal, idr=None, idi=None)
    frames = [procedures.push(field.capture, BSM, terminal.host, message).frame for message in (known, unknown)]
    frames.append(verify(field, terminal, known))
    frames.append(procedures.push(field.capture, BSM, cast.MULTICAST, cast.stkm(known, 7, 7)).frame)
    found = terminals(wireshark, field.save(), '-2')
    assert found == {frames[0]: [terminal.btid], frames[1]: [terminal.host.address], frames[2]: [terminal.btid], frames[3]: []}


def before(wireshark, capture):
    """B-TID -> those that it had before, by the frames."""
    found = wireshark.fields(capture, ['mbms_sec.terminal', 'mbms_sec.terminal_before'], '-2', '-Y', 'mbms_sec.terminal_before')
    return {(values['mbms_sec.terminal'][0], values['mbms_sec.terminal_before'][0]) for values in found.values()}


def register(field, subscriber, talk=None, service=NEWS):
    talk = talk or field.talk(subscriber)
    talk.request(registration(service))
    talk.respond(registered(documents.Entry(service)))
    return talk


def test_terminal_before(wireshark, field):
    """A new B-TID at the same address, for the same service."""
    one, other = field.terminal(1), field.terminal(2, 1)
    register(field, one)
    register(field, other)
    assert before(wireshark, field.save()) == {(other.btid, one.btid)}


@pytest.mark.parametrize('why', ['another service', 'another address', 'used again', 'verifies again'])
def test_not_the_same_terminal(wireshark, field, why):
    one, other = field.terminal(1), field.terminal(2, 2 if why == 'another address' else 1)
    register(field, one)
    ltkm = procedures.push(field.capture, BSM, one.host, cast.ltkm(cast.key_ids(0x68C9, 1), 1, one)).message
    register(field, other, service=SPORT if why == 'another service' else NEWS)
    if why == 'used again':
        register(field, one)
    if why == 'verifies again':
        verify(field, one, ltkm)
    assert before(wireshark, field.save()) == set()


def test_refused_at_another_bsm(wireshark, field):
    """R44: services registered at one BSM do not speak for the other."""
    terminal = field.terminal(1)
    register(field, terminal)
    for bsm in (cast.BSM_2, cast.BSM_1):
        talk = field.talk(terminal, bsm)
        talk.request(registration())
        talk.refuse('403 Forbidden')
    frames = [procedures.push(field.capture, bsm, terminal.host, cast.ltkm(cast.key_ids(0x68C9, n), n, terminal, bsm, v=False)).frame
              for n, bsm in ((1, cast.BSM_2), (2, cast.BSM_1))]  # fmt: skip
    assert list(wireshark.fields(field.save(), [], '-2', '-Y', 'bcast.r44')) == frames[:1]


# ---- what is switched off


def test_clock_without_mbms_sec(wireshark, field):
    """With mbms_sec switched off nothing of it is left, and LTKMs over UDP are paired all the same."""
    terminal = field.terminal(1)
    talk = register(field, terminal)
    talk.request(registration())
    talk.refuse('403 Forbidden')
    pushed = procedures.push(field.capture, BSM, terminal.host, cast.ltkm(cast.key_ids(0x68C9, 1), 1, terminal))
    answer = verify(field, terminal, pushed.message)
    capture = field.save()
    found = wireshark.fields(capture, ['mbms_sec.terminal', 'ltkm.terminal', 'ltkm.verified_in'], '-2', '--disable-protocol', 'mbms_sec', '-Y', 'mbms_sec || ltkm')
    assert found == {pushed.frame: {'ltkm.terminal': [terminal.btid], 'ltkm.verified_in': [str(answer)]}, answer: {'ltkm.terminal': [terminal.btid]}}
    assert info(wireshark, capture, talk.frame, '--disable-protocol', 'mbms_sec')[0] == 'HTTP'
