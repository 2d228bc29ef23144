"""tools/bcast-fleet: who judges, and what happens to captures of workers that die or cannot judge."""
import collections
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from cluster import wait_for
from fleet_tool import captures_in
from wireshark import AS_NOBODY

TOUR, R22 = 'captures/tour.pcap', 'captures/rules/r22.pcap'
RULES = 'captures/rules'


@pytest.fixture
def elsewhere(folder, tools):
    """bcast-check as it is installed on other machines: without bcast-fleet, and not where this one has it."""
    place = folder / 'elsewhere'
    place.mkdir()
    shutil.copytree(tools / 'bcast_check', place / 'bcast_check')
    shutil.copy(tools / 'bcast-check', place)
    return place


@pytest.fixture
def stand_in(folder, elsewhere):
    """A bcast-check with something before it, which can ask for $captures. The log has a line for each: worker and path."""
    def make(script, name='bcast-check'):
        path = folder / name
        path.write_text(f"""#!/bin/sh
for one; do [ ! -L "$one" ] || {{ captures=some; echo "$FLEET_WORKER $(readlink "$one")" >>{folder}/log; }}; done
{script}
exec {elsewhere}/bcast-check "$@"
""")
        path.chmod(0o755)
        return str(path)
    return make


def judged(folder):
    """Capture -> workers that had it."""
    log = folder / 'log'
    found = collections.defaultdict(list)
    for line in log.read_text().splitlines() if log.exists() else []:
        worker, path = line.split(' ', 1)
        found[path].append(worker)
    return found


# ---- the same verdict ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('captures, kinds', [
    (['captures'], ['json', 'write-baseline']),
    ([TOUR, R22, 'captures/rules/r5*.pcap'], ['json', 'records']),
])
def test_on_this_machine(fleet, check, folder, captures, kinds):
    """The same lines in the same order, the same reports and exit status as bcast-check alone."""
    def told(tool, name):
        options = [option for kind in kinds for option in (f'--{kind}', str(folder / f'{name}.{kind}'))]
        done = tool('--level', 'note', *options, *captures)
        return (done.returncode, done.stdout, done.stderr), captures_in(folder / f'{name}.json'), (
            folder / f'{name}.{kinds[1]}').read_text()
    alone, many = told(check, 'alone'), told(fleet, 'many')
    assert many == alone
    assert alone[0][0] == 1 and len(alone[2]) > 1000


def listening(session):
    """Addresses, in hex as Linux has them, at which processes of a session wait for connections."""
    sockets = set()
    for process in pathlib.Path('/proc').glob('[0-9]*'):
        with contextlib.suppress(OSError):
            if os.getsid(int(process.name)) == session:
                sockets |= {os.readlink(one) for one in (process / 'fd').iterdir()}
    rows = [line.split() for name in ('tcp', 'tcp6') for line in pathlib.Path('/proc/net', name).read_text().splitlines()[1:]]
    return {row[1].partition(':')[0] for row in rows if row[3] == '0A' and f'socket:[{row[9]}]' in sockets}


def test_on_this_machine_alone(wireshark, tools, folder, stand_in):
    """A scheduler runs whatever it is asked to: the one that is started here is for this machine only."""
    slow = stand_in(f'[ -z "$captures" ] || {{ touch {folder}/busy; sleep 3; }}')
    run = subprocess.Popen([*AS_NOBODY, tools / 'bcast-fleet', '--bcast-check', slow, TOUR], cwd=wireshark.root, text=True,
                           env=wireshark.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    wait_for((folder / 'busy').exists)
    assert listening(run.pid) == {'0100007F'}
    out, err = run.communicate(timeout=120)
    assert (run.returncode, err) == (0, '')


def test_two_at_once(wireshark, tools):
    """They are not in each other's way."""
    runs = [subprocess.Popen([*AS_NOBODY, tools / 'bcast-fleet', '--summary', '-j', '1', RULES], cwd=wireshark.root, text=True,
                             env=wireshark.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    said = {(*run.communicate(timeout=300), run.returncode) for run in runs}
    assert len(said) == 1 and {(err, status) for _, err, status in said} == {('', 1)}


def test_three_workers(cluster, tools, folder, check, stand_in, elsewhere):
    """One dies in the middle, with captures in its hands: they are done again, the others are not, and all are told once."""
    cluster.add('first', 'second', 'third')
    slow = stand_in(f'[ "$FLEET_WORKER$captures" != secondsome ] || {{ touch {folder}/busy; exec sleep 600; }}\nsleep 0.3')
    run = cluster.started('--bcast-check', slow, '--json', str(folder / 'json'), RULES, program=tools / 'bcast-fleet')
    wait_for((folder / 'busy').exists)
    cluster.kill('second')
    out, err = run.communicate(timeout=300)
    alone = check('--json', str(folder / 'alone'), RULES)
    assert (run.returncode, out) == (alone.returncode, alone.stdout)
    assert captures_in(folder / 'json') == captures_in(folder / 'alone')
    gone, = err.splitlines()
    assert gone.startswith('bcast-fleet: worker tcp://127.0.0.1:') and gone.endswith(' is gone; what it had is done again')
    workers = judged(folder)
    assert len(workers) == len(captures_in(folder / 'json'))
    again = [names for names in workers.values() if len(names) > 1]
    assert again and all(names[0] == 'second' and len(names) == 2 for names in again)
    assert set().union(*map(set, workers.values())) == {'first', 'second', 'third'}


def test_without_the_same_folder(cluster, tools, folder, check, elsewhere):
    """Captures that the workers do not have are an error, until they are sent."""
    cluster.add('first')
    mine = folder / 'mine'
    mine.mkdir(mode=0o777)
    shutil.copy(folder.parent / R22, mine / 'one.pcap')
    hidden = stands_for_another_machine(folder, elsewhere, mine)
    options = ['--bcast-check', hidden, str(mine / 'one.pcap')]
    done = cluster.started(*options, program=tools / 'bcast-fleet')
    out, err = done.communicate(timeout=120)
    assert (done.returncode, err) == (2, f'bcast-fleet: {mine}/one.pcap: No such file or directory\n')
    done = cluster.started('--send', *options, program=tools / 'bcast-fleet')
    out, err = done.communicate(timeout=120)
    assert (done.returncode, out, err) == (1, check(str(mine / 'one.pcap')).stdout, '')


def stands_for_another_machine(folder, elsewhere, mine):
    """A bcast-check that does not see a folder."""
    path = folder / 'bcast-check'
    path.write_text(f"""#!/bin/sh
for one; do case $(readlink "$one") in {mine}/*) ln -sf /nowhere "$one";; esac; done
exec {elsewhere}/bcast-check "$@"
""")
    path.chmod(0o755)
    return str(path)


def test_another_file(wireshark, tools, folder):
    """What has grown since, or is another file where the worker is, is not judged in silence."""
    path = wireshark.captures / 'tour.pcap'
    asked = {'program': str(tools / 'bcast-check'), 'tshark': 'tshark', 'options': [], 'keys': None, 'records': False, 'spans': False,
             'captures': [{'name': 'one', 'members': [{'name': 'one', 'path': str(path), 'sent': False, 'size': 7}]}]}
    done = subprocess.run([*AS_NOBODY, sys.executable, str(tools / 'bcast_fleet' / 'errand.py')], input=json.dumps(asked) + '\n', text=True,
                          env=wireshark.environment, capture_output=True, check=True)  # fmt: skip
    one, = json.loads(done.stdout)['captures']
    assert one['error'] == (f'The worker has {path.stat().st_size} bytes under this name, not 7: another file, or one that grows')
    assert one['judged']['ltkms'] == 9


# ---- workers that cannot ---------------------------------------------------------------------------------------------


def refused(cluster, tools, *options, **environment):
    run = cluster.started(*options, TOUR, program=tools / 'bcast-fleet', **environment)
    out, err = run.communicate(timeout=120)
    assert (run.returncode, out) == (2, '')
    text, *more = err.splitlines()
    return text.removeprefix('bcast-fleet: worker tcp://127.0.0.1:').partition(': ')[2], more


def test_no_bcast_check(cluster, tools):
    assert refused(cluster.add('first'), tools) == (
        'bcast-check is not there. Install bcast-check on each worker, or say where it is with --bcast-check PATH', [])
    assert refused(cluster, tools, '--bcast-check', '/nowhere/check')[0].startswith('/nowhere/check is not there. Install bcast-check')


def test_no_plugin(cluster, tools, folder, elsewhere):
    cluster.add('first', WIRESHARK_PLUGIN_DIR=str(folder))
    text, more = refused(cluster, tools, '--bcast-check', str(elsewhere / 'bcast-check'))
    assert text.startswith('tshark has not loaded the plugin mbms-bcast') and more == []


def test_another_version(cluster, tools, folder, elsewhere):
    from bcast_check import VERSION
    package = elsewhere / 'bcast_check' / '__init__.py'
    package.write_text(package.read_text().replace(VERSION, '9.8.7'))
    text, more = refused(cluster.add('first'), tools, '--bcast-check', str(elsewhere / 'bcast-check'))
    assert (text, more) == (f'has bcast-check 9.8.7, but this is {VERSION}', [])


def test_other_rules(cluster, tools, folder, stand_in):
    """Two plugins in a cluster: who judges would decide what is found."""
    odd = stand_in(f'[ "$FLEET_WORKER$1" != second--list-rules ] || exec {folder}/elsewhere/bcast-check "$@" | sed 1d')
    text, more = refused(cluster.add('first', 'second'), tools, '--bcast-check', odd)
    assert text.startswith('judges by other rules than tcp://127.0.0.1:') and more == []


def test_one_that_comes_later(cluster, tools, folder, stand_in):
    """It is examined as those before it, before its verdicts count."""
    slow = stand_in('[ -z "$captures" ] || sleep 1')
    run = cluster.add('first').started('--bcast-check', slow, RULES, program=tools / 'bcast-fleet')
    wait_for((folder / 'log').exists)
    cluster.add('second', WIRESHARK_PLUGIN_DIR=str(folder))
    out, err = run.communicate(timeout=120)
    assert run.returncode == 2 and 'tshark has not loaded the plugin mbms-bcast' in err


def test_nobody(cluster, tools, fleet):
    """There is a scheduler, but no worker; or there is not even that."""
    short = {'DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT': '3s'}
    run = cluster.started(TOUR, program=tools / 'bcast-fleet', **short)
    assert run.communicate(timeout=120)[1] == 'bcast-fleet: the cluster has had no worker for 3 s\n'
    assert run.returncode == 2
    done = fleet('--scheduler', 'tcp://127.0.0.1:9', TOUR, **short)
    assert done.returncode == 2
    assert done.stderr.startswith('bcast-fleet: no scheduler of Dask answers at tcp://127.0.0.1:9: ')
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize('victim, said', [('first', 'the cluster has had no worker for 5 s'), ('scheduler', 'the scheduler is gone')])
def test_all_gone(cluster, tools, folder, stand_in, victim, said):
    """In the middle: that is an error of every capture, in the reports too, and no waiting for ever."""
    slow = stand_in('[ -z "$captures" ] || sleep 5')
    report = str(folder / 'json')
    run = cluster.add('first').started('--bcast-check', slow, '--json', report, TOUR, R22, program=tools / 'bcast-fleet',
                                       DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT='5s')  # fmt: skip
    wait_for((folder / 'log').exists)
    cluster.kill(victim)
    out, err = run.communicate(timeout=120)
    assert (run.returncode, said in err.splitlines()[-1]) == (2, True), err
    assert [said in one['error'] for one in captures_in(folder / 'json').values()] == [True, True]


def test_a_capture_that_kills(fleet, check, folder, stand_in):
    """A worker that dies of a capture is replaced; in the end that capture is given up, and no other."""
    killer = stand_in('''for one; do case $(readlink "$one") in */tour.pcap)
        kill -9 $(ps -o ppid= -p $PPID); esac; done''')
    captures = sorted(str(path.relative_to(folder.parent)) for path in (folder.parent / 'captures').glob('[t-u]*.pcap'))
    done = fleet('-j', '1', '--bcast-check', killer, '--json', str(folder / 'json'), *captures,
                 DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES='0')  # fmt: skip
    check('--json', str(folder / 'alone'), *captures)
    many, alone = (captures_in(folder / name) for name in ('json', 'alone'))
    assert done.returncode == 2
    assert many.pop(TOUR)['error'] == '1 worker died of it'
    alone.pop(TOUR)
    assert many == alone and len(many) == len(captures) - 1 > 0


def test_bcast_check_that_breaks(fleet, folder, stand_in):
    """Without an answer it is not taken for one that found nothing."""
    broken = stand_in('''case "$1" in --quiet) echo 'no memory' >&2; exit 7; esac''')
    done = fleet('--bcast-check', broken, '--summary', TOUR, R22)
    assert (done.returncode, done.stderr.splitlines()) == (
        2, [f'bcast-fleet: {capture}: bcast-check ended with status 7: no memory' for capture in (TOUR, R22)])


def test_without_dask(fleet, folder):
    (folder / 'distributed.py').write_text('raise ImportError("none here")\n')
    done = fleet(TOUR, PYTHONPATH=str(folder))
    assert (done.returncode, done.stderr) == (2, 'bcast-fleet: Dask is not there (none here): install python3-distributed\n')
