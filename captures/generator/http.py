"""HTTP/1.1 over TCP: connections, messages, digest authentication (RFC 9112, RFC 2617, TS 33.220)."""

import base64
import email.utils
import hashlib
import struct
import zlib
from dataclasses import dataclass, field

from . import network
from .capture import Capture
from .network import ACK, FIN, PSH, SYN, Host, Segment, stable

MAXIMUM_SEGMENT = 1360  # leaves room for a GTP-U tunnel
_MSS_OPTION = struct.pack("!BBH", 2, 4, MAXIMUM_SEGMENT)

Headers = list[tuple[str, str]]


class Connection:
    """A TCP connection; the client is whoever opened it."""

    def __init__(self, capture: Capture, client: Host, server: Host, client_port: int, server_port: int = 80) -> None:
        self._capture = capture
        self._ports = {client: (client_port, server_port), server: (server_port, client_port)}
        self._next = {host: self._initial(host) for host in (client, server)}
        self.client, self.server = client, server

    def _initial(self, host: Host) -> int:
        return int.from_bytes(stable(f"isn {host.address} {self._ports[host]}", 4), "big") >> 1

    def _peer(self, host: Host) -> Host:
        return self.server if host == self.client else self.client

    def _send(self, sender: Host, flags: int, payload: bytes = b"", options: bytes = b"") -> int:
        receiver = self._peer(sender)
        ack = self._next[receiver] if flags & ACK else 0
        segment = Segment(flags, self._next[sender], ack, payload, options)
        data = network.tcp(sender, receiver, self._ports[sender], segment)
        self._next[sender] += len(payload) + bool(flags & (SYN | FIN))
        return self._capture.send(sender, receiver, network.TCP, data)

    def open(self) -> "Connection":
        """Three-way handshake."""
        self._send(self.client, SYN, options=_MSS_OPTION)
        self._capture.wait(18)
        self._send(self.server, SYN | ACK, options=_MSS_OPTION)
        self._send(self.client, ACK)
        return self

    def acknowledge(self, sender: Host) -> int:
        """An empty segment."""
        return self._send(sender, ACK)

    def close(self) -> None:
        """The client closes, the server follows."""
        self._send(self.client, FIN | ACK)
        self._capture.wait(18)
        self._send(self.server, FIN | ACK)
        self._send(self.client, ACK)

    def transfer(self, sender: Host, data: bytes) -> int:
        """Sends data in as many segments as it takes; gives the frame of the last one.

        The receiver acknowledges every second segment, and the end of what took more than one.
        """
        pieces = [data[i : i + MAXIMUM_SEGMENT] for i in range(0, len(data), MAXIMUM_SEGMENT)]
        for number, piece in enumerate(pieces, 1):
            last = number == len(pieces)
            frame = self._send(sender, ACK | PSH if last else ACK, piece)
            if number % 2 == 0 or (last and number > 1):
                self.acknowledge(self._peer(sender))
        return frame


def encode(start_line: str, headers: Headers, body: bytes) -> bytes:
    """A message of which the body is already in its transfer form."""
    lines = [start_line, *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def date(capture: Capture) -> str:
    """Value of a Date header."""
    return email.utils.formatdate(capture.now() // 1_000_000, usegmt=True)


def chunked(body: bytes, size: int) -> bytes:
    """Chunked transfer coding (RFC 9112 7.1)."""
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def gzipped(body: bytes) -> bytes:
    """Gzip member without time or operating system (RFC 1952)."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    header = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"
    return header + deflate.compress(body) + deflate.flush() + struct.pack("<II", zlib.crc32(body), len(body))


@dataclass
class Digest:
    """Digest authentication of one terminal to one server (TS 33.246 6.2.1.3, RFC 2617, RFC 7616).

    The user name is the B-TID, the password the base64 form of the MRK.
    """

    btid: str
    mrk: bytes
    server: str
    count: int = 0
    challenges: int = 0
    kind: str = "3GPP-bootstrapping"
    algorithm: str = "MD5"
    offered: str = "auth,auth-int"
    quality: str = "auth-int"
    _asked: str = field(default="", repr=False)

    @property
    def realm(self) -> str:
        return f"{self.kind}@{self.server}"

    @property
    def nonce(self) -> str:
        again = f" {self.challenges}" if self.challenges > 1 else ""
        return base64.b64encode(stable(f"nonce {self.btid} {self.server}{again}", 18)).decode()

    @property
    def cnonce(self) -> str:
        return stable(f"cnonce {self.btid} {self.count}", 8).hex()

    def challenge(self) -> str:
        """WWW-Authenticate, with a nonce of its own; its uses are counted anew. One in use already is from before the capture."""
        self.challenges += 1 if self.challenges or not self.count else 2
        self.count = 0
        return f'Digest realm="{self.realm}", nonce="{self.nonce}", algorithm={self.algorithm}, qop="{self.offered}"'

    def announcement(self, uri: str) -> str:
        """Authorization of a terminal that has no nonce yet: only its name (TS 24.109 5.2)."""
        return f'Digest username="{self.btid}", realm="{self.realm}", nonce="", uri="{uri}", response=""'

    def authorization(self, method: str, uri: str, body: bytes) -> str:
        """Authorization; each use of the nonce counts up."""
        self.count += 1
        self._asked = uri
        response = self._response(f"{method}:{uri}", body)
        return (
            f'Digest username="{self.btid}", realm="{self.realm}", nonce="{self.nonce}", uri="{uri}", '
            f'algorithm={self.algorithm}, qop={self.quality}, nc={self.count:08x}, cnonce="{self.cnonce}", '
            f'response="{response}"'
        )

    def authentication_info(self, body: bytes) -> str:
        """Authentication-Info of the answer."""
        rspauth = self._response(f":{self._asked}", body)
        return f'qop={self.quality}, rspauth="{rspauth}", cnonce="{self.cnonce}", nc={self.count:08x}'

    def _response(self, a2: str, body: bytes) -> str:
        """The quality auth-int covers the body (RFC 2617 3.2.2.3)."""
        if self.quality == "auth-int":
            a2 += ":" + self._hash(body)
        secret = self._hash(self.btid, self.realm, base64.b64encode(self.mrk))
        return self._hash(secret, self.nonce, f"{self.count:08x}", self.cnonce, self.quality, self._hash(a2))

    def _hash(self, *parts: str | bytes) -> str:
        joined = b":".join(part.encode() if isinstance(part, str) else part for part in parts)
        return hashlib.new(self.algorithm.replace("-", ""), joined).hexdigest()
