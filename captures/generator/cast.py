"""Who takes part, and the keys they share. The README of the captures lists the keys too."""

from dataclasses import dataclass, replace

from . import mikey
from .http import Digest
from .mikey import BcastData, Identity, Initiator, KeyData, KeyIds
from .network import Host, stable

BSM_1 = Host("bsm1.example.org", "192.0.2.10")
BSM_2 = Host("bsm2.example.org", "198.51.100.20")
BSM_2_CANONICAL_NAME = "keys.bsm2.example.net"
RESOLVER = Host("resolver.example.org", "192.0.2.53")
MULTICAST = Host("stkm.example.org", "239.1.2.3")


@dataclass(frozen=True)
class Subscriber:
    """A terminal with its card: address, B-TID, MRK, and one MUK for each BSM (TS 33.246 6.1)."""

    host: Host
    btid: str
    mrk: bytes
    muks: dict[str, bytes]

    def digest(self, bsm: Host) -> Digest:
        return Digest(self.btid, self.mrk, bsm.name)


def _count_up(first: int) -> bytes:
    return bytes(range(first, first + 32))


SUBSCRIBER_A = Subscriber(
    Host("terminal-a.example.org", "10.20.30.41"),
    "dGVzdC1idGlkLTAwMDAwMQ==@bsf.example.org",
    _count_up(0x80),
    {BSM_1.name: _count_up(0x00), BSM_2.name: _count_up(0x20)},
)
SUBSCRIBER_B = Subscriber(
    Host("terminal-b.example.org", "10.20.30.42"),
    "dGVzdC1idGlkLTAwMDAwMg==@bsf.example.org",
    _count_up(0xA0),
    {BSM_1.name: _count_up(0x40), BSM_2.name: _count_up(0x60)},
)

KEY_DOMAIN = bytes.fromhex("00f110")  # MCC 001, MNC 01: the test network (TS 23.003)
NEWS = "urn:example:bcast:item:news#monthly"
SPORT = "urn:example:bcast:item:sport#weekly"
FILM = "urn:example:bcast:item:film#once"

MANAGEMENT_DATA = b"\x00"  # what stands after EXT BCAST subtype 1; read by nobody here


def key_ids(group: int, number: int, mtk: int | None = None) -> KeyIds:
    """Key Domain ID and MSK ID = Key Group part, Key Number part (TS 31.102 4.2.80)."""
    return KeyIds(KEY_DOMAIN, group.to_bytes(2, "big") + number.to_bytes(2, "big"), mtk)


def service_key(ids: KeyIds) -> bytes:
    """The SEK or PEK (MSK) of an MSK ID: 16 bytes."""
    return stable("MSK " + ids.msk.hex(), 16)


def rand_of(ids: KeyIds) -> bytes:
    """One RAND for each MSK, whoever gets it (TS 33.246 6.4.5.1)."""
    return stable("RAND " + ids.msk.hex(), 16)


def key_data(ids: KeyIds, low: int = 0x0001, high: int = 0xFFFE) -> KeyData:
    """A service key with its validity, two MTK IDs (TS 33.246 6.4.5.1); low above high makes it invalid."""
    return KeyData(mikey.TEK, service_key(ids), interval=(low.to_bytes(2, "big"), high.to_bytes(2, "big")))


def csb_id(count: int) -> int:
    """A CSB ID for each counter value."""
    return int.from_bytes(stable(f"CSB {count}", 4), "big")


def ltkm(
    ids: KeyIds, count: int, subscriber: Subscriber = SUBSCRIBER_A, bsm: Host = BSM_1, **changes: object
) -> Initiator:
    """An LTKM as TS 33.246 6.4.5.1 wants it for a download service; V is set unless changed.

    HDR, EXT 3, EXT 5, T, RAND, IDi, IDr, KEMAC.
    """
    usual: dict[str, object] = {
        "psk": subscriber.muks[bsm.name],
        "csb_id": csb_id(count),
        "t": mikey.counter(count),
        "rand": rand_of(ids),
        "idi": Identity(mikey.NAI, bsm.name.encode()),
        "idr": Identity(mikey.NAI, subscriber.btid.encode()),
        "key_ids": ids,
        "bcast": BcastData(mikey.LTKM_DATA, MANAGEMENT_DATA),
        "key_data": (key_data(ids),),
        "v": True,
    }
    return Initiator(**(usual | changes))  # type: ignore[arg-type]


# SRTP with AES-CM and HMAC-SHA-1, and the rate of the roll-over counter, 13 (TS 33.246 6.6.2.1)
_SRTP_POLICY = [
    (0, b"\1"), (1, b"\x10"), (2, b"\1"), (3, b"\x14"), (4, b"\x0e"), (6, b"\0"), (7, b"\1"), (8, b"\1"), (10, b"\1"),
    (11, b"\x0a"), (13, b"\0\4"), (14, b"\3"), (18, b"\x0e"),
]  # fmt: skip


def streaming(message: Initiator) -> Initiator:
    """The same LTKM for a streaming service: one crypto session, and its policy (TS 33.246 6.4.5.1)."""
    assert message.key_ids
    ssrc = int.from_bytes(stable("SSRC " + message.key_ids.msk[:2].hex(), 4), "big")
    return replace(message, cs_map=mikey.srtp_map((0, ssrc, 0)), others=(mikey.sp_payload(0, _SRTP_POLICY),))


def solicited_pull(
    ids: KeyIds, count: int, subscriber: Subscriber = SUBSCRIBER_A, bsm: Host = BSM_1, **changes: object
) -> Initiator:
    """An LTKM without key that makes the terminal ask for one."""
    return ltkm(ids, count, subscriber, bsm, **({"key_data": (), "v": False} | changes))


def stkm(carrier: Initiator, mtk: int, count: int) -> Initiator:
    """An STKM of a streaming service under the key that an LTKM carried: HDR, EXT 3, EXT 5, T, KEMAC."""
    assert carrier.key_ids
    return Initiator(
        psk=carrier.key_data[0].key,
        csb_id=carrier.csb_id,
        t=mikey.counter(count),
        rand_of_key=carrier.rand,
        key_ids=KeyIds(carrier.key_ids.domain, carrier.key_ids.msk, mtk),
        bcast=BcastData(mikey.STKM_DATA, MANAGEMENT_DATA),
        key_data=(KeyData(mikey.TEK_SALT, stable(f"TEK {mtk}", 16), stable(f"salt {mtk}", 14)),),
    )
