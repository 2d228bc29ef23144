"""Keys derived from a pre-shared key (RFC 3830 4.1; the SHA-256 variant: RFC 6043 6.1)."""

import hmac
from dataclasses import dataclass
from functools import reduce

from .aes import xor

PRF_MIKEY_1 = 0
PRF_HMAC_SHA_256 = 1

_DIGESTS = {PRF_MIKEY_1: ("sha1", 20), PRF_HMAC_SHA_256: ("sha256", 32)}
_INKEY_BLOCK = 32  # 4.1.2: the inkey is split into 256-bit blocks, whatever the hash

TRANSPORT_ENCR = bytes.fromhex("150533e1")  # 4.1.4
TRANSPORT_AUTH = bytes.fromhex("2d22ac75")
TRANSPORT_SALT = bytes.fromhex("29b88916")
TEK = bytes.fromhex("2ad01c64")  # 4.1.3
TEK_ENCR = bytes.fromhex("15798cef")
TEK_SALT = bytes.fromhex("39a2c14b")

_NO_CRYPTO_SESSION = 0xFF  # 4.1.4: stands where 4.1.3 has the CS ID


def _p(digest: str, secret: bytes, label: bytes, blocks: int) -> bytes:
    """P of 4.1.2: HMAC(s, A1 | label) | HMAC(s, A2 | label) | ..., Ai = HMAC(s, Ai-1), A0 = label."""
    output, a = b"", label
    for _ in range(blocks):
        a = hmac.digest(secret, a, digest)
        output += hmac.digest(secret, a + label, digest)
    return output


def prf(function: int, inkey: bytes, label: bytes, length: int) -> bytes:
    """PRF of 4.1.2: P over each block of the inkey, XORed together."""
    digest, size = _DIGESTS[function]
    blocks = -(-length // size)
    parts = [inkey[i : i + _INKEY_BLOCK] for i in range(0, len(inkey), _INKEY_BLOCK)]
    return reduce(xor, (_p(digest, part, label, blocks) for part in parts))[:length]


def derive(
    function: int, inkey: bytes, constant: bytes, csb_id: int, rand: bytes, length: int, cs_id: int = _NO_CRYPTO_SESSION
) -> bytes:
    """One key: PRF(inkey, constant | CS ID | CSB ID | RAND)."""
    return prf(function, inkey, constant + bytes([cs_id]) + csb_id.to_bytes(4, "big") + rand, length)


@dataclass(frozen=True)
class TransportKeys:
    """What protects one KEMAC payload (4.1.4)."""

    encr: bytes
    auth: bytes
    salt: bytes


def transport_keys(psk: bytes, csb_id: int, rand: bytes, function: int, lengths: tuple[int, int, int]) -> TransportKeys:
    """Derives encr_key, auth_key and salt_key in the lengths asked for."""
    constants = (TRANSPORT_ENCR, TRANSPORT_AUTH, TRANSPORT_SALT)
    return TransportKeys(*(derive(function, psk, c, csb_id, rand, n) for c, n in zip(constants, lengths)))
