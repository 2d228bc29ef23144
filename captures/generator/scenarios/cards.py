"""Two test cards, each bootstrapped twice: every key in the capture follows from the two and what the capture shows."""

from dataclasses import replace

from .. import cast, mikey
from ..capture import Capture, scenario
from ..cast import BSM_1, MULTICAST, NEWS, SPORT, Subscriber, key_ids
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
    Document,
    Entry,
)
from ..gba import Card, bootstrap
from ..http import Digest
from ..ltkm_fields import BAD, GOOD, NOT_PRESENT
from ..mikey import Identity, Initiator, KeyData, KeyIds
from ..network import Host, stable
from ..procedures import GZIP, MIKEY_PORT, PLAIN, Coding, Delivered, Dialogue, Login, chunks, push, resolve, verify

# K and OPc are those of the test sets 1 and 3 (TS 35.208 4.3), the first RAND that of set 1.
CARDS = (
    Card(
        "user@example.org",
        bytes.fromhex("465b5ce8b199b49faa5f0a2ee238a6bc"),
        bytes.fromhex("cd63cb71954a9f4e48a5994e37a02baf"),
    ),
    Card(
        "001010123456789@ims.mnc001.mcc001.3gppnetwork.org",
        bytes.fromhex("fec86ba6eb707ed08905757b1bb44b8f"),
        bytes.fromhex("1006020f0a478bf6b699f15c062e42b3"),
    ),
)
_FIRST_RAND = bytes.fromhex("23553cbe9637a89d218ae64dae47bf35")
_HOSTS = Host("terminal-c.example.org", "10.20.30.51"), Host("terminal-d.example.org", "10.20.30.52")
_GBA_U, _GBA_ME = True, False


def _terminal(number: int, rand: bytes) -> Subscriber:
    """The first card has the keys of MBMS on it, the second leaves them to the terminal."""
    return bootstrap(CARDS[number], rand, _HOSTS[number], BSM_1, (_GBA_U, _GBA_ME)[number])


# ---- messages --------------------------------------------------------------------------------------------------------


def _key(ids: KeyIds, low: int = 1, high: int = 100) -> KeyData:
    return KeyData(mikey.TEK, cast.service_key(ids), interval=(low.to_bytes(2, "big"), high.to_bytes(2, "big")))


def _ltkm(ids: KeyIds, count: int, subscriber: Subscriber, **changes: object) -> Initiator:
    """As TS 33.246 6.4.5.1 has it for a download service; one RAND for each MSK."""
    usual = {
        "idi": Identity(mikey.NAI, BSM_1.name.encode()),
        "rand": stable("RAND " + ids.msk.hex(), 16),
        "key_data": (_key(ids),),
    }
    return cast.ltkm(ids, count, subscriber, BSM_1, **(usual | changes))


_SRTP = [(0, b"\1"), (1, b"\x10"), (2, b"\1"), (3, b"\x14"), (4, b"\x0e"), (6, b"\0"), (13, b"\0\4")]


def _streaming(ids: KeyIds, count: int, subscriber: Subscriber) -> Initiator:
    """The same for a streaming service: one crypto session and its policy; it asks for no verification message."""
    session = {"cs_map": mikey.srtp_map((0, 0x0A0B0C0D, 0)), "others": (mikey.sp_payload(0, _SRTP),)}
    return _ltkm(ids, count, subscriber, v=False, **session)


def _stkm(carrier: Initiator, mtk: int, count: int) -> Initiator:
    """An MTK with its salt for SRTP, without for a download (TS 33.246 6.4.5.3)."""
    message = cast.stkm(carrier, mtk, count)
    streams = carrier.cs_map.count > 0
    return message if streams else replace(message, key_data=(KeyData(mikey.TGK, stable(f"TGK {mtk}", 16)),))


# ---- HTTP ------------------------------------------------------------------------------------------------------------


class _Offering(Digest):
    """Challenges with both qualities, as the example of TS 33.246 H.2.1."""

    def challenge(self) -> str:
        return f'Digest realm="{self.realm}", nonce="{self.nonce}", algorithm=MD5, qop="auth,auth-int"'


class _Session(Dialogue):
    """A dialogue that says what the cards prove of each digest."""

    def __init__(self, capture: Capture, subscriber: Subscriber, port: int) -> None:
        super().__init__(capture, subscriber, BSM_1, port)
        self._digest = _Offering(subscriber.btid, subscriber.mrk, BSM_1.name)
        self._digests = capture

    def _expect(self, status: int) -> None:
        self._digests.expect_with_keys(self.frame, {"mbms_sec.digest_status": [str(status)]})

    def asks(self, body: Body | Document, coding: Coding = PLAIN, status: int = GOOD) -> None:
        """A request with credentials."""
        self._digests.wait(150)
        self.request(body, coding=coding)
        self._expect(status)

    def answers(self, document: Document, coding: Coding = PLAIN) -> list[Delivered]:
        """A success, with rspauth."""
        delivered = self.respond(document, coding=coding)
        self._expect(GOOD)
        return delivered

    def is_challenged(self) -> None:
        """A 401 has no rspauth."""
        self.challenge()
        self._expect(NOT_PRESENT)

    def registers(self, services: tuple[str, ...], *ltkms: Initiator) -> list[Delivered]:
        """The B-TID alone, a challenge, and the registration."""
        document = Document(REGISTRATION, services=services, delivery=(UDP, HTTP))
        self.request(document, Login.NAME)
        self._expect(NOT_PRESENT)
        self.is_challenged()
        self.asks(document)
        entries = (Entry(services[0], ltkms=ltkms), *map(Entry, services[1:]))
        return self.answers(Document(REGISTRATION_RESPONSE, entries=entries, delivery=(UDP, HTTP)))


def _login(capture: Capture, subscriber: Subscriber, port: int) -> _Session:
    session = _Session(capture, subscriber, port)
    session.open()
    return session


# ---- the capture -----------------------------------------------------------------------------------------------------


@scenario(
    "cards",
    "two test cards, each bootstrapped twice, one with GBA_U, one with GBA_ME: digests (auth-int), LTKMs, STKMs; "
    "a digest under the MRK of before, and a body that is changed on its way",
)
def cards(capture: Capture) -> None:
    for host in _HOSTS:
        resolve(capture, host, BSM_1)
    _first_card(capture)
    _second_card(capture)
    _first_card_again(capture)
    _second_card_again(capture)


def _verify_all(capture: Capture, delivered: list[Delivered], terminal: Host) -> None:
    for one in delivered:
        if one.message.v:
            verify(capture, one, terminal, BSM_1)


def _first_card(capture: Capture) -> None:
    """A download service; the answer to the MSK request is compressed, and in chunks."""
    terminal = _terminal(0, _FIRST_RAND)
    session = _login(capture, terminal, 49501)
    first = _ltkm(key_ids(0x68C9, 1), 1, terminal)
    _verify_all(capture, session.registers((NEWS,), first), terminal.host)
    push(capture, BSM_1, MULTICAST, _stkm(first, 2, 1), MIKEY_PORT)
    asked = key_ids(0x68C9, 2)
    session.asks(Document(MSK_REQUEST, msks=(asked,)))
    entry = Entry(msk=asked, ltkms=(_ltkm(asked, 2, terminal),))
    answer = Document(MSK_RESPONSE, entries=(entry,))
    _verify_all(capture, session.answers(answer, chunks(300, GZIP)), terminal.host)
    session.close()


def _second_card(capture: Capture) -> None:
    """A streaming service; a middlebox rewrites the key that is asked for."""
    terminal = _terminal(1, stable("RAND of the second card", 16))
    session = _login(capture, terminal, 49502)
    carrier = _streaming(key_ids(0x24CB, 1), 1, terminal)
    session.registers((SPORT,), carrier)
    push(capture, BSM_1, MULTICAST, _stkm(carrier, 3, 1), MIKEY_PORT)
    asked, seen = (Document(MSK_REQUEST, msks=(key_ids(0x24CB, number),)).body() for number in (2, 3))
    changed = Coding(transfer=lambda data: seen.data if len(data) == len(seen.data) else data)
    session.asks(replace(seen, data=asked.data), changed, BAD)
    session.is_challenged()
    session.asks(asked)
    entry = Entry(msk=key_ids(0x24CB, 2), ltkms=(_ltkm(key_ids(0x24CB, 2), 2, terminal),))
    _verify_all(capture, session.answers(Document(MSK_RESPONSE, entries=(entry,))), terminal.host)
    session.close()


def _first_card_again(capture: Capture) -> None:
    """A new B-TID: new keys; once the terminal takes the MRK of before."""
    old, terminal = _terminal(0, _FIRST_RAND), _terminal(0, stable("second RAND of the first card", 16))
    capture.wait(30_000)
    session = _login(capture, terminal, 49503)
    session.registers((NEWS,), _streaming(key_ids(0x68C9, 3), 1, terminal))
    pushed = push(capture, BSM_1, terminal.host, _ltkm(key_ids(0x68C9, 4), 2, terminal))
    verify(capture, pushed, terminal.host, BSM_1)
    session.close()
    asked = Document(MSK_REQUEST, msks=(key_ids(0x68C9, 0),))
    wrong = _login(capture, replace(terminal, mrk=old.mrk), 49504)
    wrong.asks(asked, status=BAD)
    wrong.is_challenged()
    wrong.close()
    right = _login(capture, terminal, 49505)
    right.asks(asked)
    entry = Entry(msk=key_ids(0x68C9, 0), ltkms=(_ltkm(key_ids(0x68C9, 4), 3, terminal),))
    _verify_all(capture, right.answers(Document(MSK_RESPONSE, entries=(entry,))), terminal.host)
    right.close()


def _second_card_again(capture: Capture) -> None:
    """It registers anew, leaves, and its key becomes invalid."""
    terminal = _terminal(1, stable("second RAND of the second card", 16))
    capture.wait(30_000)
    session = _login(capture, terminal, 49506)
    ids = key_ids(0x24CB, 4)
    session.registers((SPORT,), _streaming(ids, 1, terminal))
    capture.wait(5_000)
    session.asks(Document(DEREGISTRATION, services=(SPORT,)))
    invalid = _ltkm(ids, 2, terminal, key_data=(_key(ids, 101, 100),))
    answer = Document(DEREGISTRATION_RESPONSE, entries=(Entry(SPORT, ltkms=(invalid,)),))
    _verify_all(capture, session.answers(answer), terminal.host)
    session.close()
