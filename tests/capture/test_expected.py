"""Every capture shows what its maker says it shows, field by field.

The expectations come from the generator (captures/expected) and from the recording's own reader (captures/recorded), neither of
which shares code with the plugin.
"""
import json

import pytest

from wireshark import CAPTURES

EXPECTATIONS = sorted(CAPTURES.glob('expected/*.json')) + [CAPTURES / 'recorded' / 'expected.json']
OUR_FAULTS = ['mbms_sec.ill_formed', 'mbms_sec.doctype', 'mbms_sec.cut', 'mbms_sec.bad_value', 'bcast.bad_value', 'bcast.bad_base64',
              'ltkm.malformed', 'ltkm.unknown_payload', 'ltkm.trailing_bytes']


def load(path):
    expected = json.loads(path.read_text())
    folder = 'recorded/' if path.parent.name == 'recorded' else ''
    return folder + expected['capture'], expected


@pytest.mark.parametrize('path', EXPECTATIONS, ids=lambda path: path.parent.name + '/' + path.stem)
def test_fields(wireshark, path):
    capture, expected = load(path)
    names = sorted({name for fields in expected['frames'].values() for name in fields})
    got = wireshark.fields(capture, names, '-2')
    wrong = []
    for frame, fields in expected['frames'].items():
        for name, values in fields.items():
            want = [str(value) for value in values]
            have = got[int(frame)].get(name, [])
            if have != want:
                wrong.append(f'frame {frame} {name}: {have} instead of {want}')
    assert not wrong, '\n'.join(wrong)


@pytest.mark.parametrize('path', [path for path in EXPECTATIONS if path.parent.name == 'expected'], ids=lambda path: path.stem)
def test_faults(wireshark, path):
    """The faults that are named are found; in a capture that names none there is none."""
    capture, expected = load(path)
    got = wireshark.fields(capture, OUR_FAULTS, '-2')
    found = {frame: set(faults) for frame, faults in got.items() if faults}
    named = {int(frame): set(faults) for frame, faults in expected['expert'].items()}
    if not named:
        assert found == {}
    for frame, faults in named.items():
        assert faults <= found.get(frame, set()), f'frame {frame}'
