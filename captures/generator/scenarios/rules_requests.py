"""R83 to R87: requests, answers and digests as TS 33.246 Annex G and 6.2.1 have them, documents valid after TS 26.346."""

from ..cast import BSM_1, BSM_2, FILM, NEWS, SPORT, key_ids
from ..documents import (
    DEREGISTRATION,
    DEREGISTRATION_RESPONSE,
    HTTP,
    MSK_REQUEST,
    MSK_RESPONSE,
    REGISTRATION,
    REGISTRATION_RESPONSE,
    UDP,
    Body,
)
from ..procedures import Login
from ..rule_capture import RuleCapture, about
from .rules_documents import orphan
from .rules_parts import (
    FORBIDDEN,
    KEYS,
    REGISTERED,
    VENDOR,
    Content,
    Terminal,
    container,
    document,
    element,
    grant,
    msk,
    offer,
    response,
    service,
)

CURRENT, OTHER_GROUP = key_ids(0x68C9, 0), key_ids(0x24CB, 0x4400)
BAD_REQUEST = "400 Bad Request"


# ---- requests --------------------------------------------------------------------------------------------------------


@about(
    "R83",
    "requests that are no POST, of HTTP/1.0, with the requesttype of another document or without; capitals, other "
    "parameters and a value that nobody knows are fine",
)
def r83(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    registering = document(REGISTRATION, service(NEWS), offer(UDP, HTTP))
    asking, leaving = document(MSK_REQUEST, msk(CURRENT)), document(DEREGISTRATION, service(NEWS))

    def asks(body: Body, target: str | None = None, **how: str) -> int:
        frame = terminal.request(body, target=target and "/keymanagement" + target, **how)
        terminal.refuse(BAD_REQUEST)
        return frame

    capture.suspicious(asks(registering, method="PUT"))
    capture.suspicious(asks(asking, version="HTTP/1.0"))
    capture.suspicious(asks(registering, "?requesttype=deregister"))
    capture.suspicious(asks(asking, "?requesttype=register"))
    capture.suspicious(asks(leaving, "?requesttype=msk-request"))
    capture.note(asks(registering, "/"))
    capture.note(asks(leaving, "?type=deregister"))
    capture.fine(terminal.challenged(registering, method="PUT"), "answered by 401")
    capture.fine(asks(registering, "?requesttype=REGISTER"), "capitals")
    capture.fine(asks(asking, "?version=2&requesttype=msk-request&lang=en"), "other parameters")
    capture.fine(asks(leaving, "?requesttype=later"), "a value that nobody knows")
    capture.fine(asks(leaving), "as it should be")


@about(
    "R84",
    "successes that leave out a service, or a key, of the request; every one in another order, another number for the "
    "current key, and what is no success are fine",
)
def r84(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    services = (NEWS, SPORT, FILM)

    def registers(*names: str, status: str = "200 OK") -> int:
        terminal.offers(offer(UDP, HTTP), services=services)
        return terminal.is_granted(grant(UDP, HTTP), services=names, status=status).frame

    def gets(*content: Content, status: str = "200 OK") -> int:
        terminal.asks(CURRENT, OTHER_GROUP)
        return terminal.gets(*content, status=status).frame

    def leaves(*names: str) -> int:
        terminal.request(document(DEREGISTRATION, service(NEWS), service(SPORT)))
        return terminal.respond(document(DEREGISTRATION_RESPONSE, *map(response, names))).frame

    capture.suspicious(registers(NEWS, FILM))
    capture.suspicious(gets(response(CURRENT)))
    capture.suspicious(gets(response(OTHER_GROUP, code=FORBIDDEN)))
    capture.suspicious(leaves(SPORT))
    capture.fine(registers(FILM, NEWS, SPORT), "another order")
    capture.fine(registers(NEWS, status=FORBIDDEN), "not a success")
    number = key_ids(0x68C9, 5)
    keys = response(OTHER_GROUP, code=FORBIDDEN), response(number, container(KEYS, terminal.ltkm_for(number)))
    capture.fine(gets(*keys), "another order; the current key has some number")
    capture.fine(leaves(f"\n    {SPORT}\n", NEWS), "white space")


# ---- documents -------------------------------------------------------------------------------------------------------


@about(
    "R85",
    "documents that the schemas do not have: children missing, unknown, in another order, other roots and name spaces, "
    "key ids of other lengths; elements of others at a wildcard, attributes and stray text are fine",
)
def r85(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    _invalid_requests(capture, terminal)
    _invalid_answers(capture, terminal)
    _invalid_keys(capture)
    _valid(capture, terminal)


def _invalid_requests(capture: RuleCapture, terminal: Terminal) -> None:
    unknown = element("serviceIDs", NEWS)
    other_space = "urn:3GPP:metadata:2005:MBMS:securityRegistration"
    without_text = document(REGISTRATION, element("serviceID", element("name", NEWS)))
    odd = [
        document(REGISTRATION, offer(UDP)),
        document(DEREGISTRATION),
        document(REGISTRATION, service(NEWS), unknown),
        document(DEREGISTRATION, service(NEWS), element("ResponseCode", "200 OK")),
        without_text,
        document(MSK_REQUEST, msk(CURRENT), service(NEWS)),
        document(MSK_REQUEST, msk(CURRENT), VENDOR),
        document(DEREGISTRATION, service(NEWS), namespace=other_space),
    ]
    for body in odd:
        frame = terminal.request(body)
        capture.suspicious(frame)
        if body is without_text:
            capture.note(frame, "R20")
        terminal.refuse(BAD_REQUEST)
    capture.fine(terminal.challenged(odd[0]), "without a service, but answered by 401")


def _invalid_answers(capture: RuleCapture, terminal: Terminal) -> None:
    """Each has what was asked for, and something odd."""

    def answer(*content: Content) -> int:
        terminal.offers(offer(UDP, HTTP))
        return terminal.respond(document(REGISTRATION_RESPONSE, *content, grant(UDP, HTTP))).frame

    right = response(NEWS)
    code = element("ResponseCode", "200 OK")
    capture.suspicious(answer(right, element("Response", code)))
    capture.suspicious(answer(element("Response", service(NEWS))))
    capture.suspicious(answer(element("Response", code, service(NEWS))))
    capture.suspicious(answer(response(NEWS, code)))
    capture.suspicious(answer(response(NEWS, element("Reason", "none"))))
    capture.suspicious(answer(right, element("RegistrationResponseExtensions")))
    frame = answer(element("Response", service(NEWS), container(REGISTERED, terminal.ltkm())))
    capture.breach(frame, "R22")
    capture.suspicious(frame)
    terminal.asks(CURRENT)
    capture.suspicious(terminal.gets(response(CURRENT, code=FORBIDDEN), response(SPORT, code=FORBIDDEN)).frame)


def _invalid_keys(capture: RuleCapture) -> None:
    """Answers without their requests."""
    domain, identifier = element("keyDomainID", "APEQ"), element("MSKID", "aMkAAQ==")
    odd = [
        element("MSK", domain, element("MSKID", "aMkA")),
        element("MSK", domain, element("MSKID", "aMkAAQI=")),
        element("MSK", domain),
        element("MSK", identifier, domain),
        element("MSK", domain, identifier, element("MTKID", "AAE=")),
    ]
    refusal = element("ResponseCode", FORBIDDEN)
    for number, one in enumerate(odd, 2):
        session = orphan(capture, number)
        session.respond(document(MSK_RESPONSE, element("Response", one, refusal)))
        capture.suspicious(session.frame)
    session = orphan(capture, 8)
    session.respond(document(MSK_RESPONSE, element("Response", element("MSK", domain, identifier), refusal)))
    capture.fine(session.frame, "a domain and an MSK ID of four bytes")


def _valid(capture: RuleCapture, terminal: Terminal) -> None:
    attributes = 'mbmsSecurityRegister xmlns:x="urn:example:vendor:1" x:version="2" lang="en"'
    stray = "the request of a terminal"
    request = document(REGISTRATION, service(NEWS), stray, "<!-- one -->", VENDOR, offer(UDP, HTTP), VENDOR)
    text = request.data.replace(b"<mbmsSecurityRegister", f"<{attributes}".encode(), 1)
    capture.fine(terminal.request(Body(request.content_type, text, request.fields)), "more than one needs, all of it legal")
    entries = response(NEWS, container(REGISTERED, terminal.ltkm()), VENDOR), VENDOR
    answer = terminal.respond(document(REGISTRATION_RESPONSE, *entries, grant(UDP, HTTP), VENDOR))
    capture.fine(answer.frame, "elements of others at every wildcard")
    names = "urn:3GPP:metadata:2005:MBMS:securityRegistrationRequest"
    frame = terminal.request(document(REGISTRATION, service(NEWS), offer(UDP), namespace=names))
    capture.fine(frame, "the name space of the change request's text")
    terminal.is_granted(grant(UDP))


# ---- status codes ----------------------------------------------------------------------------------------------------


@about(
    "R86",
    "status codes and ResponseCodes that a BM-SC does not use: 406 to 417, 500, 502; those of the table, and those of "
    "which it says nothing, are fine",
)
def r86(capture: RuleCapture) -> None:
    terminal = Terminal(capture)

    def refused(status: str) -> int:
        terminal.offers(offer(UDP, HTTP))
        return terminal.refuse(status)

    def entry(code: str) -> int:
        terminal.asks(CURRENT)
        return terminal.gets(response(CURRENT, code=code)).frame

    for status in ("406 Not Acceptable", "417 Expectation Failed", "500 Internal Server Error", "502 Bad Gateway"):
        capture.note(refused(status))
    for code in ("410 Gone", "500 Internal Server Error", "502 Bad Gateway"):
        capture.note(entry(code))
    used = (BAD_REQUEST, FORBIDDEN, "404 Not Found", "405 Method Not Allowed", "501 Not Implemented", "504 Gateway Timeout")
    for status in (*used, "505 HTTP Version Not Supported", "418 Later"):
        capture.fine(refused(status), "in the table" if status != "418 Later" else "the table says nothing of it")
    terminal.offers(offer(UDP, HTTP))
    capture.fine(terminal.refuse("503 Service Unavailable"), "in the table")
    capture.fine(entry("404 Not Found"), "in the table")
    terminal.get("/index.html")
    capture.fine(terminal.refuse("500 Internal Server Error"), "no answer to one of the documents")


# ---- digests ---------------------------------------------------------------------------------------------------------


@about(
    "R87",
    "realms of another kind and of another host, another algorithm, auth alone, a User-Agent without 3gpp-gba; the other "
    "kinds of GBA, capitals in the host, and terminals without digests are fine",
)
def r87(capture: RuleCapture) -> None:
    terminals = (Terminal(capture, number) for number in range(1, 9))
    asking = document(MSK_REQUEST, msk(CURRENT))

    def challenged(terminal: Terminal, login: Login = Login.NOTHING) -> tuple[int, int]:
        """The frames of the challenge and of the request after it."""
        terminal.request(asking, login)
        challenge = terminal.session.challenge()
        request = terminal.request(asking)
        terminal.gets(response(CURRENT, code=FORBIDDEN))
        return challenge, request

    for changes in ({"kind": "bootstrapping"}, {"server": BSM_2.name}):
        terminal = next(terminals)
        terminal.session.logs_in_with(**changes)
        for frame in challenged(terminal):
            capture.suspicious(frame)
    for changes in ({"algorithm": "SHA-256"}, {"offered": "auth", "quality": "auth"}):
        terminal = next(terminals)
        terminal.session.logs_in_with(**changes)
        for frame in challenged(terminal):
            capture.note(frame)
    other_agent = next(terminals)
    other_agent.session.agent = "BCAST-Terminal/1.0"
    capture.note(other_agent.request(asking))
    other_agent.gets(response(CURRENT, code=FORBIDDEN))
    card = next(terminals)
    card.session.logs_in_with(kind="3GPP-bootstrapping-uicc")
    card.session.agent = "BCAST-Terminal/1.0 3gpp-gba-uicc"
    for frame in challenged(card, Login.NAME):
        capture.fine(frame, "keys on the card")
    shouting = next(terminals)
    shouting.session.logs_in_with(server=BSM_1.name.upper())
    for frame in challenged(shouting):
        capture.fine(frame, "capitals in a host name")
    silent = next(terminals)
    silent.session.agent = "BCAST-Terminal/1.0"
    capture.fine(silent.request(asking, Login.NOTHING), "no digest of this terminal in the capture")
    silent.gets(response(CURRENT, code=FORBIDDEN))
