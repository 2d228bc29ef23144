"""Frames from the inside out: UDP, TCP, IPv4, IPv6, GTP-U, Ethernet, and DNS messages; every checksum is right."""

import hashlib
import ipaddress
import struct
from dataclasses import dataclass
from typing import Sequence

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
FIN, SYN, PSH, ACK = 0x01, 0x02, 0x08, 0x10
GTP_U_PORT = 2152
_HOP_LIMIT = 64
_DO_NOT_FRAGMENT = 0x4000
_IPV4, _IPV6 = 0x0800, 0x86DD


def stable(label: str, length: int) -> bytes:
    """Bytes that look random and are the same in every run: SHA-256 of label and block number."""
    blocks = -(-length // 32)
    return b"".join(hashlib.sha256(f"{label}#{i}".encode()).digest() for i in range(blocks))[:length]


@dataclass(frozen=True)
class Host:
    """A station: host name and address, IPv4, IPv6 or an IPv4 multicast group."""

    name: str
    address: str

    @property
    def ip(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        return ipaddress.ip_address(self.address)

    @property
    def mac(self) -> bytes:
        """Locally administered; the group's own for multicast (RFC 1112 6.4)."""
        if self.ip.is_multicast:
            return b"\x01\x00\x5e" + (int(self.ip) & 0x7FFFFF).to_bytes(3, "big")
        return b"\x02\x00" + stable("mac " + self.address, 4)


def checksum(data: bytes) -> int:
    """Internet checksum (RFC 1071)."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _transport_checksum(source: Host, target: Host, protocol: int, segment: bytes) -> int:
    """Over the pseudo header and the segment (RFC 768, RFC 9293 3.1, RFC 8200 8.1)."""
    if source.ip.version == 4:
        pseudo = source.ip.packed + target.ip.packed + struct.pack("!BBH", 0, protocol, len(segment))
    else:
        pseudo = source.ip.packed + target.ip.packed + struct.pack("!II", len(segment), protocol)
    return checksum(pseudo + segment)


def udp(source: Host, target: Host, ports: tuple[int, int], payload: bytes) -> bytes:
    """A UDP datagram; a checksum of zero is sent as ones (RFC 768)."""
    header = struct.pack("!HHH", *ports, 8 + len(payload))
    check = _transport_checksum(source, target, UDP, header + b"\0\0" + payload) or 0xFFFF
    return header + struct.pack("!H", check) + payload


def port_unreachable(source: Host, target: Host, packet: bytes) -> bytes:
    """An ICMP error about a packet of the target's; it quotes what fits (RFC 1812 4.3.2.3, RFC 4443 3.1)."""
    version_6 = source.ip.version == 6
    quoted = packet[:1232] if version_6 else packet[:548]
    head, tail = b"\1\4" if version_6 else b"\3\3", b"\0\0\0\0" + quoted
    unchecked = head + b"\0\0" + tail
    check = _transport_checksum(source, target, ICMPV6, unchecked) if version_6 else checksum(unchecked)
    return head + struct.pack("!H", check) + tail


def echo(number: int, reply: bool = False) -> bytes:
    """ICMP echo (RFC 792)."""
    head, tail = bytes([0 if reply else 8, 0]), struct.pack("!HH", 0x4D42, number) + stable("echo", 48)
    return head + struct.pack("!H", checksum(head + b"\0\0" + tail)) + tail


@dataclass(frozen=True)
class Segment:
    """A TCP segment without its ports."""

    flags: int
    seq: int
    ack: int = 0
    payload: bytes = b""
    options: bytes = b""


def tcp(source: Host, target: Host, ports: tuple[int, int], segment: Segment) -> bytes:
    """A TCP segment (RFC 9293 3.1)."""
    offset = (20 + len(segment.options)) << 10
    head = struct.pack("!HHIIHH", *ports, segment.seq, segment.ack, offset | segment.flags, 65535)
    tail = b"\0\0" + segment.options + segment.payload
    return head + struct.pack("!H", _transport_checksum(source, target, TCP, head + b"\0\0" + tail)) + tail


def ip(source: Host, target: Host, protocol: int, payload: bytes, identification: int) -> bytes:
    """An IP packet of the version that the addresses have."""
    if source.ip.version == 6:
        fixed = struct.pack("!IHBB", 6 << 28, len(payload), protocol, _HOP_LIMIT)
        return fixed + source.ip.packed + target.ip.packed + payload
    head = struct.pack("!BBHHHBB", 0x45, 0, 20 + len(payload), identification, _DO_NOT_FRAGMENT, _HOP_LIMIT, protocol)
    addresses = source.ip.packed + target.ip.packed
    return head + struct.pack("!H", checksum(head + b"\0\0" + addresses)) + addresses + payload


def ethernet(source: Host, target: Host, packet: bytes) -> bytes:
    """An Ethernet II frame, padded to 60 bytes without the frame check sequence."""
    ether_type = _IPV4 if source.ip.version == 4 else _IPV6
    return (target.mac + source.mac + struct.pack("!H", ether_type) + packet).ljust(60, b"\0")


@dataclass(frozen=True)
class Tunnel:
    """GTP-U between a base station and a gateway (TS 29.281 5.1): one TEID each way."""

    station: Host
    gateway: Host
    terminal: Host
    uplink_teid: int = 0x00A10001
    downlink_teid: int = 0x00B20001

    def carry(self, source: Host, packet: bytes, identification: int) -> bytes:
        """The Ethernet frame between the tunnel's ends that carries a packet of the terminal's."""
        up = source == self.terminal
        outer_source, outer_target = (self.station, self.gateway) if up else (self.gateway, self.station)
        teid = self.uplink_teid if up else self.downlink_teid
        gtp = struct.pack("!BBHI", 0x30, 0xFF, len(packet), teid) + packet
        datagram = udp(outer_source, outer_target, (GTP_U_PORT, GTP_U_PORT), gtp)
        return ethernet(outer_source, outer_target, ip(outer_source, outer_target, UDP, datagram, identification))


# ---- DNS (RFC 1035) --------------------------------------------------------------------------------------------------

A, CNAME, AAAA = 1, 5, 28
_TTL = 3600


@dataclass(frozen=True)
class Record:
    """A resource record: owner, type, and a name or an address."""

    owner: str
    kind: int
    value: str

    def encode(self) -> bytes:
        data = dns_name(self.value) if self.kind == CNAME else ipaddress.ip_address(self.value).packed
        return dns_name(self.owner) + struct.pack("!HHIH", self.kind, 1, _TTL, len(data)) + data


def dns_name(name: str) -> bytes:
    """A domain name, not compressed (RFC 1035 3.1)."""
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def dns_message(identifier: int, name: str, kind: int, answers: Sequence[Record] = ()) -> bytes:
    """A query, or with answers a response (RFC 1035 4.1)."""
    flags = 0x8180 if answers else 0x0100
    question = dns_name(name) + struct.pack("!HH", kind, 1)
    header = struct.pack("!HHHHHH", identifier, flags, 1, len(answers), 0, 0)
    return header + question + b"".join(record.encode() for record in answers)
