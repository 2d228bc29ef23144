# SPDX-License-Identifier: GPL-2.0-or-later
"""What captures say together that none of them says alone.

Messages are known again by ltkm.id and ltkm.idr, in a window of time: an LTKM in one capture and its verification message in
another; the same message at two points, with what it took between them and what was lost there.
"""
import bisect
import collections
import datetime
import itertools
import statistics
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bcast_check.model import Result

MISSING = 'R53'
NO_ANSWER_DUE = (0, 1, 4)  # ltkm.answer: not asked for, verified, not expected
COPIES = 8  # of a message in a capture that are told from one another
CAPTURES = 16  # that have the same message: more are copies of files, or made by a machine
SECOND = 1_000_000
LTKM, VERIFICATION = 'ltkm', 'verification'
Message = tuple[str, str, str]  # kind, ltkm.id, ltkm.idr


class Sighting(NamedTuple):
    """A message in a capture."""
    capture: str
    frame: int
    time: int  # microseconds since 1970
    message: Message
    key: str | None
    terminal: str
    took: float | None  # seconds to the verification message in its capture, if there is one
    asks: bool  # for one, as far as that is known
    place: dict  # as records have it

    def where(self) -> dict:
        return {'capture': self.capture, 'frame': self.frame, **self.place}


class Joined(NamedTuple):
    records: list[dict]
    open: dict[tuple[str, int], list[str | None]]  # by capture and frame, where LTKMs are answered elsewhere: keys of those that are not
    left_out: int  # messages that too many captures have


def microseconds(text: str) -> int:
    moment = datetime.datetime.fromisoformat(text)
    return int(moment.timestamp()) * SECOND + moment.microsecond


def sighting(record: dict) -> Sighting | None:
    """None of what has no name that other captures would know it by."""
    identity = record.get('ltkm.id'), record.get('ltkm.idr')
    if record['type'] not in (LTKM, VERIFICATION) or not all(isinstance(part, str) for part in identity):
        return None
    try:
        time = microseconds(record['time'])
    except (TypeError, ValueError):
        return None
    took = record.get('ltkm.verification_time', 0.0) if 'ltkm.verified_in' in record else None
    asks = record['type'] == LTKM and record.get('ltkm.answer') not in NO_ANSWER_DUE
    place = {name: record[name] for name in ('time', 'file', 'file_frame') if name in record}
    return Sighting(record['capture'], record['frame'], time, (record['type'], *identity), record.get('key'),
                    record['terminal'] or identity[1], took, asks, place)  # fmt: skip


class Joiner:
    def __init__(self, window: float, timeout: float) -> None:
        self._window = int(window * SECOND)
        self._timeout = timeout
        self._seen: dict[Message, dict[str, list[Sighting]]] = collections.defaultdict(dict)  # by capture, in order of time
        self._spans: dict[str, tuple[int, int]] = {}

    def take(self, result: Result, span: dict | None) -> None:
        if span and span['start'] is not None:
            self._spans[result.capture] = int(span['start'] * SECOND), int(span['end'] * SECOND)
        for one in filter(None, map(sighting, result.records)):
            copies = self._seen[one.message].setdefault(one.capture, [])
            if len(copies) < COPIES:
                bisect.insort(copies, one, key=lambda copy: copy.time)

    def join(self) -> Joined:
        crowded = [message for message, captures in self._seen.items() if len(captures) > CAPTURES]
        for message in crowded:
            del self._seen[message]
        answers = list(self._answers())
        records = [self._answer_record(*pair) for pair in answers]
        for pair in self._pairs():
            records += pair.records()
        return Joined(records, self._open(answers), len(crowded))

    # ---- LTKM here, verification message there

    def _answers(self) -> Iterator[tuple[Sighting, Sighting]]:
        for (kind, *identity), captures in self._seen.items():
            if kind == LTKM:
                others = list(itertools.chain(*self._seen.get((VERIFICATION, *identity), {}).values()))
                for ltkm in itertools.chain(*captures.values()):
                    found = self._nearest(ltkm, others) if ltkm.took is None else None
                    if found:
                        yield ltkm, found

    def _nearest(self, ltkm: Sighting, verifications: Iterable[Sighting]) -> Sighting | None:
        """Before its LTKM stands one only where clocks differ."""
        found = [one for one in verifications if one.capture != ltkm.capture and abs(one.time - ltkm.time) <= self._window]
        return min(found, key=lambda one: (one.time < ltkm.time, abs(one.time - ltkm.time)), default=None)

    def _in_time(self, ltkm: Sighting, verification: Sighting) -> bool:
        return verification.time - ltkm.time <= self._timeout * SECOND

    def _answer_record(self, ltkm: Sighting, verification: Sighting) -> dict:
        return {'type': 'answer', **named(ltkm), 'seconds': (verification.time - ltkm.time) / SECOND,
                'late': not self._in_time(ltkm, verification), LTKM: ltkm.where(), VERIFICATION: verification.where()}

    def _open(self, answers: list[tuple[Sighting, Sighting]]) -> dict[tuple[str, int], list[str | None]]:
        """A finding names frame and key, but not the LTKM: as many are right as LTKMs have no answer there, or a late one."""
        answered = {id(ltkm) for ltkm, verification in answers if self._in_time(ltkm, verification)}
        found: dict[tuple[str, int], list[str | None]] = {(ltkm.capture, ltkm.frame): [] for ltkm, _ in answers}
        for captures in self._seen.values():
            for one in itertools.chain(*captures.values()):
                due = one.asks if one.took is None else one.took > self._timeout
                if (one.capture, one.frame) in found and due and id(one) not in answered:
                    found[one.capture, one.frame].append(one.key)
        return found

    # ---- the same message at two points

    def _pairs(self) -> Iterator['Points']:
        """Captures that were taken at the same time and have messages in common."""
        shared: dict[tuple[str, str], list[Message]] = collections.defaultdict(list)
        for message, captures in self._seen.items():
            for pair in itertools.combinations(sorted(captures), 2):
                shared[pair].append(message)
        mine: dict[str, list[Message]] = collections.defaultdict(list)
        for message, captures in self._seen.items():
            for capture in captures:
                mine[capture].append(message)
        for pair, messages in sorted(shared.items()):
            one, two = (self._spans.get(capture) for capture in pair)
            if one and two and max(one[0], two[0]) < min(one[1], two[1]):
                points = Points(pair, self._window)
                for message in messages:
                    points.match(*(self._seen[message][capture] for capture in pair))
                if points.matched:
                    points.orient()
                    for capture in pair:
                        points.look_for_lost(capture, (self._seen[message][capture] for message in mine[capture]), self._spans)
                    yield points


def named(one: Sighting) -> dict:
    _, identifier, idr = one.message
    return {'ltkm.id': identifier, 'ltkm.idr': idr, 'key': one.key, 'terminal': one.terminal}


class Points:
    """Two captures of the same traffic. LTKMs pass the one nearer the BSM first, verification messages the other.

    Two clocks are never quite the same. What LTKMs take by them has the difference added to it, what verification messages take
    has it taken away: with both kinds it is known, if both ways take the same.
    """

    def __init__(self, pair: tuple[str, str], window: int) -> None:
        self._pair = pair
        self._window = window
        self._lost: list[dict] = []
        self.matched: list[tuple[Sighting, Sighting]] = []  # in the first of the pair, in the second
        self._clock: float | None = None  # of the second, before that of the first

    def match(self, first: list[Sighting], second: list[Sighting]) -> None:
        """Copies in the order in which they were sent; if some are missing, those that are closest in time."""
        if len(first) == len(second):
            pairs = list(zip(first, second))
        else:
            pairs = closest(first, second)
        self.matched += [pair for pair in pairs if abs(pair[1].time - pair[0].time) <= self._window]

    def orient(self) -> None:
        """What LTKMs take is more than what verification messages take the same way round, whatever the clocks say."""
        ltkms, verifications = self._taken(LTKM), self._taken(VERIFICATION)
        if ltkms and verifications:
            swap = statistics.median(ltkms) < statistics.median(verifications)
        else:
            swap = statistics.median(ltkms or [-taken for taken in verifications]) < 0
        if swap:
            self._pair = self._pair[::-1]
            self.matched = [pair[::-1] for pair in self.matched]
            ltkms, verifications = self._taken(LTKM), self._taken(VERIFICATION)
        if ltkms and verifications:
            self._clock = (statistics.median(ltkms) + statistics.median(verifications)) / 2

    def _taken(self, kind: str) -> list[int]:
        """From the first of the pair to the second, by their clocks."""
        return [second.time - first.time for first, second in self.matched if first.message[0] == kind]

    def look_for_lost(self, here: str, sightings: Iterable[list[Sighting]], spans: dict[str, tuple[int, int]]) -> None:
        """What the next point would have seen: it saw others like it of this terminal, and was capturing."""
        forward = here == self._pair[0]
        kind = LTKM if forward else VERIFICATION
        there = self._pair[forward]
        taken = self._taken(kind)
        start, end = spans[there]
        passed = {id(one) for pair in self.matched for one in pair}
        terminals = {first.message[2] for first, _ in self.matched if first.message[0] == kind}
        for one in itertools.chain(*sightings):
            if one.message[0] != kind or one.message[2] not in terminals or id(one) in passed:
                continue
            expected = one.time + (1 if forward else -1) * statistics.median(taken)
            if start <= expected <= end:
                self._lost.append({'type': 'lost', 'message': kind, **named(one), 'seen': one.where(), 'not_seen_in': there})

    def records(self) -> list[dict]:
        return [self._summary(), *(self._passage(*pair) for pair in self.matched), *self._lost]

    def _passage(self, nearer_bsm: Sighting, nearer_terminals: Sighting) -> dict:
        taken = nearer_terminals.time - nearer_bsm.time
        way = [nearer_bsm, nearer_terminals]
        if nearer_bsm.message[0] == VERIFICATION:
            way.reverse()
            taken = -taken
        return {'type': 'passage', 'message': nearer_bsm.message[0], **named(nearer_bsm), 'seconds': taken / SECOND,
                'latency': self._latency(nearer_bsm.message[0], taken), 'from': way[0].where(), 'to': way[1].where()}

    def _latency(self, kind: str, taken: float) -> float | None:
        """None where the clocks could not be compared."""
        if self._clock is None:
            return None
        return (taken - self._clock if kind == LTKM else taken + self._clock) / SECOND

    def _summary(self) -> dict:
        lost = collections.Counter(record['message'] for record in self._lost)
        kinds = {}
        for kind in (LTKM, VERIFICATION):
            taken = [taken if kind == LTKM else -taken for taken in self._taken(kind)]
            latencies = sorted(self._latency(kind, one) for one in taken) if self._clock is not None else []
            kinds[kind] = {'seen_twice': len(taken), 'lost': lost[kind],
                           'latency': statistics.median(latencies) if latencies else None,
                           'longest': latencies[-1] if latencies else None}  # fmt: skip
        return {'type': 'points', 'nearer_bsm': self._pair[0], 'nearer_terminals': self._pair[1],
                'clock_difference': None if self._clock is None else self._clock / SECOND, **kinds}


def closest(first: list[Sighting], second: list[Sighting]) -> list[tuple[Sighting, Sighting]]:
    pairs, used = [], set()
    for one, two in sorted(itertools.product(first, second), key=lambda pair: abs(pair[1].time - pair[0].time)):
        if not used & {id(one), id(two)}:
            used |= {id(one), id(two)}
            pairs.append((one, two))
    return pairs
