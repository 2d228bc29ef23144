"""R69 and R91: what has to follow a solicited pull, and a 200 OK for an MSK (TS 33.246 6.3.2.2, 6.3.2.3)."""

from .. import network
from ..cast import RESOLVER, key_ids
from ..documents import DEREGISTRATION, HTTP, UDP
from ..network import Host
from ..procedures import resolve
from ..rule_capture import RuleCapture, about
from .rules_parts import BSM_4, FORBIDDEN, KEYS, Terminal, container, document, response, service

CURRENT, OTHER_GROUP = key_ids(0x68C9, 0), key_ids(0x24CB, 0x4400)
_CLOCK = Host("clock.example.net", "203.0.113.123")


def goes_on(capture: RuleCapture, seconds: float) -> None:
    """Time passes; what others send shows that the capture goes on."""
    end = capture.now() + round(seconds * 1_000_000)
    while capture.now() + 5_000_000 < end:
        capture.wait(4_990)
        capture.send_udp(RESOLVER, _CLOCK, (123, 123), b"\x23" + bytes(47))
    capture.wait_until(end)


@about(
    "R69",
    "solicited pulls that no MSK request and no registration follows; one 58 s later, a terminal of which nothing is "
    "seen any more, and the end of the capture are fine",
)
def r69(capture: RuleCapture) -> None:
    idle, leaving, late, registering, gone, asking, last = (Terminal(capture, number) for number in range(1, 8))
    for terminal in (idle, leaving, late, registering, gone, asking, last):
        terminal.registers((UDP,))
    capture.suspicious(idle.is_pushed(idle.without_key()).frame)
    capture.suspicious(leaving.is_pushed(leaving.without_key()).frame)
    capture.fine(late.is_pushed(late.without_key()).frame, "asks 58 s later")
    capture.fine(registering.is_pushed(registering.without_key(0, 0)).frame, "registers anew")
    capture.fine(gone.is_pushed(gone.without_key()).frame, "nothing is seen of this terminal any more")
    capture.fine(asking.is_pushed(asking.without_key()).frame, "asks at once")
    asking.asks(CURRENT)
    asking.gets(response(CURRENT))
    asking.is_pushed(asking.ltkm(0x68C9, 2))
    registering.registers((UDP,))
    leaving.request(document(DEREGISTRATION, service("urn:example:bcast:item:news#monthly")))
    leaving.refuse(FORBIDDEN)
    goes_on(capture, 20)
    resolve(capture, idle.host, BSM_4)
    goes_on(capture, 34)
    late.asks(CURRENT)
    late.gets(response(CURRENT))
    late.is_pushed(late.ltkm(0x68C9, 2))
    goes_on(capture, 20)
    resolve(capture, last.host, BSM_4)
    capture.fine(last.is_pushed(last.without_key()).frame, "the capture ends 30 s later")
    resolve(capture, last.host, BSM_4)
    goes_on(capture, 30)
    capture.send(RESOLVER, _CLOCK, network.ICMP, network.echo(1))


@about(
    "R91",
    "keys answered with 200 that never come, come too late, or are those of another group or of another terminal; one "
    "in the answer, one 58 s later, another number, a refusal, and what the capture cannot show are fine",
)
def r91(capture: RuleCapture) -> None:
    never, late, other_group, in_time, inside, unseen, last = (Terminal(capture, number) for number in range(1, 8))
    for terminal in (never, late, other_group, in_time, inside, last):
        terminal.registers((UDP, HTTP))
    unseen.registers((UDP,))

    def accepted(terminal: Terminal) -> int:
        terminal.asks(CURRENT)
        return terminal.gets(response(CURRENT)).frame

    capture.suspicious(accepted(never))
    capture.suspicious(accepted(late))
    capture.suspicious(accepted(other_group))
    other_group.is_pushed(other_group.ltkm(0x24CB, 0x4400))
    capture.fine(accepted(in_time), "comes 58 s later")
    capture.fine(accepted(unseen), "UDP alone is granted, and none to this terminal is in the capture")
    inside.asks(CURRENT, OTHER_GROUP)
    entries = response(CURRENT, container(KEYS, inside.ltkm(0x68C9, 3))), response(OTHER_GROUP, code=FORBIDDEN)
    capture.fine(inside.gets(*entries).frame, "one is in the answer, with some number, the other is refused")
    inside.asks(CURRENT, OTHER_GROUP)
    entries = response(CURRENT, container(KEYS, inside.ltkm(0x68C9, 4))), response(OTHER_GROUP)
    capture.suspicious(inside.gets(*entries).frame)
    goes_on(capture, 54)
    in_time.is_pushed(in_time.ltkm(0x68C9, 2))
    goes_on(capture, 15)
    late.is_pushed(late.ltkm(0x68C9, 2))
    capture.fine(accepted(last), "the capture ends 30 s later")
    goes_on(capture, 30)
    capture.send(RESOLVER, _CLOCK, network.ICMP, network.echo(1))
