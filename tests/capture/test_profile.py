"""The profile MBMS-BCAST: columns, colours and buttons that load without a complaint and find what they say."""
import csv
import re
import shutil

import pytest

from wireshark import REPOSITORY, complaints

FOLDER = REPOSITORY / 'plugin/profile/MBMS-BCAST'


def rows(name):
    return [line for line in (FOLDER / name).read_text().splitlines() if line and not line.startswith('#')]


COLOURS = {label: text for _, label, text, _ in (line.split('@', 3) for line in rows('colorfilters'))}
BUTTONS = {label: text for _, label, text, _ in csv.reader(rows('dfilter_buttons'))}


@pytest.fixture(scope='module')
def profile(wireshark):
    """Installed as people do: a folder of its name beside others."""
    target = wireshark.home / '.config/wireshark/profiles/MBMS-BCAST'
    shutil.copytree(FOLDER, target)
    for path in [wireshark.home / '.config', *(wireshark.home / '.config').rglob('*')]:
        path.chmod(0o777 if path.is_dir() else 0o644)
    yield 'MBMS-BCAST'
    shutil.rmtree(wireshark.home / '.config')


def listed(wireshark, capture, *options):
    ran = wireshark.run('-n', '-r', str(wireshark.captures / capture), '-C', 'MBMS-BCAST', '-2', *options)
    assert (ran.returncode, complaints(ran.stderr)) == (0, [])
    return ran.stdout


def test_columns(wireshark, profile):
    """Procedure, terminal, key and rule of a frame stand in its line, before the text."""
    line = listed(wireshark, 'tour.pcap', '-Y', 'frame.number == 12')
    assert re.search(r'MBMS-SEC .*Registration response.*00f110/68c9:0001.*HTTP/1\.1 200', line), line
    titles = re.findall(r'^\t"([^"]+)",', (FOLDER / 'preferences').read_text(), re.MULTILINE)
    assert {'Procedure', 'Terminal', 'Key', 'Answer', 'Rule'} < set(titles)


def frames(wireshark, capture, wanted, *options):
    return [int(line.split()[0]) for line in listed(wireshark, capture, '-Y', wanted, *options).splitlines()]


@pytest.mark.parametrize('label', COLOURS)
def test_colours(wireshark, profile, label):
    """Each is a filter that this Wireshark takes, and all of them load."""
    frames(wireshark, 'tour.pcap', COLOURS[label], '--color')


def test_buttons(wireshark, profile):
    """They find what their labels say."""
    assert frames(wireshark, 'rules/r22.pcap', BUTTONS['Breaches']) == frames(wireshark, 'rules/r22.pcap', 'bcast.rule_level == 3') != []
    assert frames(wireshark, 'tour.pcap', BUTTONS['MBMS']) == frames(wireshark, 'tour.pcap', 'mbms_sec || ltkm')
    assert frames(wireshark, 'tour.pcap', BUTTONS['Refused'])
    assert frames(wireshark, 'rules/r53.pcap', BUTTONS['Unanswered'])
    assert {259, 362, 404, 423, 466} <= set(frames(wireshark, 'field30.pcap', BUTTONS['Unanswered']))  # dropped ones, too


def test_this_terminal(wireshark, profile):
    """All of the terminal of the frame that is selected, whatever carried it."""
    own = frames(wireshark, 'tour.pcap', BUTTONS['This terminal'], '--selected-frame', '12')
    assert {10, 12, 14, 22, 29} <= set(own) and not {40, 42} & set(own)


def test_widths():
    """Each column has one that shows what stands in it; Wireshark takes them by their order, older ones by their formats."""
    formats = re.findall(r'^\t"[^"]+", "([^"]+)"', (FOLDER / 'preferences').read_text(), re.MULTILINE)
    words = rows('recent')[0].removeprefix('column.width: ').split(', ')
    assert words[::2] == [re.sub(r'^(%Cus:[^:]+):.*', r'\1', text) for text in formats] != []
    longest = {'%Cus:mbms_sec.message': 'Registration response', '%Cus:mbms_sec.outcome': 'Authentication asked for',
               '%Cus:ltkm.key': '00f110/68c9:0001/0007', '%Cus:ltkm.answer': 'Not asked for', '%p': 'MBMS-SEC'}  # fmt: skip
    widths = dict(zip(words[::2], map(int, words[1::2])))
    assert [name for name, text in longest.items() if widths[name] < 8 * len(text)] == []
