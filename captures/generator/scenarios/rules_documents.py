"""R1 to R21: the documents and the containers in them (OMA BCAST Services 5.1.6.7 to 5.1.6.9)."""

import base64

from .. import mikey
from ..cast import BSM_1, FILM, NEWS, SPORT, csb_id, key_ids
from ..documents import (
    BCAST,
    DEREGISTRATION,
    DEREGISTRATION_RESPONSE,
    HTTP,
    MSK_REQUEST,
    MSK_RESPONSE,
    REGISTRATION,
    REGISTRATION_RESPONSE,
    UDP,
)
from ..mikey import BcastData, Header, KeyIds
from ..procedures import Dialogue
from ..rule_capture import RuleCapture, about
from .rules_parts import (
    FORBIDDEN,
    GRANT,
    KEYS,
    LEFT,
    OFFER,
    REGISTERED,
    VENDOR,
    Content,
    Terminal,
    container,
    delivery,
    document,
    element,
    foreign,
    grant,
    ltkm_element,
    msk,
    offer,
    response,
    service,
    subscriber,
)

CURRENT, OTHER_GROUP = key_ids(0x68C9, 0), key_ids(0x24CB, 0x4400)
BAD_REQUEST = "400 Bad Request"


def orphan(capture: RuleCapture, number: int) -> Dialogue:
    """A connection of which the capture has only what comes from the server."""
    capture.wait(300)
    return Dialogue(capture, subscriber(number), BSM_1, 49400 + number)


# ---- where the containers stand --------------------------------------------------------------------------------------


@about(
    "R1",
    "the container of a registration request twice, inside another element, and before a service; once, in its place, "
    "behind other things and in a request that is answered by 401",
)
def r1(capture: RuleCapture) -> None:
    twice, wrapped, early, right = (Terminal(capture, number) for number in range(1, 5))
    capture.fine(
        twice.challenged(document(REGISTRATION, service(NEWS), offer(UDP), offer(UDP))), "two, but answered by 401"
    )
    capture.breach(twice.offers(offer(UDP, HTTP), offer(UDP, HTTP)))
    twice.is_granted(grant(UDP, HTTP))
    wrapper = element('x:Wrapper xmlns:x="urn:example:vendor:1"', container(OFFER))
    capture.breach(wrapped.offers(wrapper))
    wrapped.is_granted()
    capture.suspicious(early.request(document(REGISTRATION, service(NEWS), offer(UDP), service(SPORT))))
    early.is_granted(grant(UDP), services=(NEWS, SPORT))
    capture.fine(right.offers(VENDOR, f"<!-- <bcast:{OFFER}/> -->", offer(UDP)), "one, after all services")
    right.is_granted(grant(UDP))
    capture.fine(twice.offers(), "none")
    twice.is_granted()


@about(
    "R2",
    "the container of a registration response inside a Response (what the change request mends), twice, and before a "
    "Response; once, after the Responses",
)
def r2(capture: RuleCapture) -> None:
    inside, twice, early, right = (Terminal(capture, number) for number in range(1, 5))
    inside.offers()
    misplaced = response(NEWS, grant(UDP))
    capture.breach(inside.respond(document(REGISTRATION_RESPONSE, misplaced)).frame)
    twice.offers(offer(UDP, HTTP))
    capture.breach(twice.is_granted(grant(UDP, HTTP), grant(UDP, HTTP)).frame)
    early.offers(offer(UDP), services=(NEWS, SPORT))
    between = (response(NEWS), grant(UDP), response(SPORT))
    capture.suspicious(early.respond(document(REGISTRATION_RESPONSE, *between)).frame)
    right.offers(offer(UDP, HTTP), services=(NEWS, SPORT))
    comment = f"<!-- <bcast:{GRANT}/> -->"
    entries = (response(NEWS, container(REGISTERED, right.ltkm()), comment), response(SPORT, container(REGISTERED)))
    answer = right.respond(document(REGISTRATION_RESPONSE, *entries, VENDOR, grant(UDP, HTTP)))
    capture.fine(answer.frame, "one, after every Response; those inside the Responses are the other container")


def _in_response(
    capture: RuleCapture, terminal: Terminal, name: str, subjects: tuple[str, ...] | tuple[KeyIds, ...]
) -> None:
    """Twice in a Response, beside the Responses, before ResponseCode; then one in each; the grant is UDP and HTTP."""

    def answer(*content: Content) -> int:
        kinds = {REGISTERED: REGISTRATION_RESPONSE, KEYS: MSK_RESPONSE, LEFT: DEREGISTRATION_RESPONSE}
        granted = [grant(UDP, HTTP)] if name == REGISTERED else []
        return terminal.respond(document(kinds[name], *content, *granted)).frame

    def ask() -> None:
        if name == KEYS:
            terminal.request(document(MSK_REQUEST, *(msk(ids) for ids in subjects if isinstance(ids, KeyIds))))
        else:
            services = [one for one in subjects if isinstance(one, str)]
            offered = [offer(UDP, HTTP)] if name == REGISTERED else []
            kind = REGISTRATION if name == REGISTERED else DEREGISTRATION
            terminal.request(document(kind, *map(service, services), *offered))

    def one() -> Content:
        return container(name, terminal.ltkm(0x68C9, 1))

    first, second = subjects
    ask()
    capture.breach(answer(response(first, one(), one()), response(second)))
    ask()
    capture.breach(answer(response(first), response(second), container(name)))
    ask()
    subject = msk(first) if isinstance(first, KeyIds) else service(first)
    early = element("Response", subject, one(), element("ResponseCode", "200 OK"))
    capture.suspicious(answer(early, response(second)))
    ask()
    capture.fine(
        answer(response(first, VENDOR, one()), response(second, container(name))),
        "one in each Response, after ResponseCode, the second one empty",
    )


@about("R3", "two containers in one Response of a registration, one beside the Responses, one before ResponseCode")
def r3(capture: RuleCapture) -> None:
    _in_response(capture, Terminal(capture), REGISTERED, (NEWS, SPORT))


@about("R4", "two containers in one Response of an MSK response, one at top level, one before ResponseCode")
def r4(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    terminal.registers()
    _in_response(capture, terminal, KEYS, (CURRENT, OTHER_GROUP))


@about("R5", "two containers in one Response of a deregistration, one beside the Responses, one before ResponseCode")
def r5(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    terminal.registers(services=(NEWS, SPORT))
    _in_response(capture, terminal, LEFT, (NEWS, SPORT))


@about(
    "R6", "containers in a namespace of 3GPP, in a later one of BCAST and in none; odd prefixes and other names are fine"
)
def r6(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    capture.breach(terminal.offers(element(OFFER)))
    terminal.is_granted()
    terminal.offers()
    registered = element(f'o:{REGISTERED} xmlns:o="urn:oma:xml:bcast:pr:orderqueries:2.0"')
    answer = terminal.respond(document(REGISTRATION_RESPONSE, response(NEWS, registered), element(f'{GRANT} xmlns=""')))
    capture.suspicious(answer.frame, "R6", "R6")
    terminal.asks(CURRENT)
    capture.breach(terminal.gets(response(CURRENT, element(KEYS))).frame)
    terminal.request(document(DEREGISTRATION, service(NEWS)))
    left = element(f'{LEFT} xmlns="urn:3GPP:metadata:2005:MBMS:securityDeregistration"')
    capture.breach(terminal.respond(document(DEREGISTRATION_RESPONSE, response(NEWS, left))).frame)
    types = element("LTKMDelivery", element("Type", "0"), element("Type", "2"))
    capture.fine(terminal.offers(element(f'{OFFER} xmlns="{BCAST}"', types)), "BCAST as default namespace")
    granted = element(f'o:{GRANT} xmlns:o="{BCAST}"', element("o:LTKMDelivery", element("o:Type", "2")))
    names = 'RegistrationResponseExtensions xmlns="urn:example:vendor:1"'
    capture.fine(terminal.is_granted(granted, element(names)).frame, "another prefix; a name that is not quite this")


@about(
    "R7", "containers of another procedure in every document; an answer without its request is read by its container"
)
def r7(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    terminal.offers()
    foreign_ones = (container(LEFT), container(KEYS))
    answer = terminal.respond(document(REGISTRATION_RESPONSE, response(NEWS, *foreign_ones), container(OFFER)))
    capture.breach(answer.frame, "R7", "R7", "R7")
    capture.breach(terminal.request(document(MSK_REQUEST, msk(CURRENT), container(OFFER))))
    answer = terminal.gets(response(CURRENT, container(REGISTERED)), container(GRANT))
    capture.breach(answer.frame, "R7", "R7")
    capture.breach(terminal.request(document(DEREGISTRATION, service(NEWS), container(OFFER))))
    answer = terminal.respond(document(DEREGISTRATION_RESPONSE, response(NEWS, container(REGISTERED))))
    capture.breach(answer.frame)
    terminal.registers()
    terminal.asks(CURRENT)
    capture.fine(terminal.gets(response(CURRENT, container(KEYS))).frame, "the container of MSK responses")
    capture.fine(terminal.leaves(terminal.ltkm()).frame, "the container of deregistrations in an answer to one")
    without_request = orphan(capture, 1)
    without_request.respond(document(DEREGISTRATION_RESPONSE, response(NEWS, container(LEFT))))
    capture.fine(without_request.frame, "no request says otherwise: this answers a deregistration")


@about(
    "R8",
    "the answer to a deregistration has the container of registration responses: suspicious, and it grants nothing",
)
def r8(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    capture.fine(terminal.registers().frame, "the same container in the answer to a registration")
    for content in (container(GRANT), grant(UDP)):
        terminal.request(document(DEREGISTRATION, service(NEWS)))
        left = response(NEWS, container(LEFT, terminal.ltkm()))
        capture.suspicious(terminal.respond(document(DEREGISTRATION_RESPONSE, left, content)).frame)
    capture.fine(terminal.leaves(terminal.ltkm()).frame, "none; HTTP is still granted, by the registration")


# ---- what stands in the containers -----------------------------------------------------------------------------------


@about("R9", "versions that are no unsignedByte, unknown versions; absent, 0, 00 and attributes that are not this one")
def r9(capture: RuleCapture) -> None:
    terminal = Terminal(capture)

    def versions(in_request: str, in_response: str, top: str) -> tuple[int, int]:
        request = terminal.offers(container(OFFER + in_request, delivery(UDP, HTTP)))
        first = response(NEWS, container(REGISTERED + in_response))
        granted = container(GRANT + top, delivery(UDP, HTTP))
        return request, terminal.respond(document(REGISTRATION_RESPONSE, first, granted)).frame

    request, answer = versions(' version="256"', ' version="-1"', ' version="one"')
    capture.breach(request)
    capture.breach(answer, "R9", "R9")
    request, answer = versions(' version="1"', ' version=""', ' version="255"')
    capture.note(request)
    capture.breach(answer)
    capture.note(answer)
    request, answer = versions("", ' version="0"', ' version="00"')
    capture.fine(request, "absent: 0")
    capture.fine(answer, "0, and 0 with a leading zero")
    request, answer = versions(' version=" 0 "', ' Version="9"', ' xmlns:x="urn:example:vendor:1" x:version="9"')
    capture.fine(request, "white space around a number does not count")
    capture.fine(answer, "attributes of another name and of another namespace")


@about("R10", "two and three LTKMDelivery in a container; one with several Types, one in each of two containers")
def r10(capture: RuleCapture) -> None:
    refused, terminal = Terminal(capture, 1), Terminal(capture, 2)
    three = container(OFFER, delivery(UDP), delivery(HTTP), delivery(1))
    capture.fine(refused.challenged(document(REGISTRATION, service(NEWS), three)), "three, but answered by 401")
    capture.breach(refused.offers(three), "R10", "R10")
    refused.refuse()
    capture.fine(terminal.offers(offer(UDP, HTTP)), "one with two Types")
    capture.breach(terminal.is_granted(container(GRANT, delivery(UDP), delivery(HTTP))).frame)
    terminal.offers(offer(UDP, HTTP))
    capture.fine(terminal.is_granted(grant(UDP, HTTP)).frame, "one in the request, one in the response")


@about(
    "R11", "LTKMDelivery without a Type, Types that are no unsignedByte; white space, leading zeros, a comment are fine"
)
def r11(capture: RuleCapture) -> None:
    refused, terminal = Terminal(capture, 1), Terminal(capture, 2)
    capture.breach(refused.offers(offer()))
    refused.refuse()
    capture.breach(terminal.offers(offer("256", UDP, "HTTP", HTTP)), "R11", "R11")
    capture.breach(terminal.is_granted(grant(UDP, "-1", HTTP, "2.0", "")).frame, "R11", "R11", "R11")
    capture.fine(terminal.offers(offer("\n    0\n  ", "001", "2<!-- HTTP -->")), "0, 1 and 2")
    terminal.is_granted(grant(UDP))
    terminal.offers(offer(UDP, HTTP))
    capture.breach(terminal.is_granted(grant()).frame)


@about("R12", "reserved and proprietary delivery types; UDP, SMS and HTTP are neither")
def r12(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    capture.suspicious(terminal.offers(offer(UDP, 3, 127)), "R12", "R12")
    capture.suspicious(terminal.is_granted(grant(UDP, 3)).frame)
    capture.note(terminal.offers(offer(UDP, 128, 255)), "R12", "R12")
    capture.note(terminal.is_granted(grant(UDP, 128)).frame)
    frame = terminal.offers(offer(UDP, 127, 128))
    capture.suspicious(frame)
    capture.note(frame)
    capture.fine(terminal.is_granted(grant(UDP)).frame, "neither is granted")
    capture.fine(terminal.offers(offer(0, 1, 2)), "all that are defined")
    capture.fine(terminal.is_granted(grant(1, 2)).frame, "all that are defined but UDP")


@about("R13", "the same Type twice in one list, also as 2 and 02; the same Type in offer and grant is fine")
def r13(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    capture.note(terminal.offers(offer(UDP, HTTP, HTTP)))
    capture.note(terminal.is_granted(grant(UDP, HTTP, UDP, "02")).frame, "R13", "R13")
    capture.fine(terminal.offers(offer(2, 0, 1)), "three, in an odd order")
    capture.fine(terminal.is_granted(grant(0, 2)).frame, "the same as offered")


@about(
    "R14",
    "LTKMs that are not base64, empty, of another MIKEY version, too long or too short, of another data type; "
    "base64 with white space in it is fine",
)
def r14(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    whole = terminal.ltkm().encode()

    def registered(*content: Content) -> int:
        return terminal.registers((UDP, HTTP), None, *content).frame

    texts = ("...", "AQAV*gAA", "", " \n ")
    capture.breach(registered(*(f"<bcast:LTKM>{text}</bcast:LTKM>" for text in texts)), *["R14"] * 4)
    capture.breach(registered("<bcast:LTKM/>", b"\2" + whole[1:], b"\0" + whole[1:]), *["R14"] * 3)
    beyond = whole.replace(b"\0\x10bsm1.", b"\x7f\x10bsm1.")
    assert beyond != whole
    capture.breach(registered(whole[:-1], whole[:9], beyond, whole + b"\0\0"), *["R14"] * 4)
    t = mikey.counter(1).payload()
    error = mikey.message(Header(mikey.ERROR, csb_id(1)), [t, mikey.err_payload(4)])
    public = mikey.message(Header(mikey.PUBLIC_KEY, csb_id(2)), [t, mikey.rand_payload(bytes(16))])
    capture.suspicious(registered(error, public), "R14", "R14")
    text = base64.b64encode(terminal.ltkm().encode()).decode()
    spaced = f"<bcast:LTKM>\n{text[:76]}\n  {text[76:100]}<![CDATA[{text[100:]}]]>\n</bcast:LTKM>"
    capture.fine(registered(spaced, terminal.ltkm()), "white space and CDATA in the base64, all of it one message")


@about("R15", "LTKMs with neither key ids nor LTKM management data; with key ids they are fine")
def r15(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    vendor = (mikey.ext_payload(mikey.EXT_VENDOR, b"vendor"),)
    bare = terminal.ltkm(key_ids=None, bcast=None)
    other = terminal.ltkm(key_ids=None, bcast=None, others=vendor)
    parental = terminal.ltkm(key_ids=None, bcast=BcastData(mikey.PARENTAL_CONTROL, b"\0"))
    capture.note(terminal.registers((UDP, HTTP), None, bare, other, parental).frame, "R15", "R15", "R15")
    either = (terminal.ltkm(bcast=None), terminal.ltkm())
    capture.fine(terminal.registers((UDP, HTTP), None, *either).frame, "key ids alone, both")


@about(
    "R16",
    "children of a container in the namespace of 3GPP, in none, in another; prefixed or by default in that of BCAST",
)
def r16(capture: RuleCapture) -> None:
    terminal = Terminal(capture)

    def types(tag: str) -> Content:
        return element(tag, element("Type", "0"), element("Type", "2"))

    capture.note(terminal.offers(container(OFFER, types("LTKMDelivery"))))
    ltkms = [ltkm_element(terminal.ltkm()).replace("bcast:", "") for _ in range(2)]
    answer = terminal.is_granted(container(GRANT, types('LTKMDelivery xmlns=""')), ltkms=ltkms)
    capture.note(answer.frame, "R16", "R16")
    capture.note(terminal.offers(container(OFFER, delivery(UDP, HTTP), VENDOR)))
    registered = element(f'{REGISTERED} xmlns="{BCAST}"', *ltkms)
    unknown = element("bcast:SubscriptionWindow", "3600")
    granted = container(GRANT, delivery(UDP, HTTP), unknown)
    answer = terminal.respond(document(REGISTRATION_RESPONSE, response(NEWS, registered), granted))
    capture.fine(answer.frame, "BCAST by default, and an unknown element of its namespace")
    terminal.asks(CURRENT)
    own, plain = terminal.ltkm(), ltkm_element(terminal.ltkm()).replace("bcast:", "")
    capture.note(terminal.gets(response(CURRENT, container(KEYS, own, plain))).frame)


# ---- the documents ---------------------------------------------------------------------------------------------------


@about(
    "R17",
    "registration requests in namespaces that are neither of the two known ones; other documents are not looked at",
)
def r17(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    prefix = "urn:3GPP:metadata:"
    for name in ("2005:MBMS:securityRegistrations", "2007:MBMS:securityRegistration"):
        capture.note(terminal.request(document(REGISTRATION, service(NEWS), offer(UDP), namespace=prefix + name)))
        terminal.is_granted(grant(UDP))
    names = {"securityRegistration": "as in the example", "securityRegistrationRequest": "as in the normative text"}
    for name, why in names.items():
        frame = terminal.request(
            document(REGISTRATION, service(NEWS), offer(UDP), namespace=f"{prefix}2005:MBMS:{name}")
        )
        capture.fine(frame, why)
        terminal.is_granted(grant(UDP))
    capture.fine(terminal.request(document(DEREGISTRATION, service(NEWS))), "no registration request")
    terminal.respond(document(DEREGISTRATION_RESPONSE, response(NEWS)))


@about(
    "R18", "one of the five media types with another document in it or with one nobody knows; other types say nothing"
)
def r18(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    capture.suspicious(
        terminal.request(document(REGISTRATION, service(NEWS), offer(UDP, HTTP), media_type=MSK_REQUEST.media_type))
    )
    terminal.is_granted(grant(UDP, HTTP))
    terminal.asks(CURRENT)
    keys = response(CURRENT, container(KEYS, terminal.ltkm()))
    misnamed = document(MSK_RESPONSE, keys, media_type=REGISTRATION_RESPONSE.media_type)
    capture.suspicious(terminal.respond(misnamed).frame)
    capture.suspicious(terminal.request(document(DEREGISTRATION, service(NEWS), root="mbmsSecurityUnregister")))
    terminal.refuse(BAD_REQUEST)
    terminal.offers(offer(UDP))
    apology = b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Later</p></body></html>\n'
    capture.suspicious(
        terminal.respond(foreign(REGISTRATION_RESPONSE.media_type, apology), "503 Service Unavailable").frame
    )
    capture.fine(
        terminal.request(document(REGISTRATION, service(NEWS), offer(UDP, HTTP), media_type="text/xml")),
        "a type that names no document",
    )
    shouted = REGISTRATION_RESPONSE.media_type.upper() + "; charset=utf-8"
    answer = terminal.respond(document(REGISTRATION_RESPONSE, response(NEWS), grant(UDP, HTTP), media_type=shouted))
    capture.fine(answer.frame, "capitals and a parameter")
    terminal.request(document(DEREGISTRATION, service(NEWS)))
    answer = terminal.respond(document(DEREGISTRATION_RESPONSE, response(NEWS)))
    capture.fine(answer.frame, "deregistrations are answered under the type of registration responses")


@about("R19", "MSK responses under other types; its own type with a parameter, and other documents under other types")
def r19(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    registering = document(REGISTRATION, service(NEWS), offer(UDP, HTTP), media_type="application/xml")
    capture.fine(terminal.request(registering), "a registration request")
    registered = document(REGISTRATION_RESPONSE, response(NEWS), grant(UDP, HTTP), media_type="text/xml")
    capture.fine(terminal.respond(registered).frame, "a registration response")
    for media_type in ("application/xml", "text/xml; charset=utf-8"):
        terminal.asks(CURRENT)
        keys = response(CURRENT, container(KEYS, terminal.ltkm()))
        capture.suspicious(terminal.respond(document(MSK_RESPONSE, keys, media_type=media_type)).frame)
    terminal.asks(CURRENT)
    refused = response(CURRENT, code=FORBIDDEN)
    own = document(MSK_RESPONSE, refused, media_type="application/vnd.oma.bcast.sprov+xml")
    capture.suspicious(terminal.respond(own).frame)
    asking = document(MSK_REQUEST, msk(CURRENT), media_type="application/xml")
    capture.fine(terminal.request(asking), "an MSK request")
    keys = response(CURRENT, container(KEYS, terminal.ltkm()))
    parameter = document(MSK_RESPONSE, keys, media_type="Application/MBMS-MSK-Response+XML; charset=utf-8")
    capture.fine(terminal.respond(parameter).frame, "its type, with a parameter")


@about("R20", "service IDs that are empty, or nothing but white space; white space around one and CDATA are fine")
def r20(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    request = document(REGISTRATION, service(NEWS), element("serviceID"), offer(UDP))
    capture.fine(terminal.challenged(request), "an empty one, but answered by 401")
    capture.note(terminal.request(request))
    terminal.is_granted(grant(UDP))
    around = element("serviceID", f"\n    {NEWS}\n  "), element("serviceID", f"<![CDATA[{SPORT}]]>")
    capture.fine(terminal.request(document(REGISTRATION, *around, offer(UDP))), "white space around one, one in CDATA")
    terminal.is_granted(grant(UDP), services=(NEWS, SPORT))
    blank = element("serviceID", " \n\t "), element("serviceID", "")
    capture.note(terminal.request(document(DEREGISTRATION, *blank, service(NEWS))), "R20", "R20")
    terminal.respond(document(DEREGISTRATION_RESPONSE, response(NEWS)))
    without_request = orphan(capture, 2)
    empty = response(" ", container(LEFT))
    without_request.respond(document(DEREGISTRATION_RESPONSE, empty, response(FILM)))
    capture.note(without_request.frame)


@about("R21", "MSK requests without keys, with half of one, with ids that are not base64, too short or too long")
def r21(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    domain, identifier = element("keyDomainID", "APEQ"), element("MSKID", "aMkAAA==")
    broken: list[list[Content]] = [
        [],
        [element("MSK", domain)],
        [msk(OTHER_GROUP), element("MSK", identifier)],
        [element("MSK", element("keyDomainID", "AP!Q"), identifier)],
    ]
    for content in broken:
        capture.breach(terminal.request(document(MSK_REQUEST, *content)))
        terminal.refuse(BAD_REQUEST)
    short = element("MSK", element("keyDomainID", "APE="), identifier)
    long = element("MSK", domain, element("MSKID", "aMkAAAA="))
    for one in (short, long):
        capture.suspicious(terminal.request(document(MSK_REQUEST, one)))
        terminal.refuse(BAD_REQUEST)
    capture.fine(terminal.challenged(document(MSK_REQUEST)), "none, but answered by 401")
    spaced = element("MSK", element("keyDomainID", "\n  AP EQ\n"), element("MSKID", " aMk AAA== "))
    capture.fine(terminal.request(document(MSK_REQUEST, spaced, msk(OTHER_GROUP))), "two, one with white space in it")
    terminal.gets(response(CURRENT), response(OTHER_GROUP, code=FORBIDDEN))
