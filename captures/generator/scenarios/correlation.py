"""Which verification message belongs to which LTKM (RFC 3830 5; RFC 3830 3.1 for what the responder copies)."""

from ..capture import Capture, scenario
from ..cast import BSM_1, BSM_2, NEWS, csb_id, key_ids, ltkm
from ..documents import HTTP, UDP
from ..mikey import Verification, counter
from ..procedures import link, push, send_verification, verify
from .parties import TERMINAL_A, dialogue, register, verify_all


@scenario(
    "out-of-order", "a verification message that stands before its LTKM in the file, as a merged capture may have it"
)
def out_of_order(capture: Capture) -> None:
    register(session := dialogue(capture))
    session.close()
    message = ltkm(key_ids(0x68C9, 1), 1)
    frame, fields = send_verification(capture, Verification(message), TERMINAL_A, BSM_1)
    link(capture, push(capture, BSM_1, TERMINAL_A, message), frame, fields)
    capture.wait(2_000)
    verify(capture, push(capture, BSM_1, TERMINAL_A, ltkm(key_ids(0x68C9, 2), 2)), TERMINAL_A, BSM_1)


@scenario(
    "duplicate",
    "LTKMs that come in the HTTP response and again over UDP: once before, once after the verification message",
)
def duplicate(capture: Capture) -> None:
    session = dialogue(capture)
    first, second = register(session, ltkms=(ltkm(key_ids(0x68C9, 1), 1), ltkm(key_ids(0x68C9, 2), 2)))
    push(capture, BSM_1, TERMINAL_A, first.message).fields["ltkm.duplicate_of"] = [str(first.frame)]
    verify_all(capture, [first, second])
    capture.wait(1_000)
    push(capture, BSM_1, TERMINAL_A, second.message).fields["ltkm.duplicate_of"] = [str(second.frame)]
    session.close()


@scenario("retransmitted-verification", "the same verification message twice, byte for byte")
def retransmitted_verification(capture: Capture) -> None:
    register(session := dialogue(capture))
    session.close()
    pushed = push(capture, BSM_1, TERMINAL_A, ltkm(key_ids(0x68C9, 1), 1))
    capture.wait(20)
    first, fields = send_verification(capture, Verification(pushed.message), TERMINAL_A, BSM_1)
    link(capture, pushed, first, fields)
    capture.wait(500)
    _, again = send_verification(capture, Verification(pushed.message), TERMINAL_A, BSM_1)
    again |= {"ltkm.verifies": [str(pushed.frame)], "ltkm.duplicate_of": [str(first)]}


@scenario("fresh-t", "a responder that puts a T of its own into its verification message; CSB ID and IDr still tell")
def fresh_t(capture: Capture) -> None:
    register(session := dialogue(capture))
    session.close()
    pushed = [push(capture, BSM_1, TERMINAL_A, ltkm(key_ids(0x68C9, count), count)) for count in (1, 2)]
    for one, own in zip(reversed(pushed), (900, 901)):
        capture.wait(30)
        link(capture, one, *send_verification(capture, Verification(one.message, counter(own)), TERMINAL_A, BSM_1))


@scenario(
    "exact-takes-over",
    "a verification message with a foreign T, then the one that copies T: the LTKM belongs to the second",
)
def exact_takes_over(capture: Capture) -> None:
    register(session := dialogue(capture))
    session.close()
    pushed = push(capture, BSM_1, TERMINAL_A, ltkm(key_ids(0x68C9, 1), 1))
    capture.wait(30)
    foreign_t = Verification(pushed.message, counter(77))
    _, loser = send_verification(capture, foreign_t, TERMINAL_A, BSM_1, answers=False)
    loser |= {"ltkm.verifies": [], "ltkm.verification_time": []}
    capture.wait(200)
    link(capture, pushed, *send_verification(capture, Verification(pushed.message), TERMINAL_A, BSM_1))


@scenario(
    "several-per-body",
    "three LTKMs of one response share their CSB ID and differ in T; two BSMs get the answers in order",
)
def several_per_body(capture: Capture) -> None:
    session = dialogue(capture)
    hosts = (BSM_1, BSM_2, BSM_1)
    ltkms = tuple(ltkm(key_ids(0x68C9, n), n, bsm=host, csb_id=csb_id(1)) for n, host in enumerate(hosts, 1))
    verify_all(capture, register(session, (NEWS,), (UDP, HTTP), ltkms))
    session.close()
