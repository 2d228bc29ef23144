"""The conversation filter "MBMS terminal": from any frame of a terminal to all of it.

Conversation filters are in Wireshark's windows alone; a preloaded library asks for them as those do, in tshark.
"""
import re
import shutil

import pytest
from field import BSM, NEWS, Field, registered, registration, verify
from made import cast, procedures
from wireshark import BUILD, complaints

from captures.generator.network import Host, stable


@pytest.fixture
def field(folder):
    return Field(folder / 'field.pcap')


@pytest.fixture(scope='module')
def offered(wireshark):
    """capture -> frame -> the filter that its menu has there; the menu is grey in the others."""
    preloaded = wireshark.root / 'conversation.so'
    shutil.copy(BUILD / 'tests/conversation.so', preloaded)

    def ask(capture):
        ran = wireshark.run('-n', '-2', '-r', str(wireshark.captures / capture), '-V', LD_PRELOAD=str(preloaded))
        told = re.findall(r'^conversation (\d+) (.*)$', ran.stderr, re.MULTILINE)
        assert ran.returncode == 0
        assert [line for line in complaints(ran.stderr) if not line.startswith('conversation ')] == []
        return {int(frame): text for frame, text in told}

    return ask


def terminals(wireshark, capture):
    """frame -> the terminal it shows."""
    found = wireshark.fields(capture, ['mbms_sec.terminal'], '-2', '-Y', 'mbms_sec.terminal')
    return {frame: values['mbms_sec.terminal'] for frame, values in found.items()}


def found_by(wireshark, capture, filter):
    return set(wireshark.fields(capture, [], '-2', '-Y', filter))


@pytest.mark.parametrize('capture', ['tour.pcap', 'field30.pcap', 'nat.pcap', 'udp-push.pcap', 'other-port.pcap'])
def test_all_of_a_terminal(wireshark, offered, capture):
    """It is there in every frame that shows a terminal and in no other, and finds all frames of that terminal."""
    shown = terminals(wireshark, capture)
    filters = offered(capture)
    assert set(filters) == set(shown) != set()
    for filter in set(filters.values()):
        having = {frame for frame, other in filters.items() if other == filter}
        names = {name for frame in having for name in shown[frame]}
        assert found_by(wireshark, capture, filter) == having == {frame for frame, name in shown.items() if name[0] in names}


def test_without_the_protocol(wireshark, offered):
    """Nothing is shown of a protocol that is off."""
    assert offered('tour.pcap')
    ran = wireshark.run('-n', '-2', '-r', str(wireshark.captures / 'tour.pcap'), '-V', '--disable-protocol', 'mbms_sec',
                        LD_PRELOAD=str(wireshark.root / 'conversation.so'))  # fmt: skip
    assert 'conversation ' not in ran.stderr


def register(field, subscriber):
    talk = field.talk(subscriber)
    request = talk.request(registration(NEWS))
    talk.respond(registered())
    return [request, talk.frame]


def test_all_names(wireshark, offered, field):
    """A terminal that bootstrapped anew is found whole from a frame of any of its times, and nobody else with it."""
    old, new, somebody = field.terminal(1), field.terminal(2, 1), field.terminal(3)
    frames = register(field, old)
    pushed = procedures.push(field.capture, BSM, old.host, cast.ltkm(cast.key_ids(0x68C9, 1), 1, old))
    frames += [pushed.frame, verify(field, old, pushed.message), *register(field, new)]
    others = register(field, somebody)
    capture = field.save()
    filters = offered(capture)
    names = f'mbms_sec.terminal == "{new.btid}" || mbms_sec.terminal == "{old.btid}"'
    assert filters == {**dict.fromkeys(frames, names), **dict.fromkeys(others, f'mbms_sec.terminal == "{somebody.btid}"')}
    assert found_by(wireshark, capture, names) == set(frames)


NAMES = ['" || frame.number > 0 || mbms_sec.terminal == "', 'back\\slash\\', '${ip.src}', '$1', '\\x41', 'Zoë', 'a\x01b', '{"a", "b"}', "it's"]


@pytest.mark.parametrize('name', NAMES)
def test_names_of_an_attacker(wireshark, offered, field, name):
    """Whatever stands in the name, the filter is taken, and finds that terminal alone."""
    host = Host('terminal-1.example.org', '10.1.0.1')
    quoted = name.replace('\\', '\\\\').replace('"', '\\"')
    hostile = cast.Subscriber(host, quoted, stable('MRK 1', 32), {BSM.name: stable('MUK 1', 32)})
    frames, others = register(field, hostile), register(field, field.terminal(2))
    capture = field.save()
    filters = offered(capture)
    assert set(filters) == {*frames, *others}
    assert len({filters[frame] for frame in frames}) == 1
    assert found_by(wireshark, capture, filters[frames[0]]) == set(frames)
    assert found_by(wireshark, capture, filters[others[0]]) == set(others)
