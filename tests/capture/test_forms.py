"""MIKEY messages by their form, requests, answers and documents (R76, R78-R80, R83-R87): seen in one pass and in two, with and
without a tree, in `-z expert` and in `-z bcast,rules`."""
import collections
import dataclasses
import re

import pytest

from captures.generator.http import ACK, PSH, Connection, chunked, gzipped
from made import Capture, cast, documents, mikey, over_udp

BSM, TERMINAL = cast.BSM_1, cast.SUBSCRIBER_A.host
LEVELS = {'Errors': 'B', 'Warns': 'S', 'Notes': 'N'}
WORDS = {'breach': 'B', 'suspicious': 'S', 'note': 'N'}
NUMBERS = {'3': 'B', '2': 'S', '1': 'N'}


def fields(wireshark, capture, *arguments):
    """frame -> findings, such as 'R76N'."""
    frames = wireshark.fields(capture, ['bcast.rule', 'bcast.rule_level'], *arguments)
    return {frame: sorted(rule + NUMBERS[level] for rule, level in zip(values['bcast.rule'], values['bcast.rule_level']))
            for frame, values in frames.items() if 'bcast.rule' in values}


def expert(wireshark, capture, *arguments):
    """finding -> how often, of tshark's table."""
    found, level = collections.Counter(), None
    for line in wireshark.tshark(capture, '-q', '-z', 'expert', *arguments).splitlines():
        if section := re.fullmatch(r'(\w+) \(\d+\)', line):
            level = LEVELS.get(section[1])
        elif row := re.match(r' *(\d+) +\S+ +\S+ +(R\d+) \(', line):
            found[row[2] + level] += int(row[1])
    return found


def listing(wireshark, capture, *arguments):
    """The same of the listing of the rules."""
    out = wireshark.tshark(capture, '-q', '-z', 'bcast,rules', *arguments)
    return collections.Counter({rule + WORDS[level]: int(count) for rule, level, count
                                in re.findall(r'^(R\d+) +(\w+) +(\d+)', out, re.MULTILINE)})


def found_in_every_way(wireshark, capture):
    """The findings of frames, which are the same whoever asks for them."""
    found = fields(wireshark, capture, '-2')
    assert fields(wireshark, capture) == found
    total = collections.Counter(one for findings in found.values() for one in findings)
    for passes in ([], ['-2']):
        assert expert(wireshark, capture, *passes) == total
        assert listing(wireshark, capture, *passes) == total
    return found


# ---- MIKEY messages


def ltkm(count, **changes):
    identities = {'idi': mikey.Identity(mikey.NAI, BSM.name.encode()), 'idr': mikey.Identity(mikey.NAI, b'a@b.example.org')}
    return cast.ltkm(cast.key_ids(0x68C9, 1), count, **{**identities, **changes})


def without_rand(count):
    return dataclasses.replace(ltkm(count), rand=b'')


STKM = cast.stkm(ltkm(90), 1, 1)
TWO_SESSIONS = mikey.srtp_map((0, 1, 0), (0, 2, 0))
RATE, NO_RATE = mikey.sp_payload(0, [(13, b'\0\4')]), mikey.sp_payload(0, [(0, b'\1')])
ONE_SESSION = mikey.srtp_map((0, 1, 0))


def test_messages(wireshark, folder):
    messages = [
        (ltkm(1), []),
        (mikey.Verification(ltkm(1)), []),
        (ltkm(2, cs_map=ONE_SESSION, others=(RATE,)), []),
        (STKM, []),
        (without_rand(3), ['R76S']),
        (ltkm(4, idi=mikey.Identity(mikey.URI, BSM.name.encode())), ['R76N']),
        (ltkm(5, cs_map=TWO_SESSIONS), ['R78S']),
        (ltkm(6, cs_map=ONE_SESSION, others=(NO_RATE,)), ['R78N']),
        (mikey.Verification(ltkm(4), others=(mikey.rand_payload(bytes(16)),)), ['R79N']),
        (mikey.Verification(ltkm(7), other_auth_alg=mikey.NULL), ['R79S']),
        (bytes.fromhex('01010500a1b2c3d40001' '06020000002a' '00000003') + b'a@b', ['R79S']),  # without V
        (dataclasses.replace(STKM, v=True), ['R80S']),
        (ltkm(8, t=mikey.Timestamp(mikey.NTP_UTC, bytes(8)), cs_map=TWO_SESSIONS), ['R76S', 'R78S']),
        (without_rand(9).encode()[:-1], []),  # cut: malformed is all that can be said
        (without_rand(9).encode() + b'\0', []),
    ]
    capture = over_udp(folder / 'messages.pcap', *(message for message, _ in messages))
    assert found_in_every_way(wireshark, capture) == {frame: found for frame, (_, found) in enumerate(messages, 1) if found}


def test_finding_names_its_fault(wireshark, folder):
    capture = over_udp(folder / 'text.pcap', without_rand(1))
    out = wireshark.tshark(capture, '-T', 'fields', '-e', '_ws.expert.message', '-Y', 'bcast.r76 && ltkm')
    assert out.strip() == 'R76 (TS 33.246 6.4.5.1): There is no RAND'


def compare(wireshark, capture, rows):
    """Rows of a name, a frame and its findings: there are these, and no others."""
    found = found_in_every_way(wireshark, capture)
    assert {name: found.pop(frame, []) for name, frame, _ in rows} == {name: expected for name, _, expected in rows}
    assert found == {}


# ---- requests and responses


class Line:
    """A connection with messages byte by byte."""

    def __init__(self, folder):
        self.capture, self.path = Capture('made', ''), folder / 'made.pcap'
        self.connection = Connection(self.capture, TERMINAL, BSM, 49200).open()

    def up(self, data):
        return self.connection._send(self.connection.client, ACK | PSH, data)

    def down(self, data):
        self.capture.wait(20)
        return self.connection._send(self.connection.server, ACK | PSH, data)

    def save(self):
        self.path.write_bytes(self.capture.pcap())
        return str(self.path)


NEWS, SPORT = cast.NEWS, cast.SPORT
REALM = f'3GPP-bootstrapping@{BSM.name}'
REGISTRATION = documents.Document(documents.REGISTRATION, services=(NEWS,)).body()
REGISTERED = documents.Document(documents.REGISTRATION_RESPONSE, entries=(documents.Entry(NEWS),)).body()
AGENT = 'UE 3gpp-gba'


def credentials(realm=REALM, more='algorithm=MD5, qop=auth-int, nc=00000001, cnonce="c", '):
    return f'Digest username="a@b.example.org", realm="{realm}", nonce="n", uri="/{BSM.name}/keymanagement", {more}response="0"'


def request(body=REGISTRATION, target='/keymanagement?requesttype=register', method='POST', version='HTTP/1.1', agent=AGENT,
            authorization=credentials(), headers=(), data=None):  # fmt: skip
    lines = [f'{method} {target} {version}', f'Host: {BSM.name}']
    lines += [f'User-Agent: {agent}'] if agent else []
    lines += [f'Authorization: {authorization}'] if authorization else []
    data = body.data if data is None else data
    length = () if any(line.startswith('Transfer') for line in headers) else (f'Content-Length: {len(data)}',)
    return '\r\n'.join([*lines, f'Content-Type: {body.content_type}', *headers, *length, '', '']).encode() + data


def response(status='200 OK', body=REGISTERED, headers=()):
    content = [f'Content-Type: {body.content_type}'] if body else []
    data = body.data if body else b''
    lines = [f'HTTP/1.1 {status}', *content, *headers, f'Content-Length: {len(data)}', '', '']
    return '\r\n'.join(lines).encode() + data


def challenge(realm=REALM, more='algorithm=MD5, qop="auth,auth-int"'):
    return response('401 Unauthorized', None, [f'WWW-Authenticate: Digest realm="{realm}", nonce="n", {more}'])


IN_CHUNKS = {'headers': ('Transfer-Encoding: chunked',), 'data': chunked(REGISTRATION.data, 100)}
COMPRESSED = {'headers': ('Content-Encoding: gzip',), 'data': gzipped(REGISTRATION.data)}

REQUESTS = [
    ('right', {}, []),
    ('no credentials', {'authorization': None, 'agent': None}, []),
    ('basic credentials', {'authorization': 'Basic YTpi'}, []),
    ('name alone', {'authorization': credentials(more='').replace('response="0"', 'response=""')}, []),
    ('PUT', {'method': 'PUT'}, ['R83S']),
    ('HTTP/1.0', {'version': 'HTTP/1.0', 'headers': ('Connection: keep-alive',)}, ['R83S']),
    ('of another document', {'target': '/keymanagement?requesttype=msk-request'}, ['R83S']),
    ('of no document', {'target': '/keymanagement?requesttype=other'}, []),
    ('no requesttype', {'target': '/keymanagement'}, ['R83N']),
    ('no value', {'target': '/keymanagement?requesttype='}, ['R83N']),
    ('other case', {'target': '/keymanagement?a=b&RequestType=REGISTER'}, []),
    ('in chunks', IN_CHUNKS, []),
    ('in chunks, PUT', {**IN_CHUNKS, 'method': 'PUT', 'target': '/'}, ['R83N', 'R83S']),
    ('compressed', COMPRESSED, []),
    ('other realm', {'authorization': credentials('bsf')}, ['R87S']),
    ('realm of another host', {'authorization': credentials('3GPP-bootstrapping@bsm9.example.org')}, ['R87S']),
    ('realm of another host, in chunks', {**IN_CHUNKS, 'authorization': credentials('3GPP-bootstrapping@b.c')}, ['R87S']),
    ('realm of the card', {'authorization': credentials(f'3GPP-bootstrapping-uicc@{BSM.name}')}, []),
    ('other algorithm', {'authorization': credentials(more='algorithm=MD5-sess, qop=auth-int, ')}, ['R87N']),
    ('auth', {'authorization': credentials(more='qop=auth, ')}, ['R87N']),
    ('no qop', {'authorization': credentials(more='')}, ['R87N']),
    ('other agent', {'agent': 'Browser/1.0'}, ['R87N']),
    ('no agent, compressed', {**COMPRESSED, 'agent': None}, ['R87N']),
]


def test_requests(wireshark, folder):
    line, rows = Line(folder), []
    for name, changes, expected in REQUESTS:
        rows.append((name, line.up(request(**changes)), expected))
        line.down(response())
    compare(wireshark, line.save(), rows)


def test_requests_in_one_segment(wireshark, folder):
    """Each has its own head, though the body before ends in the line where it begins."""
    line = Line(folder)
    body = dataclasses.replace(REGISTRATION, data=REGISTRATION.data.rstrip())
    frame = line.up(request(body) + request(body, agent='x') + request(body, target='/') + request(body, version='HTTP/1.0'))
    line.down(response() * 4)
    assert found_in_every_way(wireshark, line.save()) == {frame: ['R83N', 'R83S', 'R87N']}


@pytest.mark.parametrize(('status', 'bare'), [('401 Unauthorized', []), ('407 Proxy Authentication Required', ['R86N'])])
def test_taken_back(wireshark, folder, status, bare):
    """What was not accepted is not judged any more: later passes know. The response is."""
    line = Line(folder)
    frame = line.up(request(target='/', agent='x', authorization=credentials('other')))
    answer = line.down(response(status, None))
    capture, findings, kept = line.save(), ['R83N', 'R87N', 'R87S'], {answer: bare} if bare else {}
    assert fields(wireshark, capture) == {frame: findings, **kept}
    assert fields(wireshark, capture, '-2') == kept
    assert expert(wireshark, capture) == collections.Counter(findings + bare)
    assert expert(wireshark, capture, '-2') == listing(wireshark, capture) == listing(wireshark, capture, '-2') == collections.Counter(bare)


def compare_answers(wireshark, folder, asked, answers):
    """Answers, by name, to one request."""
    line, rows = Line(folder), []
    for name, data, expected in answers:
        line.up(asked)
        rows.append((name, line.down(data), expected))
    compare(wireshark, line.save(), rows)


BARE = [
    ('challenge', challenge(), []),
    ('no challenge', response('401 Unauthorized', None), []),
    ('another scheme', response('401 Unauthorized', None, ['WWW-Authenticate: Basic realm="a"']), []),
    ('other realm', challenge('a realm'), ['R87S']),
    ('realm of another host', challenge('3GPP-bootstrapping@other.example.org'), ['R87S']),
    ('auth alone', challenge(more='qop="auth"'), ['R87N']),
    ('SHA-256 without qop', challenge(more='algorithm=SHA-256'), ['R87N', 'R87N']),
    ('the second challenge', challenge('a').replace(b'WWW-', b'WWW-Authenticate: Basic realm="b"\r\nWWW-'), ['R87S']),
    ('403', response('403 Forbidden', None), []),
    ('503', response('503 Service Unavailable', None, ['Retry-After: 5']), []),
    ('500', response('500 Internal Server Error', None), ['R86N']),
    ('502, a page', response('502 Bad Gateway', documents.Body('text/html', b'<html>Sorry</html>', {})), ['R86N']),
    ('challenge beside 403', challenge('a realm').replace(b'401 Unauthorized', b'403 Forbidden'), []),
]


def test_responses_without_a_document(wireshark, folder):
    """Whatever was answered, this counts."""
    compare_answers(wireshark, folder, request(authorization=None), BARE)


def test_responses_of_others(wireshark, folder):
    line = Line(folder)
    line.up(b'GET / HTTP/1.1\r\nHost: a.example.org\r\n\r\n')
    line.down(response('500 Internal Server Error', None))
    line.up(request())
    line.down(response())
    line.up(b'GET / HTTP/1.1\r\nHost: a.example.org\r\n\r\n')
    line.down(challenge('a realm'))
    assert found_in_every_way(wireshark, line.save()) == {}


# ---- documents


def registered(*entries, status='200 OK'):
    return response(status, documents.Document(documents.REGISTRATION_RESPONSE, entries=entries).body())


def altered(old, new, body=REGISTERED):
    assert old in body.data
    return response(body=dataclasses.replace(body, data=body.data.replace(old, new)))


ANSWERS = [
    ('all', registered(documents.Entry(SPORT, code='403 Forbidden'), documents.Entry(NEWS)), []),
    ('one of two', registered(documents.Entry(SPORT)), ['R84S']),
    ('one of two, refused', registered(documents.Entry(SPORT), status='403 Forbidden'), []),
    ('none', registered(), ['R84S', 'R84S', 'R85S']),
    ('unused code', registered(documents.Entry(SPORT, code='410 Gone'), documents.Entry(NEWS, code='500 x')), ['R86N', 'R86N']),
    ('unused status', registered(documents.Entry(SPORT), documents.Entry(NEWS), status='500 x'), ['R86N']),
    ('unused everywhere', registered(documents.Entry(NEWS, code='406 x'), status='417 x'), ['R86N', 'R86N']),
]


def test_answers(wireshark, folder):
    compare_answers(wireshark, folder, request(documents.Document(documents.REGISTRATION, services=(NEWS, SPORT)).body()), ANSWERS)


DOCUMENTS = [
    ('right', response(), []),
    ('elements of others', altered(b'</Response>', b'<x:y xmlns:x="urn:example:x"/></Response>'), []),
    ('unknown element', altered(b'</Response>', b'<validity/></Response>'), ['R85S']),
    ('no code', altered(b'<ResponseCode>200 OK</ResponseCode>', b''), ['R85S']),
    ('name space', altered(b':securityRegistrationResponse', b':securityRegistration'), ['R85S']),
]


def test_documents(wireshark, folder):
    compare_answers(wireshark, folder, request(), DOCUMENTS)


MSK = cast.key_ids(0x68C9, 1)
SERVICE_FAULT = (r'Response: urn:example:\S+\n {8}Service ID: \S+\n {8}\[Expert Info \(Warning/Protocol\): '
                 r'R85 \(TS 26\.346 11\.4-11\.8\): There is no <ResponseCode> in <Response>\]')
KEY_FAULT = (r'MSK ID: 68c9\n {16}\[Expert Info \(Warning/Protocol\): '
             r'R85 \(TS 26\.346 11\.4-11\.8\): <MSKID> of 2 bytes, not 4\]')


@pytest.mark.parametrize(('asked', 'answer', 'expected'), [
    (REGISTRATION, altered(b'<ResponseCode>200 OK</ResponseCode>', b''), SERVICE_FAULT),
    (documents.Document(documents.MSK_REQUEST, msks=(MSK,)).body(),
     altered(b'<MSKID>aMkAAQ==<', b'<MSKID>aMk=<',
             documents.Document(documents.MSK_RESPONSE, entries=(documents.Entry(msk=MSK),)).body()), KEY_FAULT),
], ids=['service', 'key'])  # fmt: skip
def test_fault_stands_at_its_element(wireshark, folder, asked, answer, expected):
    """The finding hangs on what is not as it should be, not on the document."""
    line = Line(folder)
    line.up(request(asked))
    line.down(answer)
    assert re.search(expected, wireshark.tshark(line.save(), '-V', '-O', 'mbms_sec'))


def test_messages_in_a_document(wireshark, folder):
    """Of two LTKMs in a response the one that lacks something has the finding."""
    line = Line(folder)
    http = (documents.HTTP,)
    line.up(request(documents.Document(documents.REGISTRATION, services=(NEWS,), delivery=http).body()))
    entry = documents.Entry(NEWS, ltkms=(ltkm(1), without_rand(2), ltkm(3, idr=None)))
    frame = line.down(response(body=documents.Document(documents.REGISTRATION_RESPONSE, entries=(entry,), delivery=http).body()))
    assert found_in_every_way(wireshark, line.save()) == {frame: ['R76S', 'R76S']}
