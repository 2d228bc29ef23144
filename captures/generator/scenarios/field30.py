"""Thirty terminals at one BSM at the same time, as in the field; what is wrong with each is told by display filters."""

from dataclasses import replace
from typing import Callable

from .. import cast, network
from ..capture import Capture, scenario
from ..cast import FILM, MULTICAST, NEWS, RESOLVER, SPORT, key_data, stkm, streaming
from ..documents import (
    DEREGISTRATION,
    DEREGISTRATION_RESPONSE,
    HTTP,
    MSK_REQUEST,
    MSK_RESPONSE,
    REGISTRATION,
    UDP,
    Document,
    Entry,
)
from ..ltkm_fields import UNVERIFIED
from ..network import Host, stable
from ..procedures import MIKEY_PORT, Dialogue, push
from .field_parts import (
    BSM,
    BSM_6,
    CSB_ID,
    CURRENT,
    FIRST,
    OF_FILM,
    SECOND,
    Script,
    Terminal,
    side_by_side,
    subscriber,
)

OTHER_BSM = Host("keys-2.operator.example", "198.51.100.90")
FORBIDDEN = "403 Forbidden"
LENGTH = 150_000  # milliseconds
SUBJECT = {f"mbms_sec.{name}" for name in ("message", "status_code", "terminal", "request_in", "response_in")} | {
    f"ltkm.{name}" for name in ("message", "transport", "counter", "idr", "verifies", "verified_in", "duplicate_of")
}


# ---- terminals with which all is well --------------------------------------------------------------------------------


def by_http(terminal: Terminal) -> Script:
    """Two keys, each in a response."""
    yield from terminal.connects()
    yield from terminal.registers((HTTP,), terminal.ltkm(FIRST))
    yield 60_000
    yield from terminal.gets_and_verifies(CURRENT, terminal.ltkm(SECOND))
    yield from terminal.closes()


def by_udp(terminal: Terminal) -> Script:
    """A key pushed, and one that the terminal is made to ask for."""
    yield from terminal.connects()
    yield from terminal.registers((UDP,))
    yield 900
    yield from terminal.verifies(terminal.is_pushed(terminal.ltkm(FIRST)))
    yield from terminal.closes()
    yield 50_000
    terminal.is_pushed(terminal.pull())
    yield 250
    yield from terminal.connects()
    yield from terminal.gets(CURRENT)
    yield 40
    yield from terminal.verifies(terminal.is_pushed(terminal.ltkm(SECOND)))
    yield from terminal.closes()


def leaves(terminal: Terminal) -> Script:
    """Two services, and a deregistration that takes a key back."""
    yield from terminal.connects()
    yield from terminal.registers((UDP, HTTP), terminal.ltkm(FIRST), services=(NEWS, SPORT))
    yield 45_000
    yield from terminal.asks(Document(DEREGISTRATION, services=(NEWS, SPORT)))
    invalid = terminal.ltkm(FIRST, key_data=(key_data(FIRST, low=0xFFFE, high=1),))
    answer = Document(DEREGISTRATION_RESPONSE, entries=(Entry(NEWS, ltkms=(invalid,)), Entry(SPORT)))
    yield from terminal.verifies(*terminal.session.respond(answer))
    yield from terminal.closes()


# ---- terminals with which something is wrong -------------------------------------------------------------------------


def refused(terminal: Terminal) -> Script:
    """Every service 403."""
    yield from terminal.connects()
    codes = (FORBIDDEN, FORBIDDEN)
    yield from terminal.registers((UDP, HTTP), services=(NEWS, SPORT), codes=codes)
    terminal.has(terminal.session.frame, "mbms_sec.outcome == 2", "mbms_sec.refused")
    yield from terminal.closes()


def refused_in_part(terminal: Terminal) -> Script:
    yield from terminal.connects()
    message = terminal.ltkm(FIRST)
    yield from terminal.registers((UDP, HTTP), message, services=(NEWS, FILM), codes=("200 OK", FORBIDDEN))
    terminal.has(terminal.session.frame, "mbms_sec.outcome == 1", "mbms_sec.refused")
    yield from terminal.closes()


def refused_at_once(terminal: Terminal) -> Script:
    """No mechanism in common (OMA BCAST Services 5.1.6.10.1)."""
    yield from terminal.connects()
    offer = Document(REGISTRATION, services=(NEWS,), delivery=(HTTP,))
    yield from terminal.is_challenged(offer)
    yield from terminal.asks(offer)
    terminal.has(terminal.session.refuse(FORBIDDEN), "mbms_sec.outcome == 3", "mbms_sec.refused")
    yield from terminal.closes()


def unauthorised(terminal: Terminal) -> Script:
    """401 four times: its MRK is not that of its B-TID."""
    terminal.subscriber = replace(terminal.subscriber, mrk=stable("another MRK", 32))
    yield from terminal.connects()
    offer = Document(REGISTRATION, services=(NEWS,), delivery=(UDP, HTTP))
    yield from terminal.is_challenged(offer)
    for _ in range(4):
        yield from terminal.asks(offer)
        terminal.has(terminal.session.challenge(), "mbms_sec.outcome == 5", "mbms_sec.unauthorised")
        yield 1_000
    yield from terminal.closes()


def not_verified(terminal: Terminal) -> Script:
    """One that comes in a response and one that is pushed; others are verified."""
    yield from terminal.connects()
    yield from terminal.registers((UDP, HTTP), terminal.ltkm(FIRST))
    yield 5_000
    lost = yield from terminal.gets(CURRENT, terminal.ltkm(SECOND))
    yield from terminal.closes()
    yield 20_000
    lost.append(terminal.is_pushed(terminal.ltkm(SECOND)))
    for one in lost:
        terminal.has(one.frame, "ltkm.answer == 3", 'bcast.rule == "R53"')
    yield 15_000
    yield from terminal.verifies(terminal.is_pushed(terminal.ltkm(OF_FILM)))


def verified_late(terminal: Terminal) -> Script:
    yield from terminal.connects()
    yield from terminal.registers((UDP, HTTP), terminal.ltkm(FIRST))
    yield from terminal.closes()
    yield 10_000
    late = terminal.is_pushed(terminal.ltkm(SECOND))
    terminal.has(late.frame, "ltkm.answer == 2", 'bcast.rule == "R53"')
    yield 12_500
    yield from terminal.verifies(late)


def verified_elsewhere(terminal: Terminal) -> Script:
    """To the other BSM, which IDi does not name."""
    terminal.looks_up(OTHER_BSM)
    yield from terminal.connects()
    yield from terminal.registers((UDP, HTTP), terminal.ltkm(FIRST))
    yield 8_000
    answered = yield from terminal.gets(CURRENT, terminal.ltkm(SECOND))
    yield from terminal.verifies(*answered, to=OTHER_BSM)
    terminal.has(int(answered[0].fields["ltkm.verified_in"][0]), 'bcast.rule == "R57"')
    yield from terminal.closes()


def bootstrapped_anew(terminal: Terminal) -> Script:
    """A 401 makes it bootstrap again; the BSM goes on with the MUK of before for a while."""
    yield from terminal.connects()
    yield from terminal.registers((UDP, HTTP), terminal.ltkm(FIRST))
    old = terminal.subscriber
    yield 30_000
    yield from terminal.asks(Document(MSK_REQUEST, msks=(CURRENT,)))
    terminal.has(terminal.session.challenge(), "mbms_sec.outcome == 5", "mbms_sec.unauthorised")
    yield 400
    terminal.bootstraps()
    yield from terminal.registers((UDP, HTTP), terminal.ltkm(FIRST))
    for _ in range(2):
        yield 4_000
        pushed = terminal.is_pushed(terminal.ltkm(SECOND, old))
        terminal.has(pushed.frame, "ltkm.fate == 1", "ltkm.answer == 4", who=old)
        yield 120
        yield from terminal.gets_and_verifies(CURRENT, terminal.ltkm(SECOND))
    yield from terminal.closes()


def replayed(terminal: Terminal) -> Script:
    """Another LTKM with the T of one before."""
    yield from terminal.connects()
    yield from terminal.registers((UDP, HTTP), terminal.ltkm(FIRST))
    yield from terminal.closes()
    yield 10_000
    first = terminal.ltkm(SECOND)
    yield from terminal.verifies(terminal.is_pushed(first))
    yield 5_000
    again = replace(terminal.ltkm(OF_FILM), t=first.t)
    terminal.has(terminal.is_pushed(again).frame, "ltkm.fate == 5", "ltkm.answer == 4", 'bcast.rule == "R74"')


def unanswered(terminal: Terminal) -> Script:
    """The BSM's TCP takes the MSK request, and that is all."""
    yield from terminal.connects()
    yield from terminal.registers((UDP, HTTP), terminal.ltkm(FIRST))
    yield 3_000
    yield from terminal.asks(Document(MSK_REQUEST, msks=(CURRENT,)))
    terminal.has(terminal.session.frame, "mbms_sec.outcome == 7", "mbms_sec.no_response")
    terminal.session.connection.acknowledge(terminal.bsm)
    yield 30_000
    yield from terminal.closes()


def unavailable(terminal: Terminal) -> Script:
    """503, and 503 once more after the delay that the BSM asks for."""
    yield from terminal.connects()
    offer = Document(REGISTRATION, services=(NEWS,), delivery=(UDP, HTTP))
    yield from terminal.is_challenged(offer)
    for _ in range(2):
        yield from terminal.asks(offer)
        frame = terminal.session.refuse("503 Service Unavailable", ("Retry-After", "20"))
        terminal.has(frame, "mbms_sec.outcome == 6")
        yield 20_000
    yield from terminal.closes()


def not_delivered(terminal: Terminal) -> Script:
    """200 OK for a key that never comes; one of another group did."""
    yield from terminal.connects()
    yield from terminal.registers((UDP,), services=(FILM,))
    yield 700
    yield from terminal.verifies(terminal.is_pushed(terminal.ltkm(OF_FILM)))
    yield 2_000
    yield from terminal.gets(CURRENT)
    terminal.has(terminal.session.frame, 'bcast.rule == "R91"')
    yield from terminal.closes()


def grant_ignored(terminal: Terminal) -> Script:
    """HTTP is offered, UDP granted, and the key comes by HTTP: the terminal may ignore it."""
    yield from terminal.connects()
    yield from terminal.registers((UDP, HTTP), granted=(UDP,))
    yield 800
    yield from terminal.verifies(terminal.is_pushed(terminal.ltkm(FIRST)))
    yield 4_000
    yield from terminal.gets(CURRENT, terminal.ltkm(SECOND))
    terminal.has(terminal.session.frame, 'bcast.rule == "R39"', "ltkm.fate == 4", "ltkm.answer == 4")
    yield from terminal.closes()


def unreachable(terminal: Terminal) -> Script:
    """Nobody listens any more: an ICMP error quotes the LTKM."""
    yield from terminal.connects()
    yield from terminal.registers((UDP,))
    yield 1_000
    yield from terminal.verifies(terminal.is_pushed(terminal.ltkm(FIRST)))
    yield from terminal.closes()
    yield 25_000
    pushed = terminal.is_pushed(terminal.ltkm(SECOND))
    yield 6
    error = network.port_unreachable(terminal.host, terminal.bsm, terminal.capture.packet_of(pushed.frame))
    protocol = network.ICMP if terminal.host.ip.version == 4 else network.ICMPV6
    frame = terminal.capture.send(terminal.host, terminal.bsm, protocol, error)
    terminal.capture.expect_with_keys(frame, {"ltkm.mac_status": [str(UNVERIFIED)]})
    terminal.has(pushed.frame, "ltkm.answer == 3", f"ltkm.unreachable_in == {frame}", 'bcast.rule == "R53"')


def pull_ignored(terminal: Terminal) -> Script:
    yield from terminal.connects()
    yield from terminal.registers((UDP, HTTP), terminal.ltkm(FIRST))
    yield from terminal.closes()
    yield 15_000
    pulled = terminal.is_pushed(terminal.pull())
    terminal.has(pulled.frame, "ltkm.fate == 1", 'bcast.rule == "R69"')
    yield 20_000
    terminal.looks_up(OTHER_BSM)


def asks_again(terminal: Terminal) -> Script:
    """For the same key three times, though it gets it."""
    yield from terminal.connects()
    yield from terminal.registers((HTTP,), terminal.ltkm(FIRST))
    for _ in range(3):
        yield 9_000
        yield from terminal.asks(Document(MSK_REQUEST, msks=(SECOND,)))
        request = terminal.session.frame
        entry = Entry(msk=SECOND, ltkms=(terminal.ltkm(SECOND),))
        yield from terminal.verifies(*terminal.session.respond(Document(MSK_RESPONSE, entries=(entry,))))
    terminal.has(request, "mbms_sec.asked_again")
    yield from terminal.closes()


# ---- everything else on the network ----------------------------------------------------------------------------------


def traffic_keys(capture: Capture) -> Script:
    """STKMs of the streaming service, each new one repeated once."""
    carrier = streaming(cast.ltkm(FIRST, 1, subscriber(0, RESOLVER), BSM, csb_id=CSB_ID))
    for count in range(1, 6):
        message = stkm(carrier, mtk=count + 1, count=count)  # the first MTK ID above the lower limit
        first = push(capture, BSM, MULTICAST, message, MIKEY_PORT)
        yield 2_000
        push(capture, BSM, MULTICAST, message, MIKEY_PORT).fields["ltkm.duplicate_of"] = [str(first.frame)]
        yield 10_000


def others(capture: Capture) -> Script:
    """Clocks, pings, encrypted connections, until the end of the capture."""
    desk, server = Host("desk.example.org", "10.30.0.200"), Host("www.example.net", "203.0.113.80")
    clock = Host("clock.example.net", "203.0.113.123")
    end = capture.now() + LENGTH * 1000
    number = 0
    while capture.now() < end:
        number += 1
        capture.send(desk, server, network.ICMP, network.echo(number))
        yield 11
        capture.send(server, desk, network.ICMP, network.echo(number, reply=True))
        yield 700
        asked = b"\x23" + bytes(39) + stable(f"clock {number}", 8)
        capture.send_udp(desk, clock, (123, 123), asked)
        yield 19
        capture.send_udp(clock, desk, (123, 123), b"\x24\2\0\xe9" + bytes(20) + stable(f"answer {number}", 24))
        yield 8_000


def encrypted(capture: Capture) -> Script:
    """A TCP connection with bytes that nobody understands."""
    desk, server = Host("desk.example.org", "10.30.0.200"), Host("www.example.net", "203.0.113.80")
    for number in range(2):
        session = Dialogue(capture, subscriber(0, desk), server, 41000 + number, 443).open()
        for size in (300, 900):
            session.connection.transfer(session.connection.client, b"\x17\3\3" + stable(f"up {number} {size}", size))
            yield 30
            session.connection.transfer(session.connection.server, b"\x17\3\3" + stable(f"down {number} {size}", size))
            yield 200
        session.close()
        yield 30_000


# ---- the capture -----------------------------------------------------------------------------------------------------

_FAULTS: list[Callable[[Terminal], Script]] = [
    refused, unauthorised, not_verified, verified_elsewhere, bootstrapped_anew, replayed, unanswered, unavailable,
    not_delivered, grant_ignored, unreachable, pull_ignored, asks_again, refused_at_once, verified_late,
]  # fmt: skip


def _terminals(capture: Capture) -> list[tuple[Terminal, Callable[[Terminal], Script]]]:
    """Thirty with their stories: half of them in order; three behind a translator, three with IPv6 alone."""

    def at(number: int) -> Host:
        return Host(f"terminal-{number}.example.org", f"10.30.0.{number}")

    def translated(number: int) -> Terminal:
        return Terminal(capture, number, Host("nat.operator.example", "203.0.113.200"), translated=61000 + number)

    def six(number: int) -> Terminal:
        return Terminal(capture, number, Host(at(number).name, f"2001:db8:30::{number}"), BSM_6)

    faulty = [(Terminal(capture, number, at(number)), story) for number, story in enumerate(_FAULTS, 1)]
    sound = [(Terminal(capture, number, at(number)), (by_udp, by_http, leaves)[number % 3]) for number in range(16, 23)]
    behind = [(translated(number), by_http) for number in range(23, 26)]
    sixes = [(six(number), story) for number, story in enumerate((by_http, by_udp, unreachable), 26)]
    last = (Terminal(capture, 29, at(29)), refused_in_part), (Terminal(capture, 30, at(30)), leaves)
    return [*faulty, *sound, *behind, *sixes, *last]


@scenario(
    "field30",
    "thirty terminals at one BSM with one CSB ID for all; half of them fail, each in a way of its own; three are behind an "
    "address translator, three have IPv6",
)
def field30(capture: Capture) -> None:
    capture.keys_are_known = False
    capture.subject = SUBJECT
    cast_of_it = _terminals(capture)
    scripts = [(400 + 37 * (number * 7 % 30) * 10, story(one)) for number, (one, story) in enumerate(cast_of_it)]
    scripts += [(0, others(capture)), (9_000, encrypted(capture)), (15_000, traffic_keys(capture))]
    side_by_side(capture, scripts)
    for terminal, _ in cast_of_it:
        terminal.tell()
