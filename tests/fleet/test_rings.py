"""Files of a ring buffer, which tools/bcast-fleet judges as one capture."""
import re
import shutil
import sys

import pytest

from bcast_fleet import errand
from fleet_tool import captures_in, edit, lines
from wireshark import AS_NOBODY

R22, R53, PUSH = 'captures/rules/r22.pcap', 'captures/rules/r53.pcap', 'captures/udp-push.pcap'


@pytest.fixture
def ring(wireshark, folder):
    """A capture in files of a few packets, as dumpcap names them; the files in their order."""
    def make(capture, packets, name='ring.pcapng'):
        edit('editcap', '-c', packets, wireshark.root / capture, folder / name)
        files = sorted(folder.glob('ring_*'))
        assert len(files) > 2
        return files
    return make


def plain(done, name):
    """Lines of findings, under that name, without the file that each is in."""
    return [re.sub(r'^[^:]*:', name + ':', re.sub(r' \(frame \d+ of [^)]*\)', '', line)) for line in done.stdout.splitlines()]


@pytest.mark.parametrize('capture, packets', [(R22, 4), (R53, 5), (PUSH, 3)])
def test_judged_as_one(fleet, check, folder, ring, capture, packets):
    """The verdict is that of the whole, which those of the parts are not; frames are those of the whole, too."""
    ring(capture, packets)
    options = ('--level', 'note', '--json')
    whole, one, apart = (tool(*options, str(folder / name), *more, path) for tool, name, path, more in [
        (check, 'whole', capture, []), (fleet, 'one', str(folder), []), (fleet, 'apart', str(folder), ['--apart'])])  # fmt: skip
    assert (one.returncode, plain(one, 'x'), one.stderr) == (whole.returncode, plain(whole, 'x'), '')
    told, = captures_in(folder / 'one').items()
    assert told[0] == str(folder / 'ring_*.pcapng')
    assert told[1]['judged'] == captures_in(folder / 'whole')[capture]['judged']
    assert len(captures_in(folder / 'apart')) > 2 and plain(apart, 'x') != plain(whole, 'x')


def test_where_a_frame_is(fleet, wireshark, folder, ring):
    """Records and findings name the file, and the frame in it."""
    files = ring(R53, 5)
    done = fleet('--records', str(folder / 'records'), str(folder))
    records = lines(folder / 'records')
    assert {record['capture'] for record in records} == {str(folder / 'ring_*.pcapng')}
    for record in [*records, *(record['response'] for record in records if record.get('response'))]:
        assert record['file'] == str(files[(record['frame'] - 1) // 5]) and record['file_frame'] == (record['frame'] - 1) % 5 + 1
    findings = [record for record in records if record['type'] == 'finding']
    assert [f'({record["file_frame"]} of' in re.sub('frame ', '', line) and record['file'].rsplit('/', 1)[1] in line
            for record, line in zip(findings, done.stdout.splitlines(), strict=False)] == [True] * 4


CAPINFOS = """#!/bin/sh
[ "$LC_ALL" = de_DE.UTF-8 ] || exec capinfos "$@"
capinfos "$@" | sed 's/\\([0-9]\\)[.]\\([0-9]\\)/\\1,\\2/g'
"""


def test_numbers_of_a_worker(folder, wireshark, monkeypatch):
    """A German capinfos writes 1706702400,5 for the time of a packet."""
    for name, text in [('capinfos', CAPINFOS), ('tshark', '#!/bin/sh\n')]:
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    path = str(wireshark.captures / 'udp-push.pcap')
    monkeypatch.setenv('LC_ALL', 'de_DE.UTF-8')
    told, complaint = errand.Tools({'tshark': str(folder / 'tshark'), 'program': 'true'}).capinfos([path])
    assert complaint is None and told[path]['start'] < told[path]['end'] < 1e10


def test_order(fleet, check, folder, ring, wireshark):
    """That of time: numbers begin anew some day, clocks are put back in autumn."""
    files = ring(R53, 5)
    for number, path in enumerate(reversed(files)):
        path.rename(folder / f'other_{number:05}_20081026030000.pcapng')
    whole = check(R53)
    done = fleet(str(folder))
    assert plain(done, 'x') == plain(whole, 'x') and len(plain(done, 'x')) == 5


def test_names(wireshark, folder):
    """Only such as dumpcap makes are a ring by themselves; others are if somebody says so. What is named twice is judged once."""
    from bcast_check.inputs import Input
    from bcast_fleet.rings import captures
    names = ['a_00001_20240131120000.pcapng', 'r1.pcap', 'a_20240131120500_00002.pcapng', 'r2.pcap', 'a_00003_20240131120900.pcap',
             'b/a_00004_20240131120000.pcapng', 'b/r3.pcap', 'a_1_2.pcapng', 'r1.pcap', 'a_00001_20240131120000.pcapng.gz']  # fmt: skip
    inputs = [Input(name, name) for name in names]

    def found(*patterns, apart=False):
        return [(capture.name, len(capture.members)) for capture in captures(inputs, list(patterns), apart)]

    rest = [('a_00003_20240131120900.pcap', 1), ('b/a_00004_20240131120000.pcapng', 1), ('b/r3.pcap', 1), ('a_1_2.pcapng', 1),
            ('a_00001_20240131120000.pcapng.gz', 1)]
    assert found() == [('a_*.pcapng', 2), ('r1.pcap', 1), ('r2.pcap', 1), *rest]
    assert found('r*.pcap') == [('a_*.pcapng', 2), ('r*.pcap', 2), *rest]
    assert found(apart=True) == [(name, 1) for name in dict.fromkeys(names)]


def test_named_by_hand(fleet, check, folder, ring):
    """tcpdump -C names its files trace, trace1, trace2 …"""
    for number, path in enumerate(ring(R22, 4)):
        path.rename(folder / f'trace{number or ""}')
    done = fleet('--ring', 'trace*', *map(str, folder.glob('trace*')))
    assert done.returncode == 1 and plain(done, 'x') == plain(check(R22), 'x')


def test_a_file_that_is_cut(fleet, folder, ring):
    """As dumpcap's last one may be: what comes before the cut is judged, and the cut is said."""
    files = ring(R22, 4)
    files[-1].write_bytes(files[-1].read_bytes()[:-30])
    done = fleet('--json', str(folder / 'json'), str(folder))
    told, = captures_in(folder / 'json').values()
    assert done.returncode == 2 and f'"{files[-1]}" appears to have been cut short' in told['error']
    assert [finding['frame'] for finding in told['findings']] == [8, 8, 8, 11, 13]


def test_a_file_that_is_none(fleet, folder, ring):
    files = ring(R22, 4)
    files[0].write_text('no capture\n' * 9)
    done = fleet(str(folder), '--json', str(folder / 'json'))
    told, = captures_in(folder / 'json').values()
    assert done.returncode == 2 and told['error'].startswith(f'capinfos: The file "{files[0]}" isn\'t a capture file')
    assert told['judged']['ltkms'] > 0


def test_sent(fleet, check, folder, ring):
    """A ring goes whole."""
    ring(R22, 4)
    done = fleet('--send', str(folder))
    assert (done.returncode, done.stderr) == (1, '') and plain(done, 'x') == plain(check(R22), 'x')


def test_without_mergecap(fleet, folder, ring):
    """A worker that has tshark alone says what is missing."""
    ring(R22, 4)
    bin = folder / 'bin'
    bin.mkdir(mode=0o777)
    for name in ('tshark', *AS_NOBODY[:1]):
        (bin / name).symlink_to(shutil.which(name))
    (bin / 'python3').symlink_to(sys.executable)
    done = fleet(str(folder), PATH=str(bin))
    assert done.returncode == 2
    assert re.fullmatch(r'bcast-fleet: a worker on \S+: capinfos is not there\. It comes with Wireshark \(wireshark-common\)\n',
                        done.stderr)  # fmt: skip
