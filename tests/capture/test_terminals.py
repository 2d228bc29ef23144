"""-z mbms_sec,terminals, its table, and the counts of requests by outcome: who failed, and why."""
import re

import pytest
from field import BSM, NEWS, SPORT, Field, msk_request, msk_response, refused, registered, registration, verify
from captures.generator.http import ACK, PSH, Connection
from made import Capture, cast, documents, procedures

PASSES = pytest.mark.parametrize('passes', [[], ['-2']], ids=['one pass', 'two passes'])
TITLES = ['First frame', 'Requests', 'Accepted', 'Refused', 'Unanswered', '401s', 'Offered', 'Granted', 'By HTTP', 'By UDP', 'Verified',
          'Missing', 'Bad MACs', 'Findings', 'What is wrong first', 'B-TID', 'Address', 'BSM']  # fmt: skip
SHOWN = ['State', 'First frame', 'Address', 'What is wrong first', 'B-TID', *TITLES[1:14], 'BSM']
STATES = ['1 breach', '2 failed', '3 suspicious', '4 note', '5 fine']


def listing(wireshark, capture, *options, filter=''):
    """Rows of the listing, title -> text, in their order."""
    out = wireshark.tshark(capture, *options, '-q', '-z', 'mbms_sec,terminals' + filter)
    lines = out.splitlines()
    title = next(line for line in lines if line.strip().startswith('First frame'))
    assert re.split(r'  +', title.strip()) == TITLES
    rows = [re.split(r'  +', line.strip()) for line in lines if re.match(r' *\d+  ', line)]
    assert all(len(row) == len(TITLES) for row in rows), rows
    assert lines[-2] == f'{len(rows)} terminal' + 's' * (len(rows) != 1)
    return [dict(zip(TITLES, row)) for row in rows]


def table(wireshark, capture, *options):
    """The same of the table of the menu, with what is there alone."""
    out = wireshark.tshark(capture, *options, '-q', '-z', 'mbms_sec,table')
    titles, *rows = [[cell.strip() for cell in line.split('|')[:-1]] for line in out.splitlines() if line.endswith(' |')]
    assert titles == SHOWN
    return [dict(zip(SHOWN, row, strict=True)) for row in rows]


def grant_udp(field, terminal, talk=None):
    talk = talk or field.talk(terminal)
    both = (documents.UDP, documents.HTTP)
    talk.request(registration(delivery=both))
    talk.respond(registered(delivery=both))
    return talk


def push(field, terminal, number, answered):
    pushed = procedures.push(field.capture, BSM, terminal.host, cast.ltkm(cast.key_ids(0x68C9, number), number, terminal))
    if answered:
        verify(field, terminal, pushed.message)
    return pushed.frame


@pytest.fixture(scope='module')
def field(wireshark):
    """Terminals by what goes wrong with them: (name of the file, subscriber, frames)."""
    folder = wireshark.root / 'terminals'
    folder.mkdir()
    folder.chmod(0o777)
    field = Field(folder / 'field.pcap')
    field.seen = {}
    for number, (name, act) in enumerate(STORIES.items(), 1):
        field.seen[name] = field.terminal(number), act(field, field.terminal(number))
    field.save()
    return field


def fine(field, terminal):
    """The first frame."""
    talk = field.talk(terminal)
    frame = talk.request(registration(), procedures.Login.NOTHING)
    talk.challenge()
    grant_udp(field, terminal, talk)
    push(field, terminal, 1, True)
    return frame


def all_refused(field, terminal):
    talk = field.talk(terminal)
    frame = talk.request(registration(NEWS, SPORT))
    talk.respond(registered(refused(NEWS), refused(SPORT)))
    return frame


def some_refused(field, terminal):
    talk = field.talk(terminal)
    frame = talk.request(registration(NEWS, SPORT))
    talk.respond(registered(documents.Entry(NEWS), refused(SPORT)))
    return frame


def unauthorised(field, terminal):
    """401 four times after credentials."""
    talk = field.talk(terminal)
    talk.request(registration(), procedures.Login.NOTHING)
    talk.challenge()
    frames = []
    for _ in range(4):
        frames.append(talk.request(registration()))
        talk.challenge()
    return frames[0]


def not_verified(field, terminal):
    grant_udp(field, terminal)
    push(field, terminal, 2, True)
    return push(field, terminal, 3, False), push(field, terminal, 4, True)


def no_response(field, terminal):
    return field.talk(terminal).request(msk_request())


def unavailable(field, terminal):
    talk = field.talk(terminal)
    frame = talk.request(registration())
    talk.refuse('503 Service Unavailable')
    return frame


def asks_again(field, terminal):
    talk = field.talk(terminal)
    for _ in range(3):
        frame = talk.request(msk_request())
        talk.respond(msk_response())
    return frame


def not_granted(field, terminal):
    talk = field.talk(terminal)
    talk.request(registration(delivery=(documents.HTTP,)))
    talk.respond(registered(delivery=(documents.HTTP,)))
    return push(field, terminal, 5, True)


STORIES = {'fine': fine, 'all refused': all_refused, 'some refused': some_refused, 'unauthorised': unauthorised, 'not verified': not_verified,
           'no response': no_response, '503': unavailable, 'asks again': asks_again, 'not granted': not_granted}  # fmt: skip

WRONG = {
    'fine': lambda frame: '-',
    'all refused': lambda frame: f'Registration in frame {frame} refused, every entry',
    'some refused': lambda frame: f'Registration in frame {frame} accepted in part',
    'unauthorised': lambda frame: f'401 after credentials, 4 times, first in frame {frame}',
    'not verified': lambda frames: f'LTKM in frame {frames[0]} not verified: ',
    'no response': lambda frame: f'MSK request in frame {frame} not answered',
    '503': lambda frame: f'Registration in frame {frame} answered with an error of the server (503)',
    'asks again': lambda frame: f'MSK request in frame {frame} for the same as 2 before',
    'not granted': lambda frame: f'R39 in frame {frame}: ',
}

COUNTS = TITLES[1:6] + TITLES[8:14]
EXPECTED = {  # requests, accepted, refused, unanswered, 401s; by HTTP and UDP, verified, missing, bad MACs, findings
    'fine': '2 1 0 0 0 0 1 1 0 0 0/0',
    'all refused': '1 0 1 0 0 0 0 0 0 0 0/1',
    'some refused': '1 1 0 0 0 0 0 0 0 0 0/0',
    'unauthorised': '5 0 0 0 4 0 0 0 0 0 0/0',
    'not verified': '1 1 0 0 0 0 3 2 1 0 0/1',
    'no response': '1 0 0 1 0 0 0 0 0 0 0/0',
    '503': '1 0 1 0 0 0 0 0 0 0 0/0',
    'asks again': '3 3 0 0 0 0 0 0 0 0 0/0',
    'not granted': '1 1 0 0 0 0 1 1 0 0 1/0',
}


def by_name(field, rows):
    btids = {terminal.btid: name for name, (terminal, _) in field.seen.items()}
    return {btids[row['B-TID']]: row for row in rows}


@PASSES
def test_rows(wireshark, field, passes):
    """All can be read from the listing alone, after one pass as after two."""
    found = by_name(field, listing(wireshark, str(field.path), *passes))
    assert set(found) == set(STORIES)
    for name, row in found.items():
        terminal, frame = field.seen[name]
        expected = WRONG[name](frame)
        wrong = row['What is wrong first']
        assert wrong.startswith(expected) if expected.endswith(': ') else wrong == expected, (name, wrong, expected)
        assert ' '.join(row[title] for title in COUNTS) == EXPECTED[name], name
        assert (row['Address'], row['BSM']) == (terminal.host.address, BSM.name)
    assert found['fine']['First frame'] == str(field.seen['fine'][1])
    delivery = {name: (row['Offered'], row['Granted']) for name, row in found.items()}
    assert delivery['fine'] == ('UDP+HTTP', 'UDP+HTTP')
    assert delivery['not granted'] == ('HTTP', 'HTTP')
    assert delivery['no response'] == delivery['503'] == delivery['asks again'] == ('-', '-')


def levels(field, rows):
    """Names in their order, those of one level sorted: broken, failed, doubtful, odd, fine."""
    ranks = {'not granted': 0, 'some refused': 2, 'asks again': 3, 'fine': 4}
    return [ranks.get(name, 1) for name in by_name(field, rows)]


def test_worst_first(wireshark, field):
    rows = listing(wireshark, str(field.path))
    assert levels(field, rows) == sorted(levels(field, rows)) != []
    failed = [int(row['First frame']) for row in rows][1:6]
    assert failed == sorted(failed)


def test_table(wireshark, field):
    """The table of the menu has the same rows, the worst first too: by its first column, which Wireshark sorts it by."""
    rows, shown = listing(wireshark, str(field.path)), table(wireshark, str(field.path), '-2')
    states = [row.pop('State') for row in shown]
    assert {row['B-TID']: row for row in shown} == {row['B-TID']: row for row in rows}
    assert [STATES[level] for level in levels(field, shown)] == states == sorted(states)
    assert set(states) == set(STATES)


def test_filter(wireshark, field):
    """Only the frames that pass."""
    terminal = field.seen['not verified'][0]
    [row] = listing(wireshark, str(field.path), filter=f',ip.addr == {terminal.host.address} && udp')
    assert (row['B-TID'], row['Requests'], row['By UDP'], row['Missing']) == (terminal.btid, '0', '3', '1')


def test_bad_macs(wireshark, field):
    """A wrong MAC is worse than all but a breach, and is said first."""
    terminal = field.seen['fine'][0]
    rows = by_name(field, listing(wireshark, str(field.path), '-o', f'uat:ltkm_keys:"{BSM.name}","{terminal.btid}","{"11" * 32}"'))
    assert rows['fine']['Bad MACs'] == '1'
    assert re.fullmatch(r'The MAC in frame \d+ is wrong', rows['fine']['What is wrong first'])


def test_nothing_of_ours(wireshark, folder):
    """No rows, and that is said."""
    capture = Field(folder / 'nothing.pcap').save()
    assert listing(wireshark, capture) == table(wireshark, capture) == []


# ---- -z mbms_sec,tree


def tree(wireshark, capture, *options, filter=''):
    """(procedure, outcome or '') -> count, those that are 0 left out."""
    out = wireshark.tshark(capture, *options, '-q', '-z', 'mbms_sec,tree' + filter)
    counts, procedure = {}, ''
    for indent, name, count in re.findall(r'^( ?)([A-Z][A-Za-z ]*?)  +(\d+) ', out, re.MULTILINE):
        procedure = procedure if indent else name
        counts[procedure, name if indent else ''] = int(count)
    return {key: count for key, count in counts.items() if count}


OUTCOMES = {
    ('Registration', ''): 12, ('Registration', 'Accepted'): 3, ('Registration', 'Accepted in part'): 1, ('Registration', 'Refused'): 1,
    ('Registration', 'Authentication asked for'): 2, ('Registration', 'Authentication failed'): 4, ('Registration', 'Server error'): 1,
    ('MSK request', ''): 4, ('MSK request', 'Accepted'): 3, ('MSK request', 'No response seen'): 1,
}  # fmt: skip


@PASSES
def test_tree(wireshark, field, passes):
    """Requests by procedure and outcome: as they go by, those without a response for the moment."""
    assert tree(wireshark, str(field.path), *passes) == OUTCOMES


def test_tree_with_a_filter(wireshark, field):
    """A procedure counts where one of its frames passes."""
    assert tree(wireshark, str(field.path), filter=',mbms_sec.outcome == 2') == {('Registration', ''): 1, ('Registration', 'Refused'): 1}
    requests = tree(wireshark, str(field.path), '-2', filter=',mbms_sec.message == 5')
    assert requests == {key: count for key, count in OUTCOMES.items() if key[0] == 'MSK request'}


# ---- copies


def test_copies(wireshark, folder):
    """A request that was captured on both sides of a NAT is one request."""
    field = Field(folder / 'copies.pcap')
    inside, outside = field.terminal(1), field.terminal(1, 99)
    for terminal in (inside, outside):
        talk = field.talk(terminal)
        talk.request(registration())
        talk.respond(registered())
    capture = field.save()
    assert tree(wireshark, capture) == {('Registration', ''): 1, ('Registration', 'Accepted'): 1, ('Copies', ''): 1}
    out = wireshark.tshark(capture, '-q', '-z', 'mbms_sec,srt')
    assert re.findall(r'^ +\d  (\S.*?)  +(\d+) ', out, re.MULTILINE) == [('Copies', '1'), ('Registration', '1')]
    [row] = listing(wireshark, capture)
    assert (row['Requests'], row['Accepted']) == ('1', '1')


def test_names_forge_no_lines(wireshark, field):
    """A line feed or an escape sequence in a name from the wire is shown as what it is; it makes no row of its own."""
    capture = Capture('forged', '')
    line = Connection(capture, cast.SUBSCRIBER_A.host, BSM, 49200).open()
    body = registration().body()
    names = ["username*=UTF-8''evil%0A999%1B%5B2J", 'username="other"']
    for name in names:
        head = ['POST /keymanagement?requesttype=register HTTP/1.1', f'Host: {BSM.name}', f'Content-Type: {body.content_type}',
                f'Authorization: Digest {name}, realm="r", nonce="n", uri="/", response="0"', f'Content-Length: {len(body.data)}']  # fmt: skip
        line._send(line.client, ACK | PSH, '\r\n'.join([*head, '', '']).encode() + body.data)
    path = field.path.with_name('forged.pcap')
    path.write_bytes(capture.pcap())
    rows = listing(wireshark, str(path))
    evil, other = (row['B-TID'] for row in rows)
    assert re.fullmatch(r'evil\\n999\\(033|x1b|u001b)\[2J', evil) and other == 'other'  # by the version of Wireshark
