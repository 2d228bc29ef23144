"""R88: HTTP digests, for who has the MRK (TS 33.246 6.2.1)."""

from dataclasses import replace

from ..cast import NEWS, SPORT, SUBSCRIBER_A, SUBSCRIBER_B, BSM_1, Subscriber
from ..documents import HTTP, REGISTRATION, REGISTRATION_RESPONSE, UDP, Body, Document, Entry
from ..network import stable
from ..procedures import Coding, Dialogue, Login, resolve
from ..rule_capture import RuleCapture, about

_REQUEST = Document(REGISTRATION, services=(NEWS,), delivery=(UDP, HTTP))
_RESPONSE = Document(REGISTRATION_RESPONSE, entries=(Entry(NEWS),), delivery=(UDP, HTTP))


def _on_its_way(body: Body) -> Coding:
    """What is sent is another body of the same length."""
    return Coding(transfer=lambda data: body.data if len(data) == len(body.data) else data)


class _Changed(Dialogue):
    """What the terminal sends, or gets, is not what was sent."""

    def passes(self, sent: Body, seen: Body) -> int:
        return self.request(replace(seen, data=sent.data), coding=_on_its_way(seen))

    def brings(self, sent: Body, seen: Body) -> int:
        self.respond(replace(seen, data=sent.data), coding=_on_its_way(seen))
        return self.frame


@about(
    "R88",
    "with the MRK: a digest made with another one, a request and a response that were changed on their way; digests "
    "that are right, or of a terminal whose MRK is not given, are fine",
)
def r88(capture: RuleCapture) -> None:
    capture.use_mrk(SUBSCRIBER_A.btid, SUBSCRIBER_A.mrk)
    resolve(capture, SUBSCRIBER_A.host, BSM_1)
    _wrong_key(capture, SUBSCRIBER_A, 49201, True)
    _wrong_key(capture, SUBSCRIBER_B, 49202, False)
    session = _Changed(capture, SUBSCRIBER_A, BSM_1, 49203)
    session.open()
    capture.fine(session.request(_REQUEST, Login.NAME), "the name alone, before there is a nonce")
    session.challenge()
    capture.fine(session.request(_REQUEST), "right")
    session.respond(_RESPONSE)
    capture.fine(session.frame, "rspauth is right")
    # of the same length
    seen = replace(_REQUEST, services=(NEWS.replace("news", "mews"),))
    capture.breach_with_keys(session.passes(_REQUEST.body(), seen.body()))
    session.challenge()
    session.request(_REQUEST)
    entries = (Entry(NEWS, code="200 KO"),)
    capture.breach_with_keys(session.brings(_RESPONSE.body(), replace(_RESPONSE, entries=entries).body()))
    session.close()


def _wrong_key(capture: RuleCapture, subscriber: Subscriber, port: int, is_known: bool) -> None:
    session = Dialogue(capture, replace(subscriber, mrk=stable("another MRK", 32)), BSM_1, port).open()
    frame = session.request(replace(_REQUEST, services=(SPORT,)))
    if is_known:
        capture.breach_with_keys(frame)
    else:
        capture.fine(frame, "wrong, but the MRK of this terminal is not in the table")
    capture.fine(session.challenge(), "a 401 has no rspauth")
    session.close()
