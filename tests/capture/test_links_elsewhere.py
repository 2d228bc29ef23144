"""Links do not depend on what else is asked of tshark, nor on how a capture was put together."""
import struct

import pytest

from trees import packets

LINKS = ['ltkm.verified_in', 'ltkm.verifies', 'ltkm.duplicate_of', 'mbms_sec.request_in', 'mbms_sec.response_in']
VALUES = ['mbms_sec.message', 'mbms_sec.terminal', 'mbms_sec.btid', 'mbms_sec.status_code', 'mbms_sec.response_time',
          'ltkm.id', 'ltkm.index', 'ltkm.terminal', 'ltkm.verification_time']  # fmt: skip


def records(path):
    """The records of a classic capture file: (microseconds, frame)."""
    data, at, found = path.read_bytes(), 24, []
    while at < len(data):
        seconds, micros, kept, _ = struct.unpack_from('<IIII', data, at)
        found.append((seconds * 1_000_000 + micros, data[at + 16 : at + 16 + kept]))
        at += 16 + kept
    return found


def write(path, frames):
    """A classic capture file of (microseconds, frame)."""
    head = struct.pack('<IHHiIII', 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)
    body = [struct.pack('<IIII', *divmod(time, 1_000_000), len(frame), len(frame)) + frame for time, frame in frames]
    path.write_bytes(head + b''.join(body))
    return str(path)


def shown(wireshark, capture, *arguments):
    """Time of frame -> our fields, with frames named by their times: tshark renumbers what a read filter lets through."""
    found = wireshark.fields(capture, ['frame.time_epoch', *LINKS, *VALUES], '-2', *arguments)
    times = {str(frame): values['frame.time_epoch'][0] for frame, values in found.items()}
    named = {}
    for values in found.values():
        links = {name: [times[frame] for frame in values[name]] for name in LINKS if name in values}
        named[values['frame.time_epoch'][0]] = {name: values[name] for name in VALUES if name in values} | links
    return named


@pytest.mark.parametrize('arguments', [['-Y', 'frame'], ['-Y', 'ltkm || mbms_sec'], ['-R', 'frame'], ['-R', 'mbms_sec || ltkm']])
def test_filters_that_keep_both_ends(wireshark, arguments):
    """Filters that need other fields, or drop other frames, change nothing."""
    everything = shown(wireshark, 'tour.pcap')
    filtered = shown(wireshark, 'tour.pcap', *arguments)
    assert len(filtered) >= 24
    assert filtered == {time: everything[time] for time in filtered}


@pytest.mark.parametrize('kept', ['ltkm', 'mbms_sec.message', 'udp', 'http.response', 'ltkm.message == 3'])
def test_read_filters_that_drop_one_end(wireshark, kept):
    """A frame shows what is its own, also where tshark gives its number to a frame that was dropped."""
    everything = wireshark.fields('tour.pcap', ['frame.time_epoch', *VALUES], '-2')
    everything = {values['frame.time_epoch'][0]: values for values in everything.values()}
    filtered = wireshark.fields('tour.pcap', ['frame.time_epoch', *VALUES], '-2', '-R', kept)
    assert len(filtered) >= 7
    assert {values['frame.time_epoch'][0]: values for values in filtered.values()} == {
        values['frame.time_epoch'][0]: everything[values['frame.time_epoch'][0]] for values in filtered.values()
    }


def test_display_filter_on_links(wireshark):
    """Links can be searched for, in either pass as far as it knows them."""
    frames = lambda *arguments: list(wireshark.fields('tour.pcap', [], *arguments))  # noqa: E731
    assert frames('-2', '-Y', 'ltkm.verified_in == 14') == [12]
    assert frames('-2', '-Y', 'ltkm.verified_in') == [12, 18, 22, 26, 30]
    assert frames('-Y', 'ltkm.verified_in') == []
    assert frames('-Y', 'ltkm.verifies == 12') == [14, 15]
    assert frames('-2', '-Y', 'ltkm.verification_time > 0.03') == [12, 15, 18, 21]
    assert frames('-Y', 'ltkm.verification_time > 0.03') == [15, 21]


def test_capture_that_holds_itself_twice(wireshark, folder):
    """What comes again over UDP is a duplicate of its first appearance and belongs to the same LTKM."""
    twice, n = folder / 'twice.pcap', 46
    done = wireshark.run('-a', '-F', 'pcap', '-w', str(twice), *[str(wireshark.captures / 'tour.pcap')] * 2, program='mergecap')
    assert done.returncode == 0, done.stderr
    once, both = (wireshark.fields(one, LINKS[:3], '-2', '-Y', 'ltkm') for one in ('tour.pcap', str(twice)))
    assert {frame: values for frame, values in both.items() if frame <= n} == once
    again = {frame - n: values for frame, values in both.items() if frame > n}
    udp = [14, 15, 20, 21, 22, 23, 24, 27, 28, 31]
    assert {frame: again[frame].get('ltkm.duplicate_of') for frame in udp} == {frame: [str(frame)] for frame in udp}
    for frame in udp:
        assert again[frame].get('ltkm.verifies') == once[frame].get('ltkm.verifies'), frame
        assert again[frame].get('ltkm.verified_in') == once[frame].get('ltkm.verified_in'), frame


@pytest.mark.parametrize(('verification', 'place', 'ltkm', 'index'), [(23, 21, 22, None), (14, 10, 12, 0), (15, 10, 12, 2), (31, 28, 30, 0)])
def test_verification_moved_before_its_ltkm(wireshark, folder, verification, place, ltkm, index):
    """A merged capture may have the answer first: linked both ways, without a time; all other links stay."""
    frames = records(wireshark.captures / 'tour.pcap')
    frame = frames.pop(verification - 1)
    frames.insert(place, (frames[place][0] - 500, frame[1]))
    moved = write(folder / 'moved.pcap', frames)
    renumbered = {str(place + 1): verification} | {str(old + (old <= verification - 1 and old > place)): old for old in range(1, 47) if old != verification}
    two = packets(wireshark, moved, '-2')
    nodes = list(two[place + 1].anywhere('ltkm'))
    assert [renumbered[node.get('ltkm.verifies')] for node in nodes] == [ltkm]
    assert nodes[0].get('ltkm.verification_time') is None
    [now] = [new for new, old in renumbered.items() if old == ltkm]
    target = list(two[int(now)].anywhere('ltkm'))[index or 0]
    assert target.get('ltkm.verified_in') == str(place + 1)
    assert target.get('ltkm.verification_time') is None
    one = wireshark.fields(moved, LINKS[:3], '-Y', 'ltkm')
    assert 'ltkm.verifies' not in one[place + 1]
    assert str(place + 1) in one[int(now)]['ltkm.verified_in']
    others = [name for node in (node for tree in two.values() for node in tree.anywhere('ltkm')) for name in LINKS[:2] if node.get(name)]
    assert len(others) == 14


def test_reordered_capture(wireshark, folder):
    """reordercap puts a shuffled capture in order again, and all is as before."""
    frames = records(wireshark.captures / 'tour.pcap')
    shuffled, ordered = folder / 'shuffled.pcap', folder / 'ordered.pcap'
    write(shuffled, frames[23:] + frames[:23])
    assert wireshark.run(str(shuffled), str(ordered), program='reordercap').returncode == 0
    names = [*LINKS, *VALUES]
    assert wireshark.fields(str(ordered), names, '-2') == wireshark.fields('tour.pcap', names, '-2')
    assert wireshark.fields(str(shuffled), names, '-2') != wireshark.fields('tour.pcap', names, '-2')
