# SPDX-License-Identifier: GPL-2.0-or-later
"""What the command line names: files, folders, patterns, standard input; and earlier findings."""
import collections
import glob
import os
import pathlib
import shutil
import sys
import tempfile
from typing import NamedTuple

from . import model
from .model import Failure

ENDINGS = ('.pcap', '.pcapng', '.cap')
PACKED = ('', '.gz', '.zst')
STDIN = '-'


class Input(NamedTuple):
    name: str  # in reports
    path: str
    error: str | None = None


def inputs(arguments: list[str], folder: str) -> list[Input]:
    """In the order given, what is in a folder by name. Standard input is put into |folder|: it is read more than once."""
    found = []
    for argument in arguments:
        if argument == STDIN:
            found.append(from_stdin(folder))
        elif os.path.isdir(argument):
            found += in_folder(argument)
        elif not os.path.lexists(argument) and glob.has_magic(argument):
            paths = sorted(path for path in glob.glob(argument, recursive=True) if not os.path.isdir(path))
            found += [Input(path, path) for path in paths] or [Input(argument, argument, 'No such file')]
        else:
            found.append(Input(argument, argument))
    return found


def in_folder(folder: str) -> list[Input]:
    paths = sorted(str(path) for path in pathlib.Path(folder).rglob('*') if is_capture(path.name) and path.is_file())
    return [Input(path, path) for path in paths] or [Input(folder, folder, 'The folder has no captures in it')]


def is_capture(name: str) -> bool:
    return name.lower().endswith(tuple(ending + packed for ending in ENDINGS for packed in PACKED))


def from_stdin(folder: str) -> Input:
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return Input(STDIN, file.name)


class Baseline:
    """Findings that are known, a line each, as they are printed. The same one N times is known N times."""

    def __init__(self, path: str | None) -> None:
        self._known: collections.Counter[str] = collections.Counter()
        if path:
            try:
                lines = pathlib.Path(path).read_text(encoding='utf-8').splitlines()
            except (OSError, UnicodeError) as error:
                raise Failure(f'{path}: {getattr(error, "strerror", None) or error}') from error
            self._known.update(line for line in lines if line and not line.startswith('#'))

    def split(self, capture: str, findings: list[model.Finding]) -> tuple[list[model.Finding], list[model.Finding]]:
        """New ones, and those that are known."""
        new, known = [], []
        left = self._known.copy() if findings else self._known
        for finding in findings:
            line = line_of(capture, finding)
            (known if left[line] > 0 else new).append(finding)
            left[line] -= 1
        return new, known


def line_of(capture: str, finding: model.Finding) -> str:
    return model.printable(f'{capture}:{finding.frame}: {finding.rule} {model.LEVEL_NAMES[finding.level]}: {finding.text}')
