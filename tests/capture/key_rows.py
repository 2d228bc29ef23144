"""Rows of the table of keys, and what has to be shown under them."""
from made import cast

MAC, V = 'ltkm.mac_status', 'ltkm.v_status'
BAD, GOOD, UNVERIFIED, NOT_PRESENT = '0123'
STKM = '4'
OPENED = ['mikey.key.data', 'mikey.key.salt', 'ltkm.validity_low', 'ltkm.validity_high']
ALARMS = ['ltkm.mac_bad', 'bcast.r61']
SHOWN = [MAC, V, *OPENED, *ALARMS]

A = cast.SUBSCRIBER_A
MUK_1, MUK_2 = (A.muks[bsm.name].hex() for bsm in (cast.BSM_1, cast.BSM_2))
WRONG_1, WRONG_2 = '0f' * 32, 'f0' * 16
RIGHT = [(cast.BSM_1.name, '', MUK_1), (cast.BSM_2.name, '', MUK_2)]  # as in captures/README.md
ONLY_WRONG = [(cast.BSM_1.name, '', WRONG_1), (cast.BSM_2.name, '', WRONG_2)]
SEVERAL = [('', '', MUK_2), (cast.BSM_1.name, A.btid, WRONG_1), ('', A.btid, WRONG_2), (cast.BSM_2.name, A.btid, MUK_1),
           ('', '', MUK_1)]  # fmt: skip


def given(rows):
    """The rows as options."""
    return [part for idi, idr, key in rows for part in ('-o', f'uat:ltkm_keys:"{idi}","{idr}","{key}"')]


def shown(wireshark, capture, rows=(), *options):
    """frame -> what is shown of keys in it; frames without any left out."""
    found = wireshark.fields(capture, ['ltkm.message', *SHOWN], '-2', *given(rows), *options)
    frames = {frame: {name: values for name, values in fields.items() if name in SHOWN} for frame, fields in found.items()}
    return {frame: fields for frame, fields in frames.items() if fields}


def statuses(wireshark, capture, rows=()):
    """frame -> status of its one message: of the MAC, or of V."""
    frames = shown(wireshark, capture, rows)
    return {frame: int((fields.get(MAC) or fields.get(V))[0]) for frame, fields in frames.items() if MAC in fields or V in fields}
