# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads captures with tshark, independent of the user's profile."""
import json
import os
import pathlib
import subprocess
import tempfile
from collections.abc import Iterator
from typing import IO, NamedTuple

from . import model, places, tree
from .model import Failure

OURS = 'mbms_sec || bcast || ltkm || bcast.rule'
FILTER = f'frame.number == 1 || {OURS}'
# What decides what can be seen, whatever the machine's own defaults are; and nobody looks at the XML tree here.
PREFERENCES = """\
ip.defragment: TRUE
ip.check_checksum: FALSE
tcp.check_checksum: FALSE
tcp.desegment_tcp_streams: TRUE
udp.check_checksum: FALSE
http.desegment_headers: TRUE
http.desegment_body: TRUE
http.dechunk_body: TRUE
http.decompress_body: TRUE
mbms_sec.xml_tree: FALSE
"""
KEY_TABLES = ('ltkm_keys', 'ltkm_cards', 'ltkm_service_keys', 'mbms_sec_keys')
NO_CAPTURES = ('mime_dlt', 'json')  # what Wireshark makes of pictures, programs and the like
MAGICS = [b'\xd4\xc3\xb2\xa1', b'\xa1\xb2\xc3\xd4', b'\x4d\x3c\xb2\xa1', b'\xa1\xb2\x3c\x4d', b'\x34\xcd\xb2\xa1',
          b'\xa1\xb2\xcd\x34', b'\x0a\x0d\x0d\x0a', b'\x1f\x8b', b'\x28\xb5\x2f\xfd', b'\x04\x22\x4d\x18']


class Asked(NamedTuple):
    """What the command line asks for."""
    tshark: str
    profile: str | None = None
    preferences: tuple[str, ...] = ()
    decode_as: tuple[str, ...] = ()
    keys: str | None = None


class Setup:
    """How Wireshark is run: an empty configuration of its own, unless a profile is asked for."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.preferences = list(asked.preferences)
        self.environment = {**os.environ, 'LC_ALL': 'C.UTF-8'}
        self._folder = tempfile.TemporaryDirectory(prefix='bcast-check-')
        rows = key_rows(asked.keys) if asked.keys else {}
        if asked.profile is None:
            configuration = pathlib.Path(self._folder.name)
            (configuration / 'preferences').write_text(PREFERENCES)
            for table in KEY_TABLES:
                (configuration / table).write_text('\n'.join(rows.get(table, [])) + '\n')
            self.environment['WIRESHARK_CONFIG_DIR'] = str(configuration)
        else:
            self.preferences += [f'uat:{table}:{line}' for table, lines in rows.items() for line in lines]
        self.known_fields: dict[str, str] = {}  # name -> title, as the plugin has registered them
        self.types: dict[str, str] = {}

    def close(self) -> None:
        self._folder.cleanup()

    def options(self) -> list[str]:
        profile = ['-C', self.asked.profile] if self.asked.profile is not None else []
        return [*profile, *(text for preference in self.preferences for text in ('-o', preference)),
                *(text for rule in self.asked.decode_as for text in ('-d', rule))]

    def learn_fields(self) -> None:
        """All that count here."""
        try:
            done = subprocess.run([self.asked.tshark, '-G', 'fields'], stdin=subprocess.DEVNULL, capture_output=True,
                                  env=self.environment)
        except OSError as error:
            raise Failure(f'{self.asked.tshark}: {error.strerror}') from error
        for line in done.stdout.split(b'\n'):
            if line.startswith(b'F\t') and any(part in line for part in (b'\tbcast.', b'\tltkm.', b'\tmbms_sec.', b'\tframe.')):
                title, name, kind = line.decode(errors='replace').split('\t')[1:4]
                self.known_fields[name] = title
                self.types[name] = kind
        if 'bcast.rule' not in self.known_fields:
            raise Failure(not_loaded(self.asked.tshark))

    def rules(self) -> dict[str, str]:
        """Rule, or expert field -> its obligation, which the plugin's title of the breach has behind "R22 not kept: "."""
        numbers = sorted(int(name[7:]) for name in self.known_fields if name.startswith('bcast.r') and name[7:].isdecimal())
        rules = {f'R{number}': self.known_fields[f'bcast.r{number}'].split(': ', 1)[-1] for number in numbers}
        return rules | {name: self.known_fields[name] for name in model.CHECKS if name in self.known_fields}


def key_rows(path: str) -> dict[str, list[str]]:
    """Table -> its rows: before a row may stand of which table it is, 'ltkm_cards:"…","…","…"'."""
    try:
        lines = pathlib.Path(path).read_text(encoding='utf-8').splitlines()
    except (OSError, UnicodeError) as error:
        raise Failure(f'{path}: {getattr(error, "strerror", None) or error}') from error
    rows: dict[str, list[str]] = {}
    for line in (line.strip() for line in lines):
        table, colon, row = line.partition(':')
        if not colon or line.startswith('"'):
            table, row = KEY_TABLES[0], line
        if line and not line.startswith('#'):
            if table not in KEY_TABLES:
                raise Failure(f'{path}: there is no table "{table}", only {", ".join(KEY_TABLES)}')
            rows.setdefault(table, []).append(row)
    return rows


def not_loaded(tshark: str) -> str:
    text = f'{tshark} has not loaded the plugin mbms-bcast, or one that is too old: it does not know bcast.rule. '
    if places.is_root():
        return text + ("Wireshark that is run by root loads plugins from the system's folder only: run this as another "
                       "user, or install the plugin there (sudo cmake --install build)")
    return text + "See packaging/INSTALL.md, or set WIRESHARK_PLUGIN_DIR to build/plugins"


class Reading:
    """One capture, read to its end or to an error."""

    def __init__(self) -> None:
        self.findings: list[model.Finding] = []
        self.judged = model.Judged()
        self.trees: list[tree.Node] = []
        self._challenged: set[int] = set()  # requests that were answered by a challenge: rules do not speak of them

    def take(self, packet: model.Packet) -> None:
        if packet.get('frame.protocols', [''])[0].split(':')[0] in NO_CAPTURES:
            raise Failure('Not a capture')
        self.judged = self.judged.plus(model.judged_in(packet))
        if set(packet.get('mbms_sec.status_code', [])) & {'401', '407'}:
            self._challenged.update(int(frame) for frame in packet.get('mbms_sec.request_in', []))
        self.findings += model.rule_findings(packet)

    def take_tree(self, root: tree.Node) -> None:
        self.take(tree.flat(root))
        self.findings += tree.check_findings(root)

    def sorted(self) -> list[model.Finding]:
        kept = [finding for finding in self.findings if not (finding.frame in self._challenged and model.is_shadow(finding))]
        return sorted(kept, key=lambda finding: finding.frame)


def read(setup: Setup, path: str, reading: Reading, whole_trees: bool) -> list[str]:
    """What tshark said. Fields are enough for most packets; trees are for those with more to say than rules do."""
    fields = [name for name in model.FIELDS if name in setup.known_fields]
    columns = ['-T', 'ek', *(argument for field in fields for argument in ('-e', field))]
    with tempfile.TemporaryFile() as stderr:
        if whole_trees:
            for root in trees(setup, path, FILTER, stderr):
                reading.take_tree(root)
                reading.trees.append(root)
            return said_on(stderr)
        told = False
        for line in output(setup, path, FILTER, columns, stderr):
            layers = json.loads(line).get('layers') if line.strip() else None
            if layers:
                packet = {field: layers[field.replace('.', '_')] for field in fields if field.replace('.', '_') in layers}
                reading.take(packet)
                told = told or model.has_checks(packet)
        said = said_on(stderr)
    if told:
        with tempfile.TemporaryFile() as stderr:
            for root in trees(setup, path, ' || '.join(name for name in model.CHECKS if name in fields), stderr):
                reading.findings += tree.check_findings(root)
            said_on(stderr)
    return said


def trees(setup: Setup, path: str, display_filter: str, stderr: IO[bytes]) -> Iterator[tree.Node]:
    with Process(setup, path, display_filter, ['-T', 'pdml'], stderr) as process:
        yield from tree.from_pdml(process.stdout)


def output(setup: Setup, path: str, display_filter: str, columns: list[str], stderr: IO[bytes]) -> Iterator[bytes]:
    with Process(setup, path, display_filter, columns, stderr) as process:
        yield from process.stdout


class Process:
    """tshark on one capture; it is an error if it does not end well, whatever was read of its output."""

    def __init__(self, setup: Setup, path: str, display_filter: str, columns: list[str], stderr: IO[bytes]) -> None:
        command = [setup.asked.tshark, *setup.options(), '-2', '-n', '-r', path, '-Y', display_filter, *columns]
        self._stderr = stderr
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr,
                                         env=setup.environment)

    def __enter__(self) -> subprocess.Popen:
        return self._process

    def __exit__(self, kind, error, _trace) -> None:
        if kind and not issubclass(kind, ElementTreeError):
            self._process.kill()
        self._process.stdout.close()
        status = self._process.wait()
        if kind is None or issubclass(kind, ElementTreeError):
            require_success(status, said_on(self._stderr))


ElementTreeError = (tree.ElementTree.ParseError, StopIteration)  # PDML that ends early, for a reason tshark tells better


def said_on(stderr: IO[bytes]) -> list[str]:
    stderr.seek(0)
    lines = [model.printable(line.strip()) for line in stderr.read().decode(errors='replace').splitlines()]
    return [line for line in lines if line and not line.startswith('Running as user ')]


def require_success(status: int, said: list[str]) -> None:
    ended = f'tshark was ended by signal {-status}' if status < 0 else f'tshark ended with status {status}'
    telling = [line for line in said if 'cut short' in line or 'Error loading table' in line]
    if status != 0 or telling:
        raise Failure('; '.join(telling or said[:2]) or ended)  # some go on with all that would have been right


def require_content(path: str) -> None:
    """tshark would wait at a pipe for ever, and takes an empty file for a capture without packets."""
    status = os.stat(path)
    if not os.path.isfile(path):
        raise Failure('Not a file')
    if status.st_size == 0:
        raise Failure('The file is empty')


def require_capture(path: str, judged: model.Judged) -> None:
    """Wireshark takes many a file for a capture without packets."""
    if judged.packets == 0:
        with open(path, 'rb') as file:
            start = file.read(4)
        if not any(start.startswith(magic) for magic in MAGICS):
            raise Failure('Not a capture')
