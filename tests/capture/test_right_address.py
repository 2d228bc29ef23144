"""R57, the address that a verification message goes to: said only where the DNS answers before it tell all right ones."""
import struct

import pytest

from made import Capture, cast, mikey, network, procedures

HOST, TERMINAL = cast.BSM_1.name, cast.SUBSCRIBER_A.host
FOUR, OTHER_FOUR = '192.0.2.10', '198.51.100.20'
SIX, OTHER_SIX = '2001:db8:1::10', '2001:db8:1::20'
TERMINAL_SIX = network.Host(TERMINAL.name, '2001:db8:20::41')
TRUNCATED = 0x0200


def a(owner, value):
    return network.Record(owner, network.A if '.' in value else network.AAAA, value)


def cname(owner, target):
    return network.Record(owner, network.CNAME, target)


def reply(*answers, name=HOST, flags=0, lost=0):
    """A response; |lost| bytes are missing at its end."""
    question = network.dns_name(name) + struct.pack('!HH', network.A, 1)
    message = struct.pack('!HHHHHH', 7, 0x8180 | flags, 1, len(answers), 0, 0) + question + b''.join(one.encode() for one in answers)
    return message[: len(message) - lost]


class Story:
    """DNS answers and verified LTKMs, one after the other."""

    def __init__(self, wireshark, path):
        self.wireshark, self.path = wireshark, path
        self.capture = Capture(path.stem, '')
        self.frames = []

    def answers(self, *replies, receiver=TERMINAL):
        for message in replies:
            self.capture.send_udp(cast.RESOLVER, receiver, (53, 50000), message)
        return self

    def verified(self, address):
        source = TERMINAL if '.' in address else TERMINAL_SIX
        ltkm = cast.ltkm(cast.key_ids(0x68C9, 1), len(self.frames) + 1)
        procedures.push(self.capture, cast.BSM_1, TERMINAL, ltkm)
        self.capture.wait(5)
        self.frames.append(procedures.send_verification(self.capture, mikey.Verification(ltkm), source, network.Host(HOST, address))[0])
        return self

    def levels(self):
        """The levels of R57."""
        self.path.write_bytes(self.capture.pcap())
        found = self.wireshark.fields(str(self.path), ['bcast.rule', 'bcast.rule_level'], '-2', '-Y', 'bcast.r57')
        return [int(level) for row in found.values()
                for rule, level in zip(row['bcast.rule'], row['bcast.rule_level']) if rule == 'R57']

    def alarms(self):
        """For each verification message whether R57 speaks of it."""
        self.path.write_bytes(self.capture.pcap())
        rules = self.wireshark.fields(str(self.path), ['bcast.rule', 'ltkm.verifies'], '-2')
        assert all(rules[frame].get('ltkm.verifies') for frame in self.frames)
        return ['R57' in rules[frame].get('bcast.rule', []) for frame in self.frames]


@pytest.fixture
def story(wireshark, folder):
    return Story(wireshark, folder / 'made.pcap')


def test_families_are_apart(story):
    """An address of the other family is none that the answers could tell."""
    story.answers(reply(a(HOST, SIX))).verified(FOUR).verified(SIX).verified(OTHER_SIX)
    story.answers(reply(a(HOST, FOUR))).verified(FOUR).verified(OTHER_FOUR)
    assert story.alarms() == [False, False, True, False, True]


def test_what_others_were_told(story):
    """A name may stand for other addresses elsewhere: no breach until the terminal was told itself."""
    story.answers(reply(a(HOST, FOUR)), receiver=cast.SUBSCRIBER_B.host).verified(FOUR).verified(OTHER_FOUR)
    story.answers(reply(a(HOST, FOUR))).verified(OTHER_FOUR)
    assert story.levels() == [2, 3]
    assert story.alarms() == [False, True, True]


def test_ipv4_alone(story):
    assert story.answers(reply(a(HOST, FOUR))).verified(SIX).verified(FOUR).verified(OTHER_FOUR).alarms() == [False, False, True]


def test_every_alias_counts(story):
    """A second CNAME does not take the place of the first."""
    story.answers(reply(cname(HOST, 'one.example'), a('ONE.example', FOUR))).verified(FOUR).verified(OTHER_FOUR)
    story.answers(reply(cname('BSM1.example.ORG', 'two.example'), a('two.example', OTHER_FOUR)))
    story.verified(FOUR).verified(OTHER_FOUR).verified('203.0.113.1')
    assert story.alarms() == [False, True, False, False, True]


def test_alias_without_an_end(story):
    """What the second alias stands for was asked before the capture began: it could be any address."""
    story.answers(reply(a(HOST, FOUR))).verified(OTHER_FOUR).answers(reply(cname(HOST, 'two.example'))).verified(OTHER_FOUR)
    story.answers(reply(a('two.example', SIX))).verified(OTHER_FOUR).answers(reply(a('two.example', FOUR))).verified(OTHER_FOUR)
    assert story.alarms() == [True, False, False, True]


def test_aliases_in_a_circle(story):
    """Nothing is known of such hosts, until an address is."""
    story.answers(reply(cname(HOST, 'x.example'), cname('x.example', 'y.example'), cname('y.example', HOST), cname('x.example', 'x.example')))
    story.verified(OTHER_FOUR).answers(reply(a('y.example', FOUR))).verified(OTHER_FOUR).verified(FOUR)
    assert story.alarms() == [False, True, False]


@pytest.mark.parametrize(('length', 'alarm'), [(31, True), (32, False), (40, False)])
def test_long_chains(story, length, alarm):
    """Beyond 32 hosts nobody follows."""
    names = [HOST, *(f'n{i}.example' for i in range(length))]
    story.answers(reply(*map(cname, names, names[1:]), a(names[-1], FOUR))).verified(OTHER_FOUR)
    assert story.alarms() == [alarm]


MANY = [f'203.0.113.{i}' for i in range(1, 131)]


@pytest.mark.parametrize('unsaid', [
    reply(flags=TRUNCATED),
    reply(a(HOST, SIX), flags=TRUNCATED),
    reply(cname('x.example', HOST), name='x.example', flags=TRUNCATED),
    reply(a(HOST, OTHER_SIX), lost=1),
    reply(a(HOST, OTHER_SIX), lost=20),
    reply(cname(HOST, 'x.example'), lost=3),
    reply(network.Record(HOST, 99, FOUR), a(HOST, OTHER_SIX), lost=1),
    reply(*(a('x.example', one) for one in MANY[:128]), a('x.example', FOUR)),
    reply(*(a(HOST, one) for one in MANY[:64])),
    reply(*(cname(HOST, f'n{i}.example') for i in range(17)), *(a(f'n{i}.example', FOUR) for i in range(17))),
])  # fmt: skip
def test_answers_that_are_not_whole(story, unsaid):
    """From then on another address is no finding; the known one stays a match, and what was before stays."""
    story.answers(reply(a(HOST, FOUR))).verified(OTHER_FOUR).answers(unsaid).verified(OTHER_FOUR).verified(FOUR)
    assert story.alarms() == [True, False, False]


@pytest.mark.parametrize('harmless', [
    reply(a('x.example', FOUR), name='x.example', flags=TRUNCATED),
    reply(*(a(HOST, one) for one in MANY[:63])),
    reply(*(cname(HOST, f'n{i}.example') for i in range(16)), *(a(f'n{i}.example', FOUR) for i in range(16))),
    reply(a(HOST, FOUR))[:2] + b'\x01\0' + reply(a(HOST, FOUR), lost=3)[4:],
    reply(a(HOST, FOUR))[:5],
])  # fmt: skip
def test_answers_that_change_nothing(story, harmless):
    """Other hosts, as many as there may be, a query, no header."""
    story.answers(reply(a(HOST, FOUR)), harmless).verified(OTHER_FOUR)
    assert story.alarms() == [True]


def test_answer_cut_by_the_capture(story):
    """A snap length leaves as much unsaid as a server does."""
    story.answers(reply(a(HOST, FOUR)), reply(a(HOST, FOUR), a(HOST, OTHER_FOUR)))
    story.capture.cut(2, 10)
    assert story.verified(OTHER_FOUR).alarms() == [False]


def test_more_hosts_than_are_kept(story):
    """Of what comes when the table is full nothing is known, for good; what was in it before is."""
    story.answers(reply(a(HOST, FOUR)))
    per_message = 128
    for i in range(100_000 // per_message + 1):
        story.answers(reply(*(a(f'{i}-{j}.n', FOUR) for j in range(per_message)), name='n'))
    assert story.verified(OTHER_FOUR).verified(FOUR).alarms() == [True, False]


def test_host_that_came_too_late(story):
    per_message = 128
    for i in range(100_000 // per_message + 1):
        story.answers(reply(*(a(f'{i}-{j}.n', FOUR) for j in range(per_message)), name='n'))
    story.answers(reply(a(HOST, OTHER_SIX), a(HOST, FOUR))).verified(OTHER_FOUR)
    assert story.answers(reply(a(HOST, FOUR))).verified(OTHER_FOUR).verified(FOUR).alarms() == [False, False, False]
