"""Captures with errors strewn in: tshark reads on, and no dissector has a bug."""
import os
import re
from concurrent.futures import ThreadPoolExecutor

from wireshark import capture_names

SEEDS = range(1, 21)
OURS = 'MBMS Security|OMA BCAST'


def strew(wireshark, base, seed, path):
    """Writes the capture |base| with 2 % of its bytes changed."""
    done = wireshark.run('-E', '0.02', '--seed', str(seed), str(base), str(path), program='editcap')
    assert done.returncode == 0, done.stderr


def complaint(wireshark, base, seed, folder):
    """What is wrong with the output for one seed; "" if nothing is."""
    path = folder / f'{seed}-{base.name}'
    strew(wireshark, base, seed, path)
    done = wireshark.run('-n', '-r', str(path), '-2', '-V')
    if done.returncode or 'issector bug' in done.stdout + done.stderr or not re.search(OURS, done.stdout):
        return f'{base.name}, seed {seed}: {done.returncode} {done.stderr[-300:]}'
    return ''


def test_noise(wireshark, folder):
    """Twenty times, the tour with all of MIKEY and the recorded capture; something of ours is still found in each."""
    everything = folder / 'everything.pcap'
    names = ['tour.pcap', *(name for name in capture_names() if name.startswith('mikey-'))]
    done = wireshark.run('-a', '-F', 'pcap', '-w', str(everything), *(str(wireshark.captures / name) for name in names), program='mergecap')
    assert done.returncode == 0, done.stderr
    jobs = [(base, seed) for base in (everything, wireshark.captures / 'recorded/recorded.pcap') for seed in SEEDS]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = list(filter(None, pool.map(lambda job: complaint(wireshark, *job, folder), jobs)))
    assert not wrong, '\n'.join(wrong)


def test_noise_is_reproducible(wireshark, folder):
    """The same seed gives the same noise, so that what is found can be looked at; another gives another."""
    base = wireshark.captures / 'tour.pcap'
    paths = [(folder / 'one', 1), (folder / 'same', 1), (folder / 'other', 2)]
    for path, seed in paths:
        strew(wireshark, base, seed, path)
    one, same, other = (path.read_bytes() for path, _ in paths)
    assert one == same != other != base.read_bytes()
