# SPDX-License-Identifier: GPL-2.0-or-later
"""What was found, for people and for programs."""
import collections
import json
import xml.etree.ElementTree as ElementTree

from .inputs import line_of
from .model import BREACH, LEVEL_NAMES, NOTE, SUSPICIOUS, Finding, Judged, Result, printable

NOTHING = 'Nothing of MBMS security was found to judge'


def counted(number: int, noun: str) -> str:
    plural = noun if noun in ('suspicious',) else 'breaches' if noun == 'breach' else noun + 's'
    return f'{number} {noun if number == 1 else plural}'


def summary(results: list[Result]) -> str:
    judged = Judged()
    for result in results:
        judged = judged.plus(result.judged)
    levels = collections.Counter(finding.level for result in results for finding in result.findings)
    known = sum(len(result.known) for result in results)
    errors = sum(result.error is not None for result in results)
    nothing = sum(is_empty(result) for result in results)
    return ''.join([
        f'{counted(judged.procedures, "procedure")}, {counted(judged.ltkms, "LTKM")}, '
        f'{counted(judged.verifications, "verification message")} judged in {counted(len(results), "capture")}: '
        f'{counted(levels[BREACH], "breach")}, {levels[SUSPICIOUS]} suspicious, {counted(levels[NOTE], "note")}',
        f', {known} known' if known else '',
        f'; {nothing} with nothing to judge' if nothing else '',
        f'; {errors} not read to the end' if errors else '',
    ])  # fmt: skip


def is_empty(result: Result) -> bool:
    return not result.error and not result.judged


def lines(result: Result, level: int) -> list[str]:
    """Notes only if they count, the same one once, with how many there are."""
    printed: dict[tuple, list[Finding]] = {}
    for number, finding in enumerate(result.findings):
        if finding.level > NOTE or level <= NOTE:
            one = (finding.rule, finding.text) if finding.level == NOTE else (number,)
            printed.setdefault(one, []).append(finding)
    return [described(result.capture, same[0], len(same)) for same in printed.values()]


def described(capture: str, finding: Finding, times: int = 1) -> str:
    details = finding.details() if times == 1 else f'{times} times; this one: {finding.details()}'
    return line_of(capture, finding) + (f' [{printable(details)}]' if details else '')


def annotations(result: Result, level: int) -> list[str]:
    """Of a workflow of GitHub: shown at the file, as capture formats have no lines at the frame's number."""
    commands = {NOTE: 'notice', SUSPICIOUS: 'warning', BREACH: 'error'}
    told = [annotation(commands[finding.level], result.capture, finding.rule, f'Frame {finding.frame}: {finding.text}'
                       + (f' [{finding.details()}]' if finding.details() else ''), finding.frame)
            for finding in result.findings if finding.level > NOTE or level <= NOTE]
    return told + ([annotation('error', result.capture, 'bcast-check', result.error)] if result.error else [])


def annotation(command: str, capture: str, title: str, text: str, line: int | None = None) -> str:
    def escaped(value: str, more: str = '') -> str:
        return ''.join(f'%{ord(c):02X}' if c in '%\r\n' + more else c for c in value)
    place = f'file={escaped(capture, ":,")}' + (f',line={line}' if line else '')
    return f'::{command} {place},title={escaped(title, ":,")}::{escaped(printable(text))}'


def as_json(results: list[Result]) -> str:
    captures = [
        {
            'capture': result.capture,
            'error': result.error,
            'warnings': result.warnings,
            'seconds': round(result.seconds, 3),
            'judged': {name: getattr(result.judged, name) for name in ('procedures', 'ltkms', 'verifications', 'others')},
            'findings': [{**finding._asdict(), 'level': LEVEL_NAMES[finding.level]} for finding in result.findings],
            'known': [{**finding._asdict(), 'level': LEVEL_NAMES[finding.level]} for finding in result.known],
        }
        for result in results
    ]
    return json.dumps({'captures': captures}, indent=2) + '\n'


def as_records(results: list[Result]) -> str:
    return ''.join(json.dumps(record) + '\n' for result in results for record in result.records)


def as_baseline(results: list[Result]) -> str:
    found = [line_of(result.capture, finding) for result in results for finding in result.known + result.findings]
    return '# Findings that bcast-check --baseline knows\n' + ''.join(line + '\n' for line in found)


# ---- JUnit -----------------------------------------------------------------------------------------------------------


def as_junit(results: list[Result], rules: dict[str, str], level: int) -> str:
    """A suite for each capture, in it a case for each rule; one more, in error, if it was not read to its end."""
    root = ElementTree.Element('testsuites', name='bcast-check')
    for result in results:
        suite = ElementTree.SubElement(root, 'testsuite', name=printable(result.capture), time=f'{result.seconds:.3f}')
        if result.error:
            case = add_case(suite, 'read to its end')
            ElementTree.SubElement(case, 'error', message=printable(result.error))
        for rule, title in rules.items():
            judge_case(add_case(suite, rule), result, rule, title, level)
        count(suite, suite.findall('testcase'))
    count(root, root.findall('*/testcase'))
    root.set('time', f'{sum(result.seconds for result in results):.3f}')
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding='unicode') + '\n'


def add_case(suite: ElementTree.Element, name: str) -> ElementTree.Element:
    """CI servers take what stands before a dot for a package."""
    return ElementTree.SubElement(suite, 'testcase', classname=suite.get('name').replace('.', '_'), name=name, time='0.000')


def judge_case(case: ElementTree.Element, result: Result, rule: str, title: str, level: int) -> None:
    findings = [finding for finding in result.findings if finding.rule == rule]
    known = [finding for finding in result.known if finding.rule == rule]
    failures = [finding for finding in findings if finding.level >= level]
    told = [described(result.capture, finding) for finding in findings]
    told += ['known: ' + described(result.capture, finding) for finding in known]
    if failures:
        worst = max(failures, key=lambda finding: finding.level)
        attributes = {'message': printable(f'{title}: {worst.text}'), 'type': LEVEL_NAMES[worst.level]}
        ElementTree.SubElement(case, 'failure', attributes).text = '\n'.join(told)
        return
    if result.error:
        ElementTree.SubElement(case, 'skipped', message='The capture was not read to its end')
    elif is_empty(result):
        ElementTree.SubElement(case, 'skipped', message=NOTHING)
    if told:
        ElementTree.SubElement(case, 'system-out').text = '\n'.join(told)


def count(suite: ElementTree.Element, cases: list[ElementTree.Element]) -> None:
    suite.set('tests', str(len(cases)))
    for attribute, tag in (('failures', 'failure'), ('errors', 'error'), ('skipped', 'skipped')):
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
