#!/usr/bin/env python3
"""What the plugin costs, as ratios against a Wireshark without it, measured in the same run.

Instructions (callgrind, start-up subtracted) for captures without our traffic; processor time and memory for our traffic, against
stock with its generic XML tree on. Run from the repository with the plugin built: /usr/bin/python3 tests/bench/ratios.py
"""
import base64
import hmac
import pathlib
import re
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'capture'))

from wireshark import AS_NOBODY, REPOSITORY, Wireshark  # noqa: E402

sys.path.insert(0, str(REPOSITORY))

from captures.generator.keys import transport_keys  # noqa: E402

HTTP, DNS, LTKM = 80, 53, 4359
REGISTRATIONS, LTKMS = 20_000, 4
KEY = bytes(range(32))


class Capture:
    """A pcap file written packet by packet, a tenth of a millisecond apart."""

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


A, B = b'\x0a\0\0\1', b'\x0a\0\0\2'


def dns(capture: Capture, count: int) -> None:
    for i in range(count):
        name = b'\7host%03d\7example\3org\0' % (i % 1000)
        question = name + struct.pack('>HH', 1, 1)
        answer = b'\xc0\x0c' + struct.pack('>HHIH', 1, 1, 60, 4) + bytes([192, 0, 2, i & 255])
        capture.udp(A, B, (40000 + i, DNS), struct.pack('>HHHHHH', i, 0x0100, 1, 0, 0, 0) + question)
        capture.udp(B, A, (DNS, 40000 + i), struct.pack('>HHHHHH', i, 0x8180, 1, 1, 0, 0) + question + answer)


def other(capture: Capture, count: int) -> None:
    for i in range(count):
        capture.tcp(A, B, (41000 + i, HTTP), (1, 1), 0x18, b'GET /%d HTTP/1.1\r\nHost: a\r\n\r\n' % i)
        capture.tcp(B, A, (HTTP, 41000 + i), (1, 30), 0x18, b'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello')


def message(registration: int, index: int) -> tuple[bytes, bytes]:
    """An LTKM, its MAC right under KEY (what is encrypted is not looked at), and its verification message."""
    host, user = b'bsm1.example.org', b'%016x@bsf.example.org' % registration
    csb = struct.pack('>I', registration * LTKMS + index)
    idr = b'\0' + struct.pack('>H', len(user)) + user
    ltkm = b'\1\0\x15\x80' + csb + b'\0\1\x15\3\0\x0b\0\3\0\xf1\x10\1\4' + struct.pack('>HH', 1, index) + b'\5\5\0\3\1\0\0'
    ltkm += b'\x0b\2' + struct.pack('>I', registration) + b'\6\x10' + bytes(16) + b'\6\1' + struct.pack('>H', len(host)) + host
    ltkm += b'\1' + idr + b'\0\1\0\x1a' + bytes(26) + b'\1'
    verification = b'\1\1\5\0' + csb + b'\0\1\6\2' + struct.pack('>I', registration) + b'\x09' + idr + b'\0\1'
    auth = transport_keys(KEY, registration * LTKMS + index, bytes(16), 0, (16, 20, 14)).auth
    covered = verification + host + user + struct.pack('>I', registration)
    return ltkm + hmac.digest(auth, ltkm, 'sha1'), verification + hmac.digest(auth, covered, 'sha1')


def http(start: bytes, kind: bytes, body: bytes) -> bytes:
    return start + b'Content-Type: application/mbms-%s+xml\r\nContent-Length: %d\r\n\r\n' % (kind, len(body)) + body


NAMESPACES = b'xmlns="urn:3GPP:metadata:2005:MBMS:%s" xmlns:b="urn:oma:xml:bcast:pr:orderqueries:1.0"'
DELIVERY = b'<b:LTKMDelivery><b:Type>0</b:Type><b:Type>2</b:Type></b:LTKMDelivery>'


def registration(capture: Capture, number: int) -> None:
    terminal, server, port = bytes([10, 1 + (number >> 16), number >> 8 & 255, number & 255]), bytes([192, 0, 2, 10]), 20000 + number % 40000
    messages = [message(number, index) for index in range(LTKMS)]
    ltkms = b''.join(b'<b:LTKM>' + base64.b64encode(ltkm) + b'</b:LTKM>' for ltkm, _ in messages)
    request = b'<mbmsSecurityRegister %s><serviceID>urn:example:a</serviceID>' % (NAMESPACES % b'securityRegistration')
    request += b'<b:RegistrationRequestExtension>' + DELIVERY + b'</b:RegistrationRequestExtension></mbmsSecurityRegister>'
    response = b'<mbmsSecurityRegisterResponse %s><Response><serviceID>urn:example:a</serviceID>' % (NAMESPACES % b'securityRegistrationResponse')
    response += b'<ResponseCode>200 OK</ResponseCode><b:RegistrationResponseResponseExtension>' + ltkms
    response += b'</b:RegistrationResponseResponseExtension></Response><b:RegistrationResponseExtension>' + DELIVERY
    response += b'</b:RegistrationResponseExtension></mbmsSecurityRegisterResponse>'
    post = http(b'POST /k HTTP/1.1\r\nHost: bsm1.example.org\r\nAuthorization: Digest username="%016x@bsf.example.org"\r\n' % number, b'register', request)
    capture.tcp(terminal, server, (port, HTTP), (0, 0), 0x02)
    capture.tcp(server, terminal, (HTTP, port), (0, 1), 0x12)
    capture.tcp(terminal, server, (port, HTTP), (1, 1), 0x18, post)
    capture.tcp(server, terminal, (HTTP, port), (1, 1 + len(post)), 0x18, http(b'HTTP/1.1 200 OK\r\n', b'register-response', response))
    for _, verification in messages:
        capture.udp(terminal, server, (40000, LTKM), verification)


def made(root: pathlib.Path, name: str, fill) -> str:
    path = root / f'{name}.pcap'
    capture = Capture(path)
    fill(capture)
    capture.file.close()
    path.chmod(0o644)
    return str(path)


def instructions(wireshark: Wireshark, path: str) -> int:
    done = wireshark.run('--tool=callgrind', '--callgrind-out-file=/dev/null', 'tshark', '-n', '-r', path, program='valgrind', HOME='/tmp')
    return int(re.search(r'Collected : (\d+)', done.stderr).group(1))


def cost(wireshark: Wireshark, path: str, *options: str) -> tuple[float, int]:
    """Seconds of processor and KiB of memory, the best of three."""
    command = [*AS_NOBODY, '/usr/bin/time', '-f', '%U %S %M', 'tshark', '-n', '-r', path, *options]
    runs = [subprocess.run(command, env=wireshark.environment | {'WIRESHARK_DEBUG_WMEM_OVERRIDE': '', 'G_SLICE': ''}, stderr=subprocess.PIPE,
                           stdout=subprocess.DEVNULL, text=True, check=True).stderr.split()[-3:] for _ in range(3)]
    return min(float(user) + float(system) for user, system, _ in runs), min(int(memory) for *_, memory in runs)


def main() -> None:
    ours = Wireshark()
    (ours.root / 'none' / 'plugins').mkdir(parents=True)
    stock = Wireshark(ours.root / 'none')
    for wireshark in (ours, stock):
        for name in ('WIRESHARK_DEBUG_WMEM_OVERRIDE', 'WIRESHARK_ABORT_ON_DISSECTOR_BUG', 'G_SLICE'):
            wireshark.environment.pop(name, None)
    empty = made(ours.root, 'empty', lambda capture: None)
    start = {wireshark: instructions(wireshark, empty) for wireshark in (ours, stock)}
    for name, fill, bar in (('no traffic of ours', lambda capture: other(capture, 10_000), 1.01), ('DNS only', lambda capture: dns(capture, 10_000), 1.05)):
        path = made(ours.root, name.replace(' ', '-'), fill)
        ratio = (instructions(ours, path) - start[ours]) / (instructions(stock, path) - start[stock])
        print(f'{name}: {ratio:.4f} x the instructions of stock (bar {bar})')
    path = made(ours.root, 'registrations', lambda capture: [registration(capture, number) for number in range(REGISTRATIONS)])
    (seconds, memory), (stock_seconds, stock_memory) = cost(ours, path), cost(stock, path, '--enable-heuristic', 'xml_http')
    print(f'{REGISTRATIONS} registrations, {LTKMS} LTKMs each, each verified: {seconds / stock_seconds:.3f} x the time of stock with its XML tree (bar 1)')
    with_key, _ = cost(ours, path, '-o', f'uat:ltkm_keys:"","","{KEY.hex()}"')
    print(f'the same with a key that fits all: {with_key / seconds:.3f} x the time without keys (bar 1.3)')
    print(f'memory: {(memory - stock_memory) * 1024 / REGISTRATIONS / LTKMS:.0f} bytes an LTKM (bar 600)')


if __name__ == '__main__':
    main()
