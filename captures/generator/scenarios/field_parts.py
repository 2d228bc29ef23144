"""What captures of many terminals at once are made of: scripts side by side, terminals that keep account."""

import base64
import heapq
from dataclasses import replace
from typing import Iterator, Sequence

from .. import cast
from ..capture import Capture
from ..cast import NEWS, RESOLVER, Subscriber, key_ids, solicited_pull, streaming
from ..documents import MSK_REQUEST, MSK_RESPONSE, REGISTRATION, REGISTRATION_RESPONSE, Document, Entry
from ..mikey import Initiator, KeyIds, Verification
from ..network import Host, stable
from ..procedures import Delivered, Dialogue, Login, link, push, resolve, send_verification

BSM = Host("keys.operator.example", "198.51.100.80")
BSM_6 = Host(BSM.name, "2001:db8:80::10")
RESOLVER_6 = Host("resolver6.example.org", "2001:db8:1::53")
BSF = "bsf.operator.example"
CSB_ID = 0x5EC00000  # the BSM's only one: it identifies nothing (TS 33.246 6.4.2)
CURRENT, FIRST, SECOND, OF_FILM = key_ids(0x68C9, 0), key_ids(0x68C9, 1), key_ids(0x68C9, 2), key_ids(0x24CB, 1)

Script = Iterator[float]  # what is done until the next yield is done at once; it gives the milliseconds until the next


def side_by_side(capture: Capture, scripts: Sequence[tuple[float, Script]]) -> None:
    """Lets scripts go on in turn, each from its start in milliseconds."""
    start = capture.now()
    waiting = [(start + round(first * 1000), number) for number, (first, _) in enumerate(scripts)]
    heapq.heapify(waiting)
    while waiting:
        time, number = heapq.heappop(waiting)
        capture.wait_until(time)
        pause = next(scripts[number][1], None)
        if pause is not None:
            heapq.heappush(waiting, (capture.now() + round(pause * 1000), number))


# ---- one terminal ----------------------------------------------------------------------------------------------------


def subscriber(number: int, host: Host, bootstrapping: int = 1) -> Subscriber:
    """Every bootstrapping has a RAND of its own, and thus another B-TID and other keys."""
    rand = stable(f"field RAND {number}.{bootstrapping}", 16)
    mrk, muk = (stable(f"field {name} {number}.{bootstrapping}", 32) for name in ("MRK", "MUK"))
    return Subscriber(host, f"{base64.b64encode(rand).decode()}@{BSF}", mrk, {BSM.name: muk})


class Terminal:
    """A terminal with what is known of it; behind a translator it has a port of its own there."""

    def __init__(
        self, capture: Capture, number: int, host: Host, bsm: Host = BSM, translated: int | None = None
    ) -> None:
        self.capture, self.number, self.host, self.bsm = capture, number, host, bsm
        self.subscriber = subscriber(number, host)
        self._lives = [self.subscriber]
        self._wrong: dict[str, dict[str, list[str]]] = {self.subscriber.btid: {}}
        self._translated = translated
        self._counts: dict[str, int] = {}
        self._connections = 0
        self.session: Dialogue

    def has(self, frame: int, *filters: str, who: Subscriber | None = None) -> None:
        """Something is wrong in a frame: display filters that match it."""
        self._wrong[(who or self.subscriber).btid].setdefault(str(frame), []).extend(filters)

    def tell(self) -> None:
        """What went wrong, under the B-TID with which it did."""
        before = {}
        for one in self._lives:
            key = [BSM.name, one.btid, one.muks[BSM.name].hex()]
            self.capture.tell_of(one.btid, address=self.host.address, **before, key=key, wrong=self._wrong[one.btid])
            before = {"before": one.btid}

    def bootstraps(self) -> None:
        """A new B-TID, on the same connection."""
        self.subscriber = subscriber(self.number, self.host, 2)
        self._lives.append(self.subscriber)
        self._wrong[self.subscriber.btid] = {}
        self.session.becomes(self.subscriber)

    # -- messages

    def ltkm(self, ids: KeyIds, who: Subscriber | None = None, **changes: object) -> Initiator:
        """The next one under the MUK of a subscriber, as a rule the present one; group 68c9 streams."""
        who = who or self.subscriber
        self._counts[who.btid] = count = self._counts.get(who.btid, 0) + 1
        made = cast.ltkm(ids, count, who, BSM, csb_id=CSB_ID, **changes)
        return streaming(made) if ids.msk[:2] == CURRENT.msk[:2] else made

    def pull(self) -> Initiator:
        self._counts[self.subscriber.btid] += 1
        return solicited_pull(CURRENT, self._counts[self.subscriber.btid], self.subscriber, BSM, csb_id=CSB_ID)

    def is_pushed(self, message: Initiator) -> Delivered:
        return push(self.capture, self.bsm, self.host, message)

    def verifies(self, *delivered: Delivered, to: Host | None = None) -> Script:
        for one in delivered:
            if one.message.v:
                yield 15 + self.number % 7
                answer = Verification(one.message)
                target = to or self.bsm
                sent = send_verification(self.capture, answer, self.host, target, translated=self._translated)
                link(self.capture, one, *sent)

    # -- HTTP

    def looks_up(self, *hosts: Host) -> None:
        for host in hosts:
            resolve(self.capture, self.host, host, resolver=RESOLVER if self.host.ip.version == 4 else RESOLVER_6)

    def connects(self) -> Script:
        self.looks_up(self.bsm)
        yield 3
        self._connections += 1
        port = 50000 + 100 * self._connections + self.number
        self.session = Dialogue(self.capture, self.subscriber, self.bsm, port).open()
        yield 2

    def closes(self) -> Script:
        yield 500
        self.session.close()

    def asks(self, document: Document) -> Script:
        """A request, and the time until its answer."""
        self.session.request(document)
        yield 30 + 3 * (self.number % 5)

    def is_challenged(self, document: Document) -> Script:
        """The B-TID alone, then 401 (TS 24.109 5.2)."""
        self.session.request(document, Login.NAME)
        yield 20
        self.session.challenge()
        yield 8

    def registers(
        self,
        delivery: tuple[int, ...],
        *ltkms: Initiator,
        services: tuple[str, ...] = (NEWS,),
        granted: tuple[int, ...] | None = None,
        codes: tuple[str, ...] = (),
    ) -> Script:
        """Challenge and registration; the LTKMs come with the first service, and are verified."""
        offer = Document(REGISTRATION, services=services, delivery=delivery)
        yield from self.is_challenged(offer)
        yield from self.asks(offer)
        codes = codes or ("200 OK",) * len(services)
        entries = [Entry(service, code=code) for service, code in zip(services, codes, strict=True)]
        entries[0] = replace(entries[0], ltkms=ltkms or None)
        answer = Document(REGISTRATION_RESPONSE, entries=tuple(entries), delivery=granted or delivery)
        yield from self.verifies(*self.session.respond(answer))

    def gets(self, ids: KeyIds, *ltkms: Initiator) -> Iterator[float]:
        """An MSK request and its answer, without verification; the return value has the LTKMs."""
        yield from self.asks(Document(MSK_REQUEST, msks=(ids,)))
        entry = Entry(msk=ids, ltkms=ltkms or None)
        return self.session.respond(Document(MSK_RESPONSE, entries=(entry,)))

    def gets_and_verifies(self, ids: KeyIds, *ltkms: Initiator) -> Script:
        yield from self.verifies(*(yield from self.gets(ids, *ltkms)))
