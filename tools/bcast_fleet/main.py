# SPDX-License-Identifier: GPL-2.0-or-later
"""Judge many captures with bcast-check on the workers of a Dask cluster, and join what captures taken apart say.

Prints what bcast-check prints of the same captures, and has its exit status. Files of a ring buffer are judged as one capture.
"""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import sys
import tempfile
from collections.abc import Callable
from typing import IO

from bcast_check import VERSION, inputs, reports
from bcast_check import main as check
from bcast_check.main import complain
from bcast_check.model import LEVEL_NAMES, Failure, Finding, Judged, Result

from . import joins, rings
from .rings import Capture

MORE_HELP = """\
exit status, as bcast-check's:
  0  every capture was read to its end and judged, and nothing found counts
  1  every capture was read to its end, and there are findings that count
  2  a capture could not be read to its end, a worker cannot judge, no worker is left, or the command line is wrong
  3  nothing found counts, but a capture holds nothing to judge (0 with --allow-empty)

examples:
  bcast-fleet captures/
  bcast-fleet --records records.ndjson --joined joined.ndjson bsm.pcapng terminals.pcapng
  bcast-fleet --scheduler tcp://rack:8786 --bcast-check /opt/mbms/bin/bcast-check /captures/*.pcapng
"""
LEVELS = {name: level for level, name in LEVEL_NAMES.items()}
TOGETHER, BYTES = 16, 1 << 23  # captures, and what is in them, of one errand: a start of bcast-check is worth that much
SHARES = 4  # errands for each thread at least, if there are captures enough
TIMEOUT = 10.0  # the plugin's own, of ltkm.verification_timeout


# ---- command line ----------------------------------------------------------------------------------------------------


def parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(prog='bcast-fleet', description=__doc__, epilog=MORE_HELP,
                                        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    arguments.add_argument('captures', nargs='+', metavar='CAPTURE',
                           help="any file that Wireshark can read, a folder of them, a pattern, or '-' for standard input")
    arguments.add_argument('--version', action='version', version=f'bcast-fleet {VERSION}')
    add_workers(arguments.add_argument_group('who judges'))
    add_joining(arguments.add_argument_group('what belongs together'))
    check.add_judging(arguments.add_argument_group('what is judged, and what counts'))
    check.add_reports(arguments.add_argument_group("reports ('-' is standard output)"))
    check.add_dissecting(arguments.add_argument_group('how captures are read, by each worker'))
    arguments.set_defaults(tshark=None)  # each worker knows best where its own is
    return arguments


def add_workers(group) -> None:
    group.add_argument('--scheduler', metavar='ADDRESS', help='''of the cluster, as tcp://rack:8786; without it, a cluster is started
                       on this machine, and ended''')
    group.add_argument('-j', metavar='N', dest='jobs', type=check.positive, default=check.processors(),
                       help='workers of the cluster on this machine (default: one for each processor)')
    group.add_argument('--bcast-check', metavar='PATH', help='''bcast-check on the workers (default: the one on their PATH; on this
                       machine, the one beside bcast-fleet)''')
    group.add_argument('--send', action='store_true', help='''send captures to the workers, which do not have them under the same
                       path''')


def add_joining(group) -> None:
    group.add_argument('--joined', metavar='FILE', help='''write what captures say together, a line of JSON for each: verification
                       messages of LTKMs in other captures, messages seen at two points''')
    group.add_argument('--window', metavar='SECONDS', type=seconds, default=60.0,
                       help='how far apart the two can be (default: 60)')
    group.add_argument('--ring', metavar='PATTERN', action='append', default=[],
                       help="files of a folder with such names are one capture: 'trace*.pcap'")
    group.add_argument('--apart', action='store_true', help='judge each file by itself, those of a ring buffer, too')


def seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e9:
        raise argparse.ArgumentTypeError('a number of seconds')
    return number


# ---- what workers are asked --------------------------------------------------------------------------------------------


class Requests:
    """Makes the errands of some captures."""

    def __init__(self, options: argparse.Namespace, captures: list[Capture]) -> None:
        self._captures = captures
        self._send = options.send
        self._common = {
            'program': program(options),
            'tshark': options.tshark,
            'options': [*(text for name in options.preferences for text in ('-o', name)),
                        *(text for rule in options.decode_as for text in ('-d', rule)),
                        *(['--rules', ','.join(options.rules)] if options.rules else [])],
            'keys': {'name': options.keys, 'text': keys_in(options.keys)} if options.keys else None,
            'records': bool(options.records or options.joined),
            'spans': bool(options.joined),
        }  # fmt: skip

    def probe(self) -> bytes:
        return self._line([])

    def payload(self, numbers: tuple[int, ...]) -> bytes:
        asked, contents = [], []
        for number in numbers:
            members = [self._member(one, contents) for one in self._captures[number].members]
            asked.append({'name': self._captures[number].name, 'members': members})
        return self._line(asked) + b''.join(contents)

    def _member(self, one: inputs.Input, contents: list[bytes]) -> dict:
        content = content_of(one.path) if self._send else None
        if content is not None:
            contents.append(content)
        return {'name': one.name, 'path': os.path.abspath(one.path), 'sent': content is not None,
                'size': rings.size_of(one.path) if content is None else len(content)}

    def _line(self, asked: list[dict]) -> bytes:
        return json.dumps(self._common | {'captures': asked}).encode() + b'\n'


def keys_in(path: str) -> str:
    check.tshark.key_rows(path)  # says what is wrong with it
    return pathlib.Path(path).read_text(encoding='utf-8')


def program(options: argparse.Namespace) -> str:
    """A name to be looked for, or a path."""
    path = options.bcast_check
    beside = pathlib.Path(sys.argv[0]).resolve().with_name('bcast-check')
    if not path and not options.scheduler and beside.exists():
        return str(beside)
    return os.path.abspath(path) if path and os.sep in path else path or 'bcast-check'


def content_of(path: str) -> bytes | None:
    """None of what cannot be read here: the worker is to look for it, and says what is wrong."""
    try:
        return pathlib.Path(path).read_bytes()
    except OSError:
        return None


def shares(captures: list[Capture], threads: int) -> list[tuple[int, ...]]:
    """Captures that are judged by one start of bcast-check. The largest come first: nobody shall wait for them in the end."""
    wanted = [number for number, capture in enumerate(captures) if not capture.error]
    sizes = {number: captures[number].size() for number in wanted}
    most = max(1, min(TOGETHER, len(wanted) // (SHARES * threads)))
    found: list[list[int]] = []
    room = 0
    for number in sorted(wanted, key=lambda number: -sizes[number]):
        if not found or len(found[-1]) == most or sizes[number] > room:
            found.append([])
            room = BYTES
        found[-1].append(number)
        room -= sizes[number]
    return [tuple(share) for share in found]


def result_of(capture: Capture, told: dict) -> Result:
    if 'broken' in told:
        return Result(capture.name, [], told['broken'])
    findings = [finding(one, told['files']) for one in told['findings']]
    return Result(capture.name, findings, told['error'], told['warnings'], Judged(1, **told['judged']), told['seconds'],
                  records=told['records'])


def finding(one: dict, files: list[list]) -> Finding:
    made = Finding(**{**one, 'level': LEVELS[one['level']]})
    frame = made.frame
    for name, packets in files:
        if frame <= packets:
            return made._replace(text=f'{made.text} (frame {frame} of {os.path.basename(name)})')
        frame -= packets
    return made


# ---- what is made of their answers -------------------------------------------------------------------------------------


class Bar(check.Progress):
    def _text(self, done: int) -> str:
        width = max(10, shutil.get_terminal_size().columns - 40)
        full = width * done // self._total
        return f'[{"#" * full}{" " * (width - full)}] {super()._text(done)}'


class Collector:
    """Tells results in the order given, each as soon as it and those before it are there; with joins, when all are."""

    def __init__(self, captures: list[Capture], baseline: inputs.Baseline, records: IO[str] | None, joiner: joins.Joiner | None,
                 tell: Callable[[Result], None]) -> None:  # fmt: skip
        self.results: list[Result] = []
        self._captures = captures
        self._baseline = baseline
        self._records = records
        self._joiner = joiner
        self._tell = tell
        self._early: dict[int, tuple[Result, dict | None]] = {}
        self._progress = Bar(len(captures))
        self._progress.show(0)
        for number, capture in enumerate(captures):
            if capture.error:
                self.take(number, None)

    def take(self, number: int, told: dict | None) -> None:
        capture = self._captures[number]
        result = result_of(capture, told) if told else Result(capture.name, [], capture.error)
        self._early[number] = result, told and told.get('span')
        while len(self.results) in self._early:
            self._next(*self._early.pop(len(self.results)))
        self._progress.show(len(self.results) + len(self._early))

    def _next(self, result: Result, span: dict | None) -> None:
        if self._records:
            self._records.write(reports.as_records([result]))
        if self._joiner:
            self._joiner.take(result, span)
        new, known = self._baseline.split(result.capture, result.findings)
        self.results.append(result._replace(findings=new, known=known, records=[]))  # which may be large
        if not self._joiner:
            self._progress.clear()
            self._tell(self.results[-1])

    def close(self) -> joins.Joined | None:
        """What was joined; with it, findings that other captures answer are withdrawn."""
        self._progress.clear()
        joined = self._joiner.join() if self._joiner else None
        if joined:
            self.results = [result._replace(findings=still_right(result, joined)) for result in self.results]
            for result in self.results:
                self._tell(result)
        return joined


def still_right(result: Result, joined: joins.Joined) -> list[Finding]:
    """Findings without those of LTKMs that other captures have the answer of."""
    left: dict[int, list[str | None]] = {}
    kept = []
    for one in result.findings:
        keys = joined.open.get((result.capture, one.frame)) if one.rule == joins.MISSING else None
        if keys is None or take_out(one.key, left.setdefault(one.frame, list(keys))):
            kept.append(one)
    return kept


def take_out(key: str | None, keys: list[str | None]) -> bool:
    """Where a finding has no key, or an LTKM, it may be any."""
    for one in keys:
        if one == key or None in (one, key):
            keys.remove(one)
            return True
    return False


def joined_summary(joined: joins.Joined, withdrawn: int) -> str:
    answers = sum(record['type'] == 'answer' for record in joined.records)
    twice = sum(record['type'] == 'passage' for record in joined.records)
    lost = sum(record['type'] == 'lost' for record in joined.records)
    return (f'{reports.counted(answers, "verification message")} found in other captures, {withdrawn} findings withdrawn; '
            f'{reports.counted(twice, "message")} seen at two points, {lost} lost between them'
            + (f'; {joined.left_out} in too many captures to be joined' if joined.left_out else ''))


def verification_timeout(preferences: list[str]) -> float:
    values = [text.partition(':')[2] for text in preferences if text.startswith('ltkm.verification_timeout:')]
    return seconds(values[-1]) if values else TIMEOUT


# ---- running -----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def fleet(options: argparse.Namespace, requests: Requests, folder: str):
    try:
        from . import cluster  # costs half a second
    except ImportError as error:
        raise Failure(f'Dask is not there ({error}): install python3-distributed') from error
    with contextlib.ExitStack() as stack:
        address = options.scheduler or stack.enter_context(cluster.local(options.jobs, folder))
        opened = cluster.Fleet(address, requests.probe(), complain)
        stack.callback(opened.close)
        yield opened


def judge(command_line: argparse.ArgumentParser, options: argparse.Namespace, captures: list[Capture], folder: str,
          collector: Collector) -> dict[str, str]:
    """Gives the rules that were judged."""
    requests = Requests(options, captures)
    with fleet(options, requests, folder) as opened:
        rules = dict(line.split('\t', 1) for line in opened.describe().splitlines())
        rules = check.wanted_rules(command_line, options.rules, rules)
        for number, told in opened.judge(shares(captures, opened.threads()), requests.payload):
            collector.take(number, told)
    return rules


def write_joined(path: str, joined: joins.Joined) -> None:
    check.write(path, ''.join(json.dumps(record) + '\n' for record in joined.records))


def opened(path: str | None, stack: contextlib.ExitStack) -> IO[str] | None:
    if path in (None, '-'):
        return sys.stdout if path else None
    try:
        return stack.enter_context(open(path, 'w', encoding='utf-8'))
    except OSError as error:
        raise Failure(f'{path}: {error.strerror}') from error


def run(command_line: argparse.ArgumentParser, options: argparse.Namespace, folder: str) -> int:
    level = check.LEVEL_OPTIONS[options.level]
    printer = check.Printer(options, level)
    captures = rings.captures(inputs.inputs(options.captures, folder), options.ring, options.apart)
    joiner = joins.Joiner(options.window, verification_timeout(options.preferences)) if options.joined else None
    rules: dict[str, str] = {}
    joined = joins.Joined([], {}, 0)
    with contextlib.ExitStack() as stack:
        try:
            collector = Collector(captures, inputs.Baseline(options.baseline), opened(options.records, stack), joiner, printer.tell)
            rules = judge(command_line, options, captures, folder, collector)
            before = sum(len(result.findings) for result in collector.results)
            joined = collector.close() or joined
            results = collector.results
            printer.close(results)
            if joiner:
                printer.say(joined_summary(joined, before - sum(len(result.findings) for result in results)))
        except Failure as failure:  # the reports must not go on showing an earlier, better run
            complain(str(failure))
            results = [Result(capture.name, [], str(failure)) for capture in captures]
    if options.joined:
        write_joined(options.joined, joined)
    check.write_reports(argparse.Namespace(**{**vars(options), 'records': None}), results, rules, level)
    return check.status_of(results, level, options.allow_empty)


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors='backslashreplace')
    command_line = parser()
    options = command_line.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix='bcast-fleet-') as folder:
            status = run(command_line, options, folder)
            sys.stdout.flush()
            return status
    except Failure as failure:
        complain(str(failure))
        return 2
    except BrokenPipeError:  # whoever read the output has seen enough; nothing is left for Python to write at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        return 130
