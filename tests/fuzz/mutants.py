"""Captures with their payloads changed at random, so that everything below TCP and UDP still works.

    pcap file  >  frames  >  Ethernet  >  IPv4, IPv6  >  TCP, UDP  >  payload: bytes change here, their number never

Several captures go into one file, each in a network and at an hour of its own, since tshark spends most of its time on starting.
"""
import pathlib
import random
import struct
from dataclasses import dataclass

FILE_HEADER = 24
HITS = 3  # changes to one payload, at most
HIT_RATE = 0.25  # payloads that are changed at all
HOUR = 3600
_TCP, _UDP = 6, 17
_BASE64 = b'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
_MARKS = b'<>/&;"\'= :?!-\r\n=0129'
_NUMBERS = [0, 1, 2, 3, 4, 5, 10, 11, 20, 21, 26, 0x7F, 0x80, 0xFE, 0xFF, 0x7FFF, 0x8000, 0xFFFF]


@dataclass
class Frame:
    head: list[int]  # seconds, microseconds, bytes kept, bytes there were
    data: bytearray

    def record(self) -> bytes:
        return struct.pack('<IIII', *self.head) + self.data


def frames(file: bytes) -> list[Frame]:
    """The records of a classic little-endian capture file."""
    found = []
    at = FILE_HEADER
    while at < len(file):
        head = list(struct.unpack_from('<IIII', file, at))
        found.append(Frame(head, bytearray(file[at + 16 : at + 16 + head[2]])))
        at += 16 + head[2]
    return found


def addresses(data: bytes) -> list[int]:
    """Where a byte of source and of target address stands that tells networks apart."""
    if data[12:14] == b'\x08\x00':
        return [27, 31]
    return [27, 43] if data[12:14] == b'\x86\xdd' else []


def payload(data: bytes) -> range:
    """Where the payload of TCP or UDP stands; empty for anything else."""
    if data[12:14] == b'\x08\x00':
        protocol, at, end = data[23], 14 + 4 * (data[14] & 15), 14 + int.from_bytes(data[16:18])
    elif data[12:14] == b'\x86\xdd':
        protocol, at, end = data[20], 54, 54 + int.from_bytes(data[18:20])
    else:
        return range(0)
    if protocol == _TCP and at + 13 < len(data):
        at += 4 * (data[at + 12] >> 4)
    elif protocol == _UDP:
        at += 8
    else:
        return range(0)
    return range(at, min(end, len(data)))


def hit(dice: random.Random, data: bytearray, where: range) -> None:
    """One change: a bit, a byte, a character for another of its kind, a number, a piece from elsewhere in the payload."""
    at = dice.choice(where)
    match dice.randrange(6):
        case 0:
            new = bytes([data[at] ^ 1 << dice.randrange(8)])
        case 1:
            new = dice.randbytes(dice.choice([1, 1, 4]))
        case 2:
            new = bytes([dice.choice(_MARKS)])
        case 3:
            new = bytes([dice.choice(_BASE64 if data[at] in _BASE64 else _MARKS)])
        case 4:
            new = dice.choice(_NUMBERS).to_bytes(2)[dice.randrange(2) :]
        case _:
            start = dice.choice(where)
            new = bytes(data[start : start + dice.randrange(1, 24)])
    new = new[: where.stop - at]
    data[at : at + len(new)] = new


def mutate(dice: random.Random, data: bytearray) -> None:
    """Changes a payload here and there; mostly behind the header of HTTP, which has to be sound for the body to be found."""
    where = payload(data)
    if not where or dice.random() >= HIT_RATE:
        return
    body = data.find(b'\r\n\r\n', where.start, where.stop) + 4
    for _ in range(dice.randint(1, HITS)):
        in_body = 4 <= body < where.stop and dice.random() < 0.9
        hit(dice, data, range(body, where.stop) if in_body else where)


def mutant(seed: int, captures: list[pathlib.Path], count: int) -> bytes:
    """A file of |count| of these captures, changed; the same for the same seed."""
    dice = random.Random(seed)
    file = captures[0].read_bytes()[:FILE_HEADER]
    for network, path in enumerate(dice.choices(captures, k=count)):
        for frame in frames(path.read_bytes()):
            mutate(dice, frame.data)
            frame.head[0] += network * HOUR
            for at in addresses(frame.data):
                frame.data[at] = (frame.data[at] + network) % 256
            file += frame.record()
    return file
