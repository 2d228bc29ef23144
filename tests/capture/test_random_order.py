"""Frames looked at in any order, as in the GUI, and after a preference changed: sharkd gives what two passes of tshark give."""
import random
import shutil

import pytest

pytestmark = pytest.mark.skipif(not shutil.which('sharkd'), reason='sharkd is not installed')

NAMES = ['mbms_sec.message', 'mbms_sec.request_in', 'mbms_sec.response_in', 'mbms_sec.status_code', 'bcast.delivery_type',
         'ltkm.message', 'ltkm.index', 'ltkm.counter', 'ltkm.verified_in', 'ltkm.verifies', 'ltkm.duplicate_of']  # fmt: skip


def filters(nodes):
    """The display filter of every item, in tree order."""
    for node in nodes:
        if 'f' in node:
            yield node['f']
        yield from filters(node.get('n', []))


def ask(wireshark, capture, frames, before=(), middle=()):
    """(frame, its filters) for each question, in the order of the questions; |middle| are requests half way through."""
    load = {'method': 'load', 'params': {'file': str(wireshark.captures / capture)}}
    questions = [{'method': 'frame', 'params': {'frame': frame, 'proto': True}} for frame in frames]
    half = len(questions) // 2
    calls = [*before, load, *questions[:half], *middle, *questions[half:]]
    results = wireshark.sharkd(*calls)
    return [(call['params']['frame'], list(filters(result['tree']))) for call, result in zip(calls, results)
            if call['method'] == 'frame']


def of_ours(found):
    """name -> values, as tshark prints fields."""
    values = {}
    for text in found:
        name, _, value = text.partition(' == ')
        if name in NAMES:
            values.setdefault(name, []).append(value)
    return values


def expected(wireshark, capture):
    found = wireshark.fields(capture, NAMES, '-2')
    return {frame: values for frame, values in found.items()}


@pytest.mark.parametrize(('capture', 'seed'), [
    ('tour.pcap', 1), ('tour.pcap', 2), ('exact-takes-over.pcap', 3), ('duplicate.pcap', 4), ('out-of-order.pcap', 5),
    ('several-per-body.pcap', 6),
])  # fmt: skip
def test_any_order(wireshark, capture, seed):
    """Each frame twice, in random order."""
    want = expected(wireshark, capture)
    frames = list(want) * 2
    random.Random(seed).shuffle(frames)
    got = ask(wireshark, capture, frames)
    assert [frame for frame, _ in got] == frames
    assert [(frame, of_ours(found)) for frame, found in got] == [(frame, want[frame]) for frame in frames]
    assert any('ltkm.verified_in' in values for values in want.values())


def test_preference_changed_half_way(wireshark):
    """The XML tree comes or goes; everything else stays."""
    want = expected(wireshark, 'tour.pcap')
    frames = list(want) * 2
    change = {'method': 'setconf', 'params': {'name': 'mbms_sec.xml_tree', 'value': 'FALSE'}}
    got = ask(wireshark, 'tour.pcap', frames, middle=[change])
    assert [(frame, of_ours(found)) for frame, found in got] == [(frame, want[frame]) for frame in frames]
    has_xml = ['xml' in found for frame, found in got if frame == 12]
    assert has_xml == [True, False]
