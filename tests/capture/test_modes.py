"""Every capture in the ways people run tshark: different ways build different trees."""
import pytest

from wireshark import capture_names

MODES = {
    'plain': [],
    'tree': ['-V'],
    'two passes': ['-2', '-V'],
    'display filter': ['-Y', 'ltkm || mbms_sec || bcast'],
    'filter, two passes': ['-2', '-R', 'ltkm.id', '-T', 'json'],
    'fields': ['-T', 'fields', '-e', 'ltkm.id'],
}


@pytest.mark.parametrize('mode', MODES)
@pytest.mark.parametrize('capture', capture_names())
def test_runs_without_complaint(wireshark, capture, mode):
    out = wireshark.tshark(capture, *MODES[mode])
    assert 'Dissector bug' not in out


@pytest.mark.parametrize('capture', capture_names())
def test_columns_are_the_same_with_and_without_a_tree(wireshark, capture):
    """What the packet list says does not depend on whether a tree is built (the filter forces one)."""
    assert wireshark.tshark(capture) == wireshark.tshark(capture, '-Y', 'frame && !(ltkm.id == "no such")')
