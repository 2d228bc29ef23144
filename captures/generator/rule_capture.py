"""A capture about one rule of the change request: which frame breaks which rule, and what looks alike but is fine."""

import re
from typing import Callable

from .capture import Capture, to_json

NOTE, SUSPICIOUS, BREACH = 1, 2, 3

Findings = dict[int, list[list[str | int]]]


class RuleCapture(Capture):
    """The findings listed are all there are in the capture, of whatever rule."""

    def __init__(self, name: str, rule: str, shows: str) -> None:
        super().__init__(name, shows)
        self.rule = rule
        self._findings: Findings = {}
        self._findings_with_keys: Findings = {}
        self._clean: dict[int, str] = {}
        self._keys: list[list[str]] = []
        self._mrks: list[list[str]] = []

    # -- findings

    def breach(self, frame: int, *rules: str) -> None:
        """A frame breaks rules: the one of this capture, or those named, each as often as it is named."""
        self._find(frame, BREACH, rules)

    def suspicious(self, frame: int, *rules: str) -> None:
        self._find(frame, SUSPICIOUS, rules)

    def note(self, frame: int, *rules: str) -> None:
        self._find(frame, NOTE, rules)

    def breach_with_keys(self, frame: int) -> None:
        """Found only by who has the keys."""
        self._findings_with_keys.setdefault(frame, []).append([self.rule, BREACH])

    def suspicious_with_keys(self, frame: int) -> None:
        self._findings_with_keys.setdefault(frame, []).append([self.rule, SUSPICIOUS])

    def fine(self, frame: int, why: str) -> None:
        """A near miss."""
        assert frame not in self._clean, (self.name, frame)
        self._clean[frame] = why

    def use_key(self, idi: str, idr: str, key: bytes) -> None:
        """One row of the table of keys."""
        self._keys.append([idi, idr, key.hex()])

    def use_mrk(self, btid: str, mrk: bytes) -> None:
        """One row of the table of MRKs."""
        self._mrks.append([btid, mrk.hex()])

    def _find(self, frame: int, level: int, rules: tuple[str, ...]) -> None:
        self._findings.setdefault(frame, []).extend([rule, level] for rule in rules or (self.rule,))

    # -- files

    def folder(self) -> str:
        return "rules"

    def sidecar(self) -> str:
        """Findings and near misses as JSON."""
        content: dict[str, object] = {"capture": self.name + ".pcap", "rule": self.rule, "shows": self.shows}
        content["findings"] = _by_frame(self._findings)
        if self._keys or self._mrks:
            content["findings_with_keys"] = _by_frame(self._findings_with_keys)
            content |= {name: rows for name, rows in (("keys", self._keys), ("mrks", self._mrks)) if rows}
        content["clean"] = _by_frame(self._clean)
        return re.sub(r"\[\s+(\[[^\[\]]*\](?:,\s+\[[^\[\]]*\])*)\s+\]", _pairs_on_one_line, to_json(content))


def _by_frame(values: dict) -> dict[str, object]:
    return {str(frame): values[frame] for frame in sorted(values)}


def _pairs_on_one_line(found: re.Match[str]) -> str:
    return "[" + re.sub(r"\],\s+\[", "], [", found[1]) + "]"


# ---- the list of captures --------------------------------------------------------------------------------------------

Fill = Callable[[RuleCapture], None]
RULES: dict[str, tuple[str, str, Fill]] = {}


def about(rule: str, shows: str, name: str = "") -> Callable[[Fill], Fill]:
    """Registers the function that fills the capture about a rule, r07 for R7."""
    name = name or f"r{int(rule[1:]):02}"

    def register(function: Fill) -> Fill:
        assert name not in RULES, name
        RULES[name] = (rule, shows, function)
        return function

    return register


def make_rule(name: str) -> RuleCapture:
    """Makes one capture in memory."""
    rule, shows, fill = RULES[name]
    capture = RuleCapture(name, rule, shows)
    fill(capture)
    return capture
