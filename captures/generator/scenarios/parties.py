"""What several captures have in common: looking up the BSM, registering, asking for keys, verifying."""

from ..capture import Capture
from ..cast import BSM_1, BSM_2, NEWS, SUBSCRIBER_A, Subscriber
from ..documents import HTTP, MSK_REQUEST, MSK_RESPONSE, REGISTRATION, REGISTRATION_RESPONSE, UDP, Document, Entry
from ..mikey import Initiator, KeyIds
from ..network import Host
from ..procedures import Delivered, Dialogue, in_turn, resolve, verify

TERMINAL_A = SUBSCRIBER_A.host
_HOSTS = {BSM_1.name: BSM_1, BSM_2.name: BSM_2}


def named_in(message: Initiator) -> Host:
    """The BSM that IDi names."""
    assert message.idi
    return _HOSTS[message.idi.data.decode()]


def verify_all(capture: Capture, delivered: list[Delivered], terminal: Host = TERMINAL_A) -> None:
    """One verification message for each LTKM with V set, in order, each to its own BSM (5.1.6.10.4)."""
    for one in in_turn(delivered):
        verify(capture, one, terminal, named_in(one.message))


def dialogue(capture: Capture, subscriber: Subscriber = SUBSCRIBER_A, port: int = 49200) -> Dialogue:
    """A connection to the first BSM, whose name the terminal has looked up."""
    resolve(capture, subscriber.host, BSM_1)
    return Dialogue(capture, subscriber, BSM_1, port).open()


def register(
    session: Dialogue,
    services: tuple[str, ...] = (NEWS,),
    delivery: tuple[int, ...] = (UDP, HTTP),
    ltkms: tuple[Initiator, ...] | None = None,
) -> list[Delivered]:
    """A registration; the LTKMs are those of its first service."""
    session.request(Document(REGISTRATION, services=services, delivery=delivery))
    entries = (Entry(services[0], ltkms=ltkms), *map(Entry, services[1:]))
    return session.respond(Document(REGISTRATION_RESPONSE, entries=entries, delivery=delivery))


def ask_keys(session: Dialogue, asked: list[KeyIds], ltkms: list[Initiator]) -> list[Delivered]:
    """MSK request and response, one LTKM for each key (5.1.6.8)."""
    session.request(Document(MSK_REQUEST, msks=tuple(asked)))
    entries = tuple(Entry(msk=ids, ltkms=(message,)) for ids, message in zip(asked, ltkms, strict=True))
    return session.respond(Document(MSK_RESPONSE, entries=entries))
