"""Every capture in the ways people look at one: different ways build different trees."""
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from wireshark import Wireshark, capture_names, complaints

MODES = {
    'plain': [],
    'tree': ['-V'],
    'forced tree': ['-Y', 'frame && !(ltkm.id == "no such")'],
    'two passes': ['-2', '-V'],
    'display filter': ['-Y', 'ltkm || mbms_sec || bcast'],
    'filter, two passes': ['-2', '-R', 'ltkm.id', '-T', 'json'],
    'fields': ['-T', 'fields', '-e', 'ltkm.id'],
}
FEW = ['tour.pcap', 'http-transfer.pcap', 'media-types.pcap', 'bad-base64.pcap', 'mikey-payloads.pcap', 'recorded/recorded.pcap']
JOBS = [(capture, mode) for capture in FEW for mode in MODES]
FILTERS = ['frame && !(ltkm.id == "no such")', 'bcast.rule', 'udp.port == 9']


@pytest.fixture(scope='module')
def runs(wireshark):
    """(capture, mode) -> a finished tshark, on all processors."""
    def run(job):
        return wireshark.run('-n', '-r', str(wireshark.captures / job[0]), *MODES[job[1]])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(JOBS, pool.map(run, JOBS)))


@pytest.mark.parametrize(('capture', 'mode'), JOBS)
def test_tshark(runs, capture, mode):
    """No crash, nothing on standard error, no dissector bug."""
    done = runs[capture, mode]
    assert done.returncode == 0, done.stderr
    assert not complaints(done.stderr), done.stderr
    assert 'Dissector bug' not in done.stdout


@pytest.mark.parametrize('capture', FEW)
def test_columns_of_tshark(runs, capture):
    """What the packet list says in the first pass does not depend on whether a tree is built (the filter forces one)."""
    assert runs[capture, 'plain'].stdout == runs[capture, 'forced tree'].stdout
    assert runs[capture, 'plain'].stdout


@pytest.fixture(scope='module')
def looked_at():
    """capture -> (columns of all frames, each frame with its tree), all files one after the other in the same sharkd.

    Without rules for colours, so that the columns come without a tree. A crash names the file that was loaded last.
    """
    wireshark = Wireshark()
    profile = wireshark.home / '.config' / 'wireshark'
    profile.mkdir(parents=True)
    (profile / 'colorfilters').write_text('')
    loads = {name: {'method': 'load', 'params': {'file': str(wireshark.captures / name)}} for name in capture_names()}
    lists = [{'method': 'frames'}, *({'method': 'frames', 'params': {'filter': text}} for text in FILTERS)]
    answers = iter(wireshark.sharkd(*(call for load in loads.values() for call in (load, *lists))))
    rows = {name: [next(answers) for _ in (load, *lists)][1] for name, load in loads.items()}
    calls = {name: [{'method': 'frame', 'params': {'frame': row['num'], 'proto': True, 'columns': True}} for row in rows[name]] for name in loads}
    answers = iter(wireshark.sharkd(*(call for name, load in loads.items() for call in (load, *calls[name]))))
    return {name: (rows[name], [next(answers) for _ in (loads[name], *calls[name])][1:]) for name in loads}


@pytest.mark.skipif(not shutil.which('sharkd'), reason='sharkd is not installed')
@pytest.mark.parametrize('capture', capture_names())
def test_sharkd(looked_at, capture):
    """No crash, no complaint (the fixture's), no dissector bug; and the columns are the same with and without a tree."""
    rows, frames = looked_at[capture]
    assert rows and 'Dissector bug' not in json.dumps(frames)
    assert [row['c'] for row in rows] == [frame['col'] for frame in frames]
    assert all(frame['tree'] for frame in frames)
