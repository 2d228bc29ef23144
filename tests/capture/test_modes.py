"""Every capture in the ways people run tshark: different ways build different trees."""
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from wireshark import capture_names, complaints

MODES = {
    'plain': [],
    'tree': ['-V'],
    'forced tree': ['-Y', 'frame && !(ltkm.id == "no such")'],
}
MORE_MODES = {
    'two passes': ['-2', '-V'],
    'display filter': ['-Y', 'ltkm || mbms_sec || bcast'],
    'filter, two passes': ['-2', '-R', 'ltkm.id', '-T', 'json'],
    'fields': ['-T', 'fields', '-e', 'ltkm.id'],
}
FEW = ['tour.pcap', 'http-transfer.pcap', 'media-types.pcap', 'bad-base64.pcap', 'mikey-payloads.pcap', 'recorded/recorded.pcap']
JOBS = [(capture, mode) for capture in capture_names() for mode in MODES] + [(capture, mode) for capture in FEW for mode in MORE_MODES]


@pytest.fixture(scope='module')
def runs(wireshark):
    """(capture, mode) -> a finished tshark; on all processors, for there are hundreds."""
    arguments = MODES | MORE_MODES

    def run(job):
        return wireshark.run('-n', '-r', str(wireshark.captures / job[0]), *arguments[job[1]])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(JOBS, pool.map(run, JOBS)))


@pytest.mark.parametrize(('capture', 'mode'), JOBS)
def test_runs_without_complaint(runs, capture, mode):
    """No crash, nothing on standard error, no dissector bug."""
    done = runs[capture, mode]
    assert done.returncode == 0, done.stderr
    assert not complaints(done.stderr), done.stderr
    assert 'Dissector bug' not in done.stdout


@pytest.mark.parametrize('capture', capture_names())
def test_columns_are_the_same_with_and_without_a_tree(runs, capture):
    """What the packet list says does not depend on whether a tree is built (the filter forces one)."""
    assert runs[capture, 'plain'].stdout == runs[capture, 'forced tree'].stdout
    assert runs[capture, 'plain'].stdout
