# SPDX-License-Identifier: GPL-2.0-or-later
"""Judge captures by the rules of the OMA BCAST change request, for automated checks.

Prints a line for each finding, and what was judged in a last line:

    CAPTURE:FRAME: RULE LEVEL: TEXT [terminal, key, time]

RULE is one of RULES.md, or the name of an expert field for what is malformed, ill-formed or has a wrong MAC. LEVEL is
'breach', 'suspicious' or 'note'; --level says which ones count for the exit status and as failures in the JUnit report.
"""
import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from . import VERSION, inputs, places, reports, sharkd, tshark
from .model import Failure, Result, printable
from .records import Records

MORE_HELP = """\
exit status:
  0  every capture was read to its end and judged, and nothing found counts
  1  every capture was read to its end, and there are findings that count
  2  a capture could not be read to its end, the plugin is not loaded, or the command line is wrong
  3  nothing found counts, but a capture holds nothing to judge (0 with --allow-empty)

examples:
  bcast-check capture.pcap
  bcast-check --junit report.xml captures/
  bcast-check --level error --json findings.json capture.pcapng
  bcast-check --rules R22,R53,ltkm.mac_bad --keys keys.txt capture.pcap
  bcast-check -d udp.port==5000,ltkm -o tls.keylog_file:keys.log - <capture.pcap

Wireshark is run with a configuration of its own: what is found does not depend on the user's profile.
dissectors/rules/RULES.md explains the rules.
"""
LEVEL_OPTIONS = {'note': 1, 'warning': 2, 'error': 3}


def complain(text: str) -> None:
    print(f'{os.path.basename(sys.argv[0])}: {printable(text)}', file=sys.stderr, flush=True)


# ---- judging ---------------------------------------------------------------------------------------------------------


class Judge:
    """Reads captures; several may be read at once."""

    def __init__(self, setup: tshark.Setup, baseline: inputs.Baseline, records: bool) -> None:
        self.rules: dict[str, str] = {}
        self._setup = setup
        self._baseline = baseline
        self._records = records
        self._sharkds = sharkd.Pool(None if records else sharkd.beside(setup.asked.tshark), setup)

    def learn_rules(self) -> dict[str, str]:
        """All that the plugin judges."""
        self._setup.known_fields = self._sharkds.fields()
        if not self._setup.known_fields:
            self._setup.learn_fields()
        self.rules = self._setup.rules()
        return self.rules

    def close(self) -> None:
        self._sharkds.close()
        self._setup.close()

    def judge(self, capture: inputs.Input) -> Result:
        start = time.monotonic()
        reading, warnings, error = tshark.Reading(), [], capture.error
        if not error:
            try:
                reading, warnings = self._read(capture.path, reading)
            except OSError as problem:
                error = problem.strerror
            except Failure as problem:
                error = str(problem)
            except (ValueError, KeyError, SyntaxError, RecursionError) as problem:
                error = f"tshark's output is not understood: {problem}"
        findings, known = self._baseline.split(
            capture.name, [finding for finding in reading.sorted() if finding.rule in self.rules])
        made = Records(capture.name, self._setup.types).of(reading.trees, findings) if self._records else []
        return Result(capture.name, findings, error, warnings, reading.judged, time.monotonic() - start, known, made)

    def _read(self, path: str, reading: tshark.Reading) -> tuple[tshark.Reading, list[str]]:
        """What was found before an error stays in |reading|."""
        tshark.require_content(path)
        warnings: list[str] = []
        quickly = self._sharkds.read(path)
        if quickly:
            reading, warnings = quickly, self._sharkds.warnings
        else:
            warnings = tshark.read(self._setup, path, reading, self._records)
        tshark.require_capture(path, reading.judged)
        return reading, warnings


class Progress:
    """How many captures are done, on a terminal, if they are several."""

    def __init__(self, total: int) -> None:
        self._total = total if total > 1 and sys.stderr.isatty() else 0

    def show(self, done: int) -> None:
        if self._total:
            print(f'\r\033[K{self._text(done)}', end='', file=sys.stderr, flush=True)

    def _text(self, done: int) -> str:
        return f'{done} of {self._total} captures'

    def clear(self) -> None:
        if self._total:
            print('\r\033[K', end='', file=sys.stderr, flush=True)


def judge_all(judge: Judge, captures: list[inputs.Input], jobs: int, tell: Callable[[Result], None]) -> list[Result]:
    """In the order given; each is told as soon as it and those before it are done."""
    results: list[Result] = []
    progress = Progress(len(captures))
    with ThreadPoolExecutor(jobs) as pool:
        progress.show(0)
        for result in pool.map(judge.judge, captures):
            results.append(result)
            progress.clear()
            tell(result)
            progress.show(len(results))
    progress.clear()
    return results


# ---- command line ----------------------------------------------------------------------------------------------------


def rule_list(text: str) -> list[str]:
    rules = [rule.strip() for rule in text.split(',')]
    return [rule.lower() if '.' in rule else rule.upper() for rule in rules]


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError('a number from 1')
    return int(text)


def processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count() or 1


def parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(prog='bcast-check', description=__doc__, epilog=MORE_HELP,
                                        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    arguments.add_argument('captures', nargs='*', metavar='CAPTURE',
                           help="any file that Wireshark can read, a folder of them, a pattern, or '-' for standard input")
    arguments.add_argument('--version', action='version', version=f'bcast-check {VERSION}')
    arguments.add_argument('--list-rules', action='store_true', help='print what is judged, and end')
    add_judging(arguments.add_argument_group('what is judged, and what counts'))
    add_reports(arguments.add_argument_group("reports ('-' is standard output)"))
    reading = arguments.add_argument_group('how captures are read')
    add_dissecting(reading)
    add_machine(reading)
    return arguments


def add_judging(group) -> None:
    group.add_argument('--rules', metavar='R22,R53', type=rule_list, help='judge by these rules only')
    group.add_argument('--level', choices=list(LEVEL_OPTIONS)[::-1], default='warning',
                       help="what counts: 'error': breaches; 'warning' (default): what is suspicious, too; 'note': all")
    group.add_argument('--allow-empty', action='store_true', help='a capture with nothing to judge is no failure')
    group.add_argument('--baseline', metavar='FILE', help='findings in this file are known, and do not count')
    group.add_argument('--write-baseline', metavar='FILE', help='write all that is found into such a file')


def add_reports(group) -> None:
    group.add_argument('--junit', metavar='FILE', help='write a report for a CI server: a test for each rule and capture')
    group.add_argument('--json', metavar='FILE', help='write the findings as JSON')
    group.add_argument('--records', metavar='FILE', help='write each procedure, LTKM, verification message, STKM and finding '
                       'as a line of JSON')
    group.add_argument('--github', action='store_true', help='print findings as annotations of a GitHub workflow')
    group.add_argument('--summary', action='store_true', help='print the last line only')
    group.add_argument('--quiet', action='store_true', help='print errors only')


def add_dissecting(group) -> None:
    group.add_argument('--keys', metavar='FILE', help='''keys: in each line a row "IDi","IDr","KEY", as in a profile's
                       ltkm_keys; or one of ltkm_cards, ltkm_service_keys, mbms_sec_keys, with that name and a colon before it''')
    group.add_argument('-o', metavar='NAME:VALUE', dest='preferences', action='append', default=[],
                       help='a preference, as tshark takes it; may be given more than once')
    group.add_argument('-d', metavar='RULE', dest='decode_as', action='append', default=[],
                       help='Decode As, as tshark takes it: udp.port==5000,ltkm')
    group.add_argument('--tshark', metavar='PATH', default=places.tshark() or 'tshark', help='the tshark to run')


def add_machine(group) -> None:
    group.add_argument('--profile', metavar='NAME', help="use this profile of the user's, and what it says of protocols, keys …")
    group.add_argument('-j', metavar='N', dest='jobs', type=positive, default=processors(),
                       help='captures that are read at once (default: one for each processor)')


def wanted_rules(command_line: argparse.ArgumentParser, asked: list[str] | None, rules: dict[str, str]) -> dict[str, str]:
    unknown = [rule for rule in asked or [] if rule not in rules]
    if unknown:
        command_line.error(f'no such rule: {", ".join(unknown)} (known are {", ".join(rules)})')
    return {rule: title for rule, title in rules.items() if asked is None or rule in asked}


def reports_asked(options: argparse.Namespace) -> set[str]:
    return {getattr(options, name, None) for name in ('junit', 'json', 'records', 'joined')}  # the last is bcast-fleet's


class Printer:
    """Findings on standard output, or out of the way of a report there."""

    def __init__(self, options: argparse.Namespace, level: int) -> None:
        self._level = level
        self._out = sys.stderr if '-' in reports_asked(options) else sys.stdout
        self._lines = reports.annotations if options.github else reports.lines
        self._findings = not (options.quiet or options.summary)
        self._summary = not options.quiet
        self._warned: set[str] = set()

    def tell(self, result: Result) -> None:
        if self._findings:
            for line in self._lines(result, self._level):
                print(line, file=self._out)
            self._out.flush()
        for text in result.warnings:
            if text not in self._warned:  # most are about Wireshark, and the same for each capture
                self._warned.add(text)
                complain(f'{result.capture}: {text}')
        if result.error:
            complain(f'{result.capture}: {result.error}')

    def close(self, results: list[Result]) -> None:
        self.say(reports.summary(results))

    def say(self, text: str) -> None:
        if self._summary:
            print(text, file=self._out, flush=True)


def write(path: str, text: str) -> None:
    if path == '-':
        sys.stdout.write(text)
        return
    try:
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
    except OSError as error:
        raise Failure(f'{path}: {error.strerror}') from error


def write_reports(options: argparse.Namespace, results: list[Result], rules: dict[str, str], level: int) -> None:
    if options.json:
        write(options.json, reports.as_json(results))
    if options.records:
        write(options.records, reports.as_records(results))
    if options.write_baseline:
        write(options.write_baseline, reports.as_baseline(results))
    if options.junit:
        write(options.junit, reports.as_junit(results, rules, level))


def status_of(results: list[Result], level: int, allow_empty: bool) -> int:
    if any(result.error for result in results):
        return 2
    if any(finding.level >= level for result in results for finding in result.findings):
        return 1
    return 3 if not allow_empty and any(reports.is_empty(result) for result in results) else 0


def run(command_line: argparse.ArgumentParser, options: argparse.Namespace, folder: str) -> int:
    level = LEVEL_OPTIONS[options.level]
    printer = Printer(options, level)
    captures = inputs.inputs(options.captures, folder)
    judge = None
    try:
        setup = tshark.Setup(tshark.Asked(options.tshark, options.profile, tuple(options.preferences),
                                          tuple(options.decode_as), options.keys))
        judge = Judge(setup, inputs.Baseline(options.baseline), bool(options.records))
        judge.rules = wanted_rules(command_line, options.rules, judge.learn_rules())
        if options.list_rules:
            print(''.join(f'{rule}\t{title}\n' for rule, title in judge.rules.items()), end='')
            return 0
        results = judge_all(judge, captures, options.jobs, printer.tell)
        printer.close(results)
    except Failure as failure:  # the reports must not go on showing an earlier, better run
        complain(str(failure))
        results = [Result(capture.name, [], str(failure)) for capture in captures]
    finally:
        if judge:
            judge.close()
    write_reports(options, results, judge.rules if judge else {}, level)
    return status_of(results, level, options.allow_empty) if captures else 2


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors='backslashreplace')
    command_line = parser()
    options = command_line.parse_args()
    if not options.captures and not options.list_rules:
        command_line.error('the following arguments are required: CAPTURE')
    try:
        with tempfile.TemporaryDirectory(prefix='bcast-check-') as folder:
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
