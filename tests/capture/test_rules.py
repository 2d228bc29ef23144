"""Every rule has a capture that breaks it and near misses that do not: all findings of each capture, by frame and level.

The expectations are the generator's (captures/rules/expected); it knows the change request, not the plugin.
"""
import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from wireshark import CAPTURES

EXPECTATIONS = sorted((CAPTURES / 'rules' / 'expected').glob('*.json'))
NAMES = ['bcast.rule', 'bcast.rule_level']


@pytest.fixture(scope='module')
def found(wireshark):
    """capture -> frame -> sorted (rule, level), read on all processors."""
    def read(path):
        frames = wireshark.fields(f'rules/{path.stem}.pcap', NAMES, '-2')
        return {frame: sorted(zip(fields['bcast.rule'], map(int, fields['bcast.rule_level'])))
                for frame, fields in frames.items() if 'bcast.rule' in fields}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(EXPECTATIONS, pool.map(read, EXPECTATIONS)))


@pytest.mark.parametrize('path', EXPECTATIONS, ids=lambda path: path.stem)
def test_findings(found, path):
    """Exactly these findings, and none on a near miss."""
    expected = json.loads(path.read_text())
    wanted = {int(frame): sorted(map(tuple, findings)) for frame, findings in expected['findings'].items()}
    assert found[path] == wanted
    assert not {int(frame) for frame in expected['clean']} & set(found[path])
