"""How the messages travel: tunnelled, translated, over IPv6, among others, half recorded, on unexpected ports."""

from dataclasses import replace

from ..capture import Capture, Fields, scenario
from ..cast import BSM_1, MULTICAST, NEWS, SPORT, SUBSCRIBER_A, key_ids, ltkm
from ..documents import (
    DEREGISTRATION,
    DEREGISTRATION_RESPONSE,
    HTTP,
    REGISTRATION,
    REGISTRATION_RESPONSE,
    UDP,
    Document,
    Entry,
)
from ..network import Host, Tunnel
from ..procedures import Dialogue, push, resolve, verify
from .parties import TERMINAL_A, ask_keys, dialogue, register, verify_all

OTHER_PORT = 40404
_GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
NOT_OURS: Fields = {
    "mbms_sec.message": [],
    "mbms_sec.terminal": [],
    "mbms_sec.status_code": [],
    "mbms_sec.request_in": [],
}
NOTHING: Fields = {"ltkm.message": [], "ltkm.id": [], "mikey.type": []}


@scenario("gtp-u", "a registration, a push and their verification messages inside a GTP-U tunnel")
def gtp_u(capture: Capture) -> None:
    capture.tunnel = Tunnel(Host("enb.example.org", "10.99.0.1"), Host("gateway.example.org", "10.99.0.2"), TERMINAL_A)
    session = dialogue(capture)
    verify_all(capture, register(session, ltkms=(ltkm(key_ids(0x68C9, 1), 1), ltkm(key_ids(0x68C9, 2), 2))))
    session.close()
    capture.wait(4_000)
    verify(capture, push(capture, BSM_1, TERMINAL_A, ltkm(key_ids(0x68C9, 3), 3)), TERMINAL_A, BSM_1)


@scenario("nat", "an address translator: HTTP comes from one address, the verification messages from another")
def nat(capture: Capture) -> None:
    outside = replace(SUBSCRIBER_A, host=Host("nat-http.example.net", "203.0.113.7"))
    other = Host("nat-udp.example.net", "203.0.113.99")
    resolve(capture, outside.host, BSM_1)
    session = Dialogue(capture, outside, BSM_1, 61005).open()
    verify_all(capture, register(session, delivery=(HTTP,), ltkms=(ltkm(key_ids(0x68C9, 1), 1),)), other)
    ids = key_ids(0x68C9, 0)
    verify_all(capture, ask_keys(session, [ids], [ltkm(key_ids(0x68C9, 2), 2)]), other)
    session.close()


@scenario("ipv6", "everything over IPv6: DNS with AAAA, HTTP, push and verification")
def ipv6(capture: Capture) -> None:
    terminal, bsm = Host("terminal-a6.example.org", "2001:db8:20::41"), Host(BSM_1.name, "2001:db8:1::10")
    resolve(capture, terminal, bsm, resolver=Host("resolver6.example.org", "2001:db8:1::53"))
    session = Dialogue(capture, replace(SUBSCRIBER_A, host=terminal), bsm).open()
    for one in register(session, ltkms=(ltkm(key_ids(0x68C9, 1), 1),)):
        verify(capture, one, terminal, bsm)
    session.close()
    capture.wait(4_000)
    verify(capture, push(capture, bsm, terminal, ltkm(key_ids(0x68C9, 2), 2)), terminal, bsm)


@scenario("keep-alive", "three procedures in turn on one connection, with requests for other things between them")
def keep_alive(capture: Capture) -> None:
    session = dialogue(capture)
    _something_else(capture, session, "/index.html", "text/html", b"<html><body>welcome</body></html>\n")
    verify_all(capture, register(session, (NEWS, SPORT), ltkms=(ltkm(key_ids(0x68C9, 1), 1),)))
    _something_else(capture, session, "/logo.gif", "image/gif", _GIF)
    verify_all(capture, ask_keys(session, [key_ids(0x24CB, 0x4400)], [ltkm(key_ids(0x24CB, 0x4400), 2)]))
    _something_else(capture, session, "/time", "text/plain", b"10:00\n")
    session.request(Document(DEREGISTRATION, services=(NEWS, SPORT)))
    session.respond(Document(DEREGISTRATION_RESPONSE, entries=(Entry(NEWS), Entry(SPORT))))
    verify_all(capture, register(session, (SPORT,), ltkms=(ltkm(key_ids(0x24CB, 0x4401), 3),)))
    _something_else(capture, session, "/bye", "text/plain", b"bye\n")
    verify_all(capture, ask_keys(session, [key_ids(0x24CB, 0)], [ltkm(key_ids(0x24CB, 0x4402), 4)]))
    session.close()


def _something_else(capture: Capture, session: Dialogue, path: str, content_type: str, data: bytes) -> None:
    """Neither half of it may get anything of ours."""
    for frame in (session.get(path), session.answer(content_type, data)):
        capture.expect(frame, dict(NOT_OURS))


@scenario(
    "orphan-response",
    "responses whose requests are not in the capture: two that tell by an extension what they answer, one that does not",
)
def orphan_response(capture: Capture) -> None:
    documents = [
        Document(REGISTRATION_RESPONSE, entries=(Entry(NEWS, ltkms=(ltkm(key_ids(0x68C9, 1), 1),)),), delivery=(HTTP,)),
        Document(DEREGISTRATION_RESPONSE, entries=(Entry(NEWS, ltkms=(ltkm(key_ids(0x68C9, 1), 2),)),)),
        Document(REGISTRATION_RESPONSE, entries=(Entry(NEWS), Entry(SPORT, code="403 Forbidden"))),
    ]
    for number, document in enumerate(documents):
        session = Dialogue(capture, SUBSCRIBER_A, BSM_1, 49400 + number)
        verify_all(capture, session.respond(document))
        session.close()


@scenario(
    "other-port",
    "an LTKM and its verification message on ports of nobody, found after a registration; before it they are not",
)
def other_port(capture: Capture) -> None:
    early = ltkm(key_ids(0x68C9, 1), 1)
    capture.expect(capture.send_udp(BSM_1, TERMINAL_A, (OTHER_PORT, OTHER_PORT), early.encode()), dict(NOTHING))
    session = dialogue(capture)
    session.request(Document(REGISTRATION, services=(NEWS,), delivery=(UDP,)))
    session.respond(Document(REGISTRATION_RESPONSE, entries=(Entry(NEWS),), delivery=(UDP,)))
    session.close()
    capture.wait(3_000)
    verify(
        capture,
        push(capture, BSM_1, TERMINAL_A, ltkm(key_ids(0x68C9, 2), 2), OTHER_PORT),
        TERMINAL_A,
        BSM_1,
        OTHER_PORT,
    )
    capture.wait(1_000)
    noise = bytes([1, 0, 99]) + early.encode()[3:]
    capture.expect(capture.send_udp(BSM_1, MULTICAST, (OTHER_PORT, OTHER_PORT + 1), noise), dict(NOTHING))
