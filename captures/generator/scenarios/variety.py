"""MIKEY messages of every shape, over UDP (RFC 3830, RFC 4563, RFC 5410, RFC 6043, RFC 6509)."""

import struct
from dataclasses import replace

from .. import mikey
from ..capture import Capture, Fields, scenario
from ..cast import BSM_1, csb_id, key_data, key_ids, ltkm
from ..ltkm_fields import bcast_fields
from ..mikey import (
    BcastData,
    CsMap,
    GenericSession,
    Header,
    Identity,
    Initiator,
    KeyData,
    KeyIds,
    Payload,
    Timestamp,
    Verification,
)
from ..network import stable
from ..procedures import MIKEY_PORT, Delivered, link, push, send_verification, verify
from .parties import TERMINAL_A

PORTS = (MIKEY_PORT, MIKEY_PORT)
_NTP_OF_CAPTURE = 0xCCCFB3A0  # 2008-11-20 10:00:00 UTC, seconds since 1900


def offer(capture: Capture, message: Initiator) -> Delivered:
    """Pushes a message, on the MIKEY port, and has it verified if it asks for that."""
    capture.wait(1_000)
    delivered = push(capture, BSM_1, TERMINAL_A, message, MIKEY_PORT)
    if message.v:
        verify(capture, delivered, TERMINAL_A, BSM_1, MIKEY_PORT)
    return delivered


def variant(count: int, **changes: object) -> Initiator:
    """An LTKM that TS 33.246 6.4.5.1 would have otherwise: IDi is a URI, the key data a TGK."""
    ids = key_ids(0x68C9, count)
    usual = {"idi": Identity(mikey.URI, BSM_1.name.encode()), "key_data": (_as_tgk(ids),)}
    return ltkm(ids, count, **(usual | changes))


def _as_tgk(ids: KeyIds) -> KeyData:
    return replace(key_data(ids), key_type=mikey.TGK)


@scenario("mikey-t-types", "T as NTP-UTC, NTP, COUNTER and NTP-UTC-32, each verified")
def t_types(capture: Capture) -> None:
    seconds, fraction = struct.pack("!I", _NTP_OF_CAPTURE), bytes.fromhex("80000000")
    values = {
        mikey.NTP_UTC: seconds + fraction,
        mikey.NTP: seconds + b"\0\0\0\1",
        mikey.COUNTER: b"\0\0\0\x2a",
        mikey.NTP_UTC_32: seconds,
    }
    for ts_type, value in values.items():
        offer(capture, variant(ts_type + 1, t=Timestamp(ts_type, value)))


@scenario(
    "mikey-maps",
    "CS ID maps: SRTP-ID, empty with and without sessions, GENERIC-ID with S flag, odd session data and SPI",
)
def maps(capture: Capture) -> None:
    policy = mikey.sp_payload(0, [(0, b"\1"), (1, b"\x10")])
    ssrc, roc, seq = bytes.fromhex("0df9bc39"), bytes.fromhex("00000002"), bytes.fromhex("1234")
    generic = [
        [GenericSession(1, ssrc + roc + seq, policies=b"\0", s_flag=True)],
        [GenericSession(4, ssrc + roc, policies=b"\0"), GenericSession(6, ssrc[:3], spi=bytes.fromhex("a1b2c3d4"))],
        [GenericSession(9, b"", spi=b"\x7f", policies=b"\0\1\2")],
    ]
    cs_maps = [
        mikey.srtp_map((0, 0x7BE6AC2E, 0), (0, 0x4068ED2E, 1)),
        mikey.EMPTY_MAP,
        CsMap(1, 2),
        *(mikey.generic_map(*g) for g in generic),
    ]
    for count, cs_map in enumerate(cs_maps, 1):
        offer(capture, variant(count, cs_map=cs_map, others=() if cs_map.map_type == 1 else (policy,)))


@scenario(
    "mikey-kemac", "key data in clear, under AES-CM-128, AES-KW and AES-CM-256, under both PRFs and every MAC algorithm"
)
def kemac(capture: Capture) -> None:
    two_keys = (
        _as_tgk(key_ids(0x68C9, 1)),
        KeyData(mikey.TEK_SALT, stable("TEK", 16), stable("salt", 14), spi=bytes.fromhex("c0ffee01")),
    )
    sha_256 = {"prf": 1, "mac_alg": mikey.HMAC_SHA_256_256}
    changes = [
        {"encr_alg": mikey.NULL, "key_data": two_keys},
        {"encr_alg": mikey.AES_CM_128, "key_data": two_keys},
        {"encr_alg": mikey.AES_KW_128},
        {"encr_alg": mikey.AES_CM_256},
        {"mac_alg": mikey.HMAC_SHA_256_256},
        {"prf": 1},
        {"encr_alg": mikey.AES_CM_256, **sha_256},
        {"encr_alg": mikey.NULL, "mac_alg": mikey.NULL, "v": False},
        {"key_data": (), "mac_alg": mikey.NULL, "v": False},
    ]
    for count, change in enumerate(changes, 1):
        offer(capture, variant(count, **change))


# ---- payloads --------------------------------------------------------------------------------------------------------

_ALL_SRTP_PARAMETERS = [1, 16, 1, 20, 14, 0, 0, 1, 1, 0, 1, 10, 4]  # types 0 to 12 (RFC 3830 6.10.1)


@scenario(
    "mikey-payloads",
    "SP with every parameter, CHASH, a vendor's and an SDP extension, a NAF-ID, LTKM reporting in an answer, an error message",
)
def payloads(capture: Capture) -> None:
    policy = [mikey.sp_payload(1, [(kind, bytes([value])) for kind, value in enumerate(_ALL_SRTP_PARAMETERS)])]
    offer(capture, variant(1, cs_map=mikey.srtp_map((1, 0x7BE6AC2E, 0)), others=tuple(policy)))
    _with_hash(capture)
    extensions = (mikey.ext_payload(mikey.EXT_VENDOR, b"vendor \0\1"), mikey.ext_payload(mikey.EXT_SDP_IDS, b"mikey"))
    offer(capture, variant(3, others=extensions))
    offer(capture, variant(4, others=extensions, key_ids=None, bcast=None, v=False))
    offer(capture, variant(5, idi=Identity(mikey.BYTE_STRING, BSM_1.name.encode() + bytes.fromhex("0100000001"))))
    _with_reporting(capture)
    _error(capture)


def _with_hash(capture: Capture) -> None:
    value = stable("certificate", 32)
    delivered = offer(capture, variant(2, others=(mikey.chash_payload(2, value),)))
    delivered.fields["ltkm.hash"] = [value.hex()]


def _with_reporting(capture: Capture) -> None:
    """LTKM reporting data in the verification message (RFC 5410 3)."""
    capture.wait(1_000)
    pushed = push(capture, BSM_1, TERMINAL_A, variant(6), MIKEY_PORT)
    report = BcastData(mikey.LTKM_REPORTING, bytes.fromhex("0102030405"))
    capture.wait(12)
    answer = Verification(pushed.message, others=(report.payload(),))
    frame, fields = send_verification(capture, answer, TERMINAL_A, BSM_1, MIKEY_PORT)
    fields |= bcast_fields(report)
    link(capture, pushed, frame, fields)


def _error(capture: Capture) -> None:
    """HDR, T, ERR (RFC 3830 5.1.2), not protected: "unsupported encryption algorithm"."""
    message = mikey.message(Header(mikey.ERROR, csb_id(7)), [mikey.counter(7).payload(), mikey.err_payload(4)])
    capture.wait(1_000)
    fields: Fields = {
        "ltkm.message": ["5"],
        "ltkm.transport": ["0"],
        "ltkm.id": [f"{csb_id(7):08x}-00000007"],
        "ltkm.counter": ["7"],
        **_header_fields(mikey.ERROR, csb_id(7)),
        "mikey.v.set": ["0"],
    }
    capture.expect(capture.send_udp(TERMINAL_A, BSM_1, PORTS, message), fields)


def _header_fields(data_type: int, csb: int) -> Fields:
    return {"mikey.type": [str(data_type)], "mikey.csb_id": [f"0x{csb:08x}"]}


# ---- messages that are not ours --------------------------------------------------------------------------------------


@scenario("mikey-others", "public-key, Diffie-Hellman and SAKKE messages: Wireshark's own dissector shows them")
def others(capture: Capture) -> None:
    """The signatures and envelopes in them are stand-ins: nobody here has the private keys."""
    start = [
        Timestamp(mikey.NTP_UTC, struct.pack("!II", _NTP_OF_CAPTURE, 0)).payload(),
        mikey.rand_payload(stable("RAND", 16)),
    ]
    names = [Identity(mikey.URI, name).payload() for name in (b"sip:alice@example.org", b"sip:bob@example.org")]
    roles = [Payload(mikey.IDR, bytes([role]) + name.content) for role, name in enumerate(names, 1)]
    envelope = Payload(mikey.PKE, struct.pack("!H", 128) + stable("envelope", 128))
    sealed = Payload(mikey.KEMAC, struct.pack("!BH", 1, 48) + stable("sealed", 48) + b"\1" + stable("mac", 20))
    exchange = Payload(mikey.DH, b"\2" + stable("g^x", 128) + b"\0")
    sakke = Payload(mikey.SAKKE, struct.pack("!BBH", 1, 1, 273) + stable("sakke", 273))
    messages = {
        mikey.PUBLIC_KEY: [*start, *names, sealed, envelope, _signature(0, 128)],
        mikey.DIFFIE_HELLMAN: [*start, *names, exchange, _signature(0, 128)],
        mikey.SAKKE_MESSAGE: [*start, *roles, sakke, _signature(2, 129)],
    }
    for data_type, chain in messages.items():
        csb = csb_id(100 + data_type)
        capture.wait(1_000)
        frame = capture.send_udp(BSM_1, TERMINAL_A, PORTS, mikey.message(Header(data_type, csb), chain))
        capture.expect(frame, {**_header_fields(data_type, csb), "ltkm.message": []})


def _signature(kind: int, length: int) -> Payload:
    """SIGN: type in four bits, length in twelve (RFC 3830 6.5)."""
    return Payload(mikey.SIGN, struct.pack("!H", kind << 12 | length) + stable("signature", length))
