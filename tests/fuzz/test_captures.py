"""The shipped captures, changed at random, through tshark and the sanitized plugin, for FUZZ_SECONDS (20).

Round by round: the seeds are 1, 2, 3 …, or count from FUZZ_SEED, and what a seed gives is always the same.
"""
import collections
import os
import pathlib
import re
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'sanitize'))

from mutants import FILE_HEADER, frames, mutant, payload  # noqa: E402
from sanitized import sanitized_wireshark  # noqa: E402
from wireshark import BUILD, CAPTURES, Wireshark, capture_names, complaints  # noqa: E402

SECONDS = float(os.environ.get('FUZZ_SECONDS', '20'))
FIRST_SEED = int(os.environ.get('FUZZ_SEED', '1'))
PER_ROUND = 8
PATHS = [CAPTURES / name for name in capture_names()]
FOUND = BUILD / 'fuzz' / 'found'
STATISTICS = [option for name in ('bcast,rules', 'ltkm,list', 'ltkm,tree', 'mbms_sec,srt') for option in ('-z', name)]
WAYS = [['-2', '-V'], ['-2', '-V', *STATISTICS], ['-V'], ['-2', '-T', 'pdml']]
OURS = {
    'bodies': r'^MBMS Security|<proto name="mbms_sec"',
    'containers': r'^ +OMA BCAST|name="bcast.extension"',
    'MIKEY': r'CSB ID|name="mikey.csb_id"',
    'faults': r'Malformed|ill-formed|malformed',
}


@pytest.fixture(scope='module')
def wireshark() -> Wireshark:
    return sanitized_wireshark()


def fault(done: subprocess.CompletedProcess[str]) -> str:
    """What is wrong with a run of tshark; "" if nothing is."""
    if done.returncode or complaints(done.stderr):
        return f'exit code {done.returncode}\n{done.stderr[-6000:]}'
    bug = re.search(r'issector bug|runtime error:|Sanitizer', done.stdout)
    return done.stdout[max(bug.start() - 200, 0) : bug.end() + 200] if bug else ''


def run(wireshark: Wireshark, seed: int) -> tuple[str, str]:
    """One round: what is wrong, and what tshark printed."""
    path = wireshark.root / 'mutant.pcap'
    path.write_bytes(mutant(seed, PATHS, PER_ROUND))
    way = WAYS[seed % len(WAYS)]
    try:
        done = wireshark.run('-n', '-r', str(path), *way)
        wrong, out = fault(done), done.stdout
    except subprocess.TimeoutExpired as expired:
        wrong, out = str(expired), ''
    if wrong:
        FOUND.mkdir(parents=True, exist_ok=True)
        kept = FOUND / f'captures-{seed}.pcap'
        kept.write_bytes(path.read_bytes())
        wrong = f'FUZZ_SEED={seed} (tshark -n -r {kept} {" ".join(way)}): {wrong}'
    return wrong, out


def test_mutants(wireshark):
    """No crash, no report, no bug; and the plugin still has something to do."""
    end = time.monotonic() + SECONDS
    seen: collections.Counter[str] = collections.Counter()
    wrong = []
    seed = FIRST_SEED
    while seed == FIRST_SEED or time.monotonic() < end:
        fault_found, out = run(wireshark, seed)
        wrong += [fault_found] if fault_found else []
        seen.update({name: len(re.findall(pattern, out, re.MULTILINE)) for name, pattern in OURS.items()})
        seed += 1
    rounds = seed - FIRST_SEED
    print(f'{rounds} rounds: {dict(seen)}')
    assert not wrong, '\n\n'.join(wrong[:5]) + f'\n\n{len(wrong)} of {rounds} rounds'
    assert all(seen[name] >= rounds for name in OURS), seen


@pytest.mark.parametrize('seed', [1, 2, 3])
def test_only_payloads_change(seed):
    """Lengths and headers are those of the captures, addresses aside; a seed gives one file, another a different one."""
    one, same, other = (mutant(number, PATHS, PER_ROUND) for number in (seed, seed, seed + 1))
    assert one == same != other
    plain = {(len(frame.data), bytes(frame.data[:14])) for path in PATHS for frame in frames(path.read_bytes())}
    assert {(len(frame.data), bytes(frame.data[:14])) for frame in frames(one)} <= plain


def test_a_quarter_of_the_payloads_changes():
    """Enough to find something, not so much that nothing is left."""
    path = CAPTURES / 'tour.pcap'
    before = [frame for frame in frames(path.read_bytes()) if payload(frame.data)]
    changed = 0
    for seed in range(40):
        after = [frame for frame in frames(mutant(seed, [path], 1)) if payload(frame.data)]
        assert len(before) == len(after)
        assert all(a.data[: payload(a.data).start] == b.data[: payload(b.data).start] for a, b in zip(before, after))
        changed += sum(a.data != b.data for a, b in zip(before, after))
    assert 0.15 < changed / (40 * len(before)) < 0.3


def test_reader_reads_all():
    """Every shipped capture is of the kind that the reader knows."""
    for path in PATHS:
        file = path.read_bytes()
        assert file[:FILE_HEADER] + b''.join(frame.record() for frame in frames(file)) == file
        assert any(payload(frame.data) for frame in frames(file)), path
