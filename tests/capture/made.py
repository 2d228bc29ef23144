"""Captures made on the spot by the generator's modules, for sizes that nobody wants in a repository."""
import sys

from wireshark import REPOSITORY, TS_33246

sys.path.insert(0, str(REPOSITORY))

from captures.generator import cast, documents, mikey, network, procedures  # noqa: E402
from captures.generator.capture import Capture  # noqa: E402



def but_33246(found):
    """frame -> field -> values, without the findings of TS 33.246."""
    kept = {frame: {**fields, 'bcast.rule': [rule for rule in fields.get('bcast.rule', ()) if rule not in TS_33246]} for frame, fields in found.items()}
    return {frame: {name: values for name, values in fields.items() if values} for frame, fields in kept.items()}


def spoken(found):
    """frame -> rules other than those of TS 33.246, of frames that have any."""
    return {frame: fields['bcast.rule'] for frame, fields in but_33246(found).items() if 'bcast.rule' in fields}


def many_ltkms(path, count: int, verified: list[int], offer=(documents.HTTP,)) -> dict[int, int]:
    """One registration response with |count| LTKMs; gives number of LTKM -> frame of its verification message."""
    capture = Capture(path.stem, '')
    session = procedures.Dialogue(capture, cast.SUBSCRIBER_A, cast.BSM_1).open()
    session.request(documents.Document(documents.REGISTRATION, services=(cast.NEWS,), delivery=offer))
    ids = cast.key_ids(0x68C9, 1)
    ltkms = tuple(cast.ltkm(ids, number, v=number in verified) for number in range(1, count + 1))
    entry = documents.Entry(cast.NEWS, ltkms=ltkms)
    session.respond(documents.Document(documents.REGISTRATION_RESPONSE, entries=(entry,), delivery=offer))
    answers = {}
    for number in verified:
        message = mikey.Verification(ltkms[number - 1])
        answers[number], _ = procedures.send_verification(capture, message, cast.SUBSCRIBER_A.host, cast.BSM_1)
    path.write_bytes(capture.pcap())
    return answers


def over_udp(path, *messages) -> str:
    """Messages to the MIKEY port, one a frame."""
    capture = Capture(path.stem, '')
    for message in messages:
        capture.send_udp(cast.BSM_1, cast.SUBSCRIBER_A.host, (2269, 2269), message.encode() if hasattr(message, 'encode') else message)
    path.write_bytes(capture.pcap())
    return str(path)


def over_http(path, kind, *bodies: bytes) -> str:
    """Requests with bodies of this kind, on one connection."""
    capture = Capture(path.stem, '')
    session = procedures.Dialogue(capture, cast.SUBSCRIBER_A, cast.BSM_1).open()
    for data in bodies:
        session.request(documents.Body(kind.media_type, data, {'mbms_sec.message': [str(kind.number)]}), target='/')
    path.write_bytes(capture.pcap())
    return str(path)
