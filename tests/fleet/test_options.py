"""tools/bcast-fleet: what it takes and writes, how it is installed."""
import os
import pty
import re
import shutil
import subprocess

import pytest

from bcast_tool import without_details
from wireshark import AS_NOBODY, BUILD, REPOSITORY

TOUR, R22, R53, R61, R13 = 'captures/tour.pcap', *(f'captures/rules/r{number}.pcap' for number in (22, 53, 61, 13))
KEY = '"bsm1.example.org","","000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"'


def same(done, alone):
    """The same as bcast-check, whose name is another."""
    assert done.stderr.replace('bcast-fleet: ', 'bcast-check: ') == alone.stderr
    assert (done.returncode, done.stdout) == (alone.returncode, alone.stdout)


@pytest.mark.parametrize('options, captures', [
    (['--rules', 'R22,r53'], [R22, R53]),
    (['--level', 'error', '--github'], [R53, R22, R13]),
    (['--level', 'note', '--summary'], [R13]),
    (['-o', 'ltkm.verification_timeout:60'], [R53]),
    (['-d', 'udp.port==4359,dns'], ['captures/udp-push.pcap']),
    (['--quiet', '-o', 'ltkm.no_such:1'], [TOUR]),
    (['--json', '-'], ['nothing.pcap', R22]),
    ([], ['no*such', 'no-such-folder/', TOUR]),
])  # fmt: skip
def test_as_bcast_check(fleet, check, options, captures):
    done, alone = (tool(*options, *captures) for tool in (fleet, check))
    done.stdout, alone.stdout = (re.sub(r'"seconds": [0-9.]+', '', one.stdout) for one in (done, alone))
    same(done, alone)


def test_statuses(fleet, check, folder):
    """0 and 1 are above; nothing to judge is 3, what is no capture 2, and neither is left out where others are judged."""
    (folder / 'empty.pcap').write_bytes((REPOSITORY / TOUR).read_bytes()[:24])
    (folder / 'none.pcap').write_text('no capture\n' * 9)
    empty, none = str(folder / 'empty.pcap'), str(folder / 'none.pcap')
    for captures, status in (([TOUR], 0), ([TOUR, empty], 3), ([empty, R22], 1), ([none, R22, empty], 2)):
        done = fleet(*captures)
        same(done, check(*captures))
        assert done.returncode == status
    assert fleet('--allow-empty', TOUR, empty).returncode == 0


def test_baseline(fleet, folder):
    """It is this machine's: no worker has to have it."""
    known = str(folder / 'known')
    assert fleet('--write-baseline', known, R22).returncode == 1
    done = fleet('--baseline', known, R22)
    assert (done.returncode, without_details(done)) == (0, [])
    assert done.stdout.endswith(', 5 known\n')


def test_keys(fleet, check, folder):
    """They are sent; what is wrong with them is said here, once."""
    (folder / 'keys').write_text(KEY + '\n')
    options = ['--keys', str(folder / 'keys'), '-o', 'ltkm.verification_timeout:60', R61]
    done = fleet(*options)
    same(done, check(*options))
    assert done.returncode == 1 and 'R61 breach' in done.stdout
    (folder / 'keys').write_text('"no key at all\n')
    done = fleet(*options)
    assert done.returncode == 2 and '/tmp/bcast-fleet-' not in done.stderr
    done = fleet('--keys', str(folder / 'none'), TOUR, R22)
    assert (done.returncode, done.stderr) == (2, f'bcast-fleet: {folder}/none: No such file or directory\n')


def test_named_twice(fleet, check):
    """Nothing is judged twice."""
    same(fleet(TOUR, R22, './' + R22, TOUR), check(TOUR, R22))


def test_standard_input(fleet, wireshark, tools):
    done = subprocess.run([*AS_NOBODY, tools / 'bcast-fleet', '-'], input=(REPOSITORY / R22).read_bytes(), cwd=wireshark.root,
                          env=wireshark.environment, capture_output=True)  # fmt: skip
    assert (done.returncode, done.stderr) == (1, b'')
    assert done.stdout.startswith(b'-:8: R22 breach: ')


def test_unwritable(fleet, folder):
    for option in ('--records', '--joined', '--json'):
        done = fleet(option, '/nowhere/report', TOUR)
        assert (done.returncode, done.stderr) == (2, 'bcast-fleet: /nowhere/report: No such file or directory\n')


@pytest.mark.parametrize('wrong', [['--window', 'x'], ['--window', '-1'], ['-j', '0'], [], ['--level', 'none', TOUR], ['--rules', 'R0', TOUR]])
def test_wrong_command_lines(fleet, wrong):
    done = fleet(*wrong)
    assert (done.returncode, done.stdout) == (2, '') and done.stderr.startswith('usage: bcast-fleet')


@pytest.mark.parametrize('captures, shown', [([TOUR, R22], True), ([TOUR], False)])
def test_progress(wireshark, tools, captures, shown):
    """A bar on a terminal, and nothing of it is left."""
    ours, its = pty.openpty()
    done = subprocess.run([*AS_NOBODY, tools / 'bcast-fleet', '--summary', *captures], stdout=subprocess.PIPE, stderr=its,
                          cwd=wireshark.root, env=wireshark.environment, stdin=subprocess.DEVNULL)  # fmt: skip
    os.close(its)
    said = b''
    try:
        while part := os.read(ours, 4096):
            said += part
    except OSError:  # the end of a pty
        pass
    os.close(ours)
    assert done.returncode in (0, 1)
    assert bool(re.search(rb'\[#+ +\] 1 of 2 captures', said)) == shown
    assert said == b'' or said.endswith(b'\r\033[K')


def test_installed(wireshark, folder, check):
    """With bcast-check: what is found beside it is used."""
    subprocess.run(['cmake', '--install', str(BUILD), '--component', 'bcast-check'], check=True, capture_output=True,
                   env={**os.environ, 'DESTDIR': str(folder)})  # fmt: skip
    program, = folder.rglob('bin/bcast-fleet')
    page, = folder.rglob('man1/bcast-fleet.1')
    assert page.read_text() == (REPOSITORY / 'tools' / 'bcast-fleet.1').read_text()
    for path in folder.rglob('*'):
        path.chmod(0o755)
    same(wireshark.run(R22, program=str(program)), check(R22))


def test_version_and_help(fleet):
    from bcast_check import VERSION
    assert fleet('--version').stdout == f'bcast-fleet {VERSION}\n'
    page = (REPOSITORY / 'tools' / 'bcast-fleet.1').read_text().replace('\\', '')
    assert f'"mbms-bcast {VERSION}"' in page
    options = set(re.findall(r'(?<![\w-])(--[a-z][a-z-]+|-[a-z])(?![\w-])', fleet('--help').stdout)) - {'--help', '-h', '--version'}
    assert len(options) > 20 and {option for option in options if option not in page} == set()


def test_man_page(folder):
    if not shutil.which('man'):
        pytest.skip('man is not installed: man-db')
    done = subprocess.run(['man', '--warnings', '-l', str(REPOSITORY / 'tools' / 'bcast-fleet.1')], capture_output=True, text=True,
                          env={**os.environ, 'MANWIDTH': '100', 'LC_ALL': 'C.UTF-8'})  # fmt: skip
    assert (done.returncode, done.stderr) == (0, '') and 'EXIT STATUS' in done.stdout
