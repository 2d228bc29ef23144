#!/usr/bin/env python3
"""What the plugin costs, as ratios against a Wireshark without it, measured in the same run.

    /usr/bin/python3 tests/bench/ratios.py [--build FOLDER] [ROW…]      all rows without a name; --list shows them

Instructions are callgrind's, time is that of the processor (the best of three runs); start-up is subtracted from both. "Ours" is
what comes on top of a Wireshark without the plugin that is asked the same. Exit status 1 if a bar is not reached.
"""
import argparse
import functools
import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'capture'))

import traffic  # noqa: E402
from wireshark import AS_NOBODY, BUILD, Wireshark  # noqa: E402

XML_TREE = ('--enable-heuristic', 'xml_media')
KEYS = ('-o', f'uat:ltkm_keys:"","","{traffic.KEY.hex()}"')
FEW, SOME, MANY, ALL = 200, 1000, 2000, 20_000  # registrations: for -V, callgrind, and the clock
FOREIGN, OURS, STOCK_XML = ('-Y', 'udp.port==9'), ('-Y', 'ltkm.verifies'), ('-Y', 'xml.tag')
ROWS: dict[str, tuple[str, float, Callable[['Bench'], float]]] = {}


def row(name: str, text: str, bar: float):
    """Registers a measurement: the number it gives should not be above the bar."""
    return lambda measure: ROWS.update({name: (text, bar, measure)})


class Bench:
    """Two Wiresharks, with and without the plugin, and the captures; what was measured once is known."""

    def __init__(self, build: pathlib.Path) -> None:
        self.build = build
        self.ours = Wireshark(build)
        self.folder = self.ours.root / 'bench'
        (self.folder / 'plugins').mkdir(parents=True)
        self.stock = Wireshark(self.folder)
        for wireshark in (self.ours, self.stock):
            for name in ('WIRESHARK_DEBUG_WMEM_OVERRIDE', 'WIRESHARK_ABORT_ON_DISSECTOR_BUG', 'G_SLICE'):
                wireshark.environment.pop(name, None)
        if 'mbms-bcast.so' not in self.ours.run('-G', 'plugins').stdout:
            sys.exit(f'{build} has no plugin that tshark loads')

    @functools.cache
    def capture(self, fill: Callable[[traffic.Capture, int], None], count: int) -> pathlib.Path:
        path = self.folder / f'{fill.__name__}-{count}.pcap'
        made = traffic.Capture(path)
        fill(made, count)
        made.file.close()
        path.chmod(0o644)
        return path

    def empty(self) -> pathlib.Path:
        return self.capture(traffic.idle, 0)

    @functools.cache
    def cards(self) -> tuple[str, ...]:
        """Options that bring all cards: a profile of ours has them."""
        profile = self.ours.home / '.config' / 'wireshark' / 'profiles' / 'cards'
        profile.mkdir(parents=True)
        (profile / 'ltkm_cards').write_text('\n'.join(map(traffic.card, range(traffic.CARDS))) + '\n')
        for path in [profile, *profile.parents[:3], profile / 'ltkm_cards']:
            path.chmod(0o777 if path.is_dir() else 0o644)
        return '-C', 'cards'

    @functools.cache
    def whole(self, plugin: bool, path: pathlib.Path, *options: str) -> tuple[int, int]:
        """Instructions of a run with its start-up, and how many lines it printed."""
        wireshark = self.ours if plugin else self.stock
        done = wireshark.run('--tool=callgrind', '--callgrind-out-file=/dev/null', 'tshark', '-n', '-r', str(path), *options,
                             program='valgrind')  # fmt: skip
        if not (collected := re.search(r'Collected : (\d+)', done.stderr)) or done.returncode:
            sys.exit(done.stderr)
        return int(collected[1]), done.stdout.count('\n')

    def instructions(self, *runs: tuple) -> list[tuple[int, int]]:
        """(instructions, lines) for each (with the plugin?, capture, options…), on all processors."""
        start = [(plugin, self.empty(), *options) for plugin, _, *options in runs]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda run: self.whole(*run), dict.fromkeys([*start, *runs])))
        return [(self.whole(*run)[0] - self.whole(*before)[0], self.whole(*run)[1]) for run, before in zip(runs, start)]

    @functools.cache
    def cost(self, plugin: bool, path: pathlib.Path, *options: str) -> tuple[float, int]:
        """Seconds of processor and KiB of memory of a run with its start-up."""
        wireshark = self.ours if plugin else self.stock
        command = [*AS_NOBODY, '/usr/bin/time', '-f', '%U %S %M', 'tshark', '-n', '-r', str(path), *options]
        runs = [subprocess.run(command, env=wireshark.environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
                               check=True).stderr.split()[-3:] for _ in range(3)]  # fmt: skip
        return min(float(user) + float(system) for user, system, _ in runs), min(int(memory) for *_, memory in runs)

    def seconds(self, plugin: bool, path: pathlib.Path, *options: str) -> float:
        return self.cost(plugin, path, *options)[0] - self.cost(plugin, self.empty(), *options)[0]

    def bytes_on_top(self, path: pathlib.Path) -> int:
        """What the plugin adds to the memory at its highest."""
        with_plugin, without = ([self.cost(plugin, one)[1] for one in (path, self.empty())] for plugin in (True, False))
        return ((with_plugin[0] - with_plugin[1]) - (without[0] - without[1])) * 1024

    def against_stock(self, path: pathlib.Path) -> float:
        (ours, _), (stock, _) = self.instructions((True, path), (False, path))
        return ours / stock


@row('idle', 'no traffic of ours: instructions', 1.01)
def _(bench: Bench) -> float:
    return bench.against_stock(bench.capture(traffic.idle, 10_000))


@row('unanswered', 'the same after a request that was never answered: instructions', 1.01)
def _(bench: Bench) -> float:
    return bench.against_stock(bench.capture(traffic.unanswered, 10_000))


@row('dns', 'DNS only: instructions', 1.05)
def _(bench: Bench) -> float:
    return bench.against_stock(bench.capture(traffic.dns, 10_000))


@row('instructions', f'{SOME} registrations: instructions, against stock with its XML tree', 0.85)
def _(bench: Bench) -> float:
    path = bench.capture(traffic.registrations, SOME)
    (ours, _), (stock, _) = bench.instructions((True, path), (False, path, *XML_TREE))
    return ours / stock


@row('time', f'{ALL} registrations: time, against stock with its XML tree', 0.95)
def _(bench: Bench) -> float:
    path = bench.capture(traffic.registrations, ALL)
    return bench.seconds(True, path) / bench.seconds(False, path, *XML_TREE)


@row('foreign-filter', f'{SOME} registrations, {FOREIGN[1]}: instructions of ours, against those without a filter', 1.05)
def _(bench: Bench) -> float:
    path = bench.capture(traffic.registrations, SOME)
    (filtered, _), (below, _), (plain, _), (stock, _) = bench.instructions(
        (True, path, *FOREIGN), (False, path, *FOREIGN), (True, path), (False, path))  # fmt: skip
    return (filtered - below) / (plain - stock)


@row('own-filter', f'{SOME} registrations, {OURS[1]}: instructions, against stock with its XML tree and {STOCK_XML[1]}', 1.0)
def _(bench: Bench) -> float:
    path = bench.capture(traffic.registrations, SOME)
    (ours, _), (stock, _) = bench.instructions((True, path, *OURS), (False, path, *XML_TREE, *STOCK_XML))
    return ours / stock


@row('tree', f'{FEW} registrations, -V: instructions a line, against stock with its XML tree', 1.0)
def _(bench: Bench) -> float:
    path = bench.capture(traffic.registrations, FEW)
    (ours, our_lines), (stock, lines) = bench.instructions((True, path, '-V'), (False, path, '-V', *XML_TREE))
    return (ours / our_lines) / (stock / lines)


@row('keys', f'{ALL} registrations, a key that fits all: time, against that without', 1.3)
def _(bench: Bench) -> float:
    path = bench.capture(traffic.registrations, ALL)
    return bench.seconds(True, path, *KEYS) / bench.seconds(True, path)


@row('cards', f'{ALL} registrations of as many B-TIDs, {traffic.CARDS} cards that fit none: time, against that without', 1.3)
def _(bench: Bench) -> float:
    path = bench.capture(traffic.registrations, ALL)
    return bench.seconds(True, path, *bench.cards()) / bench.seconds(True, path)


@row('growth', f'{ALL} registrations: time, against that of a tenth of them', 10.5)
def _(bench: Bench) -> float:
    all_of_them, tenth = (bench.capture(traffic.registrations, count) for count in (ALL, ALL // 10))
    return bench.seconds(True, all_of_them) / bench.seconds(True, tenth)


@row('terminals', f'{ALL} terminals with {traffic.PUSHED} LTKMs over UDP each: time, against that of a tenth of them', 10.5)
def _(bench: Bench) -> float:
    all_of_them, tenth = (bench.capture(traffic.pushes, count) for count in (ALL, ALL // 10))
    return bench.seconds(True, all_of_them) / bench.seconds(True, tenth)


@row('memory', f'{ALL} registrations: bytes an LTKM, its verification message and its findings', 600)
def _(bench: Bench) -> float:
    return bench.bytes_on_top(bench.capture(traffic.registrations, ALL)) / ALL / traffic.LTKMS


@row('bomb', 'bodies of half a million empty LTKMs, compressed: bytes kept for each byte captured', 100)
def _(bench: Bench) -> float:
    one, nine = (bench.capture(traffic.bombs, count) for count in (1, 9))
    return (bench.bytes_on_top(nine) - bench.bytes_on_top(one)) / (nine.stat().st_size - one.stat().st_size)


# Not reached: the bare parse makes nothing of what it reads, and XML alone, with a tree and the bytes of each element, takes 1.4 of it.
@row('decode', 'a body of 4 LTKMs, XML + base64 + MIKEY alone: time, against a bare SAX2 parse', 1.5)
def _(bench: Bench) -> float:
    program, body = bench.build / 'tests' / 'decode', bench.folder / 'body.xml'
    if not program.exists():
        sys.exit(f'{program} is not built')
    body.write_bytes(traffic.response_body(traffic.carried([traffic.message(1, index) for index in range(traffic.LTKMS)])))
    return float(subprocess.run([program, body], capture_output=True, text=True, check=True).stdout.split()[0])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build', type=pathlib.Path, default=BUILD, help='build folder with the plugin')
    parser.add_argument('--list', action='store_true', help='rows and bars, and nothing measured')
    parser.add_argument('rows', nargs='*', choices=[[], *ROWS], metavar='ROW')
    options = parser.parse_args()
    bench = None if options.list else Bench(options.build)
    missed = []
    for name in options.rows or ROWS:
        text, bar, measure = ROWS[name]
        if not bench:
            print(f'{name:15} {bar:8}  {text}')
            continue
        number = measure(bench)
        missed += [name] * (number > bar)
        print(f'{name:15} {number:10.3f}  bar {bar:6}  {"reached    " if number <= bar else "not reached"}  {text}', flush=True)
    return bool(missed)


if __name__ == '__main__':
    sys.exit(main())
