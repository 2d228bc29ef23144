"""Reads a capture without the generator's help: datagrams, HTTP messages, XML trees, MIKEY messages."""

import base64
import binascii
import ipaddress
import struct
import zlib
from dataclasses import dataclass, field
from xml.parsers import expat

GTP_U, TCP, UDP, ICMP, ICMP_6 = 2152, 6, 17, 1, 58


@dataclass
class Packet:
    """A UDP datagram or a TCP segment."""

    frame: int
    time: int
    protocol: int
    source: str
    target: str
    ports: tuple[int, int]
    payload: bytes
    cut: bool


@dataclass
class Http:
    """One HTTP message, its body without transfer and content coding."""

    frame: int
    time: int
    client: str
    server: str
    connection: tuple
    start: str
    headers: dict[str, str]
    body: bytes

    @property
    def is_request(self) -> bool:
        return not self.start.startswith("HTTP/")


def packets(data: bytes) -> list[Packet]:
    """All datagrams and segments, those inside GTP-U instead of their tunnel."""
    found, offset, frame = [], 24, 0
    while offset < len(data):
        seconds, micro, kept, length = struct.unpack_from("<IIII", data, offset)
        frame += 1
        packet = data[offset + 30 : offset + 16 + kept]
        found += _ip(packet, frame, seconds * 1_000_000 + micro, kept < length)
        offset += 16 + kept
    return found


def last_time(data: bytes) -> int:
    """When the capture ends."""
    offset, time = 24, 0
    while offset < len(data):
        seconds, micro, kept, _ = struct.unpack_from("<IIII", data, offset)
        time, offset = seconds * 1_000_000 + micro, offset + 16 + kept
    return time


def _ip(packet: bytes, frame: int, time: int, cut: bool) -> list[Packet]:
    if packet[0] >> 4 == 4:
        start, total, protocol = (packet[0] & 15) * 4, int.from_bytes(packet[2:4], "big"), packet[9]
        addresses = packet[12:16], packet[16:20]
    else:
        start, total, protocol = 40, 40 + int.from_bytes(packet[4:6], "big"), packet[6]
        addresses = packet[8:24], packet[24:40]
    source, target = (str(ipaddress.ip_address(address)) for address in addresses)
    if protocol not in (TCP, UDP):
        return []
    ports = struct.unpack_from("!HH", packet, start)
    header = 8 if protocol == UDP else (packet[start + 12] >> 4) * 4
    payload = packet[start + header : total]
    if protocol == UDP and ports[1] == GTP_U:
        return _ip(payload[8:], frame, time, cut)
    return [Packet(frame, time, protocol, source, target, ports, payload, cut)]


# ---- HTTP ------------------------------------------------------------------------------------------------------------


def http_messages(segments: list[Packet]) -> list[Http]:
    """Every message that is whole; segments come in their order."""
    found: list[Http] = []
    streams: dict[tuple, bytes | None] = {}
    for segment in segments:
        key = (segment.source, segment.ports[0], segment.target, segment.ports[1])
        pending = streams.get(key, b"")
        if pending is None or not segment.payload:
            continue
        if segment.cut:
            streams[key] = None
            continue
        pending += segment.payload
        while (cut_off := _one_message(pending, segment)) is not None:
            message, pending = cut_off
            found.append(message)
        streams[key] = pending
    return found


def _one_message(data: bytes, segment: Packet) -> tuple[Http, bytes] | None:
    head, separator, rest = data.partition(b"\r\n\r\n")
    if not separator:
        return None
    start, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        unchunked = _unchunk(rest)
        if unchunked is None:
            return None
        body, rest = unchunked
    else:
        length = int(headers.get("content-length", "0"))
        if len(rest) < length:
            return None
        body, rest = rest[:length], rest[length:]
    headers["-entity"] = body.hex()  # what a digest covers
    if headers.get("content-encoding") == "gzip":
        body = zlib.decompress(body, 31)
    ends = (segment.source, segment.ports[0]), (segment.target, segment.ports[1])
    client, server = ends if not start.startswith("HTTP/") else ends[::-1]
    return Http(segment.frame, segment.time, client[0], server[0], (client, server), start, headers, body), rest


def _unchunk(data: bytes) -> tuple[bytes, bytes] | None:
    body = b""
    while b"\r\n" in data:
        size, _, data = data.partition(b"\r\n")
        length = int(size, 16)
        if len(data) < length + 2:
            return None
        body, data = body + data[:length], data[length + 2 :]
        if not length:
            return body, data
    return None


# ---- XML -------------------------------------------------------------------------------------------------------------


@dataclass
class Node:
    """An element; its name is namespace and local name."""

    namespace: str
    name: str
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def all(self, name: str) -> list["Node"]:
        """Everything of that name below, whatever its namespace."""
        found = [self] if self.name == name else []
        return found + [one for child in self.children for one in child.all(name)]

    def child(self, name: str) -> str | None:
        return next((one.text.strip() for one in self.children if one.name == name), None)


def xml(body: bytes, charset: str | None) -> tuple[Node | None, bool]:
    """The tree as far as it can be read, and whether it is whole; a DOCTYPE is as bad as an error."""
    root: list[Node] = []
    path: list[Node] = []

    def start(name: str, _: dict) -> None:
        namespace, _, local = name.rpartition(" ")
        node = Node(namespace, local)
        (path[-1].children if path else root).append(node)
        path.append(node)

    def text(data: str) -> None:
        path[-1].text += data

    def doctype(*_: object) -> None:
        raise ValueError("DOCTYPE")

    parser = expat.ParserCreate(charset, " ")
    parser.StartElementHandler, parser.CharacterDataHandler = start, text
    parser.EndElementHandler = lambda _: path.pop()
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError):
        return (root[0] if root else None), False
    return root[0], True


def decode_base64(text: str) -> bytes | None:
    """What stands in an element as base64, white space left out."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


# ---- MIKEY -----------------------------------------------------------------------------------------------------------

KEMAC, T, ID, CHASH, V, SP, RAND, EXT = 1, 5, 6, 8, 9, 10, 11, 21
COUNTER = 2
_MAC_LENGTH = {0: 0, 1: 20, 2: 32}
_HASH_LENGTH = {0: 20, 1: 16, 2: 32}
_T_LENGTH = {0: 8, 1: 8, 2: 4, 3: 4}
_MAP_ENTRY = {0: 9, 1: 0}


@dataclass
class Mikey:
    """A pre-shared-key message; payloads are (type, content after the next-payload byte)."""

    data: bytes
    data_type: int
    v: bool
    prf: int
    csb_id: int
    sessions: int
    map_type: int
    payloads: list[tuple[int, bytes]]

    def of(self, number: int) -> list[bytes]:
        return [content for kind, content in self.payloads if kind == number]

    @property
    def t(self) -> tuple[int, int] | None:
        """Type and value."""
        return next(((content[0], int.from_bytes(content[1:], "big")) for content in self.of(T)), None)

    @property
    def identities(self) -> list[tuple[int, bytes]]:
        return [(content[0], content[3:]) for content in self.of(ID)]

    @property
    def key_ids(self) -> list[tuple[int, bytes]]:
        """Entries of EXT 3."""
        for content in self.of(EXT):
            if content[0] == 3:
                return _entries(content[3:])
        return []

    def key_id(self, kind: int) -> bytes | None:
        return next((value for found, value in self.key_ids if found == kind), None)

    @property
    def subtype(self) -> int | None:
        """Of EXT 5."""
        return next((content[3] for content in self.of(EXT) if content[0] == 5), None)

    @property
    def kemac(self) -> tuple[int, bytes, int] | None:
        """Encr alg, Encr data, MAC alg."""
        for content in self.of(KEMAC):
            length = int.from_bytes(content[1:3], "big")
            return content[0], content[3 : 3 + length], content[3 + length]
        return None


def _entries(data: bytes) -> list[tuple[int, bytes]]:
    found = []
    while data:
        found.append((data[0], data[2 : 2 + data[1]]))
        data = data[2 + data[1] :]
    return found


def mikey(data: bytes) -> Mikey | None:
    """A message that can be walked to its last byte; nothing else is one here."""
    try:
        return _mikey(data)
    except (IndexError, KeyError, struct.error):
        return None


def _mikey(data: bytes) -> Mikey | None:
    version, data_type, kind, flags, csb_id, sessions, map_type = struct.unpack_from("!BBBBIBB", data)
    if version != 1 or data_type > 1:
        return None
    offset = 10
    if map_type == 2:
        for _ in range(sessions):
            offset = _skip_generic(data, offset)
    else:
        offset += sessions * _MAP_ENTRY[map_type]
    payloads = []
    while kind:
        length = _content_length(kind, data, offset + 1)
        content = data[offset + 1 : offset + 1 + length]
        if len(content) < length:
            return None
        payloads.append((kind, content))
        kind, offset = data[offset], offset + 1 + length
    whole = Mikey(data, data_type, bool(flags >> 7), flags & 127, csb_id, sessions, map_type, payloads)
    return whole if offset == len(data) and all(_fits(c[3:]) for c in whole.of(EXT) if c[0] == 3) else None


def _fits(entries: bytes) -> bool:
    while entries:
        if len(entries) < 2 or len(entries) < 2 + entries[1]:
            return False
        entries = entries[2 + entries[1] :]
    return True


def _skip_generic(data: bytes, offset: int) -> int:
    offset += 3 + (data[offset + 2] & 127)
    offset += 2 + int.from_bytes(data[offset : offset + 2], "big")
    return offset + 1 + data[offset]


def _content_length(kind: int, data: bytes, at: int) -> int:
    """Length of a payload after its first byte."""
    if kind in (ID, EXT):
        return 3 + int.from_bytes(data[at + 1 : at + 3], "big")
    if kind == SP:
        return 4 + int.from_bytes(data[at + 2 : at + 4], "big")
    if kind == RAND:
        return 1 + data[at]
    if kind == KEMAC:
        mac_alg = at + 3 + int.from_bytes(data[at + 1 : at + 3], "big")
        return mac_alg - at + 1 + _MAC_LENGTH[data[mac_alg]]
    if kind == V:
        return 1 + _MAC_LENGTH[data[at]]
    if kind == T:
        return 1 + _T_LENGTH[data[at]]
    if kind == CHASH:
        return 1 + _HASH_LENGTH[data[at]]
    raise KeyError(kind)
