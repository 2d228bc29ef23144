"""Keys out of a card: Milenage f3 and f4 (TS 35.206 4.1), the KDF of GBA (TS 33.220 Annex B), MUK and MRK (TS 33.246 Annex F)."""

import base64
import hmac
from dataclasses import dataclass

from .aes import encrypt_blocks, xor
from .cast import Subscriber
from .network import Host

_UA_MBMS = bytes.fromhex("0100000001")  # TS 33.220 Annex H
BSF = "bsf.example.org"


@dataclass(frozen=True)
class Card:
    """A test card: private identity, K and OPc."""

    impi: str
    k: bytes
    opc: bytes

    def ks(self, rand: bytes) -> bytes:
        """CK | IK."""
        temp = xor(encrypt_blocks(self.k, xor(rand, self.opc)), self.opc)
        return b"".join(self._output(temp, rotation, last) for rotation, last in ((4, 2), (8, 4)))

    def _output(self, temp: bytes, rotation: int, last: int) -> bytes:
        turned = temp[rotation:] + temp[:rotation]
        return xor(encrypt_blocks(self.k, turned[:-1] + bytes([turned[-1] ^ last])), self.opc)


def kdf(key: bytes, *parameters: bytes) -> bytes:
    """HMAC-SHA-256 over 01 and each parameter with its length behind it (TS 33.220 B.2.0)."""
    text = b"".join(parameter + len(parameter).to_bytes(2, "big") for parameter in parameters)
    return hmac.digest(key, b"\x01" + text, "sha256")


def bootstrap(card: Card, rand: bytes, host: Host, bsm: Host, on_card: bool) -> Subscriber:
    """A terminal after a bootstrapping: GBA_U where the keys of MBMS stay on the card, else GBA_ME (TS 33.246 6.1)."""
    naf = card.impi.encode(), bsm.name.encode() + _UA_MBMS
    ks = card.ks(rand)
    ks_naf = kdf(ks, b"gba-me", rand, *naf)
    muk, mrk = (kdf(ks, b"gba-u", rand, *naf), ks_naf) if on_card else (ks_naf, kdf(ks_naf, b"mbms-mrk"))
    return Subscriber(host, f"{base64.b64encode(rand).decode()}@{BSF}", mrk, {bsm.name: muk})
