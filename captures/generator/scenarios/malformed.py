"""Input that is broken, hostile or cut short: what can be read is read, and an expert item says what is wrong."""

from ..capture import Capture, Fields, scenario
from ..cast import BSM_1, NEWS, SPORT, key_ids, ltkm

from ..documents import (
    BCAST,
    HTTP,
    MSK_REQUEST,
    MSK_RESPONSE,
    REGISTRATION,
    REGISTRATION_RESPONSE,
    Body,
    Document,
    Entry,
    base64_text,
    key_id_fields,
)
from ..ltkm_fields import BAD, GOOD, UNVERIFIED, initiator_fields, opened_fields
from ..mikey import TR, CsMap, Initiator, KeyIds, Payload, message
from ..procedures import MIKEY_PORT
from .bodies import handwritten
from .parties import TERMINAL_A, dialogue

PORTS = (MIKEY_PORT, MIKEY_PORT)
ILL_FORMED, DOCTYPE, CUT, BAD_VALUE = (f"mbms_sec.{name}" for name in ("ill_formed", "doctype", "cut", "bad_value"))
BAD_VERSION, BAD_TYPE, BAD_LTKM = "bcast.r9", "bcast.r11", "bcast.r14"
MALFORMED, UNKNOWN_PAYLOAD, TRAILING_BYTES = (
    f"ltkm.{name}" for name in ("malformed", "unknown_payload", "trailing_bytes")
)

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
REQUEST_ROOT = f'<mbmsSecurityRegister xmlns="{REGISTRATION.namespace}" xmlns:bcast="{BCAST}">\n'
RESPONSE_ROOT = f'<mbmsSecurityRegisterResponse xmlns="{REGISTRATION_RESPONSE.namespace}" xmlns:bcast="{BCAST}">\n'
OFFER_HTTP = "<bcast:LTKMDelivery><bcast:Type>2</bcast:Type></bcast:LTKMDelivery>"
OFFER_FIELDS: Fields = {
    "bcast.extension": ["RegistrationRequestExtension"],
    "bcast.version": ["0"],
    "bcast.delivery_type": ["2"],
}


def element(name: str, content: str, attributes: str = "") -> str:
    """An element, on lines of its own."""
    return f"<{name}{attributes and ' ' + attributes}>{content}</{name}>\n"


def service(name: str) -> str:
    return element("serviceID", name)


def offer(content: str, attributes: str = "") -> str:
    return element("bcast:RegistrationRequestExtension", content, attributes)


def request_body(content: str, fields: Fields, declaration: str = DECLARATION) -> Body:
    """A registration request around the given content."""
    return handwritten(REGISTRATION, f"{declaration}{REQUEST_ROOT}{content}</mbmsSecurityRegister>\n", fields)


# ---- XML -------------------------------------------------------------------------------------------------------------


@scenario(
    "bad-xml",
    "a request whose tags are not all closed, and a response that ends in the middle; both are read as far as they go",
)
def bad_xml(capture: Capture) -> None:
    session = dialogue(capture)
    content = f"{service(NEWS)}<bcast:RegistrationRequestExtension>{OFFER_HTTP}\n"
    session.request(request_body(content, {"mbms_sec.service_id": [NEWS], **OFFER_FIELDS}))
    capture.complain(session.frame, ILL_FORMED)
    session.respond(_half_a_response())
    capture.complain(session.frame, ILL_FORMED)
    session.close()


def _half_a_response() -> Body:
    sent = ltkm(key_ids(0x68C9, 1), 1, v=False)
    head = f"{DECLARATION}{RESPONSE_ROOT}<Response>{service(NEWS)}{element('ResponseCode', '200 OK')}"
    container = "<bcast:RegistrationResponseResponseExtension>" + element("bcast:LTKM", base64_text(sent))
    text = f"{head}{container}</bcast:Registr"
    fields: Fields = {
        "mbms_sec.service_id": [NEWS],
        "mbms_sec.response_code": ["200"],
        "mbms_sec.response_text": ["200 OK"],
        "bcast.extension": ["RegistrationResponseResponseExtension"],
        "bcast.version": ["0"],
        "bcast.ltkm": [base64_text(sent)],
    }
    return handwritten(REGISTRATION_RESPONSE, text, fields, sent)


@scenario(
    "bad-doctype", "a document type declaration with entities that grow and one that names a file, used in a service ID"
)
def bad_doctype(capture: Capture) -> None:
    levels = "".join(f'  <!ENTITY e{n} "{f"&e{n - 1};" * 10}">\n' for n in range(1, 10))
    entities = f'  <!ENTITY e0 "ha">\n{levels}  <!ENTITY f SYSTEM "file:///etc/hostname">\n'
    doctype = f"<!DOCTYPE mbmsSecurityRegister [\n{entities}]>\n"
    content = service("urn:example:&e9;") + service("&f;") + offer(OFFER_HTTP)
    session = dialogue(capture)
    session.request(request_body(content, dict(OFFER_FIELDS), DECLARATION + doctype))
    capture.complain(session.frame, DOCTYPE)
    session.refuse("400 Bad Request")
    session.close()


@scenario("bad-deep", "elements nested 300 deep")
def bad_deep(capture: Capture) -> None:
    session = dialogue(capture)
    content = service(NEWS) + "<bcast:x>" * 300 + "</bcast:x>" * 300 + "\n"
    session.request(request_body(content, {"mbms_sec.service_id": [NEWS]}))
    capture.complain(session.frame, CUT)
    session.refuse("400 Bad Request")
    session.close()


@scenario("bad-attributes", "a start tag with 300 attributes, and one of more than 64 KiB")
def bad_attributes(capture: Capture) -> None:
    session = dialogue(capture)
    many = " ".join(f'a{number}="{number}"' for number in range(300))
    for attributes in (many, f'a="{"x" * 66_000}"'):
        content = service(NEWS) + offer(OFFER_HTTP, attributes)
        session.request(request_body(content, {"mbms_sec.service_id": [NEWS]}))
        capture.complain(session.frame, CUT)
        session.refuse("400 Bad Request")
    session.close()


# ---- values ----------------------------------------------------------------------------------------------------------


@scenario(
    "bad-base64",
    "an LTKM with a character that is not of base64, one with padding in its middle, an empty one, then a good one",
)
def bad_base64(capture: Capture) -> None:
    good = ltkm(key_ids(0x68C9, 1), 1, v=False)
    texts = [base64_text(good)[:20] + "*" + base64_text(good)[21:], "AQAV=KGyw9Q=", "", base64_text(good)]
    ltkms = "".join(element("bcast:LTKM", text) for text in texts)
    extension = element("bcast:RegistrationResponseResponseExtension", ltkms)
    entry = element("Response", service(NEWS) + element("ResponseCode", "200 OK") + extension)
    grant = element("bcast:RegistrationResponseExtension", OFFER_HTTP)
    fields: Fields = {
        "mbms_sec.service_id": [NEWS],
        "mbms_sec.response_code": ["200"],
        "mbms_sec.response_text": ["200 OK"],
        "bcast.extension": ["RegistrationResponseResponseExtension", "RegistrationResponseExtension"],
        "bcast.version": ["0", "0"],
        "bcast.delivery_type": ["2"],
    }
    text = f"{DECLARATION}{RESPONSE_ROOT}{entry}{grant}</mbmsSecurityRegisterResponse>\n"
    session = dialogue(capture)
    session.request(Document(REGISTRATION, services=(NEWS,), delivery=(HTTP,)))
    session.respond(handwritten(REGISTRATION_RESPONSE, text, fields, None, None, None, good))
    capture.complain(session.frame, BAD_LTKM)
    session.close()


@scenario(
    "bad-values",
    "delivery types and a version that are no unsignedByte, key ids that are not base64, a response code without a number",
)
def bad_values(capture: Capture) -> None:
    session = dialogue(capture)
    types = "".join(element("bcast:Type", text) for text in ("0", "256", "x", "", "-1", "2"))
    container = offer(element("bcast:LTKMDelivery", types), 'version="300"')
    fields: Fields = {
        "bcast.extension": ["RegistrationRequestExtension"],
        "bcast.version": [],
        "bcast.delivery_type": ["0", "2"],
    }
    session.request(request_body(service(NEWS) + container, {"mbms_sec.service_id": [NEWS], **fields}))
    capture.complain(session.frame, BAD_VERSION, BAD_TYPE)
    session.respond(Document(REGISTRATION_RESPONSE, entries=(Entry(NEWS),), delivery=(HTTP,)))
    asked = key_ids(0x68C9, 1)
    session.request(_bad_msk_request(asked))
    capture.complain(session.frame, BAD_VALUE)
    session.respond(_bad_msk_response(asked))
    capture.complain(session.frame, BAD_VALUE)
    session.close()


def msk(domain: str, identifier: str) -> str:
    return element("MSK", element("keyDomainID", domain) + element("MSKID", identifier))


def _bad_msk_request(good: KeyIds) -> Body:
    content = msk("APEQ", "a(kA)Q==") + msk("APEQ", "aMkAAQ==")
    text = DECLARATION + element("mbmsMSKRequest", content, f'xmlns="{MSK_REQUEST.namespace}"')
    fields = key_id_fields("mbms_sec", [good]) | {"mbms_sec.key_domain_id": [good.domain.hex()] * 2}
    return handwritten(MSK_REQUEST, text, fields)


def _bad_msk_response(asked: KeyIds) -> Body:
    entry = element("Response", msk("APEQ", "aMkAAQ==") + element("ResponseCode", "OK"))
    text = DECLARATION + element("mbmsMSKResponse", entry, f'xmlns="{MSK_RESPONSE.namespace}"')
    fields = key_id_fields("mbms_sec", [asked]) | {"mbms_sec.response_code": [], "mbms_sec.response_text": ["OK"]}
    return handwritten(MSK_RESPONSE, text, fields)


# ---- MIKEY -----------------------------------------------------------------------------------------------------------


def whole() -> Initiator:
    """The message that is then broken."""
    return ltkm(key_ids(0x68C9, 1), 1, v=False)


def readable(*names: str) -> Fields:
    """Those fields of the unbroken message."""
    fields = initiator_fields(whole())
    return {name: fields[name] for name in names}


HEADER = ("mikey.type", "mikey.csb_id", "mikey.v.set")
KEY_IDS = (
    "ltkm.key_id_type",
    "ltkm.key_id_len",
    "ltkm.key_domain_id",
    "ltkm.msk_id",
    "ltkm.key_group",
    "ltkm.key_number",
)
BCAST_DATA = ("ltkm.bcast_subtype", "ltkm.bcast_data")
T = ("ltkm.counter", "ltkm.id")
IDENTITIES = ("ltkm.idi", "ltkm.naf_fqdn", "ltkm.idr")


def broken(capture: Capture, data: bytes, expert: str, fields: Fields, status: int | None = None) -> None:
    """Sends bytes that are not quite a message; the status is that of a KEMAC that is still whole."""
    capture.wait(1_000)
    frame = capture.send_udp(BSM_1, TERMINAL_A, PORTS, data)
    capture.expect(frame, fields)
    unreadable: Fields = {"ltkm.mac_status": [], "mikey.key.data": []}
    capture.expect_with_keys(frame, unreadable if status is None else opened_fields(whole(), status))
    capture.complain(frame, expert)


@scenario("bad-mikey-truncated", "LTKMs that end too early: inside KEMAC, inside EXT, inside the header")
def bad_truncated(capture: Capture) -> None:
    data = whole().encode()
    broken(capture, data[:-30], MALFORMED, readable(*HEADER, *KEY_IDS, *BCAST_DATA, *T, *IDENTITIES))
    broken(capture, data[:18], MALFORMED, readable(*HEADER))
    broken(capture, data[:7], MALFORMED, {})


@scenario("bad-mikey-version", "LTKMs of version 2 and 0")
def bad_version(capture: Capture) -> None:
    for version in (2, 0):
        broken(capture, bytes([version]) + whole().encode()[1:], MALFORMED, {}, UNVERIFIED)


@scenario(
    "bad-mikey-length", "lengths beyond the end: of IDr, of EXT 5, of a key id inside EXT 3, of the encrypted data"
)
def bad_length(capture: Capture) -> None:
    data = whole().encode()
    idr = data.index(b"\0\x28dGVz")
    broken(
        capture,
        data[:idr] + b"\xff\xff" + data[idr + 2 :],
        MALFORMED,
        readable(*HEADER, *KEY_IDS, *BCAST_DATA, *T, "ltkm.idi", "ltkm.naf_fqdn"),
    )
    ext = data.index(b"\5\5\0\2\1\0")
    broken(capture, data[: ext + 2] + b"\x7f\xff" + data[ext + 4 :], MALFORMED, readable(*HEADER, *KEY_IDS))
    msk = data.index(b"\1\4\x68\xc9")
    changed = data[: msk + 1] + b"\x40" + data[msk + 2 :]
    broken(capture, changed, MALFORMED, readable(*HEADER, "ltkm.key_domain_id"), BAD)
    kemac = len(data) - 20 - 1 - 26 - 2
    broken(
        capture,
        data[:kemac] + b"\x01\x00" + data[kemac + 2 :],
        MALFORMED,
        readable(*HEADER, *KEY_IDS, *BCAST_DATA, *T, *IDENTITIES),
    )


@scenario("bad-mikey-trailing", "an LTKM followed by bytes that belong to nothing")
def bad_trailing(capture: Capture) -> None:
    broken(
        capture,
        whole().encode() + b"\xca\xfe\xba\xbe",
        TRAILING_BYTES,
        initiator_fields(whole()) | {"ltkm.trailing": ["cafebabe"]},
        GOOD,
    )


@scenario("bad-mikey-payload", "a payload of a type nobody has defined, and one of another mode (TR, RFC 6043)")
def bad_payload(capture: Capture) -> None:
    leading = whole().leading()
    seen = readable(*HEADER, *KEY_IDS, *BCAST_DATA, *T, *IDENTITIES)
    broken(capture, message(whole().header(), [*leading, Payload(99, b"\0\4abcd")]), UNKNOWN_PAYLOAD, seen)
    capture.wait(1_000)
    foreign = Payload(TR, b"\1\2\0\0\0\1")
    capture.expect(
        capture.send_udp(BSM_1, TERMINAL_A, PORTS, message(whole().header(), [*leading, foreign])), dict(seen)
    )


@scenario("bad-mikey-map", "a CS ID map of unknown type with a session in it: nobody knows where it ends")
def bad_map(capture: Capture) -> None:
    header = ltkm(key_ids(0x68C9, 1), 1, v=False, cs_map=CsMap(9, 1, b"\1\2\3\4\5")).header()
    broken(capture, message(header, whole().leading()), UNKNOWN_PAYLOAD, readable(*HEADER))


# ---- short captures --------------------------------------------------------------------------------------------------


@scenario("snaplen", "frames of which the capture kept only the beginning: nothing in them is malformed")
def snaplen(capture: Capture) -> None:
    session = dialogue(capture)
    session.request(Document(REGISTRATION, services=(NEWS, SPORT), delivery=(HTTP,)))
    capture.cut(session.frame, lost=90)  # inside the end tag of LTKMDelivery
    session.respond(Document(REGISTRATION_RESPONSE, entries=(Entry(NEWS), Entry(SPORT)), delivery=(HTTP,)))
    session.close()
    for lost, more in ((30, IDENTITIES), (150, ())):  # inside KEMAC, inside EXT 3
        capture.wait(1_000)
        frame = capture.send_udp(BSM_1, TERMINAL_A, PORTS, whole().encode())
        capture.expect(frame, readable(*HEADER, *((*KEY_IDS, *BCAST_DATA, *T, *more) if more else ())))
        capture.expect_with_keys(frame, {"ltkm.mac_status": [], "mikey.key.data": []})
        capture.cut(frame, lost)
