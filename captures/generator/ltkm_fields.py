"""What a dissector shows of one MIKEY message, taken from the values it was made of."""

import re

from .capture import Fields
from .documents import UDP, key_id_fields
from .mikey import COUNTER, NULL, STKM_DATA, BcastData, Identity, Initiator, Timestamp, Verification

BAD, GOOD, UNVERIFIED, NOT_PRESENT = range(4)  # ltkm.mac_status, ltkm.v_status
LTKM, LTKM_WITHOUT_KEY, VERIFICATION, STKM, ERROR_MESSAGE, OTHER = range(1, 7)  # ltkm.message

_HOST_NAME = re.compile(rb"[A-Za-z0-9.-]+")


def initiator_fields(message: Initiator, transport: int = UDP, index: int | None = None) -> Fields:
    """Fields of an Initiator's message; the index counts the LTKMs of an HTTP body."""
    return {
        "ltkm.message": [str(_kind(message))],
        "ltkm.transport": [str(transport)],
        **({"ltkm.index": [str(index)]} if index else {}),
        **_header_fields(message.header().data_type, message.csb_id, message.t, message.v),
        **_key_id_fields(message),
        **bcast_fields(message.bcast),
        **_identity_fields(message),
        "ltkm.carries_key": [str(int(bool(message.key_data)))],
        "mikey.kemac.encr_alg": [str(message.encr_alg)],
        **_validity_fields(message),
    }


def verification_fields(message: Verification) -> Fields:
    """Fields of a verification message, without its links."""
    idr = message.initiator.idr
    return {
        "ltkm.message": [str(VERIFICATION)],
        "ltkm.transport": [str(UDP)],
        **_header_fields(message.header().data_type, message.initiator.csb_id, message.t, False),
        **({"ltkm.idr": [idr.data.decode()]} if idr else {}),
    }


def _kind(message: Initiator) -> int:
    ids, bcast = message.key_ids, message.bcast
    if (ids and ids.mtk is not None) or (bcast and bcast.subtype == STKM_DATA):
        return STKM
    if not ids and not bcast:
        return OTHER
    return LTKM if message.key_data else LTKM_WITHOUT_KEY


def _header_fields(data_type: int, csb_id: int, t: Timestamp, v: bool) -> Fields:
    return {
        "ltkm.id": [f"{csb_id:08x}-{t.value.hex()}"],
        **({"ltkm.counter": [str(int.from_bytes(t.value, "big"))]} if t.ts_type == COUNTER else {}),
        "mikey.type": [str(data_type)],
        "mikey.csb_id": [f"0x{csb_id:08x}"],
        "mikey.v.set": [str(int(v))],
    }


def _key_id_fields(message: Initiator) -> Fields:
    if not message.key_ids:
        return {}
    entries, mtk = message.key_ids.entries(), message.key_ids.mtk
    return {
        "ltkm.key_id_type": [str(kind) for kind, _ in entries],
        "ltkm.key_id_len": [str(len(value)) for _, value in entries],
        **key_id_fields("ltkm", [message.key_ids]),
        **({} if mtk is None else {"ltkm.mtk_id": [str(mtk)]}),
    }


def bcast_fields(bcast: BcastData | None) -> Fields:
    """Fields of EXT 5."""
    return {"ltkm.bcast_subtype": [str(bcast.subtype)], "ltkm.bcast_data": [bcast.data.hex()]} if bcast else {}


def _identity_fields(message: Initiator) -> Fields:
    fields: Fields = {}
    if message.idi:
        fields |= {**_text("ltkm.idi", message.idi), "ltkm.naf_fqdn": [_HOST_NAME.match(message.idi.data)[0].decode()]}
    if message.idr:
        fields |= _text("ltkm.idr", message.idr)
    return fields


def _text(name: str, identity: Identity) -> Fields:
    """An identity as text; how bytes that are no text look is not for this witness to say."""
    return {name: [identity.data.decode()]} if identity.data.isascii() and b"\0" not in identity.data else {}


def _validity_fields(message: Initiator) -> Fields:
    """Key validity intervals, visible without a key only where nothing is encrypted."""
    intervals = [key.interval for key in message.key_data if key.interval]
    return _interval_fields(intervals) if message.encr_alg == NULL and intervals else {}


def _interval_fields(intervals: list[tuple[bytes, bytes]]) -> Fields:
    return {
        "ltkm.validity_low": [str(int.from_bytes(low, "big")) for low, _ in intervals],
        "ltkm.validity_high": [str(int.from_bytes(high, "big")) for _, high in intervals],
    }


# ---- with the keys ---------------------------------------------------------------------------------------------------


def opened_fields(message: Initiator, status: int = GOOD) -> Fields:
    """What the keys of the README add to an Initiator's message; under a wrong MAC nothing is opened."""
    seen = message.key_data if status == GOOD or message.encr_alg == NULL else ()
    return {
        "ltkm.mac_status": [str(status if message.mac_alg else NOT_PRESENT)],
        "mikey.key.data": [key.key.hex() for key in seen],
        "mikey.key.salt": [key.salt.hex() for key in seen if key.salt],
        **_interval_fields([key.interval for key in seen if key.interval]),
    }


def proven_fields(message: Verification, status: int) -> Fields:
    """The same of a verification message: GOOD where its LTKM is in the capture."""
    return {"ltkm.v_status": [str(status if message.auth_alg else NOT_PRESENT)], "mikey.key.data": []}
