"""Every capture shows what its maker says it shows, field by field.

The expectations come from the generator (captures/expected) and from the recording's own reader (captures/recorded), neither of
which shares code with the plugin.
"""
import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from wireshark import CAPTURES

EXPECTATIONS = sorted(CAPTURES.glob('expected/*.json')) + [CAPTURES / 'recorded' / 'expected.json']
OUR_FAULTS = ['mbms_sec.ill_formed', 'mbms_sec.doctype', 'mbms_sec.cut', 'mbms_sec.bad_value', 'bcast.bad_value', 'bcast.bad_base64',
              'ltkm.malformed', 'ltkm.unknown_payload', 'ltkm.trailing_bytes', 'bcast.r9', 'bcast.r11', 'bcast.r14']


def load(path):
    expected = json.loads(path.read_text())
    folder = 'recorded/' if path.parent.name == 'recorded' else ''
    return folder + expected['capture'], expected


def read(wireshark, path):
    """frame -> all fields that are expected in the capture anywhere, and the faults."""
    capture, expected = load(path)
    names = sorted({name for fields in expected['frames'].values() for name in fields})
    return wireshark.fields(capture, names + OUR_FAULTS, '-2')


@pytest.fixture(scope='module')
def shown(wireshark):
    """What each capture shows, read on all processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(EXPECTATIONS, pool.map(lambda path: read(wireshark, path), EXPECTATIONS)))


@pytest.mark.parametrize('path', EXPECTATIONS, ids=lambda path: path.parent.name + '/' + path.stem)
def test_fields(shown, path):
    """Every field of every frame has the expected values, in tree order."""
    _, expected = load(path)
    got = shown[path]
    wrong = []
    for frame, fields in expected['frames'].items():
        for name, values in fields.items():
            want = [str(value) for value in values]
            have = got[int(frame)].get(name, [])
            if have != want:
                wrong.append(f'frame {frame} {name}: {have} instead of {want}')
    assert not wrong, '\n'.join(wrong)


@pytest.mark.parametrize('path', [path for path in EXPECTATIONS if path.parent.name == 'expected'], ids=lambda path: path.stem)
def test_faults(shown, path):
    """The faults that are named are found; in a capture that names none there is none."""
    _, expected = load(path)
    faults = {frame: {name for name in fields if name in OUR_FAULTS} for frame, fields in shown[path].items()}
    found = {frame: names for frame, names in faults.items() if names}
    named = {int(frame): set(names) for frame, names in expected['expert'].items()}
    if not named:
        assert found == {}
    for frame, names in named.items():
        assert names <= found.get(frame, set()), f'frame {frame}'
