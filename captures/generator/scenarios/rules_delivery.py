"""R33 to R44: announcing and using delivery mechanisms (OMA BCAST Services 5.1.6.10.1)."""

from ..cast import NEWS, SPORT, key_ids
from ..documents import (
    DEREGISTRATION,
    DEREGISTRATION_RESPONSE,
    HTTP,
    MSK_REQUEST,
    REGISTRATION,
    REGISTRATION_RESPONSE,
    SMS,
    UDP,
)
from ..rule_capture import RuleCapture, about
from .rules_parts import (
    FORBIDDEN,
    GRANT,
    KEYS,
    LEFT,
    OFFER,
    Answer,
    Content,
    Terminal,
    container,
    document,
    grant,
    msk,
    offer,
    response,
    service,
)

CURRENT = key_ids(0x68C9, 0)
GATEWAY_TIMEOUT = "504 Gateway Timeout"


@about(
    "R33",
    "offers in a deregistration request and in an MSK request, which change nothing; in a registration they are fine",
)
def r33(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    capture.fine(terminal.offers(offer(UDP, HTTP)), "a registration request")
    terminal.is_granted(grant(UDP, HTTP))
    asking = document(MSK_REQUEST, msk(CURRENT), offer(UDP))
    capture.fine(terminal.challenged(asking), "in an MSK request, but answered by 401")
    capture.breach(terminal.request(asking))
    answer = terminal.gets(response(CURRENT, container(KEYS, terminal.ltkm())))
    capture.fine(answer.frame, "HTTP is granted as before")
    capture.breach(terminal.request(document(DEREGISTRATION, service(NEWS), offer(UDP))))
    answer = terminal.respond(document(DEREGISTRATION_RESPONSE, response(NEWS, container(LEFT, terminal.ltkm()))))
    capture.fine(answer.frame, "HTTP is granted as before")


@about(
    "R34",
    "terminals that offer nothing get LTKMs by HTTP: at once, later, after deregistration; UDP, others that do offer, "
    "and what comes before the first registration are fine",
)
def r34(capture: RuleCapture) -> None:
    without, empty, offering, challenged = (Terminal(capture, number) for number in range(1, 5))
    capture.fine(without.gets_key(without.ltkm()).frame, "before the first registration of the capture")
    waiting = without.ltkm(v=True)
    capture.breach(without.registers(None, None, waiting, without.ltkm()).frame, "R34", "R34")
    empty.offers(container(OFFER))
    capture.fine(empty.is_granted().frame, "nothing offered, nothing granted, no LTKM")
    capture.fine(offering.registers((HTTP,), None, offering.ltkm()).frame, "another terminal, which offers HTTP")
    capture.breach(empty.gets_key(empty.ltkm()).frame)
    capture.fine(without.is_pushed(without.ltkm()).frame, "over UDP")
    challenged.registers(None)
    challenged.challenged(document(REGISTRATION, service(NEWS), offer(UDP, HTTP)))
    capture.breach(challenged.gets_key(challenged.ltkm()).frame)
    capture.breach(without.leaves(without.ltkm()).frame)
    capture.breach(without.gets_key(without.ltkm()).frame)
    capture.fine(without.registers((UDP, HTTP), None, without.ltkm()).frame, "a new registration, with an offer")
    capture.fine(offering.gets_key(offering.ltkm()).frame, "it still offers HTTP")
    offering.registers(None)
    capture.breach(offering.gets_key(offering.ltkm()).frame)
    capture.wait(12_000)
    capture.fine(offering.is_pushed(offering.without_key()).frame, "over UDP, without key")


@about("R35", "offers to which the response says nothing at all; with UDP in the offer that is only suspicious")
def r35(capture: RuleCapture) -> None:
    terminal, other = Terminal(capture, 1), Terminal(capture, 2)
    capture.breach(terminal.registers((HTTP,), ()).frame)
    capture.breach(terminal.registers((SMS,), ()).frame)
    capture.suspicious(terminal.registers((UDP, HTTP), ()).frame)
    capture.fine(other.registers(None).frame, "nothing offered, nothing said")
    capture.fine(terminal.registers((UDP, HTTP), (HTTP,)).frame, "it says what is granted")
    other.offers(offer(UDP, HTTP))
    capture.fine(other.is_granted(container(GRANT)).frame, "an empty container: UDP alone")
    other.offers(container(OFFER))
    capture.fine(other.is_granted().frame, "a container, but no offer in it")
    other.offers(offer(HTTP))
    capture.fine(other.refuse(), "403: nothing that is offered is supported")
    other.offers(offer(HTTP))
    capture.fine(other.is_granted(status=GATEWAY_TIMEOUT).frame, "not a success")
    capture.fine(terminal.leaves().frame, "the answer to a deregistration")


@about("R36", "an empty container where UDP is not offered; where it is, empty means UDP alone")
def r36(capture: RuleCapture) -> None:
    terminal = Terminal(capture)

    def answered(*types: int) -> int:
        terminal.offers(*([offer(*types)] if types else []))
        return terminal.is_granted(container(GRANT)).frame

    capture.breach(answered(HTTP))
    capture.breach(answered(SMS, HTTP))
    capture.fine(answered(UDP, HTTP), "UDP is in the offer")
    capture.fine(answered(), "nothing is offered")
    capture.fine(terminal.registers((HTTP,)).frame, "it says what is granted")


@about(
    "R37",
    "granting what is not offered, also what only a request answered by 401 offered; UDP unasked is only suspicious",
)
def r37(capture: RuleCapture) -> None:
    terminal, other = Terminal(capture, 1), Terminal(capture, 2)
    terminal.offers(offer(UDP))
    other.offers(offer(UDP, HTTP))
    capture.breach(terminal.is_granted(grant(UDP, HTTP)).frame)
    capture.fine(other.is_granted(grant(HTTP)).frame, "this terminal did offer it")
    capture.breach(terminal.registers((UDP, HTTP), (UDP, SMS, HTTP)).frame)
    capture.suspicious(terminal.registers((HTTP,), (UDP, HTTP)).frame)
    answer = terminal.registers((HTTP,), (UDP, SMS))
    capture.suspicious(answer.frame)
    capture.breach(answer.frame)
    other.challenged(document(REGISTRATION, service(NEWS), offer(UDP, HTTP)))
    capture.breach(other.registers((UDP,), (HTTP,)).frame)
    other.challenged(document(REGISTRATION, service(NEWS), offer(UDP)))
    capture.fine(other.registers((UDP, HTTP), (HTTP,)).frame, "offered, though not in the request answered by 401")
    capture.fine(terminal.registers((HTTP, UDP, SMS), (UDP, HTTP)).frame, "a part of the offer, in another order")


@about("R38", "granting HTTP or SMS to terminals that offer nothing; UDP, or nothing, may be granted")
def r38(capture: RuleCapture) -> None:
    terminal, other = Terminal(capture, 1), Terminal(capture, 2)
    terminal.offers()
    other.offers(offer(HTTP))
    capture.breach(terminal.is_granted(grant(HTTP)).frame)
    capture.fine(other.is_granted(grant(HTTP)).frame, "this terminal did offer it")
    terminal.offers(container(OFFER))
    capture.breach(terminal.is_granted(grant(UDP, SMS, HTTP)).frame, "R38", "R38")
    other.challenged(document(REGISTRATION, service(NEWS), offer(HTTP)))
    capture.breach(other.registers(None, (UDP, HTTP)).frame)
    capture.fine(terminal.registers(None, (UDP,)).frame, "UDP")
    terminal.offers()
    capture.fine(terminal.is_granted(container(GRANT)).frame, "an empty container")
    terminal.challenged(document(REGISTRATION, service(NEWS)))
    capture.fine(terminal.registers((HTTP,)).frame, "offered, though not in the request answered by 401")


@about(
    "R39",
    "LTKMs by a mechanism that the registration response did not grant, until the next one; what is granted, to each "
    "terminal its own, holds beyond deregistration",
)
def r39(capture: RuleCapture) -> None:
    udp_only, http_only, empty = (Terminal(capture, number) for number in range(1, 4))
    udp_only.registers((UDP, HTTP), (UDP,))
    http_only.registers((UDP, HTTP), (HTTP,))
    empty.offers(offer(UDP, HTTP))
    empty.is_granted(container(GRANT))
    capture.breach(udp_only.gets_key(udp_only.ltkm()).frame)
    capture.fine(http_only.gets_key(http_only.ltkm()).frame, "HTTP, granted to this terminal")
    pushed = udp_only.is_pushed(udp_only.ltkm(v=True))
    udp_only.verifies(pushed)
    capture.fine(pushed.frame, "UDP, granted to this terminal")
    capture.breach(http_only.is_pushed(http_only.ltkm(v=True)).frame)
    capture.breach(http_only.is_pushed(http_only.without_key()).frame)
    capture.breach(empty.gets_key(empty.ltkm()).frame)
    capture.fine(empty.is_pushed(empty.ltkm()).frame, "no grant in the container: UDP")
    capture.fine(http_only.leaves(http_only.ltkm()).frame, "HTTP still")
    capture.breach(http_only.is_pushed(http_only.ltkm()).frame)
    http_only.offers(offer(UDP, HTTP))
    capture.breach(http_only.is_pushed(http_only.ltkm()).frame)
    http_only.is_granted(grant(UDP, HTTP))
    capture.fine(http_only.is_pushed(http_only.ltkm()).frame, "UDP, granted by the new registration")
    capture.wait(12_000)
    capture.fine(http_only.gets_key(http_only.ltkm()).frame, "HTTP, granted by the new registration")


@about("R40", "registration responses with LTKMs in them that do not grant HTTP; earlier grants do not matter")
def r40(capture: RuleCapture) -> None:
    terminal, other = Terminal(capture, 1), Terminal(capture, 2)

    def registers(offered: tuple[int, ...], granted: Content) -> Answer:
        terminal.offers(offer(*offered))
        return terminal.is_granted(granted, ltkms=(terminal.ltkm(), terminal.ltkm()))

    capture.breach(registers((UDP, HTTP), grant(UDP)).frame, "R40", "R40")
    capture.fine(registers((UDP, HTTP), grant(HTTP)).frame, "granted now, though not before")
    capture.breach(registers((UDP, HTTP), container(GRANT)).frame, "R40", "R40")
    frame = registers((UDP, HTTP), "").frame
    capture.suspicious(frame, "R35")
    capture.breach(frame, "R40", "R40")
    other.registers((UDP, HTTP))
    waiting = other.ltkm(v=True)
    capture.breach(other.registers((UDP, HTTP), (UDP,), waiting).frame)
    capture.fine(terminal.registers((UDP, HTTP), (UDP,)).frame, "HTTP not granted, and no LTKM")
    capture.wait(12_000)
    capture.fine(other.registers((UDP, HTTP), (UDP, HTTP), other.ltkm()).frame, "HTTP granted")


@about("R43", "a refusal of HTTP alone that stands in every ResponseCode, not in the status line, where it belongs")
def r43(capture: RuleCapture) -> None:
    terminal = Terminal(capture)

    def answered(offered: Content, second: str, granted: Content) -> int:
        terminal.offers(offered, services=(NEWS, SPORT))
        entries = (response(NEWS, code=FORBIDDEN), response(SPORT, code=second))
        return terminal.respond(document(REGISTRATION_RESPONSE, *entries, granted)).frame

    capture.suspicious(answered(offer(HTTP), FORBIDDEN, grant(HTTP)))
    frame = answered(offer(SMS, HTTP), FORBIDDEN, "")
    capture.suspicious(frame)
    capture.breach(frame, "R35")
    capture.fine(answered(offer(HTTP), "200 OK", grant(HTTP)), "one of the services is allowed")
    capture.fine(answered(offer(HTTP), "404 Not Found", grant(HTTP)), "not every one is 403")
    capture.fine(answered(offer(UDP, HTTP), FORBIDDEN, grant(UDP)), "UDP is in the offer")
    capture.fine(answered("", FORBIDDEN, ""), "nothing is offered")
    terminal.offers(offer(HTTP))
    capture.fine(terminal.refuse(), "403 in the status line")


@about("R44", "LTKMs with keys to a terminal that was refused by 403; registered before or after, without key: fine")
def r44(capture: RuleCapture) -> None:
    refused, before, unknown, missing = (Terminal(capture, number) for number in range(1, 5))
    before.registers()
    refused.challenged(document(REGISTRATION, service(NEWS), offer(HTTP)))
    refused.offers(offer(HTTP))
    refused.refuse()
    capture.suspicious(refused.is_pushed(refused.ltkm()).frame)
    capture.fine(refused.is_pushed(refused.without_key()).frame, "without key")
    second = key_ids(0x24CB, 1)
    refused.asks(CURRENT, second)
    entries = (
        response(CURRENT, container(KEYS, refused.ltkm())),
        response(second, container(KEYS, refused.ltkm(0x24CB))),
    )
    capture.suspicious(refused.gets(*entries).frame, "R44", "R44")
    before.offers(offer(HTTP))
    before.refuse()
    capture.fine(before.is_pushed(before.ltkm()).frame, "registered before: that stays")
    capture.fine(before.gets_key(before.ltkm()).frame, "registered before: that stays")
    unknown.challenged(document(REGISTRATION, service(NEWS), offer(HTTP)))
    capture.fine(unknown.is_pushed(unknown.ltkm()).frame, "401 is not 403")
    missing.offers(offer(HTTP))
    missing.refuse("404 Not Found")
    capture.fine(missing.is_pushed(missing.ltkm()).frame, "404 is not 403")
    refused.asks(CURRENT)
    refused.refuse()
    capture.fine(refused.registers((UDP, HTTP), None, refused.ltkm()).frame, "registered at last")
    capture.fine(refused.is_pushed(refused.ltkm()).frame, "registered at last")
