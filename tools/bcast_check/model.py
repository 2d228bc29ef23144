# SPDX-License-Identifier: GPL-2.0-or-later
"""What is found in a capture, and what was there to judge."""
import datetime
import re
from typing import NamedTuple

LEVEL_NAMES = {1: 'note', 2: 'suspicious', 3: 'breach'}
NOTE, SUSPICIOUS, BREACH = LEVEL_NAMES
REQUESTS, RESPONSES = ('1', '3', '5'), ('2', '4', '6')  # mbms_sec.message
LTKMS, VERIFICATION = ('1', '2'), '3'  # ltkm.message
KEY_NAME = re.compile(r'\b[0-9a-f]{6}/[0-9a-f]{4}:[0-9a-f]{4}(?:/[0-9a-f]{4})?\b')


class Check(NamedTuple):
    """An expert field whose items are findings, unless one of these rules has spoken in the same frame."""
    level: int
    spoken_by: tuple[str, ...] = ()


CHECKS = {
    'ltkm.malformed': Check(BREACH),
    'ltkm.trailing_bytes': Check(BREACH),
    'ltkm.unknown_payload': Check(BREACH),
    'ltkm.mac_bad': Check(BREACH),
    'mbms_sec.ill_formed': Check(BREACH),
    'mbms_sec.bad_value': Check(BREACH),
    'mbms_sec.doctype': Check(SUSPICIOUS),
    'mbms_sec.cut': Check(SUSPICIOUS),
    'bcast.bad_base64': Check(BREACH, ('R14',)),
    'bcast.bad_value': Check(BREACH, ('R9', 'R11')),
}

# What is read of a packet: flat, field -> its values in tree order. Those that a plugin does not know are not asked for.
FIELDS = [
    'frame.number', 'frame.time_epoch', 'frame.protocols', 'bcast.rule', 'bcast.rule_level', 'bcast.rule_text',
    'mbms_sec.message', 'mbms_sec.request_in', 'mbms_sec.status_code', 'mbms_sec.terminal', 'ltkm.message', 'ltkm.terminal',
    'ltkm.key', 'ltkm.key_domain_id', 'ltkm.key_group', 'ltkm.key_number', *CHECKS,
]  # fmt: skip
Packet = dict[str, list[str]]


class Failure(Exception):
    """What keeps a capture, or all of them, from being judged."""


class Finding(NamedTuple):
    frame: int
    rule: str  # R22, or the name of an expert field
    level: int
    text: str
    time: str | None = None
    terminal: str | None = None
    key: str | None = None

    def details(self) -> str:
        parts = [f'terminal {self.terminal}' if self.terminal else '', f'key {self.key}' if self.key else '', self.time or '']
        return ', '.join(part for part in parts if part)


class Judged(NamedTuple):
    """How much there was to judge."""
    packets: int = 0  # that were looked at closely: the first, and all of ours
    procedures: int = 0
    ltkms: int = 0
    verifications: int = 0
    others: int = 0  # packets of ours with nothing of these: STKMs, errors, bare responses

    def __bool__(self) -> bool:
        return any(self[1:])

    def plus(self, other: 'Judged') -> 'Judged':
        return Judged(*(one + two for one, two in zip(self, other)))


class Result(NamedTuple):
    capture: str  # as it is named in reports
    findings: list[Finding]
    error: str | None = None
    warnings: list[str] = []
    judged: Judged = Judged()
    seconds: float = 0.0
    known: list[Finding] = []  # by the baseline
    records: list[dict] = []


def printable(text: str) -> str:
    """On one line and without control characters, which captures may have anywhere."""
    return ''.join(c if c.isprintable() else c.encode('unicode_escape').decode() for c in text)


def utc(epoch: str) -> str:
    """Seconds since 1970 as people and programs read them; anything else as it is."""
    seconds, _, fraction = epoch.partition('.')
    try:
        moment = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc)
    except (ValueError, OverflowError, OSError):
        return epoch
    return moment.strftime('%Y-%m-%dT%H:%M:%S') + '.' + fraction.ljust(6, '0')[:6] + 'Z'


def judged_in(packet: Packet) -> Judged:
    """A procedure is a request, or a response whose request the capture does not have."""
    messages = packet.get('mbms_sec.message', [])
    answered = len(packet.get('mbms_sec.request_in', []))
    responses = sum(message in RESPONSES for message in messages)
    ltkms = packet.get('ltkm.message', [])
    counts = (sum(message in REQUESTS for message in messages) + max(0, responses - answered),
              sum(message in LTKMS for message in ltkms), ltkms.count(VERIFICATION))
    ours = any(name.startswith(('mbms_sec.', 'ltkm.', 'bcast.')) for name in packet)
    return Judged(1, *counts, int(ours and not any(counts)))


def key_of(values: Packet) -> str | None:
    """The name of the key, where there is one only."""
    names = set(values.get('ltkm.key', []))
    if not names:
        domains, groups, numbers = (values.get(f'ltkm.{field}', []) for field in ('key_domain_id', 'key_group', 'key_number'))
        if len(domains) == len(groups) == len(numbers):
            names = {f'{domain.replace(":", "")}/{group.removeprefix("0x")}:{number.removeprefix("0x")}'
                     for domain, group, number in zip(domains, groups, numbers)}
    return names.pop() if len(names) == 1 else None


def rule_findings(packet: Packet) -> list[Finding]:
    columns = (packet.get(f'bcast.rule{suffix}', []) for suffix in ('', '_level', '_text'))
    return [finding(packet, rule, int(level), text, key_of(packet)) for rule, level, text in zip(*columns, strict=True)]


def finding(packet: Packet, rule: str, level: int, text: str, key: str | None) -> Finding:
    named = KEY_NAME.search(text)
    terminals = packet.get('mbms_sec.terminal') or packet.get('ltkm.terminal') or [None]
    times = packet.get('frame.time_epoch')
    return Finding(int(packet['frame.number'][0]), rule, level, text, utc(times[0]) if times else None, terminals[0],
                   named[0] if named else key)


def has_checks(packet: Packet) -> bool:
    return any(name in packet for name in CHECKS)


def is_shadow(one: Finding) -> bool:
    """Rules judge the same, and are silent about some requests."""
    return one.rule in CHECKS and bool(CHECKS[one.rule].spoken_by)
