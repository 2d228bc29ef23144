"""The tour of every procedure, and a small capture for each one (OMA BCAST Services 5.1.6.7 to 5.1.6.10)."""

from ..capture import Capture, scenario
from ..cast import (
    BSM_1,
    BSM_2,
    BSM_2_CANONICAL_NAME,
    FILM,
    MULTICAST,
    NEWS,
    SPORT,
    SUBSCRIBER_A,
    SUBSCRIBER_B,
    key_data,
    key_ids,
    ltkm,
    solicited_pull,
    stkm,
    streaming,
)
from ..documents import (
    DEREGISTRATION,
    DEREGISTRATION_RESPONSE,
    HTTP,
    MSK_REQUEST,
    MSK_RESPONSE,
    REGISTRATION,
    REGISTRATION_RESPONSE,
    UDP,
    Document,
    Entry,
)
from ..procedures import BCAST_PORT, MIKEY_PORT, Dialogue, Login, push, resolve, verify
from .parties import TERMINAL_A, ask_keys, dialogue, register, verify_all


def _challenged(session: Dialogue, request: Document, first: Login = Login.NOTHING) -> None:
    """A request that is answered by 401 and repeated with credentials."""
    session.request(request, first)
    session.challenge()
    session.request(request)


@scenario(
    "tour",
    "every procedure in its right order: registration, keys asked for, pushed and pulled, an STKM, deregistration; a refusal",
)
def tour(capture: Capture) -> None:
    resolve(capture, TERMINAL_A, BSM_1)
    resolve(capture, TERMINAL_A, BSM_2, BSM_2_CANONICAL_NAME)
    session = Dialogue(capture, SUBSCRIBER_A, BSM_1).open()
    _tour_registration(capture, session)
    capture.wait(2_000)
    asked = [key_ids(0x68C9, 0x0000), key_ids(0x24CB, 0x4401)]
    ltkms = [streaming(ltkm(key_ids(0x68C9, 0x0003), 45)), ltkm(asked[1], 46, bsm=BSM_2)]
    verify_all(capture, ask_keys(session, asked, ltkms))
    _tour_push_and_pull(capture, session)
    _tour_deregistration(capture, session)
    session.close()
    _tour_refusal(capture)


def _tour_registration(capture: Capture, session: Dialogue) -> None:
    """The first BSM's keys are of group 68c9, for a streaming service, the second one's of group 24cb, for a download."""
    _challenged(session, Document(REGISTRATION, services=(NEWS, SPORT, FILM), delivery=(UDP, HTTP), version=0))
    first, second = ltkm(key_ids(0x68C9, 0x0001), 42), ltkm(key_ids(0x68C9, 0x0002), 43, v=False)
    news = (streaming(first), streaming(second))
    sport = (ltkm(key_ids(0x24CB, 0x4400), 44, bsm=BSM_2),)
    entries = (Entry(NEWS, ltkms=news), Entry(SPORT, ltkms=sport), Entry(FILM, code="403 Forbidden"))
    verify_all(capture, session.respond(Document(REGISTRATION_RESPONSE, entries=entries, delivery=(UDP, HTTP))))


def _tour_push_and_pull(capture: Capture, session: Dialogue) -> None:
    capture.wait(30_000)
    pushed = push(capture, BSM_1, TERMINAL_A, streaming(ltkm(key_ids(0x68C9, 0x0004), 47)))
    verify(capture, pushed, TERMINAL_A, BSM_1)
    capture.wait(10_000)
    push(capture, BSM_1, TERMINAL_A, solicited_pull(key_ids(0x68C9, 0x0000), 48), MIKEY_PORT)
    capture.wait(300)
    carrier = streaming(ltkm(key_ids(0x68C9, 0x0005), 49))
    verify_all(capture, ask_keys(session, [key_ids(0x68C9, 0x0000)], [carrier]))
    capture.wait(1_000)
    push(capture, BSM_1, MULTICAST, stkm(carrier, mtk=7, count=7), MIKEY_PORT)


def _tour_deregistration(capture: Capture, session: Dialogue) -> None:
    """The terminal leaves both services; the last key of one of them is taken back."""
    capture.wait(60_000)
    session.request(Document(DEREGISTRATION, services=(NEWS, SPORT)))
    ids = key_ids(0x68C9, 0x0005)
    invalidating = streaming(ltkm(ids, 50, key_data=(key_data(ids, low=0xFFFE, high=0x0001),)))
    entries = (Entry(NEWS, ltkms=(invalidating,)), Entry(SPORT))
    verify_all(capture, session.respond(Document(DEREGISTRATION_RESPONSE, entries=entries)))


def _tour_refusal(capture: Capture) -> None:
    """The second BSM delivers over UDP alone, the terminal takes HTTP alone: 403 in the status line (5.1.6.10.1)."""
    capture.wait(5_000)
    resolve(capture, SUBSCRIBER_B.host, BSM_2, BSM_2_CANONICAL_NAME)
    session = Dialogue(capture, SUBSCRIBER_B, BSM_2, port=49310).open()
    _challenged(session, Document(REGISTRATION, services=(NEWS,), delivery=(HTTP,)))
    session.refuse("403 Forbidden")
    session.close()


@scenario(
    "registration", "a terminal that gives its B-TID at once, is challenged, and gets one LTKM; offer and grant HTTP"
)
def registration(capture: Capture) -> None:
    session = dialogue(capture)
    _challenged(session, Document(REGISTRATION, services=(NEWS,), delivery=(HTTP,)), Login.NAME)
    entry = Entry(NEWS, ltkms=(ltkm(key_ids(0x68C9, 0x0001), 1),))
    verify_all(capture, session.respond(Document(REGISTRATION_RESPONSE, entries=(entry,), delivery=(HTTP,))))
    session.close()


@scenario(
    "deregistration",
    "a registered terminal leaves; the response takes back the key, the entry of the other service is empty",
)
def deregistration(capture: Capture) -> None:
    session = dialogue(capture)
    register(session, (NEWS, SPORT))
    session.request(Document(DEREGISTRATION, services=(NEWS, SPORT)))
    ids = key_ids(0x68C9, 0x0001)
    invalidating = ltkm(ids, 2, key_data=(key_data(ids, low=0xFFFF, high=0x0000),))
    entries = (Entry(NEWS, ltkms=(invalidating,)), Entry(SPORT, ltkms=()))
    verify_all(capture, session.respond(Document(DEREGISTRATION_RESPONSE, entries=entries)))
    session.close()


@scenario(
    "msk-request", "two keys asked for, one of them the current one (key number 0); one comes, the other is forbidden"
)
def msk_request(capture: Capture) -> None:
    session = dialogue(capture)
    register(session)
    asked = (key_ids(0x68C9, 0x0000), key_ids(0x24CB, 0x4400))
    session.request(Document(MSK_REQUEST, msks=asked))
    entries = (
        Entry(msk=asked[0], ltkms=(ltkm(key_ids(0x68C9, 0x0001), 3),)),
        Entry(msk=asked[1], code="403 Forbidden"),
    )
    verify_all(capture, session.respond(Document(MSK_RESPONSE, entries=entries)))
    session.close()


@scenario("udp-push", "a terminal registered for UDP alone; LTKMs with and without V pushed to it on both ports")
def udp_push(capture: Capture) -> None:
    session = dialogue(capture)
    session.request(Document(REGISTRATION, services=(NEWS,)))
    session.respond(Document(REGISTRATION_RESPONSE, entries=(Entry(NEWS),)))
    session.close()
    for count, (port, v) in enumerate([(BCAST_PORT, True), (MIKEY_PORT, True), (BCAST_PORT, False)], 4):
        capture.wait(5_000)
        pushed = push(capture, BSM_1, TERMINAL_A, ltkm(key_ids(0x68C9, count), count, v=v), port)
        if v:
            verify(capture, pushed, TERMINAL_A, BSM_1, port)


@scenario("solicited-pull", "an LTKM without key over UDP makes the terminal ask for the current key")
def pull(capture: Capture) -> None:
    session = dialogue(capture)
    register(session)
    capture.wait(8_000)
    push(capture, BSM_1, TERMINAL_A, solicited_pull(key_ids(0x68C9, 0x0000), 7))
    capture.wait(250)
    verify_all(capture, ask_keys(session, [key_ids(0x68C9, 0x0000)], [ltkm(key_ids(0x68C9, 0x0005), 8)]))
    session.close()
