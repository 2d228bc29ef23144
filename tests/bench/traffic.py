"""Captures for measuring: many exchanges of one kind, written packet by packet, the same bytes each time."""
import base64
import hmac
import pathlib
import struct
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from captures.generator.aes import counter_mode  # noqa: E402
from captures.generator.keys import transport_keys  # noqa: E402
from captures.generator.mikey import counter, counter_mode_iv  # noqa: E402

HTTP, DNS, LTKM = 80, 53, 4359
LTKMS = 4  # of a registration
PUSHED = 10  # to a terminal
KEY = bytes(range(32))
CARDS = 10_000
A, B, SERVER = b'\x0a\0\0\1', b'\x0a\0\0\2', b'\xc0\0\2\x0a'
NAMESPACES = b'xmlns="urn:3GPP:metadata:2005:MBMS:%s" xmlns:b="urn:oma:xml:bcast:pr:orderqueries:1.0"'
DELIVERY = b'<LTKMDelivery><Type>0</Type><Type>2</Type></LTKMDelivery>'  # unprefixed, as the change request has it


class Capture:
    """A pcap file, its packets a tenth of a millisecond apart."""

    def __init__(self, path: pathlib.Path) -> None:
        self.file = path.open('wb')
        self.file.write(struct.pack('<IHHiIII', 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        self.time = 1_700_000_000_0000

    def add(self, source: bytes, destination: bytes, protocol: int, payload: bytes) -> None:
        self.time += 1
        ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0, source, destination)
        frame = b'\2\0\0\0\0\1\2\0\0\0\0\2\x08\0' + ip + payload
        self.file.write(struct.pack('<IIII', self.time // 10000, self.time % 10000 * 100, len(frame), len(frame)) + frame)

    def udp(self, source: bytes, destination: bytes, ports: tuple[int, int], data: bytes) -> None:
        self.add(source, destination, 17, struct.pack('>HHHH', *ports, 8 + len(data), 0) + data)

    def tcp(self, source: bytes, destination: bytes, ports: tuple[int, int], numbers: tuple[int, int], flags: int, data: bytes = b'') -> None:
        self.add(source, destination, 6, struct.pack('>HHIIBBHHH', *ports, *numbers, 0x50, flags, 65535, 0, 0) + data)

    def exchange(self, terminal: bytes, port: int, request: bytes, response: bytes) -> None:
        self.tcp(terminal, SERVER, (port, HTTP), (0, 0), 0x02)
        self.tcp(SERVER, terminal, (HTTP, port), (0, 1), 0x12)
        self.tcp(terminal, SERVER, (port, HTTP), (1, 1), 0x18, request)
        if response:
            self.tcp(SERVER, terminal, (HTTP, port), (1, 1 + len(request)), 0x18, response)


def dns(capture: Capture, count: int) -> None:
    """Queries for a thousand names, each answered."""
    for i in range(count):
        name = b'\7host%03d\7example\3org\0' % (i % 1000)
        question = name + struct.pack('>HH', 1, 1)
        answer = b'\xc0\x0c' + struct.pack('>HHIH', 1, 1, 60, 4) + bytes([192, 0, 2, i & 255])
        capture.udp(A, B, (40000 + i, DNS), struct.pack('>HHHHHH', i, 0x0100, 1, 0, 0, 0) + question)
        capture.udp(B, A, (DNS, 40000 + i), struct.pack('>HHHHHH', i, 0x8180, 1, 1, 0, 0) + question + answer)


def idle(capture: Capture, count: int) -> None:
    """HTTP that is none of ours."""
    for i in range(count):
        capture.tcp(A, B, (41000 + i, HTTP), (1, 1), 0x18, b'GET /%d HTTP/1.1\r\nHost: a\r\n\r\n' % i)
        capture.tcp(B, A, (HTTP, 41000 + i), (1, 30), 0x18, b'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello')


def unanswered(capture: Capture, count: int) -> None:
    """The same, after a registration whose response was lost."""
    capture.exchange(A, 40000, post(0), b'')
    idle(capture, count)


HOST = b'bsm1.example.org'


def user(registration: int) -> bytes:
    """The B-TID of a terminal: base64(RAND) and a name."""
    return base64.b64encode(b'%016x' % registration) + b'@bsf.example.org'


def card(number: int) -> str:
    """A row of the table of cards that is nobody's in these captures."""
    return f'"user{number}@example.org","{number:032x}","{number + 1:032x}"'


KEY_DATA = b'\0\x22\0\x10' + bytes(range(16)) + b'\2\0\1\2\xff\xfe'  # a TEK, and the interval of MTK IDs


def plain_message(registration: int, index: int, encrypted: bytes = bytes(len(KEY_DATA))) -> tuple[bytes, bytes]:
    """An LTKM and its verification message, both up to their MACs."""
    csb, t = struct.pack('>I', registration * LTKMS + index), struct.pack('>I', registration + index)  # T grows for each terminal
    idr = b'\0' + struct.pack('>H', len(user(registration))) + user(registration)
    ltkm = b'\1\0\x15\x80' + csb + b'\0\1\x15\3\0\x0b\0\3\0\xf1\x10\1\4' + struct.pack('>HH', 1, index + 1) + b'\5\5\0\3\1\0\0'
    ltkm += b'\x0b\2' + t + b'\6\x10' + bytes(16) + b'\6\0' + struct.pack('>H', len(HOST)) + HOST
    ltkm += b'\1' + idr + b'\0\1' + struct.pack('>H', len(encrypted)) + encrypted + b'\1'
    return ltkm, b'\1\1\5\0' + csb + b'\0\1\6\2' + t + b'\x09' + idr + b'\0\1'


def message(registration: int, index: int) -> tuple[bytes, bytes]:
    """The same with their MACs, right under KEY, which opens it."""
    csb = registration * LTKMS + index
    keys = transport_keys(KEY, csb, bytes(16), 0, (16, 20, 14))
    iv = counter_mode_iv(keys.salt, csb, counter(registration + index))
    ltkm, verification = plain_message(registration, index, counter_mode(keys.encr, iv, KEY_DATA))
    covered = verification + HOST + user(registration) + struct.pack('>I', registration + index)
    return ltkm + hmac.digest(keys.auth, ltkm, 'sha1'), verification + hmac.digest(keys.auth, covered, 'sha1')


def http(start: bytes, kind: bytes, body: bytes, more: bytes = b'') -> bytes:
    return start + b'Content-Type: application/mbms-%s+xml\r\n%sContent-Length: %d\r\n\r\n' % (kind, more, len(body)) + body


def credentials(number: int) -> bytes:
    """Of a digest; nobody has the MRK to check it."""
    told = [b'username="%s"' % user(number), b'realm="3GPP-bootstrapping@%s"' % HOST, b'nonce="%032x"' % number, b'algorithm=MD5',
            b'uri="/keymanagement?requesttype=register"', b'qop=auth-int', b'nc=00000001', b'cnonce="a"', b'response="%032x"' % number]  # fmt: skip
    return b', '.join(told)


def post(number: int) -> bytes:
    """The request of a registration."""
    body = b'<mbmsSecurityRegister %s><serviceID>urn:example:a</serviceID>' % (NAMESPACES % b'securityRegistration')
    body += b'<b:RegistrationRequestExtension>' + DELIVERY + b'</b:RegistrationRequestExtension></mbmsSecurityRegister>'
    start = b'POST /keymanagement?requesttype=register HTTP/1.1\r\nHost: %s\r\nUser-Agent: 3gpp-gba\r\n' % HOST
    return http(start + b'Authorization: Digest %s\r\n' % credentials(number), b'register', body)


def response_body(ltkms: bytes) -> bytes:
    body = b'<mbmsSecurityRegisterResponse %s><Response><serviceID>urn:example:a</serviceID>' % (NAMESPACES % b'securityRegistrationResponse')
    body += b'<ResponseCode>200 OK</ResponseCode><b:RegistrationResponseResponseExtension>' + ltkms
    body += b'</b:RegistrationResponseResponseExtension></Response><b:RegistrationResponseExtension>' + DELIVERY
    return body + b'</b:RegistrationResponseExtension></mbmsSecurityRegisterResponse>'


def carried(messages: list[tuple[bytes, bytes]]) -> bytes:
    return b''.join(b'<LTKM>' + base64.b64encode(ltkm) + b'</LTKM>' for ltkm, _ in messages)


def registrations(capture: Capture, count: int) -> None:
    """Registrations of as many terminals, each answered with LTKMs, each of which is verified."""
    for number in range(count):
        terminal = bytes([10, 1 + (number >> 16), number >> 8 & 255, number & 255])
        messages = [message(number, index) for index in range(LTKMS)]
        response = http(b'HTTP/1.1 200 OK\r\n', b'register-response', response_body(carried(messages)))
        capture.exchange(terminal, 20000 + number % 40000, post(number), response)
        for _, verification in messages:
            capture.udp(terminal, SERVER, (40000, LTKM), verification)


def pushes(capture: Capture, count: int) -> None:
    """Registrations of as many terminals, each of which then gets LTKMs over UDP and verifies them. Without keys nobody reads a MAC."""
    response = http(b'HTTP/1.1 200 OK\r\n', b'register-response', response_body(b''))
    for number in range(count):
        terminal = bytes([10, 1 + (number >> 16), number >> 8 & 255, number & 255])
        capture.exchange(terminal, 20000 + number % 40000, post(number), response)
        for index in range(PUSHED):
            ltkm, verification = plain_message(number, index)
            capture.udp(SERVER, terminal, (LTKM, LTKM), ltkm + bytes(20))
            capture.udp(terminal, SERVER, (LTKM, LTKM), verification + bytes(20))


def bombs(capture: Capture, count: int) -> None:
    """Responses with half a million empty LTKMs each, in a few kilobytes."""
    pack = zlib.compressobj(9, wbits=31)
    packed = pack.compress(response_body(b'<LTKM/>' * 500_000)) + pack.flush()
    response = http(b'HTTP/1.1 200 OK\r\n', b'register-response', packed, b'Content-Encoding: gzip\r\n')
    for number in range(count):
        capture.exchange(bytes([10, 1, 0, number]), 20000 + number, post(number), response)
