# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads many small captures with one sharkd, as a start of tshark costs more than the capture.

Nothing is said here about what goes wrong: Trouble means that tshark is to read the capture, and to say it.
"""
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from typing import Any

from . import model, tree
from .tshark import FILTER, Reading, Setup

AT_MOST = 1 << 19  # bytes of a capture; whole trees of large ones cost more than a start
COMPRESSED = (b'\x1f\x8b', b'\x28\xb5', b'\x04\x22')
GIVE_UP = 20  # times: a start that nothing comes of costs, too
USUAL = ('Hello in child.', 'load: filename=', 'Running as user ')


class Trouble(Exception):
    pass


def beside(tshark: str) -> str | None:
    """The sharkd of the same Wireshark; a tshark of an unusual name or place has none."""
    found = shutil.which(tshark)
    if not found or os.path.basename(found) != 'tshark':
        return None
    path = os.path.join(os.path.dirname(found), 'sharkd')
    return path if os.access(path, os.X_OK) else None


def suits(path: str) -> bool:
    with open(path, 'rb') as file:
        return file.read(2) not in COMPRESSED and os.fstat(file.fileno()).st_size <= AT_MOST


class Sharkd:
    def __init__(self, program: str, setup: Setup) -> None:
        self._stderr = tempfile.TemporaryFile()
        self._number = 0
        self._process = subprocess.Popen([program, '-'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr,
                                         env=setup.environment)
        try:
            self._start(setup)
        except BaseException:
            self.close()
            raise

    def _start(self, setup: Setup) -> None:
        self._ask(('complete', {'field': 'bcast.rule'}))
        self.at_start = self._said()  # it goes on being said, of no capture in particular
        for preference in setup.preferences:
            name, value = split(preference)
            self._ask(('setconf', {'name': name, 'value': value}))
        if any('Error loading table' in line for line in self.at_start):
            raise Trouble

    def close(self) -> None:
        self._process.kill()
        with contextlib.suppress(OSError):  # what it did not read goes with it
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._stderr.close()

    def fields(self) -> dict[str, str]:
        """Name -> title of all fields that count here."""
        answers = [self._ask(('complete', {'field': prefix}))[0] for prefix in ('frame.', 'mbms_sec.', 'bcast.', 'ltkm.')]
        return {field['f']: field['n'] for answer in answers for field in answer['field']}

    def read(self, path: str, reading: Reading) -> None:
        """Of a capture that is cut short, sharkd says nothing at all: the second question is for that."""
        self._ask(('load', {'file': os.path.abspath(path)}), ('status', {}))
        frames = self._ask(('frames', {'filter': self._filter(), 'column0': 'frame.protocols:1'}))[0]
        for frame in frames:
            answer = self._ask(('frame', {'frame': frame['num'], 'proto': True}))[0]
            reading.take_tree(tree.from_sharkd(answer['tree']))
        self._require_silence()

    def _filter(self) -> str:
        """Another one each time: sharkd remembers by filter which frames pass, and goes on doing so in the next capture."""
        return f'{FILTER} || frame.number == {0xffffffff - self._number}'

    def _ask(self, *questions: tuple[str, dict]) -> list:
        first = self._number + 1
        for method, parameters in questions:
            self._number += 1
            question = {'jsonrpc': '2.0', 'id': self._number, 'method': method}
            if parameters:
                question['params'] = parameters
            self._process.stdin.write(json.dumps(question).encode() + b'\n')
        self._process.stdin.flush()
        answers = [self._answer(number) for number in range(first, self._number + 1)]
        return answers

    def _answer(self, number: int):
        answer = json.loads(self._process.stdout.readline())
        if answer.get('id') != number or 'result' not in answer:
            raise Trouble
        if isinstance(answer['result'], dict) and answer['result'].get('status', 'OK') != 'OK':
            raise Trouble
        return answer['result']

    def _require_silence(self) -> None:
        if self._said() != self.at_start:
            raise Trouble

    def _said(self) -> list[str]:
        self._stderr.seek(0)
        lines = self._stderr.read().decode(errors='replace').splitlines()
        return [model.printable(line.strip()) for line in lines if line.strip() and not line.startswith(USUAL)]


def split(preference: str) -> tuple[str, str]:
    """uat:TABLE is the name of a table; everything behind the next colon is the value."""
    table = 'uat:' if preference.startswith('uat:') else ''
    name, _, value = preference.removeprefix(table).partition(':')
    return table + name, value.strip()


class Pool:
    """One for each worker, kept from capture to capture."""

    def __init__(self, program: str | None, setup: Setup) -> None:
        self._program = program if not (setup.asked.decode_as or setup.asked.profile) else None
        self._setup = setup
        self._idle: list[Sharkd] = []
        self._failed = 0
        self.warnings: list[str] = []  # that were said at the start of the latest one

    def fields(self) -> dict[str, str]:
        """None of the plugin's if tshark has to be asked, who tells why."""
        fields = self._with_one(Sharkd.fields) or {}
        return fields if 'bcast.rule' in fields else {}

    def read(self, path: str) -> Reading | None:
        """None if tshark has to."""
        reading = Reading()
        return reading if suits(path) and self._with_one(lambda sharkd: sharkd.read(path, reading) or reading) else None

    def _with_one(self, work: Callable[[Sharkd], Any]) -> Any:
        if not self._program or self._failed > GIVE_UP:
            return None
        sharkd = None
        try:
            sharkd = self._idle.pop() if self._idle else Sharkd(self._program, self._setup)
            done = work(sharkd)
            self.warnings = sharkd.at_start
        except (Trouble, model.Failure, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            self._failed += 1
            if sharkd:
                sharkd.close()
            return None
        self._idle.append(sharkd)
        return done

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()
