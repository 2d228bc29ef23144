#!/usr/bin/env python3
"""Captures a second that bcast-fleet judges, as ratios against one loop of bcast-check, measured in the same run.

    /usr/bin/python3 tests/bench/fleet.py [COPIES [ROUNDS]]     the shipped captures, so many times over (8); the best of rounds (3)

A local cluster is started and ended within its time. The ratios say something of this machine at this time only, and of small
captures: large ones spend less on what comes before the first packet.
"""
import pathlib
import shutil
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / 'fleet'), str(TESTS / 'capture')]

from fleet_tool import install_fleet  # noqa: E402
from wireshark import CAPTURES, Wireshark  # noqa: E402


def copies(folder: pathlib.Path, count: int) -> int:
    """How many captures there are."""
    for number in range(count):
        shutil.copytree(CAPTURES, folder / str(number), ignore=lambda _, names: [name for name in names if name.endswith('.py')])
    for path in [folder, *folder.rglob('*')]:
        path.chmod(0o755)
    return sum(path.suffix in ('.pcap', '.pcapng') for path in folder.rglob('*'))


def main(count: int = 8, rounds: int = 3) -> None:
    wireshark = Wireshark()
    for name in ('WIRESHARK_DEBUG_WMEM_OVERRIDE', 'G_SLICE'):
        wireshark.environment.pop(name)
    tools = install_fleet(wireshark)
    folder = wireshark.root / 'many'
    captures = copies(folder, count)
    best: dict[str, float] = {}
    rows = [('bcast-check', '-j', '1'), *(('bcast-fleet', '-j', str(workers)) for workers in (1, 2, 4))]
    for _ in range(rounds):
        for program, *options in rows:
            start = time.monotonic()
            done = wireshark.run(*options, '--summary', str(folder), program=str(tools / program))
            taken = time.monotonic() - start
            assert done.returncode == 1, done.stderr
            name = ' '.join([program, *options])
            best[name] = min(best.get(name, taken), taken)
    loop = next(iter(best.values()))
    for name, taken in best.items():
        print(f'{name:<20} {captures} captures: {loop / taken:.2f} times the captures a second of the loop', flush=True)


if __name__ == '__main__':
    main(*map(int, sys.argv[1:]))
