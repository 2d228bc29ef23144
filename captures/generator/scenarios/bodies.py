"""HTTP bodies in every form: encodings, XML syntax, media types, transfer codings, the change request's examples."""

import base64
import pathlib
import textwrap

from ..capture import Capture, Fields, scenario
from ..cast import FILM, NEWS, SPORT, key_ids, ltkm

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
    Kind,
    base64_text,
    key_id_fields,
)
from ..mikey import Initiator, KeyIds
from ..procedures import GZIP, PLAIN, Dialogue, chunks
from .parties import dialogue, verify_all

EXAMPLES = pathlib.Path(__file__).parents[1] / "examples"


def registered(services: tuple[str, ...], *ltkms: Initiator) -> Document:
    """A registration response that grants HTTP; the LTKMs belong to the first service."""
    entries = (Entry(services[0], ltkms=ltkms), *map(Entry, services[1:]))
    return Document(REGISTRATION_RESPONSE, entries=entries, delivery=(HTTP,))


def handwritten(kind: Kind, text: str, fields: Fields, *ltkms: Initiator | None) -> Body:
    """A document whose text is the point; the fields that its kind gives are added."""
    known: Fields = {"mbms_sec.message": [str(kind.number)], "mbms_sec.namespace": [kind.namespace]}
    return Body(kind.media_type, text.encode(), known | fields, ltkms)


# ---- encodings -------------------------------------------------------------------------------------------------------


@scenario(
    "encodings",
    "the same documents in UTF-8 and UTF-16 with byte order marks, in ISO-8859-1, and with a charset that overrides",
)
def encodings(capture: Capture) -> None:
    session = dialogue(capture)
    plain = Document(REGISTRATION, services=(NEWS,), delivery=(HTTP,))
    cafe = Document(REGISTRATION, services=("urn:example:bcast:item:café",), delivery=(HTTP,))
    overriding = REGISTRATION.media_type + ";charset=ISO-8859-1"
    requests = [
        plain.body(codec="utf-8-sig"),
        _utf_16(plain, "le"),
        cafe.body(encoding="ISO-8859-1", codec="iso-8859-1"),
        cafe.body(overriding, codec="iso-8859-1"),
    ]
    responses = [_utf_16(_answer(plain, 1), "le"), _utf_16(_answer(plain, 2), "be"), _answer(cafe, 3), _answer(cafe, 4)]
    for request, response in zip(requests, responses, strict=True):
        session.request(request)
        verify_all(capture, session.respond(response))
        capture.wait(400)
    session.close()


def _answer(request: Document, count: int) -> Document:
    return registered(request.services, ltkm(key_ids(0x68C9, count), count))


def _utf_16(document: Document, order: str) -> Body:
    """With a byte order mark; the declaration leaves the order open."""
    body = document.body(encoding="UTF-16", codec=f"utf-16-{order}")
    mark = "\ufeff".encode(f"utf-16-{order}")
    return Body(body.content_type, mark + body.data, body.fields, body.ltkms)


# ---- XML syntax ------------------------------------------------------------------------------------------------------


@scenario(
    "xml-syntax",
    "CDATA, references, comments, instructions, odd prefixes, white space inside base64; children in any namespace",
)
def xml_syntax(capture: Capture) -> None:
    session = dialogue(capture)
    session.request(_odd_request())
    verify_all(capture, session.respond(_odd_response()))
    capture.wait(500)
    asked = [key_ids(0x68C9, 0x0000), key_ids(0x24CB, 0x4400), key_ids(0x24CB, 0x4401)]
    session.request(Document(MSK_REQUEST, msks=tuple(asked)))
    verify_all(capture, session.respond(_namespaces(asked)))
    capture.wait(500)
    session.request(Document(MSK_REQUEST, msks=(asked[0],)))
    verify_all(capture, session.respond(_white_space(asked[0])))
    session.close()


_AMPERSAND = "urn:example:bcast:item:a&b<c>&d;"


def _odd_request() -> Body:
    """Text in pieces, values as references, a prefix of legal but rare characters, single quotes."""
    text = f"""\
        <?xml version='1.0'?>
        <?order an instruction before the root?>
        <!-- a comment before the root: <serviceID>no</serviceID> -->
        <_.x-1:mbmsSecurityRegister xmlns:_.x-1='{REGISTRATION.namespace}'
            xmlns:é = "{BCAST}" >
          <_.x-1:serviceID >urn:example:<![CDATA[bcast:]]>it&#101;m:ne<!-- not part of it -->ws&#x23;monthly</_.x-1:serviceID >
          <_.x-1:serviceID>urn:example:bcast:item:a&amp;b<?and so on?>&lt;c&gt;<![CDATA[&d;]]></_.x-1:serviceID>
          <é:RegistrationRequestExtension version = '&#48;'>
            <é:LTKMDelivery><é:Type>
              &#48; <!-- UDP --> </é:Type><é:Type><![CDATA[2]]></é:Type></é:LTKMDelivery>
          </é:RegistrationRequestExtension>
        </_.x-1:mbmsSecurityRegister>
        <!-- a comment after the root -->
        """
    fields: Fields = {
        "mbms_sec.service_id": [NEWS, _AMPERSAND],
        "bcast.extension": ["RegistrationRequestExtension"],
        "bcast.version": ["0"],
        "bcast.delivery_type": ["0", "2"],
    }
    return handwritten(REGISTRATION, textwrap.dedent(text), fields)


def _odd_response() -> Body:
    """BCAST as the default namespace of its containers; base64 with a comment, a reference and CDATA in it; an unknown element."""
    message = ltkm(key_ids(0x68C9, 0x0001), 1)
    encoded = base64_text(message)
    text = f"""\
        <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
        <r:mbmsSecurityRegisterResponse xmlns:r="{REGISTRATION_RESPONSE.namespace}">
          <r:Response>
            <r:serviceID>{NEWS}</r:serviceID>
            <r:ResponseCode> 200&#x20;OK </r:ResponseCode>
            <RegistrationResponseResponseExtension xmlns="{BCAST}" version="0">
              <LTKM>{encoded[:8]}<!-- cut here -->{encoded[8:40]}<![CDATA[{encoded[40:80]}]]>&#{ord(encoded[80])};{encoded[81:]}</LTKM>
              <later:Thing xmlns:later="urn:example:later" version="7">text</later:Thing>
            </RegistrationResponseResponseExtension>
          </r:Response>
          <r:Response>
            <r:serviceID>{_AMPERSAND.replace("&", "&#38;").replace("<", "&#x3C;")}</r:serviceID>
            <r:ResponseCode>200 OK</r:ResponseCode>
          </r:Response>
          <RegistrationResponseExtension xmlns="{BCAST}">
            <LTKMDelivery><Type>2</Type></LTKMDelivery>
          </RegistrationResponseExtension>
        </r:mbmsSecurityRegisterResponse>
        """
    fields: Fields = {
        "mbms_sec.service_id": [NEWS, _AMPERSAND],
        "mbms_sec.response_code": ["200", "200"],
        "mbms_sec.response_text": ["200 OK", "200 OK"],
        "bcast.extension": ["RegistrationResponseResponseExtension", "RegistrationResponseExtension"],
        "bcast.version": ["0", "0"],
        "bcast.delivery_type": ["2"],
        "bcast.ltkm": [encoded],
    }
    return handwritten(REGISTRATION_RESPONSE, textwrap.dedent(text), fields, message)


def _namespaces(asked: list[KeyIds]) -> Body:
    """LTKM in the 3GPP namespace (as the change request's examples have it), in none, in BCAST's."""
    messages = [ltkm(ids, count) for count, ids in enumerate((key_ids(0x68C9, 0x0002), *asked[1:]), 2)]
    children = ["<LTKM>{}</LTKM>", '<LTKM xmlns="">{}</LTKM>', "<bcast:LTKM>{}</bcast:LTKM>"]
    entries = [_msk_entry(ids, child.format(base64_text(one))) for ids, child, one in zip(asked, children, messages)]
    text = (
        f'<mbmsMSKResponse xmlns="{MSK_RESPONSE.namespace}" xmlns:bcast="{BCAST}">'
        + "".join(entries)
        + "</mbmsMSKResponse>"
    )
    return handwritten(
        MSK_RESPONSE, text, _msk_fields(asked) | {"bcast.ltkm": list(map(base64_text, messages))}, *messages
    )


def _white_space(asked: KeyIds) -> Body:
    """Base64 broken into lines, and blanks at both ends."""
    message = ltkm(key_ids(0x68C9, 0x0003), 5)
    lines = "\n\t  ".join(textwrap.wrap(base64_text(message), 64))
    entry = _msk_entry(asked, f"<bcast:LTKM>\r\n\t  {lines}\n\t</bcast:LTKM>")
    text = f'<mbmsMSKResponse xmlns="{MSK_RESPONSE.namespace}" xmlns:bcast="{BCAST}">{entry}</mbmsMSKResponse>'
    return handwritten(MSK_RESPONSE, text, _msk_fields([asked]), message)


def _msk_entry(ids: KeyIds, child: str) -> str:
    domain, identifier = (base64.b64encode(part).decode() for part in (ids.domain, ids.msk))
    msk = f"<MSK><keyDomainID>\n{domain}\n</keyDomainID><MSKID> {identifier[:3]} {identifier[3:]} </MSKID></MSK>"
    container = f"<bcast:LTKMResponseResponseExtension>{child}</bcast:LTKMResponseResponseExtension>"
    return f"\n<Response>{msk}<ResponseCode>200 OK</ResponseCode>{container}</Response>"


def _msk_fields(asked: list[KeyIds]) -> Fields:
    return {
        **key_id_fields("mbms_sec", asked),
        "mbms_sec.response_code": ["200"] * len(asked),
        "mbms_sec.response_text": ["200 OK"] * len(asked),
        "bcast.extension": ["LTKMResponseResponseExtension"] * len(asked),
        "bcast.version": ["0"] * len(asked),
    }


# ---- media types -----------------------------------------------------------------------------------------------------

NOT_OURS: Fields = {"mbms_sec.message": [], "bcast.ltkm": [], "ltkm.message": []}
SERVICE_PROVISIONING = "application/vnd.oma.bcast.sprov+xml"


@scenario(
    "media-types",
    "our documents and bare messages under the types they may come under; documents of others stay Wireshark's own",
)
def media_types(capture: Capture) -> None:
    session = dialogue(capture)
    request = Document(REGISTRATION, services=(NEWS,), delivery=(HTTP,))
    session.request(request.body("application/xml"))
    verify_all(
        capture, session.respond(registered((NEWS,), ltkm(key_ids(0x68C9, 1), 1)).body("text/xml; charset=utf-8"))
    )
    session.request(Document(MSK_REQUEST, msks=(key_ids(0x68C9, 0),)).body("text/xml"))
    entry = Entry(msk=key_ids(0x68C9, 0), ltkms=(ltkm(key_ids(0x68C9, 2), 2),))
    verify_all(capture, session.respond(Document(MSK_RESPONSE, entries=(entry,)).body("application/xml")))
    _others(capture, session)
    session.close()


def _others(capture: Capture, session: Dialogue) -> None:
    alone = [ltkm(key_ids(0x68C9, count), count) for count in (3, 4, 5, 6)]
    bodies = [
        _service_provisioning(alone[0]),
        _bare("application/vnd.oma.bcast.ltkm", alone[1], alone[1].encode()),
        _bare("application/vnd.oma.bcast.ltkm", alone[2], base64_text(alone[2]).encode()),
        _bare("application/mikey", alone[3], alone[3].encode()),
        _foreign(
            "application/xml", '<?xml version="1.0"?>\n<note><to>mbmsMSKResponse</to><serviceID>no</serviceID></note>\n'
        ),
        _foreign(
            SERVICE_PROVISIONING, f'<?xml version="1.0"?>\n<ServiceResponse xmlns="{BCAST}" globalStatusCode="000"/>\n'
        ),
    ]
    for number, body in enumerate(bodies):
        capture.wait(200)
        session.get(f"/object/{number}")
        verify_all(capture, session.respond(body))


def _service_provisioning(message: Initiator) -> Body:
    """An LTKM in a document that must not have any (5.1.6.10.3)."""
    encoded = base64_text(message)
    root = f'<ServiceResponse xmlns="{BCAST}" requestID="1">'
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n  <LTKM>{encoded}</LTKM>\n</ServiceResponse>\n'
    return Body(SERVICE_PROVISIONING, text.encode(), {"bcast.ltkm": [encoded]}, (message,), ours=False)


def _bare(content_type: str, message: Initiator, data: bytes) -> Body:
    return Body(content_type, data, {}, (message,), ours=False, numbered=False)


def _foreign(content_type: str, text: str) -> Body:
    return Body(content_type, text.encode(), NOT_OURS, ours=False)


# ---- transfer --------------------------------------------------------------------------------------------------------


@scenario("http-transfer", "bodies in chunks, compressed, both at once, and in many TCP segments")
def http_transfer(capture: Capture) -> None:
    session = dialogue(capture)
    services = (NEWS, SPORT, FILM)
    many = tuple(f"{NEWS}-{number:02}" for number in range(40))
    for count, coding in enumerate((chunks(100), GZIP, chunks(64, GZIP), PLAIN), 1):
        asked, number = (services, 2) if coding is not PLAIN else (many, 9)
        ltkms = [ltkm(key_ids(0x68C9, 10 * count + n), 10 * count + n) for n in range(number)]
        session.request(Document(REGISTRATION, services=asked, delivery=(HTTP,)), coding=coding)
        verify_all(capture, session.respond(registered(asked, *ltkms), coding=coding))
        capture.wait(500)
    session.close()


# ---- the change request's examples -----------------------------------------------------------------------------------

_SERVICES = ["urn:3gpp:mbms:example:service:identification:" + end for end in ("123456789abcdef", "fedcba987654321")]


@scenario(
    "seed-examples",
    "the four example documents of the BCAST change request as they are printed there, two of them ill-formed",
)
def seed_examples(capture: Capture) -> None:
    session = dialogue(capture)
    for response in ("registration-response", "registration-response-informative"):
        session.request(_example("registration-request", REGISTRATION, _offer_fields()))
        session.respond(_example(response, REGISTRATION_RESPONSE, _registration_fields(response)))
        capture.complain(
            session.frame, "bcast.r14", *(["mbms_sec.ill_formed"] if "informative" in response else [])
        )
    asked = [KeyIds(bytes.fromhex("b8709d"), bytes.fromhex(msk)) for msk in ("68c90000", "24cb4400")]
    session.request(Document(MSK_REQUEST, msks=tuple(asked)))
    session.respond(_example("msk-response", MSK_RESPONSE, _msk_fields(asked)))
    capture.complain(session.frame, "bcast.r14", "bcast.bad_base64", "mbms_sec.ill_formed")
    session.close()


def _example(name: str, kind: Kind, fields: Fields) -> Body:
    return handwritten(kind, (EXAMPLES / f"{name}.xml").read_text(encoding="utf-8"), fields)


def _offer_fields() -> Fields:
    return {
        "mbms_sec.service_id": _SERVICES,
        "bcast.extension": ["RegistrationRequestExtension"],
        "bcast.version": ["0"],
        "bcast.delivery_type": ["0", "2"],
    }


def _registration_fields(name: str) -> Fields:
    """The first example refuses the second service, the informative one gives it two LTKMs."""
    codes = ["200 OK", "200 OK" if "informative" in name else "403 Forbidden"]
    containers = ["RegistrationResponseResponseExtension"] * codes.count("200 OK") + ["RegistrationResponseExtension"]
    return {
        "mbms_sec.service_id": _SERVICES,
        "mbms_sec.response_code": [code[:3] for code in codes],
        "mbms_sec.response_text": codes,
        "bcast.extension": containers,
        "bcast.version": ["0"] * len(containers),
        "bcast.delivery_type": ["2"],
        "bcast.ltkm": ["..."] * 3,
    }
