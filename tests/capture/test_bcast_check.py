"""tools/bcast-check: what it prints, its exit status and its reports."""
import json
import os
import pty
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from bcast_tool import install_tool, without_details
from wireshark import AS_NOBODY, CAPTURES, REPOSITORY

TOUR, CLEAN = 'captures/tour.pcap', 'captures/rules/clean.pcap'
R13, R22, R53 = ('captures/rules/r%d.pcap' % number for number in (13, 22, 53))
R22_LINES = [
    'captures/rules/r22.pcap:8: R22 breach: An LTKM beside the ResponseCode "403 Forbidden"',
    'captures/rules/r22.pcap:8: R22 breach: An LTKM beside the ResponseCode "403 Forbidden"',
    'captures/rules/r22.pcap:8: R22 breach: An LTKM beside the ResponseCode "501 Not Implemented"',
    'captures/rules/r22.pcap:11: R22 breach: An LTKM beside the ResponseCode "202 Accepted"',
    'captures/rules/r22.pcap:13: R22 breach: An LTKM beside the ResponseCode "404 Not Found"',
]


@pytest.fixture(scope='module')
def tool(wireshark):
    return install_tool(wireshark)


@pytest.fixture
def check(wireshark, tool):
    return lambda *arguments, **environment: wireshark.run(*arguments, program=tool, **environment)


@pytest.fixture
def cut(folder):
    """Ends in the middle of a packet, after all findings."""
    path = folder / 'cut.pcap'
    path.write_bytes((CAPTURES / 'rules' / 'r22.pcap').read_bytes()[:-10])
    return str(path)


@pytest.fixture
def stand_in(folder):
    """A tshark that does something else when it reads a capture."""
    def make(script):
        path = folder / 'tshark'
        path.write_text(f'#!/bin/sh\n[ "$1" = -G ] && exec tshark "$@"\n{script}\n')
        path.chmod(0o755)
        return ['--tshark', str(path)]
    return make


@pytest.fixture(scope='module')
def module():
    sys.path.insert(0, str(REPOSITORY / 'tools'))
    from bcast_check import tshark
    return tshark


def rules_printed(done):
    return {line.split(': ')[1].split()[0] for line in without_details(done)}


# ---- findings --------------------------------------------------------------------------------------------------------


def test_nothing_found(check):
    done = check(TOUR, CLEAN)
    assert (done.returncode, without_details(done), done.stderr) == (0, [], '')
    done = check(TOUR)
    assert done.stdout == ('7 procedures, 9 LTKMs, 7 verification messages judged in 1 capture: '
                           '0 breaches, 0 suspicious, 0 notes\n')


def test_lines(check):
    done = check(R22)
    assert (done.returncode, without_details(done), done.stderr) == (1, R22_LINES, '')
    assert done.stdout.splitlines()[3] == R22_LINES[3] + (
        ' [terminal dGVzdC1idGlkLTAwMDAwMQ==@bsf.example.org, key 00f110/68c9:0001, 2008-11-20T10:00:00.395500Z]')
    assert done.stdout.splitlines()[-1].endswith(' judged in 1 capture: 5 breaches, 0 suspicious, 0 notes')


@pytest.mark.parametrize('capture, level, status', [
    (R13, 'note', 1), (R13, 'warning', 0), (R53, 'warning', 1), (R53, 'error', 0), (R22, 'error', 1),
])  # fmt: skip
def test_levels(check, capture, level, status):
    """A level decides what counts; notes are printed if they do, all else always."""
    rule = capture[-8:-5].upper()
    printed = set() if (capture, level) == (R13, 'warning') else {rule}
    done = check('--level', level, '--rules', rule, capture)
    assert (done.returncode, done.stderr, rules_printed(done)) == (status, '', printed)


def test_warning_is_the_default(check):
    assert check(R13).returncode == 0
    assert check('--rules', 'R53', R53).returncode == 1


def test_rules(check):
    """Others are neither printed nor counted."""
    assert rules_printed(check(R53)) == {'R39', 'R53'}
    assert rules_printed(check('--rules', 'R22,r53', R53)) == {'R53'}
    done = check('--rules', 'R1,R2', R22)
    assert (done.returncode, without_details(done)) == (0, [])


def test_preferences(check):
    """They reach tshark: with the key of the terminal a verification message is found out."""
    key = 'uat:ltkm_keys:"bsm1.example.org","","000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"'
    assert check('captures/rules/r61.pcap').returncode == 0
    done = check('-o', key, '-o', 'ltkm.verification_timeout:60', 'captures/rules/r61.pcap')
    assert (done.returncode, done.stderr) == (1, '')
    assert done.stdout.startswith('captures/rules/r61.pcap:14: R61 breach: ') and rules_printed(done) == {'R61', 'ltkm.mac_bad'}


def test_order(check, stand_in):
    """That of the command line, whichever is done first."""
    slow_first = stand_in('case "$*" in *r22*) sleep 1;; esac; exec tshark "$@"')
    done = check(*slow_first, '--level', 'note', R22, R13, R22, R53)
    assert done.returncode == 1
    captures = [line.split(':')[0] for line in without_details(done)]
    assert captures == [R22] * 5 + [R13] * captures.count(R13) + [R22] * 5 + [R53] * captures.count(R53)
    assert {R13, R53} < set(captures)


def test_hostile_text(check, folder, stand_in):
    """Control characters of a capture reach neither the terminal nor the report as they are."""
    packet = json.dumps({'layers': {'frame_number': ['1'], 'bcast_rule': ['R22'], 'bcast_rule_level': ['3'],
                                    'bcast_rule_text': ['a\nb\x1b[2Jc\x00d é']}})
    done = check(*stand_in(f"cat <<'END'\n{packet}\nEND"), '--junit', str(folder / 'junit.xml'), R22)
    assert done.returncode == 1
    assert without_details(done) == [f'{R22}:1: R22 breach: a\\nb\\x1b[2Jc\\x00d é']
    assert 'a\\nb\\x1b[2Jc\\x00d é' in ElementTree.parse(folder / 'junit.xml').find('*/testcase/failure').text


# ---- what keeps it from judging --------------------------------------------------------------------------------------


def test_missing_file(check):
    done = check('captures/nothing.pcap')
    assert (done.returncode, without_details(done)) == (2, [])
    assert done.stderr == 'bcast-check: captures/nothing.pcap: No such file or directory\n'


def test_cut_file(check, cut):
    """What was found before the end is still said."""
    done = check(cut)
    assert done.returncode == 2
    assert len(without_details(done)) == 5
    assert 'cut short in the middle of a packet' in done.stderr


def test_cut_file_without_findings(check, cut):
    assert check('--rules', 'R1', cut).returncode == 2


@pytest.mark.parametrize('content, error', [(b'', 'empty'), (b'no capture\n' * 9, "isn't a capture file")])
def test_no_capture(check, folder, content, error):
    (folder / 'file').write_bytes(content)
    done = check(str(folder / 'file'))
    assert done.returncode == 2 and error in done.stderr


def test_pipe(check, folder):
    """It would be waited for, for ever."""
    os.mkfifo(folder / 'pipe')
    done = check(str(folder / 'pipe'))
    assert done.returncode == 2 and done.stderr.count('Not a file') == 1


def test_error_wins(check):
    """In whichever order; the findings of the others are printed."""
    for captures in [R22, 'nothing.pcap', CLEAN], ['nothing.pcap', CLEAN, R22]:
        done = check(*captures)
        assert (done.returncode, without_details(done)) == (2, R22_LINES)


@pytest.mark.parametrize('script, error', [
    ('kill -SEGV $$', 'signal 11'),
    ('exit 3', 'status 3'),
    ('echo "{"', 'not understood'),
    ('echo "tshark: The file appears to have been cut short." >&2; exit 0', 'cut short'),
])  # fmt: skip
def test_tshark_fails(check, stand_in, script, error):
    done = check(*stand_in(script), TOUR)
    assert (done.returncode, without_details(done)) == (2, [])
    assert f'{TOUR}: ' in done.stderr and error in done.stderr


def test_no_tshark(check):
    done = check('--tshark', '/nowhere/tshark', TOUR)
    assert (done.returncode, done.stderr) == (2, 'bcast-check: /nowhere/tshark: No such file or directory\n')


def test_no_plugin(check, folder):
    """The reports must not go on showing an earlier run."""
    done = check(TOUR, R22, '--json', str(folder / 'j'), '--junit', str(folder / 'x'), WIRESHARK_PLUGIN_DIR=str(folder))
    assert (done.returncode, done.stdout) == (2, '')
    assert 'not loaded the plugin' in done.stderr and 'WIRESHARK_PLUGIN_DIR' in done.stderr
    assert ['not loaded' in capture['error'] for capture in json.loads((folder / 'j').read_text())['captures']] == [True] * 2
    assert ElementTree.parse(folder / 'x').getroot().get('errors') == '2'


def test_no_plugin_for_root(module, monkeypatch):
    monkeypatch.setattr(os, 'geteuid', lambda: 0)
    assert "by root loads plugins from the system's folder only" in module.not_loaded('tshark')


@pytest.mark.parametrize('arguments', [[], ['--rules', 'R22,R99', R22], ['--rules', '', R22], ['--level', 'fatal', R22]])
def test_usage(check, arguments):
    done = check(*arguments)
    assert (done.returncode, done.stdout) == (2, '') and done.stderr.startswith('usage: ')


def test_report_that_cannot_be_written(check):
    done = check(TOUR, '--json', '/nowhere/report')
    assert (done.returncode, done.stderr) == (2, 'bcast-check: /nowhere/report: No such file or directory\n')


def test_help(check):
    done = check('--help')
    assert done.returncode == 0 and 'exit status:' in done.stdout and 'examples:' in done.stdout


# ---- reports ---------------------------------------------------------------------------------------------------------


def test_json(check, folder):
    """As the expectations have it, with the errors."""
    names = ['clean', 'r13', 'r22', 'r53', 'r59']
    captures = [f'captures/rules/{name}.pcap' for name in names]
    assert check('--json', str(folder / 'json'), *captures, 'nothing.pcap').returncode == 2
    *read, missing = json.loads((folder / 'json').read_text())['captures']
    assert (missing['capture'], missing['error'], missing['findings']) == ('nothing.pcap', 'No such file or directory', [])
    levels = ['', 'note', 'suspicious', 'breach']
    for name, capture, found in zip(names, captures, read, strict=True):
        expected = json.loads((CAPTURES / 'rules' / 'expected' / f'{name}.json').read_text())['findings']
        assert (found['capture'], found['error']) == (capture, None)
        for finding in found['findings']:
            assert set(finding) == {'frame', 'rule', 'level', 'text', 'time', 'terminal', 'key'} and finding['text']
        assert sorted((one['frame'], one['rule'], one['level']) for one in found['findings']) == sorted(
            (int(frame), rule, levels[level]) for frame, rows in expected.items() for rule, level in rows
        )


def junit(check, folder, *arguments):
    done = check('--junit', str(folder / 'junit.xml'), *arguments)
    return done.returncode, ElementTree.parse(folder / 'junit.xml').getroot()


def test_junit(check, folder):
    status, root = junit(check, folder, R22, TOUR)
    assert (status, root.tag, root.get('failures'), root.get('errors')) == (1, 'testsuites', '1', '0')
    broken, tour = root
    judged = re.findall(r'^\| R\d+ \| .*\.pcap\) \|$', (REPOSITORY / 'dissectors' / 'rules' / 'RULES.md').read_text(), re.M)
    number = len(judged) + 10  # one for each judged rule, and for what is malformed
    assert [len(suite.findall('testcase')) for suite in root] == [number] * 2
    assert root.get('tests') == str(2 * number)
    assert {case.get('classname') for case in broken} == {R22.replace('.', '_')}
    assert float(root.get('time')) > 0 and float(broken.get('time')) > 0
    assert {len(case) for case in tour} == {0}
    failed = [case for case in broken if len(case)]
    assert [case.get('name') for case in failed] == ['R22']
    failure = failed[0].find('failure')
    assert failure.get('message').startswith('No LTKM beside a ResponseCode other than 200 OK: An LTKM beside ')
    assert (failure.get('type'), [line.split(' [')[0] for line in failure.text.splitlines()]) == ('breach', R22_LINES)


def test_junit_below_the_level(check, folder):
    """No failure, but not hidden."""
    status, root = junit(check, folder, '--rules', 'R13,R22', R13)
    assert (status, root.get('tests'), root.get('failures')) == (0, '2', '0')
    assert 'R13 note: ' in root.find('testsuite/testcase/system-out').text
    status, root = junit(check, folder, '--rules', 'R13,R22', '--level', 'note', R13)
    assert (status, root.get('failures'), root.find('*/testcase/failure').get('type')) == (1, '1', 'note')


def test_junit_of_a_cut_file(check, folder, cut):
    """An error; no rule passes."""
    status, root = junit(check, folder, '--rules', 'R1,R22', cut)
    assert (status, root.get('tests'), root.get('errors'), root.get('failures'), root.get('skipped')) == (2, '3', '1', '1', '1')
    error = root.find('testsuite/testcase/error')
    assert 'cut short' in error.get('message')


# ---- terminal --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('captures, shown', [([TOUR, R22], True), ([TOUR], False)], ids=['several', 'one'])
def test_progress(wireshark, tool, captures, shown):
    """On a terminal, when there is something to wait for; it leaves nothing behind."""
    ours, its = pty.openpty()
    try:
        subprocess.run([*AS_NOBODY, tool, *captures], env=wireshark.environment, cwd=wireshark.root, stderr=its,
                       stdout=subprocess.DEVNULL, timeout=300)
        os.write(its, b'END')
        said = ''
        while 'END' not in said:
            said += os.read(ours, 10000).decode()
    finally:
        os.close(ours)
        os.close(its)
    assert ('1 of 2 captures' in said) == shown
    assert said == 'END' or said.endswith('\r\033[KEND')
