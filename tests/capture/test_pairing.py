"""Responses that HTTP itself does not link with their requests: paired where nothing else is possible, else left alone."""
import struct

import pytest

from made import Capture, cast, documents, procedures
from captures.generator.http import Connection
from wireshark import TS_33246

LINKS = ['mbms_sec.message', 'mbms_sec.request_in', 'mbms_sec.response_in', 'bcast.rule']
PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
HEADERS, DATA, SETTINGS, END_STREAM, END_HEADERS = 1, 0, 4, 1, 4

REGISTRATION = documents.Document(documents.REGISTRATION, services=(cast.NEWS,), delivery=(documents.HTTP,)).body()
REGISTERED = documents.Document(documents.REGISTRATION_RESPONSE, entries=(documents.Entry(cast.NEWS),), delivery=(documents.HTTP,)).body()
SPORT = documents.Document(documents.REGISTRATION, services=(cast.SPORT,), delivery=(documents.UDP,)).body()


def frame(kind, flags, stream, data=b''):
    return len(data).to_bytes(3, 'big') + struct.pack('!BBI', kind, flags, stream) + data


def message(stream, body, *pseudo):
    """HEADERS, all fields literal and not indexed (RFC 7541 6.2.2), and DATA."""
    fields = [*pseudo, ('content-type', body.content_type), ('content-length', str(len(body.data)))]
    block = b''.join(b'\0' + b''.join(bytes([len(text)]) + text.encode() for text in field) for field in fields)
    return frame(HEADERS, END_HEADERS, stream, block) + frame(DATA, END_STREAM, stream, body.data)


def request(stream, body):
    return message(stream, body, (':method', 'POST'), (':scheme', 'http'), (':authority', cast.BSM_1.name), (':path', '/keymanagement'))


def response(stream, body):
    return message(stream, body, (':status', '200'))


@pytest.fixture
def connection():
    connection = Connection(Capture('made', ''), cast.SUBSCRIBER_A.host, cast.BSM_1, 49200).open()
    connection.transfer(connection.client, PREFACE + frame(SETTINGS, 0, 0))
    connection.transfer(connection.server, frame(SETTINGS, 0, 0))
    return connection


def transfer(connection, *messages):
    """Requests go up, responses down; gives their frames."""
    ends = {True: connection.client, False: connection.server}
    return [connection.transfer(ends[b':method' in one], one) for one in messages]


def shown(wireshark, folder, capture, *frames):
    path = folder / 'made.pcap'
    path.write_bytes(capture.pcap())
    found = wireshark.fields(str(path), LINKS, '-2')
    return [found[number] for number in frames]


def test_http2_one_stream_at_a_time(wireshark, folder, connection):
    """The only open request is the one that is answered."""
    frames = transfer(connection, request(1, REGISTRATION), response(1, REGISTERED), request(3, REGISTRATION), response(3, REGISTERED))
    found = shown(wireshark, folder, connection._capture, *frames)
    assert [one['mbms_sec.message'] for one in found] == [['1'], ['2'], ['1'], ['2']]
    assert [one.get('mbms_sec.request_in') for one in found] == [None, [str(frames[0])], None, [str(frames[2])]]
    assert [one.get('mbms_sec.response_in') for one in found] == [[str(frames[1])], None, [str(frames[3])], None]


def test_http2_two_streams_open(wireshark, folder, connection):
    """The response to the first request is no answer to the second: judged by that it would break rules."""
    frames = transfer(connection, request(1, REGISTRATION), request(3, SPORT), response(1, REGISTERED))
    found = shown(wireshark, folder, connection._capture, *frames)
    assert [one['mbms_sec.message'] for one in found] == [['1'], ['1'], ['2']]
    assert not any(name in one for one in found for name in LINKS[1:])


@pytest.mark.parametrize('lost', [False, True])
def test_after_100_continue(wireshark, folder, lost):
    """Some Wiresharks take 100 Continue for the response. If an earlier request is still open, none or the right one is named."""
    capture = Capture('made', '')
    session = procedures.Dialogue(capture, cast.SUBSCRIBER_A, cast.BSM_1).open()
    first = session.request(documents.Document(documents.MSK_REQUEST, msks=(cast.key_ids(0x68C9, 1),))) if lost else 0
    asked = session.request(REGISTRATION)
    session.connection.transfer(cast.BSM_1, b'HTTP/1.1 100 Continue\r\n\r\n')
    session.respond(REGISTERED)
    found = shown(wireshark, folder, capture, *([first] if lost else []), asked, session.frame)
    linked = found[-1].get('mbms_sec.request_in')
    assert linked == [str(asked)] or (lost and linked is None)
    assert not any('bcast.rule' in one or 'mbms_sec.response_in' in one for one in (found[:1] if lost else []))
    assert 'bcast.rule' not in found[-1]


def test_two_requests_in_one_segment(wireshark, folder):
    """HTTP/1 names a frame; which of its requests is answered is not said."""
    capture = Capture('made', '')
    connection = Connection(capture, cast.SUBSCRIBER_A.host, cast.BSM_1, 49200).open()
    head = 'POST /k HTTP/1.1\r\nHost: a\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n'
    both = b''.join(head.format(one.content_type, len(one.data)).encode() + one.data for one in (REGISTRATION, SPORT))
    answer = f'HTTP/1.1 200 OK\r\nContent-Type: {REGISTERED.content_type}\r\nContent-Length: {len(REGISTERED.data)}\r\n\r\n'
    frames = [connection.transfer(connection.client, both), connection.transfer(connection.server, answer.encode() + REGISTERED.data)]
    found = shown(wireshark, folder, capture, *frames)
    assert [one['mbms_sec.message'] for one in found] == [['1', '1'], ['2']]
    assert not any(name in one for one in found for name in LINKS[1:3])
    assert {rule for one in found for rule in one.get('bcast.rule', [])} <= TS_33246
