"""tools/bcast-check: what it takes, what it prints and writes, how it is installed."""
import gzip
import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from bcast_tool import install_tool, without_details
from wireshark import AS_NOBODY, BUILD, CAPTURES, REPOSITORY

TOUR, R22, CLEAN = 'captures/tour.pcap', 'captures/rules/r22.pcap', 'captures/rules/clean.pcap'
SEED = 'captures/seed-examples.pcap'


@pytest.fixture(scope='module')
def tool(wireshark):
    return install_tool(wireshark)


@pytest.fixture
def check(wireshark, tool):
    return lambda *arguments, **environment: wireshark.run(*arguments, program=tool, **environment)


# ---- what it takes ---------------------------------------------------------------------------------------------------


def test_folder(check, folder):
    """To its bottom, by name; packed captures too, and nothing else."""
    below = folder / 'b' / 'c'
    below.mkdir(parents=True)
    r22 = (CAPTURES / 'rules' / 'r22.pcap').read_bytes()
    (below / 'x.PCAP.gz').write_bytes(gzip.compress(r22))
    (below / 'y.cap').write_bytes(r22)
    (folder / 'a.pcapng').write_bytes(r22)
    (folder / 'notes.txt').write_text('no capture')
    done = check(str(folder))
    assert (done.returncode, done.stderr) == (1, '')
    names = [line.split(':')[0] for line in without_details(done)]
    assert list(dict.fromkeys(names)) == [str(path) for path in (folder / 'a.pcapng', below / 'x.PCAP.gz', below / 'y.cap')]
    assert len(names) == 15


def test_folder_without_captures(check, folder):
    done = check(str(folder), 'captures/nothing*.pcap')
    assert done.returncode == 2 and 'no captures in it' in done.stderr and 'nothing*.pcap: No such file' in done.stderr


def test_pattern(check):
    """For shells that leave it as it is, or do not know **."""
    done = check('captures/**/r2[23].pcap')
    assert done.returncode == 1
    assert {line.split(':')[0] for line in without_details(done)} == {R22, 'captures/rules/r23.pcap'}


def test_standard_input(wireshark, tool):
    with open(wireshark.captures / 'rules' / 'r22.pcap', 'rb') as file:
        done = subprocess.run([*AS_NOBODY, tool, '-'], env=wireshark.environment, stdin=file, capture_output=True, text=True)
    assert done.returncode == 1 and len(without_details(done)) == 5
    assert done.stdout.startswith('-:8: R22 breach: ')


@pytest.mark.parametrize('arguments', [['-j', '0'], ['-j', 'x'], ['--rules', 'ltkm.nothing', R22]])
def test_usage(check, arguments):
    done = check(*arguments, TOUR)
    assert done.returncode == 2 and done.stderr.startswith('usage: ')


# ---- what it prints --------------------------------------------------------------------------------------------------


def test_quiet_and_summary(check):
    done = check('--quiet', R22)
    assert (done.returncode, done.stdout, done.stderr) == (1, '', '')
    done = check('--summary', '-j', '1', R22, CLEAN)
    assert done.returncode == 1 and done.stdout.count('\n') == 1 and 'in 2 captures: 5 breaches' in done.stdout


def test_notes_are_folded(check, folder):
    """And only if they are asked for. The JSON report has each."""
    assert ' note: ' not in check(SEED).stdout
    done = check('--level', 'note', '--json', str(folder / 'json'), SEED)
    line, = (line for line in done.stdout.splitlines() if ':7: R16 note: <LTKM> in it' in line)
    assert ' [3 times; this one: terminal ' in line
    notes = [one for one in json.loads((folder / 'json').read_text())['captures'][0]['findings'] if one['rule'] == 'R16']
    assert sum(one['text'] in line for one in notes) == 3


def test_list_rules(check):
    done = check('--list-rules')
    rules = dict(line.split('\t') for line in done.stdout.splitlines())
    assert rules['R22'] == 'No LTKM beside a ResponseCode other than 200 OK' and 'ltkm.mac_bad' in rules
    judged = re.findall(r'^\| (R\d+) \| .*\.pcap\) \|$', (REPOSITORY / 'dissectors' / 'rules' / 'RULES.md').read_text(), re.M)
    assert [rule for rule in rules if rule.startswith('R')] == judged
    assert f'{len(judged)} rules of the change request' in (REPOSITORY / 'README.md').read_text()


def test_version(check):
    version = re.search(r'MBMS_BCAST_VERSION ([\d.]+)', (REPOSITORY / 'CMakeLists.txt').read_text())[1]
    assert check('--version').stdout == f'bcast-check {version}\n'
    assert f'"mbms-bcast {version}"' in (REPOSITORY / 'tools' / 'bcast-check.1').read_text()


def test_github(check, folder):
    name = 'a,b:c%.pcap'
    (folder / name).write_bytes((CAPTURES / 'rules' / 'r22.pcap').read_bytes())
    done = check('--github', str(folder / name))
    first, = {line for line in done.stdout.splitlines() if 'Accepted' in line}
    place = str(folder / 'a%2Cb%3Ac%25.pcap')
    assert first.startswith(f'::error file={place},line=11,title=R22::Frame 11: An LTKM beside the ResponseCode "202 Accepted" [')
    assert check('--github', 'nothing.pcap').stdout.startswith('::error file=nothing.pcap,title=bcast-check::No such file')


def test_report_on_standard_output(check):
    """With nothing else beside it."""
    done = check('--json', '-', R22)
    assert done.returncode == 1 and 'R22 breach: ' in done.stderr and len(json.loads(done.stdout)['captures']) == 1
    assert len(ElementTree.fromstring(check('--junit', '-', '--quiet', R22).stdout.encode())) == 1


# ---- baseline --------------------------------------------------------------------------------------------------------


def test_baseline(check, folder):
    """What is known does not count; the same once more does."""
    known = folder / 'known'
    assert check('--write-baseline', str(known), R22).returncode == 1
    lines = known.read_text().splitlines()
    assert lines[0].startswith('# ') and len(lines) == 6
    done = check('--baseline', str(known), '--junit', str(folder / 'x'), R22)
    assert (done.returncode, without_details(done)) == (0, []) and done.stdout.endswith(', 5 known\n')
    assert 'known: captures/rules/r22.pcap:8: R22 breach: ' in (folder / 'x').read_text()
    known.write_text('\n'.join(lines[:1] + lines[2:]))
    done = check('--baseline', str(known), R22, 'captures/rules/r23.pcap')
    assert done.returncode == 1 and sum(R22 in line for line in without_details(done)) == 1
    assert any('r23.pcap' in line for line in without_details(done))
    assert check('--baseline', str(folder / 'none'), R22).returncode == 2


# ---- records ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope='module')
def records(wireshark, tool):
    done = wireshark.run('--records', '-', TOUR, R22, program=tool)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_records(records):
    """Each stands for itself."""
    kinds = [record['type'] for record in records if record['capture'] == TOUR]
    assert {kind: kinds.count(kind) for kind in kinds} == {'procedure': 7, 'ltkm': 9, 'verification': 7, 'stkm': 1}
    for record in records:
        assert {'type', 'capture', 'frame', 'time', 'terminal'} <= set(record)
    findings = [record for record in records if record['type'] == 'finding']
    assert len(findings) == 5 and {record['capture'] for record in findings} == {R22}
    assert set(findings[0]) == {'type', 'capture', 'frame', 'rule', 'level', 'text', 'time', 'terminal', 'key'}


def test_records_of_one_frame(records):
    """Three LTKMs, the second not verified: what columns of fields cannot say."""
    ltkms = [record for record in records if (record['capture'], record['type'], record['frame']) == (TOUR, 'ltkm', 12)]
    assert [record['ltkm.index'] for record in ltkms] == [1, 2, 3]
    assert ['ltkm.verified_in' in record for record in ltkms].count(True) == 2
    assert len({record['ltkm.id'] for record in ltkms}) == 3
    for record in ltkms:
        assert re.fullmatch(r'[0-9a-f]{6}/[0-9a-f]{4}:[0-9a-f]{4}', record['key'])
        assert record['bsm'].endswith('.example.org') and record['ltkm.carries_key'] is True and record['ltkm.idr']


def test_records_of_procedures(records):
    procedures = {record['frame']: record for record in records if (record['capture'], record['type']) == (TOUR, 'procedure')}
    assert sorted(procedures) == [8, 10, 16, 25, 29, 40, 42]
    challenged, registered = procedures[8], procedures[10]
    assert (challenged['mbms_sec.message'], challenged['response']['mbms_sec.status_code']) == (1, 401)
    assert (registered['response']['frame'], registered['mbms_sec.response_in']) == (12, 12)
    assert registered['response']['mbms_sec.response_time'] > 0 and len(registered['mbms_sec.service_id']) >= 2


# ---- speed, installation ---------------------------------------------------------------------------------------------


def test_small_captures_share_a_process(check, folder):
    """A start of tshark for each would be most of the cost."""
    if not shutil.which('sharkd'):
        pytest.skip('there is no sharkd')
    for name in 'tshark', 'sharkd':
        (folder / name).write_text(f'#!/bin/sh\necho {name} >>{folder}/started\nexec {shutil.which(name)} "$@"\n')
        (folder / name).chmod(0o755)
    assert check('-j', '2', '--tshark', str(folder / 'tshark'), *[TOUR] * 20).returncode == 0
    assert set((folder / 'started').read_text().split()) == {'sharkd'}
    assert len((folder / 'started').read_text().split()) <= 2


def test_sharkd_that_fails(check, folder):
    """tshark does it all, as where there is none."""
    (folder / 'tshark').symlink_to(shutil.which('tshark'))
    deaf = """exec 0<&-; echo '{"id": 1, "result": {}}'; exec sleep 60"""
    for script in 'exit 1', deaf, 'echo "{}"; cat >/dev/null', 'while read line; do echo "[1]"; done':
        (folder / 'sharkd').write_text(f'#!/bin/sh\n{script}\n')
        (folder / 'sharkd').chmod(0o755)
        done = check('--tshark', str(folder / 'tshark'), R22)
        assert (done.returncode, len(without_details(done)), done.stderr) == (1, 5, '')


@pytest.mark.parametrize('option', ['--list-rules', '--level=note'])
def test_reader_that_goes(wireshark, tool, option):
    """As head does: not a word of Python's about it."""
    done = wireshark.run('-c', f'exec 3> >(true); wait $!; {tool} {option} {R22} >&3; echo $?', program='bash')
    assert (done.stdout, done.stderr) == ('141\n', '')


def test_warnings_are_said_once(check, folder):
    """Those of sharkd's start do not keep it from reading."""
    if not shutil.which('sharkd'):
        pytest.skip('there is no sharkd')
    (folder / 'tshark').symlink_to('/bin/false')
    (folder / 'sharkd').write_text(f'#!/bin/sh\necho "some \033 warning" >&2\nexec {shutil.which("sharkd")} "$@"\n')
    (folder / 'sharkd').chmod(0o755)
    done = check('--tshark', str(folder / 'tshark'), *[TOUR] * 4)
    assert (done.returncode, done.stderr) == (0, f'bcast-check: {TOUR}: some \\x1b warning\n')


def test_installed(wireshark, folder):
    """The tool finds its parts where they are installed; the man page has every option."""
    if not shutil.which('cmake') or not (BUILD / 'cmake_install.cmake').exists():
        pytest.skip('no build folder of cmake')
    done = subprocess.run(['cmake', '--install', str(BUILD), '--component', 'bcast-check'],
                          env={**os.environ, 'DESTDIR': str(folder)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for path in folder.rglob('*'):
        path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
    program, = folder.rglob('bin/bcast-check')
    assert wireshark.run(TOUR, program=str(program)).returncode == 0
    page, = folder.rglob('man1/bcast-check.1')
    text = page.read_text().replace('\\-', '-')
    options = set(re.findall(r'(?<![\w-])--?[a-z][a-z-]*', wireshark.run('--help', program=str(program)).stdout))
    assert {'--junit', '-j', '-o', '-d'} < options
    assert [option for option in options if option not in text] == []


def test_plugin_alone_needs_no_cmocka(folder):
    """With the packages that README names: pkg-config does not know cmocka there."""
    if not shutil.which('cmake'):
        pytest.skip('there is no cmake')
    (folder / 'pkg-config').write_text('#!/bin/sh\ncase "$*" in *cmocka*) exit 1;; esac\nexec pkg-config "$@"\n')
    (folder / 'pkg-config').chmod(0o755)
    configure = ['cmake', '-S', str(REPOSITORY), '-B', str(folder / 'build'), f'-DPKG_CONFIG_EXECUTABLE={folder}/pkg-config']
    done = subprocess.run(configure, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    done = subprocess.run([*configure, '-DBUILD_TESTING=ON'], capture_output=True, text=True)
    assert done.returncode != 0 and 'libcmocka-dev' in done.stderr
