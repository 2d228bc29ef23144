"""MIKEY messages under a pre-shared key (RFC 3830), with MBMS key ids (RFC 4563) and OMA BCAST data (RFC 5410).

A message is its header and a chain of payloads, each announced by the one before it:

    version(1) data type(1) next(1) V|PRF(1) CSB ID(4) #CS(1) map type(1) map    RFC 3830 6.1
    next(1) content                                                              RFC 3830 6.2 ff.
"""

import hmac
import struct
from dataclasses import dataclass
from typing import Sequence

from . import aes
from .keys import PRF_MIKEY_1, TransportKeys, transport_keys

# Data types (RFC 3830 table 6.1.a, RFC 6509)
PSK, PSK_VERIFICATION, PUBLIC_KEY, DIFFIE_HELLMAN, ERROR, SAKKE_MESSAGE = 0, 1, 2, 4, 6, 26

# Payload types (RFC 3830 table 6.1.b, RFC 6043, RFC 6509)
LAST, KEMAC, PKE, DH, SIGN, T, ID, CERT, CHASH, V, SP, RAND, ERR, TR, IDR = range(15)
KEY_DATA, EXT, SAKKE = 20, 21, 26

NULL, AES_CM_128, AES_KW_128, AES_CM_256 = range(4)  # Encr alg: RFC 3830 table 6.2.a, RFC 6043 table 6.5
HMAC_SHA_1_160, HMAC_SHA_256_256 = 1, 2  # MAC alg: RFC 3830 table 6.2.b, RFC 6043 table 6.6
NTP_UTC, NTP, COUNTER, NTP_UTC_32 = range(4)  # TS type: RFC 3830 table 6.6, RFC 6043 table 6.8
NAI, URI, BYTE_STRING = range(3)  # ID type: RFC 3830 table 6.7, RFC 6043
EXT_VENDOR, EXT_SDP_IDS, EXT_KEY_ID, EXT_BCAST = 0, 1, 3, 5  # EXT type: RFC 3830 table 6.15, RFC 4563, RFC 5410
LTKM_DATA, STKM_DATA, LTKM_REPORTING, PARENTAL_CONTROL = 1, 2, 3, 4  # EXT BCAST subtype: RFC 5410 3
TGK, TGK_SALT, TEK, TEK_SALT = range(4)  # Key data type: RFC 3830 6.13
KV_NULL, KV_SPI, KV_INTERVAL = range(3)  # RFC 3830 6.13

_ENCR_KEY_LENGTH = {NULL: 16, AES_CM_128: 16, AES_KW_128: 16, AES_CM_256: 32}
_SALT_KEY_LENGTH = {NULL: 14, AES_CM_128: 14, AES_KW_128: 8, AES_CM_256: 14}
_MAC = {HMAC_SHA_1_160: "sha1", HMAC_SHA_256_256: "sha256"}
_AUTH_KEY_LENGTH = {NULL: 20, HMAC_SHA_1_160: 20, HMAC_SHA_256_256: 32}


# ---- header and chain ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CsMap:
    """CS ID map: its type, the number of crypto sessions, the bytes (RFC 3830 6.1.1, RFC 4563 5, RFC 6043 6.1.1)."""

    map_type: int
    count: int
    info: bytes = b""


EMPTY_MAP = CsMap(1, 0)


def srtp_map(*sessions: tuple[int, int, int]) -> CsMap:
    """SRTP-ID map of (policy number, SSRC, ROC) (RFC 3830 6.1.1)."""
    return CsMap(0, len(sessions), b"".join(struct.pack("!BII", *session) for session in sessions))


@dataclass(frozen=True)
class GenericSession:
    """One GENERIC-ID entry (RFC 6043 6.1.1)."""

    cs_id: int
    session_data: bytes
    spi: bytes = b""
    policies: bytes = b""
    s_flag: bool = False

    def encode(self) -> bytes:
        head = struct.pack("!BBB", self.cs_id, 0, self.s_flag << 7 | len(self.policies)) + self.policies
        return head + struct.pack("!H", len(self.session_data)) + self.session_data + bytes([len(self.spi)]) + self.spi


def generic_map(*sessions: GenericSession) -> CsMap:
    """GENERIC-ID map (RFC 6043 6.1.1)."""
    return CsMap(2, len(sessions), b"".join(session.encode() for session in sessions))


@dataclass(frozen=True)
class Header:
    """Common header (RFC 3830 6.1)."""

    data_type: int
    csb_id: int
    v: bool = False
    prf: int = PRF_MIKEY_1
    cs_map: CsMap = EMPTY_MAP
    version: int = 1

    def encode(self, first: int) -> bytes:
        fixed = struct.pack("!BBBBI", self.version, self.data_type, first, self.v << 7 | self.prf, self.csb_id)
        return fixed + bytes([self.cs_map.count, self.cs_map.map_type]) + self.cs_map.info


@dataclass(frozen=True)
class Payload:
    """A payload: its type and what follows its next-payload byte."""

    number: int
    content: bytes


def chain(payloads: Sequence[Payload], last: int = LAST) -> bytes:
    """Joins payloads, each beginning with the type of the next; SIGN alone has no such byte (RFC 3830 6.5)."""
    following = [payload.number for payload in payloads[1:]] + [last]
    return b"".join(p.content if p.number == SIGN else bytes([n]) + p.content for p, n in zip(payloads, following))


def message(header: Header, payloads: Sequence[Payload], last: int = LAST) -> bytes:
    """A whole message."""
    first = payloads[0].number if payloads else last
    return header.encode(first) + chain(payloads, last)


# ---- payloads --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Timestamp:
    """T (RFC 3830 6.6): type and value as transported."""

    ts_type: int
    value: bytes

    def payload(self) -> Payload:
        return Payload(T, bytes([self.ts_type]) + self.value)

    def as_64_bits(self) -> bytes:
        """For the IV: a counter gets leading zeros (RFC 3830 6.6), NTP-UTC-32 an empty fraction (RFC 6043)."""
        return self.value.ljust(8, b"\0") if self.ts_type == NTP_UTC_32 else self.value.rjust(8, b"\0")


def counter(value: int) -> Timestamp:
    """T of type COUNTER, four bytes on the wire."""
    return Timestamp(COUNTER, struct.pack("!I", value))


@dataclass(frozen=True)
class Identity:
    """ID (RFC 3830 6.7)."""

    id_type: int
    data: bytes

    def payload(self) -> Payload:
        return Payload(ID, struct.pack("!BH", self.id_type, len(self.data)) + self.data)


def rand_payload(rand: bytes) -> Payload:
    """RAND (RFC 3830 6.11)."""
    return Payload(RAND, bytes([len(rand)]) + rand)


def ext_payload(ext_type: int, data: bytes) -> Payload:
    """General extension (RFC 3830 6.15)."""
    return Payload(EXT, struct.pack("!BH", ext_type, len(data)) + data)


def sp_payload(policy: int, parameters: Sequence[tuple[int, bytes]]) -> Payload:
    """Security policy for SRTP, a list of type-length-value (RFC 3830 6.10)."""
    data = b"".join(struct.pack("!BB", number, len(value)) + value for number, value in parameters)
    return Payload(SP, struct.pack("!BBH", policy, 0, len(data)) + data)


def chash_payload(hash_func: int, value: bytes) -> Payload:
    """Cert hash (RFC 3830 6.8)."""
    return Payload(CHASH, bytes([hash_func]) + value)


def err_payload(number: int) -> Payload:
    """Error (RFC 3830 6.12)."""
    return Payload(ERR, bytes([number, 0, 0]))


@dataclass(frozen=True)
class KeyIds:
    """Key ID information of MBMS (RFC 4563 4; lengths: TS 31.102 4.2.80)."""

    domain: bytes
    msk: bytes
    mtk: int | None = None

    def entries(self) -> list[tuple[int, bytes]]:
        both = [(0, self.domain), (1, self.msk)]
        return both if self.mtk is None else both + [(2, struct.pack("!H", self.mtk))]

    def payload(self) -> Payload:
        return ext_payload(EXT_KEY_ID, b"".join(bytes([kind, len(value)]) + value for kind, value in self.entries()))


@dataclass(frozen=True)
class BcastData:
    """OMA BCAST extension: subtype and data (RFC 5410 3)."""

    subtype: int
    data: bytes

    def payload(self) -> Payload:
        return ext_payload(EXT_BCAST, bytes([self.subtype]) + self.data)


@dataclass(frozen=True)
class KeyData:
    """Key data sub-payload with its key validity (RFC 3830 6.13, 6.14)."""

    key_type: int
    key: bytes
    salt: bytes = b""
    interval: tuple[bytes, bytes] | None = None
    spi: bytes | None = None

    def payload(self) -> Payload:
        kv, kv_data = self._validity()
        salt = struct.pack("!H", len(self.salt)) + self.salt if self.key_type % 2 else b""
        return Payload(KEY_DATA, struct.pack("!BH", self.key_type << 4 | kv, len(self.key)) + self.key + salt + kv_data)

    def _validity(self) -> tuple[int, bytes]:
        if self.spi is not None:
            return KV_SPI, bytes([len(self.spi)]) + self.spi
        if self.interval is not None:
            return KV_INTERVAL, b"".join(bytes([len(bound)]) + bound for bound in self.interval)
        return KV_NULL, b""


# ---- protection ------------------------------------------------------------------------------------------------------


def mac(algorithm: int, key: bytes, covered: bytes) -> bytes:
    """MAC of KEMAC and V; the NULL algorithm gives no bytes (RFC 3830 table 6.2.b)."""
    return hmac.digest(key, covered, _MAC[algorithm]) if algorithm in _MAC else b""


def counter_mode_iv(salt: bytes, csb_id: int, t: Timestamp) -> bytes:
    """IV of AES-CM: salt_key XOR (0000 | CSB ID | T), then the block counter (RFC 3830 4.2.3)."""
    return aes.xor(salt, struct.pack("!HI", 0, csb_id) + t.as_64_bits()) + b"\0\0"


def encrypt(algorithm: int, keys: TransportKeys, csb_id: int, t: Timestamp, plain: bytes) -> bytes:
    """Encr data of KEMAC (RFC 3830 4.2.3); nothing stays nothing."""
    if algorithm == NULL or not plain:
        return plain
    if algorithm == AES_KW_128:
        return aes.wrap(keys.encr, keys.salt, plain.ljust(-(-len(plain) // 8) * 8, b"\0"))
    return aes.counter_mode(keys.encr, counter_mode_iv(keys.salt, csb_id, t), plain)


@dataclass(frozen=True)
class Initiator:
    """An Initiator's pre-shared-key message: LTKM, solicited pull or STKM (RFC 3830 3.1).

    Payload order: HDR, EXT 3, EXT 5, T, RAND, IDi, IDr, {SP or others}, KEMAC.
    Without key data it is a solicited pull: KEMAC has Encr data length 0.
    """

    psk: bytes
    csb_id: int
    t: Timestamp
    rand: bytes = b""
    idi: Identity | None = None
    idr: Identity | None = None
    key_ids: KeyIds | None = None
    bcast: BcastData | None = None
    key_data: tuple[KeyData, ...] = ()
    v: bool = False
    encr_alg: int = AES_CM_128
    mac_alg: int = HMAC_SHA_1_160
    prf: int = PRF_MIKEY_1
    cs_map: CsMap = EMPTY_MAP
    others: tuple[Payload, ...] = ()
    rand_of_key: bytes = b""  # an STKM has no RAND of its own: the LTKM's is used

    def keys(self) -> TransportKeys:
        lengths = _ENCR_KEY_LENGTH[self.encr_alg], _AUTH_KEY_LENGTH[self.mac_alg], _SALT_KEY_LENGTH[self.encr_alg]
        return transport_keys(self.psk, self.csb_id, self.rand or self.rand_of_key, self.prf, lengths)

    def header(self) -> Header:
        return Header(PSK, self.csb_id, self.v, self.prf, self.cs_map)

    def leading(self) -> list[Payload]:
        """Every payload before KEMAC."""
        rand = rand_payload(self.rand) if self.rand else None
        parts = (self.key_ids, self.bcast, self.t, rand, self.idi, self.idr)
        return [p if isinstance(p, Payload) else p.payload() for p in parts if p is not None] + list(self.others)

    def encode(self) -> bytes:
        """The MAC covers everything before it (RFC 3830 5.2)."""
        keys = self.keys()
        data = encrypt(self.encr_alg, keys, self.csb_id, self.t, chain([key.payload() for key in self.key_data]))
        kemac = struct.pack("!BH", self.encr_alg, len(data)) + data + bytes([self.mac_alg])
        unprotected = message(self.header(), [*self.leading(), Payload(KEMAC, kemac)])
        return unprotected + mac(self.mac_alg, keys.auth, unprotected)


@dataclass(frozen=True)
class Verification:
    """The Responder's verification message: HDR, T, IDr, {others}, V (RFC 3830 3.1, TS 33.246 6.4.5.2).

    Its map is the empty one, also where the Initiator's message has another. The MAC covers this message, the
    Initiator's identities and the Initiator's T (RFC 3830 5.2, RFC 6043 5.5); a responder's own T is only transported.
    """

    initiator: Initiator
    own_t: Timestamp | None = None
    others: tuple[Payload, ...] = ()
    other_auth_alg: int | None = None  # as a rule that of KEMAC
    cs_map: CsMap = EMPTY_MAP

    @property
    def auth_alg(self) -> int:
        return self.initiator.mac_alg if self.other_auth_alg is None else self.other_auth_alg

    @property
    def t(self) -> Timestamp:
        return self.own_t or self.initiator.t

    def header(self) -> Header:
        asked = self.initiator
        return Header(PSK_VERIFICATION, asked.csb_id, False, asked.prf, self.cs_map)

    def encode(self) -> bytes:
        asked = self.initiator
        idr = [asked.idr.payload()] if asked.idr else []
        unprotected = message(self.header(), [self.t.payload(), *idr, *self.others, Payload(V, bytes([self.auth_alg]))])
        identities = b"".join(identity.data for identity in (asked.idi, asked.idr) if identity)
        return unprotected + mac(self.auth_alg, asked.keys().auth, unprotected + identities + asked.t.value)
