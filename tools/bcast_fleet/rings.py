# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files are one capture: those of a ring buffer are judged as one.

dumpcap and editcap name them BASE_00001_20240131120000.pcapng (or with number and time the other way round). Nothing less is
taken for a ring: r1.pcap and r2.pcap may well be two things. --ring names others, as those of tcpdump -C.
"""
import fnmatch
import os
import re
from typing import NamedTuple

from bcast_check.inputs import Input

RING = re.compile(r'(?P<base>.+)_(?:\d{5}_\d{14}|\d{14}_\d{5})(?P<ending>(?:\..*)?)')


class Capture(NamedTuple):
    """What is judged together, under one name."""
    name: str
    members: tuple[Input, ...]

    @property
    def error(self) -> str | None:
        return self.members[0].error

    def size(self) -> int:
        return sum(size_of(member.path) or 0 for member in self.members)


def size_of(path: str) -> int | None:
    """None if this machine does not have it: the workers may."""
    try:
        return os.path.getsize(path)
    except OSError:
        return None


def captures(inputs: list[Input], patterns: list[str], apart: bool) -> list[Capture]:
    """In the order given, a ring in the place of its first file; what is named twice is there once."""
    members: dict[str, dict[str, Input]] = {}
    for one in inputs:
        name = one.path if one.error or apart else together(one, patterns) or one.path
        members.setdefault(name, {}).setdefault(os.path.realpath(one.path), one)
    found: dict[str, Capture] = {}
    for name, files in members.items():
        first = next(iter(files))
        alone = len(files) == 1
        found.setdefault(first, Capture(files[first].name if alone else name, tuple(files.values())))
    return list(found.values())


def together(one: Input, patterns: list[str]) -> str | None:
    """The pattern that all files of this ring, and no others, have; as the shell has it."""
    folder, file = os.path.split(one.path)
    for pattern in patterns:
        if fnmatch.fnmatchcase(file, pattern):
            return os.path.join(folder, pattern)
    ring = RING.fullmatch(file)
    return os.path.join(folder, f'{ring["base"]}_*{ring["ending"]}') if ring else None
