"""R22 to R29: LTKMs in HTTP responses (OMA BCAST Services 5.1.6.7.3, 5.1.6.8.1, 5.1.6.9.1, 5.1.6.10.3)."""

from dataclasses import replace

from .. import mikey
from ..cast import FILM, KEY_DOMAIN, NEWS, SPORT, key_data, key_ids
from ..documents import (
    BCAST,
    DEREGISTRATION,
    DEREGISTRATION_RESPONSE,
    HTTP,
    MSK_REQUEST,
    REGISTRATION,
    REGISTRATION_RESPONSE,
    UDP,
)
from ..mikey import KeyIds
from ..rule_capture import RuleCapture, about
from .rules_parts import (
    FORBIDDEN,
    KEYS,
    LEFT,
    OFFER,
    REGISTERED,
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
)

CURRENT, OTHER_GROUP = key_ids(0x68C9, 0), key_ids(0x24CB, 0x4400)
PROVISIONING = "application/vnd.oma.bcast.sprov+xml"
NO_CONTENT = "204 No Content"


@about(
    "R22",
    "LTKMs beside a ResponseCode that is not 200, in each of the three responses; empty containers there are fine",
)
def r22(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    terminal.offers(offer(UDP, HTTP), services=(NEWS, SPORT, FILM))
    two = container(REGISTERED, terminal.ltkm(), terminal.ltkm())
    entries = (response(NEWS, two, code=FORBIDDEN), response(SPORT, container(REGISTERED, terminal.ltkm())))
    third = response(FILM, container(REGISTERED, terminal.ltkm()), code="501 Not Implemented")
    answer = terminal.respond(document(REGISTRATION_RESPONSE, *entries, third, grant(UDP, HTTP)))
    capture.breach(answer.frame, "R22", "R22", "R22")
    terminal.asks(CURRENT, OTHER_GROUP)
    accepted = response(CURRENT, container(KEYS, terminal.ltkm()), code="202 Accepted")
    capture.breach(terminal.gets(accepted, response(OTHER_GROUP, code=FORBIDDEN)).frame)
    terminal.request(document(DEREGISTRATION, service(NEWS)))
    left = response(NEWS, container(LEFT, terminal.ltkm()), code="404 Not Found")
    capture.breach(terminal.respond(document(DEREGISTRATION_RESPONSE, left)).frame)
    terminal.asks(CURRENT, OTHER_GROUP)
    spaced = response(CURRENT, container(KEYS, terminal.ltkm()), code="\n    200 OK\n  ")
    answer = terminal.gets(spaced, response(OTHER_GROUP, container(KEYS), code=FORBIDDEN))
    capture.fine(answer.frame, "the LTKM stands beside 200 OK; the container beside 403 is empty")


@about(
    "R23", "unsuccessful HTTP responses with LTKMs in them; without LTKMs, and other successes than 200, they are fine"
)
def r23(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    terminal.registers()
    terminal.offers(offer(UDP, HTTP))
    both = (terminal.ltkm(), terminal.ltkm())
    answer = terminal.is_granted(grant(UDP, HTTP), ltkms=both, status="504 Gateway Timeout")
    capture.breach(answer.frame)
    terminal.asks(CURRENT)
    capture.breach(terminal.gets(response(CURRENT, container(KEYS, terminal.ltkm())), status=FORBIDDEN).frame)
    terminal.request(document(DEREGISTRATION, service(NEWS)))
    left = document(DEREGISTRATION_RESPONSE, response(NEWS, container(LEFT, terminal.ltkm())))
    capture.breach(terminal.respond(left, "300 Multiple Choices").frame)
    terminal.asks(CURRENT)
    answer = terminal.gets(response(CURRENT, container(KEYS), code=FORBIDDEN), status=FORBIDDEN)
    capture.fine(answer.frame, "403, and no LTKM in it")
    terminal.asks(CURRENT)
    answer = terminal.gets(response(CURRENT, container(KEYS, terminal.ltkm())), status="202 Accepted")
    capture.fine(answer.frame, "202 is a success")


@about("R24", "LTKMs without key in each of the three responses; over UDP, and keys that are taken back, are fine")
def r24(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    ltkms = (terminal.without_key(), terminal.ltkm(), terminal.without_key(encr_alg=mikey.NULL))
    answer = terminal.registers((UDP, HTTP), None, *ltkms)
    capture.breach(answer.frame, "R24", "R24")
    terminal.asks(CURRENT)
    capture.breach(terminal.gets(response(CURRENT, container(KEYS, terminal.without_key()))).frame)
    capture.fine(terminal.is_pushed(terminal.without_key()).frame, "over UDP: a solicited pull")
    capture.fine(terminal.gets_key(terminal.ltkm()).frame, "with the key that the pull made the terminal ask for")
    capture.breach(terminal.leaves(terminal.without_key(0x68C9, 1)).frame)
    ids = key_ids(0x68C9, 1)
    invalid = terminal.ltkm_for(ids, key_data=(key_data(ids, low=0xFFFE, high=1),))
    capture.fine(terminal.leaves(invalid).frame, "with a key, though one that is taken back")


@about(
    "R26",
    "LTKMs in requests, in service provisioning, and alone in a body; over UDP, and other bodies of BCAST, are fine",
)
def r26(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    terminal.registers()
    with_ltkm = container(OFFER, delivery(UDP, HTTP), terminal.ltkm())
    capture.fine(terminal.challenged(document(REGISTRATION, service(NEWS), with_ltkm)), "answered by 401")
    capture.breach(terminal.offers(with_ltkm))
    capture.fine(terminal.is_granted(grant(UDP, HTTP), ltkms=[terminal.ltkm()]).frame, "where it may stand")
    capture.breach(terminal.request(document(MSK_REQUEST, msk(CURRENT), terminal.ltkm())))
    terminal.gets(response(CURRENT))
    ltkms = "".join(ltkm_element(terminal.ltkm()).replace("bcast:", "") for _ in range(2))
    for content in (ltkms, ""):
        terminal.get("/provisioning")
        text = f'<?xml version="1.0"?>\n<ServiceResponse xmlns="{BCAST}" requestID="1">{content}</ServiceResponse>\n'
        frame = terminal.respond(foreign(PROVISIONING, text.encode())).frame
        if content:
            capture.breach(frame)
        else:
            capture.fine(frame, "service provisioning without LTKM")
    for media_type in ("application/vnd.oma.bcast.ltkm", "application/mikey"):
        terminal.get("/ltkm")
        capture.breach(terminal.respond(foreign(media_type, terminal.ltkm().encode())).frame)
    capture.breach(
        terminal.request(foreign("application/mikey", terminal.ltkm().encode()), target="/ltkm"),
    )
    terminal.refuse(NO_CONTENT)
    capture.fine(terminal.is_pushed(terminal.ltkm()).frame, "over UDP, after a service provisioning response")


@about("R27", "LTKMs in MSK responses with the key of another domain, group or number; the current key has any number")
def r27(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    terminal.registers()
    first, other_domain = key_ids(0x68C9, 1), KeyIds(bytes.fromhex("00f120"), bytes.fromhex("68c90001"))
    terminal.asks(first, OTHER_GROUP)
    entries = (
        response(first, container(KEYS, terminal.ltkm_for(other_domain), terminal.ltkm_for(first))),
        response(OTHER_GROUP, container(KEYS, terminal.ltkm(0x68C9, 0x4400))),
    )
    capture.breach(terminal.gets(*entries).frame, "R27", "R27")
    terminal.asks(first)
    capture.suspicious(terminal.gets(response(first, container(KEYS, terminal.ltkm(0x68C9, 2)))).frame)
    terminal.asks(CURRENT)
    others = replace(other_domain, msk=bytes.fromhex("24cb0009"))
    capture.breach(terminal.gets(response(CURRENT, container(KEYS, terminal.ltkm_for(others)))).frame)
    terminal.asks(CURRENT, OTHER_GROUP)
    entries = (
        response(CURRENT, container(KEYS, terminal.ltkm(0x68C9, 7))),
        response(OTHER_GROUP, container(KEYS, terminal.ltkm(0x24CB, 0x4400))),
    )
    capture.fine(terminal.gets(*entries).frame, "number 0 asks for the current key, any number")
    answer = terminal.registers((UDP, HTTP), None, terminal.ltkm(0x68C9, 1), terminal.ltkm(0x24CB, 1))
    capture.fine(answer.frame, "a registration response: keys of any group")


@about("R28", "MSK responses with entries for keys that nobody asked for; another order is fine")
def r28(capture: RuleCapture) -> None:
    terminal, other = Terminal(capture, 1), Terminal(capture, 2)
    terminal.registers()
    other.registers()
    terminal.asks(CURRENT)
    other.asks(OTHER_GROUP)
    current = response(CURRENT, container(KEYS, terminal.ltkm()))
    unasked = response(OTHER_GROUP, container(KEYS, terminal.ltkm(0x24CB, 0x4400)))
    capture.suspicious(terminal.gets(current, unasked).frame)
    answer = other.gets(response(OTHER_GROUP, container(KEYS, other.ltkm(0x24CB, 0x4400))))
    capture.fine(answer.frame, "this terminal did ask for it")
    terminal.asks(CURRENT)
    number = key_ids(0x68C9, 3)
    answer = terminal.gets(response(number, container(KEYS, terminal.ltkm_for(number))))
    capture.fine(answer.frame, "Key Number 0 asks for the current key, whichever it is")
    terminal.asks(number)
    domain = KeyIds(bytes.fromhex("00f120"), number.msk)
    capture.suspicious(terminal.gets(response(domain, code=FORBIDDEN), response(number)).frame)
    terminal.asks(CURRENT, number, OTHER_GROUP)
    spaced = element("MSK", element("keyDomainID", "\n  AP EQ\n"), element("MSKID", " aMk AAw== "))
    assert (number.domain, number.msk.hex()) == (KEY_DOMAIN, "68c90003")
    other_order = response(OTHER_GROUP), element("Response", spaced, element("ResponseCode", "200 OK"))
    answer = terminal.gets(*other_order, response(CURRENT))
    capture.fine(answer.frame, "another order, white space inside the base64")


@about("R29", "entries for services that the request does not name; another order and white space are fine")
def r29(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    request = document(REGISTRATION, service(NEWS), service(SPORT), offer(UDP, HTTP))
    terminal.request(request)
    entries = (response(NEWS), response(FILM, container(REGISTERED, terminal.ltkm())), response(SPORT))
    capture.suspicious(terminal.respond(document(REGISTRATION_RESPONSE, *entries, grant(UDP, HTTP))).frame)
    terminal.request(request)
    entries = tuple(map(response, (NEWS, NEWS.upper(), SPORT, SPORT + "/")))
    answer = terminal.respond(document(REGISTRATION_RESPONSE, *entries, grant(UDP, HTTP)))
    capture.suspicious(answer.frame, "R29", "R29")
    terminal.request(document(DEREGISTRATION, service(NEWS)))
    answer = terminal.respond(document(DEREGISTRATION_RESPONSE, response(NEWS), response(SPORT, code=FORBIDDEN)))
    capture.suspicious(answer.frame)
    terminal.request(document(REGISTRATION, service(f"\n    {NEWS}\n"), service(SPORT), offer(UDP, HTTP)))
    cdata = element("Response", element("serviceID", f"<![CDATA[{NEWS}]]>"), element("ResponseCode", "200 OK"))
    answer = terminal.respond(document(REGISTRATION_RESPONSE, response(f" {SPORT} "), cdata, grant(UDP, HTTP)))
    capture.fine(answer.frame, "another order, white space, CDATA")
