"""What captures say together: LTKM here and verification message there, the same message at two points."""
import collections
import pathlib
import statistics

import pytest

from bcast_check.model import Finding, Result
from bcast_fleet.joins import CAPTURES, Joined, Joiner
from bcast_fleet.main import still_right
from captures.generator.capture import Capture
from captures.generator.cast import BSM_1, SUBSCRIBER_A, SUBSCRIBER_B, key_ids, ltkm
from captures.generator.mikey import Verification
from captures.generator.procedures import push, send_verification
from fleet_tool import captures_in, edit, lines

R53, PUSH = 'captures/rules/r53.pcap', 'captures/udp-push.pcap'


@pytest.fixture
def records(check, folder):
    """Of bcast-check alone."""
    def read(*captures):
        check('--records', str(folder / 'alone'), *captures)
        return lines(folder / 'alone')
    return read


@pytest.fixture
def joined(fleet, folder):
    """What bcast-fleet joins, and the rest that it says."""
    def run(*arguments):
        done = fleet('--joined', str(folder / 'joined'), *map(str, arguments))
        assert done.stderr == ''
        return lines(folder / 'joined'), done
    return run


def frames(records, kind, **wanted):
    return [record['frame'] for record in records if record['type'] == kind and wanted.items() <= record.items()]


def of_type(records, kind):
    return [record for record in records if record['type'] == kind]


# ---- an LTKM here, its verification message there --------------------------------------------------------------------


@pytest.fixture
def taken_apart(wireshark, folder, records):
    """r53 without verification messages, and these alone; what belongs together, and how long it took."""
    whole = wireshark.root / R53
    found = records(R53)
    proofs = frames(found, 'verification')
    edit('editcap', whole, folder / 'ltkms.pcap', *proofs)
    edit('editcap', '-r', whole, folder / 'proofs.pcap', *proofs)
    pairs = {(record['ltkm.id'], record['ltkm.verification_time']) for record in of_type(found, 'verification')}
    assert len(pairs) == len(proofs) > 2
    return [str(folder / name) for name in ('ltkms.pcap', 'proofs.pcap')], pairs


def test_answers(taken_apart, joined):
    """Each LTKM gets the verification message that it has in the whole; one that comes late is late."""
    captures, pairs = taken_apart
    answers, done = joined(*captures)
    assert {record['type'] for record in answers} == {'answer'}
    assert {(record['ltkm.id'], record['seconds']) for record in answers} == pairs
    assert {record['late'] for record in answers if record['seconds'] > 10} == {True}
    assert {record['late'] for record in answers if record['seconds'] < 10} == {False}
    assert {(record['ltkm']['capture'], record['verification']['capture']) for record in answers} == {tuple(captures)}
    assert f'{len(pairs)} verification messages found in other captures, ' in done.stdout.splitlines()[-1]


def missing(path):
    """Findings of R53 in a report in JSON, by time."""
    return collections.Counter(one['time'] for capture in captures_in(path).values() for one in capture['findings']
                               if one['rule'] == 'R53')  # fmt: skip


def test_withdrawn(wireshark, folder, fleet, check, joined, records):
    """No verification message, R53 says of an LTKM. Another capture has it, in time: then that is no finding, as in the whole."""
    whole = wireshark.root / PUSH
    proofs = frames(records(PUSH), 'verification')
    edit('editcap', whole, folder / 'ltkms.pcap', *proofs)
    edit('editcap', '-r', whole, folder / 'proofs.pcap', *proofs)
    captures = [str(folder / 'ltkms.pcap'), str(folder / 'proofs.pcap')]
    check('--json', str(folder / 'whole'), PUSH)
    fleet('--json', str(folder / 'apart'), *captures)
    _, done = joined('--json', str(folder / 'together'), *captures)
    apart = missing(folder / 'apart')
    assert apart and missing(folder / 'together') == missing(folder / 'whole') == {}
    assert f', {sum(apart.values())} findings withdrawn; ' in done.stdout.splitlines()[-1]


def test_not_withdrawn(taken_apart, fleet, joined):
    """What nothing answers, or something too late, goes on being a finding."""
    captures, _ = taken_apart
    fleet('--json', str(folder_of(captures) / 'apart'), *captures)
    answers, _ = joined('--json', str(folder_of(captures) / 'together'), *captures)
    gone = missing(folder_of(captures) / 'apart') - missing(folder_of(captures) / 'together')
    assert set(gone) <= {record['ltkm']['time'] for record in answers if not record['late']}
    assert len(missing(folder_of(captures) / 'together')) >= 3


def folder_of(captures):
    return pathlib.Path(captures[0]).parent


def test_the_time_that_is_asked_for(taken_apart, joined):
    """A preference of the plugin makes late what was not."""
    captures, _ = taken_apart
    answers, _ = joined('-o', 'ltkm.verification_timeout:5', *captures)
    assert {record['late'] for record in answers if 5 < record['seconds'] < 10} == {True}


def test_window(taken_apart, joined):
    captures, pairs = taken_apart
    answers, _ = joined('--window', '5', *captures)
    assert {(record['ltkm.id'], record['seconds']) for record in answers} == {pair for pair in pairs if pair[1] <= 5}


def made(folder, name, fill):
    capture = Capture(name, '')
    fill(capture)
    (folder / f'{name}.pcap').write_bytes(capture.pcap())
    return folder / f'{name}.pcap'


def test_two_terminals(folder, joined):
    """Made apart, by the generator: the CSB ID and T of both are the same, and yet each has its own answer."""
    ids = key_ids(0x68C9, 1)
    first, second = (ltkm(ids, 42, subscriber) for subscriber in (SUBSCRIBER_A, SUBSCRIBER_B))

    def pushed(capture):
        for message, subscriber in ((first, SUBSCRIBER_A), (second, SUBSCRIBER_B)):
            push(capture, BSM_1, subscriber.host, message)

    def answered(capture):
        capture.wait(700)
        send_verification(capture, Verification(second), SUBSCRIBER_B.host, BSM_1)

    answer, = joined(made(folder, 'bsm', pushed), made(folder, 'terminals', answered))[0]
    assert (answer['ltkm']['frame'], answer['verification']['frame']) == (2, 1)
    assert (answer['ltkm.idr'], answer['seconds']) == (SUBSCRIBER_B.btid, pytest.approx(0.69875))


# ---- one message, two points -----------------------------------------------------------------------------------------

CLOCK, WAY = 3.0, 0.02  # seconds: by which the second clock is before the first; from one point to the other


@pytest.fixture
def points(wireshark, folder, records):
    """r53 as it is seen at the BSM, and nearer to the terminals: there an LTKM is missing, here a verification message."""
    whole, found = wireshark.root / R53, records(R53)
    registered = frames(found, 'procedure')[0]
    terminal = of_type(found, 'procedure')[0]['terminal']
    ltkms = [frame for frame in frames(found, 'ltkm', terminal=terminal, **{'ltkm.transport': 0}) if frame > registered]
    proofs = [frame for frame in frames(found, 'verification', terminal=terminal, **{'ltkm.transport': 0}) if frame > ltkms[0]]
    lost_ltkm, lost_proof = ltkms[len(ltkms) // 2], proofs[-1]
    edit('editcap', whole, folder / 'z-bsm.pcap', lost_proof)
    down, up = folder / 'down', folder / 'up'
    edit('editcap', '-r', '-t', CLOCK + WAY, whole, down, *(frame for frame in ltkms if frame != lost_ltkm))
    edit('editcap', '-r', '-t', CLOCK - WAY, whole, up, *proofs)
    edit('mergecap', '-w', folder / 'a-terminals.pcapng', down, up)
    by_frame = {record['frame']: record['ltkm.id'] for record in found if 'ltkm.id' in record}
    return ([str(folder / name) for name in ('z-bsm.pcap', 'a-terminals.pcapng')],
            {'ltkm': len(ltkms) - 1, 'verification': len(proofs) - 1}, {by_frame[lost_ltkm], by_frame[lost_proof]})  # fmt: skip


def test_points(points, joined):
    """Who is nearer to whom, what the clocks differ by, what it takes from one to the other: all told from the messages."""
    captures, seen, lost = points
    found, done = joined(*captures)
    summary, = of_type(found, 'points')
    assert [summary['nearer_bsm'], summary['nearer_terminals']] == captures
    assert summary['clock_difference'] == pytest.approx(CLOCK)
    for kind in ('ltkm', 'verification'):
        assert summary[kind] == {'seen_twice': seen[kind], 'lost': 1, 'latency': pytest.approx(WAY), 'longest': pytest.approx(WAY)}
    passages = of_type(found, 'passage')
    assert len(passages) == sum(seen.values())
    assert statistics.median(record['latency'] for record in passages) == pytest.approx(WAY)
    assert {(record['message'], record['from']['capture']) for record in passages} == {
        ('ltkm', captures[0]), ('verification', captures[1])}  # fmt: skip
    assert f'; {sum(seen.values())} messages seen at two points, 2 lost between them' in done.stdout.splitlines()[-1]


def test_lost(points, joined):
    """Only what the other point would have seen: it has others like it of this terminal, and was capturing then."""
    captures, _, lost = points
    found = of_type(joined(*captures)[0], 'lost')
    assert {record['ltkm.id'] for record in found} == lost
    assert {(record['message'], record['seen']['capture'], record['not_seen_in']) for record in found} == {
        ('ltkm', *captures), ('verification', *captures[::-1])}  # fmt: skip


def test_one_way_only(wireshark, folder, records, joined):
    """Without an answer clocks cannot be compared, and no latency is made up."""
    whole = wireshark.root / PUSH
    pushed = frames(records(PUSH), 'ltkm')
    edit('editcap', '-r', '-t', '0.5', whole, folder / 'a.pcap', *pushed)
    edit('editcap', '-r', whole, folder / 'b.pcap', *pushed)
    found, _ = joined(folder / 'a.pcap', folder / 'b.pcap')
    summary, = of_type(found, 'points')
    assert (summary['nearer_bsm'], summary['clock_difference']) == (str(folder / 'b.pcap'), None)
    assert {(record['seconds'], record['latency']) for record in of_type(found, 'passage')} == {(0.5, None)}


def test_one_after_the_other(wireshark, folder, records, joined):
    """Captures that do not overlap in time are no two points: what both have was sent twice."""
    capture = 'captures/duplicate.pcap'
    again = frames(records(capture), 'ltkm')[-1]
    edit('editcap', wireshark.root / capture, folder / 'before.pcap', f'{again}-999')
    edit('editcap', '-r', wireshark.root / capture, folder / 'behind.pcap', f'{again}-999')
    found, _ = joined(folder / 'before.pcap', folder / 'behind.pcap')
    assert of_type(found, 'points') == of_type(found, 'passage') == of_type(found, 'lost') == []


def test_place_in_a_ring(taken_apart, folder, joined):
    """What is joined says in which file of a ring it is."""
    (ltkms, proofs), pairs = taken_apart
    parts = folder / 'ring'
    parts.mkdir(mode=0o777)
    edit('editcap', '-c', '5', ltkms, parts / 'r.pcapng')
    answers, _ = joined(parts, proofs)
    assert len(answers) == len(pairs)
    for answer in answers:
        place = answer['ltkm']
        assert place['capture'] == str(parts / 'r_*.pcapng')
        file = pathlib.Path(place['file'])
        assert file.parent == parts and 5 * int(file.name.split('_')[1]) + place['file_frame'] == place['frame']


# ---- what nobody would wait for --------------------------------------------------------------------------------------


def message(capture, kind, second, **more):
    return {'type': kind, 'capture': capture, 'frame': 1, 'time': f'2024-01-31T12:00:{second:02}.000000Z', 'terminal': None,
            'key': None, 'ltkm.id': 'a1b2c3d4-0000002a', 'ltkm.idr': 'somebody', **more}  # fmt: skip


def join(*records, span=(1706702400, 1706702460)):
    joiner = Joiner(60, 10)
    for capture in dict.fromkeys(record['capture'] for record in records):
        mine = [record for record in records if record['capture'] == capture]
        joiner.take(Result(capture, [], records=mine), {'start': span[0], 'end': span[1]})
    return joiner.join()


def test_copies():
    """One in many captures is no message at many points; it is said how many are left out."""
    few = [message(f'{number}', 'ltkm', 1) for number in range(CAPTURES)]
    assert len(of_type(join(*few).records, 'points')) == CAPTURES * (CAPTURES - 1) // 2
    assert join(*few, message('more', 'ltkm', 2)) == ([], {}, 1)


def test_nobody_in_particular():
    """Without IDr, or a time that can be read, a message is not known again."""
    for lack in ({'ltkm.idr': None}, {'ltkm.id': ['x', 'y']}, {'time': None}, {'time': '99999999999.5'}):
        assert join(message('a', 'ltkm', 1, **lack), message('b', 'verification', 2, **lack)).records == []
    assert len(join(message('a', 'ltkm', 1), message('b', 'verification', 2)).records) == 1


def test_one_finding_of_several():
    """A finding names frame and key: as many stay as LTKMs are left there without an answer, or with a late one."""
    here, answer = {'ltkm.id': 'ffffffff-00000001', 'key': 'k'}, message('b', 'verification', 2)
    first = message('a', 'ltkm', 1, key='k')
    assert join(first, answer).open == {('a', 1): []}
    assert join(first, message('a', 'ltkm', 1, **here), answer).open == {('a', 1): ['k']}
    for due, answered in ((3, 0), (5, 0), (0, 1), (4, 1)):
        assert join(first, message('a', 'ltkm', 1, **here, **{'ltkm.answer': due}), answer).open == {('a', 1): ['k'][answered:]}
    for took, keys in ((12.5, ['k']), (0.5, [])):
        own = {'ltkm.verified_in': 9, 'ltkm.verification_time': took}
        assert join(first, message('a', 'ltkm', 1, **here, **own), answer).open == {('a', 1): keys}
    assert join(first, message('b', 'verification', 12)).open == {('a', 1): ['k']}


def test_findings_that_stay():
    found = [Finding(frame, rule, 2, 'text', key=key) for frame, rule, key in (
        (1, 'R53', 'k'), (1, 'R53', 'k'), (1, 'R53', 'm'), (1, 'R22', 'k'), (2, 'R53', 'k'))]

    def kept(*keys):
        return [found.index(one) for one in still_right(Result('a', found), Joined([], {('a', 1): list(keys)}, 0))]

    assert kept() == [3, 4]
    assert kept('k') == [0, 3, 4] and kept('m') == [2, 3, 4]
    assert kept('k', 'k', 'm') == kept(None, None, None) == [0, 0, 2, 3, 4]
    assert still_right(Result('b', found), Joined([], {('a', 1): []}, 0)) == found


def test_retransmissions():
    """Copies go together in their order; if one is missing at the second point, it is the one that is lost."""
    first = [message('a', 'ltkm', second, frame=second) for second in (1, 11, 21)]
    second = [message('b', 'ltkm', second, frame=second) for second in (2, 22)]
    found = join(*first, *second).records
    assert [(record['from']['frame'], record['to']['frame']) for record in of_type(found, 'passage')] == [(1, 2), (21, 22)]
    assert [record['seen']['frame'] for record in of_type(found, 'lost')] == [11]
