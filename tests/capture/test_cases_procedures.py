"""Requests and responses as the field has them: pipelined, answered early, at odd times; and variations of that."""
import dataclasses

import pytest

from captures.generator.http import ACK, PSH, Connection
from made import Capture, but_33246, cast, documents, procedures, spoken

NEWS, SPORT = cast.NEWS, cast.SPORT
LINKS = ['mbms_sec.message', 'mbms_sec.request_in', 'mbms_sec.response_in', 'bcast.rule']

REGISTRATION = documents.Document(documents.REGISTRATION, services=(NEWS,), delivery=(documents.HTTP,)).body()
REGISTERED = documents.Document(documents.REGISTRATION_RESPONSE, entries=(documents.Entry(NEWS),), delivery=(documents.HTTP,)).body()
OTHER_REGISTRATION = documents.Document(documents.REGISTRATION, services=(SPORT,), delivery=(documents.UDP,)).body()
OTHER_REGISTERED = documents.Document(documents.REGISTRATION_RESPONSE, entries=(documents.Entry(SPORT),), delivery=(documents.UDP,)).body()
WRONG = dataclasses.replace(REGISTRATION, data=REGISTRATION.data.replace(b':Type>2<', b':Type>300<'))

GET = b'GET /page HTTP/1.1\r\nHost: a\r\n\r\n'
PAGE = b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi'
UNAUTHORIZED = b'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n'
CONTINUE = b'HTTP/1.1 100 Continue\r\n\r\n'


def post(body):
    return (f'POST /k HTTP/1.1\r\nHost: a\r\nContent-Type: {body.content_type}\r\nContent-Length: {len(body.data)}\r\n\r\n').encode() + body.data


def ok(body):
    return (f'HTTP/1.1 200 OK\r\nContent-Type: {body.content_type}\r\nContent-Length: {len(body.data)}\r\n\r\n').encode() + body.data


class Line:
    """A connection whose segments stand in the file as the test wants, with the numbers they were sent with."""

    def __init__(self, wireshark, folder):
        self.capture = Capture('made', '')
        self.connection = Connection(self.capture, cast.SUBSCRIBER_A.host, cast.BSM_1, 49200).open()
        self._ask, self._path = wireshark, folder / 'made.pcap'

    def up(self, data, at=None):
        return self._send(self.connection.client, data, at)

    def down(self, data, at=None):
        return self._send(self.connection.server, data, at)

    def skip(self, sender_is_client, length):
        """Bytes that are not in the capture."""
        self.connection._next[self.connection.client if sender_is_client else self.connection.server] += length

    def _send(self, sender, data, at):
        if at is not None:
            now, self.connection._next = self.connection._next, at
        frame = self.connection._send(sender, ACK | PSH, data)
        if at is not None:
            self.connection._next = now
        return frame

    def numbers(self):
        return dict(self.connection._next)

    def shown(self, *frames, options=('-2',)):
        self._path.write_bytes(self.capture.pcap())
        found = but_33246(self._ask.fields(str(self._path), LINKS, *options))
        return [found[frame] for frame in frames]


@pytest.fixture
def line(wireshark, folder):
    return Line(wireshark, folder)


def assert_pairs(line, *pairs, options=('-2',)):
    for request, response in pairs:
        asked, answered = line.shown(request, response, options=options)
        assert answered['mbms_sec.request_in'] == [str(request)]
        assert asked['mbms_sec.response_in'] == [str(response)]
        assert 'bcast.rule' not in asked and 'bcast.rule' not in answered


def pairs(wireshark, capture):
    found = wireshark.fields(capture, LINKS, '-2')
    return {frame: tuple(int(values[name][0]) for name in LINKS[1:3] if name in values)
            for frame, values in found.items() if values}  # fmt: skip


# ---- 02: responses come in the order of the requests


def test_pipelining(wireshark):
    capture = 'cases/02-pipelining.pcap'
    assert pairs(wireshark, capture) == {4: (6,), 5: (7,), 6: (4,), 7: (5,), 11: (13,), 12: (14,), 13: (11,), 14: (12,)}
    assert not spoken(wireshark.fields(capture, LINKS, '-2'))


def test_pipelining_among_others(line):
    """Pages that the same connection asks for, also before the first request of ours."""
    line.up(GET)
    first = line.up(post(REGISTRATION))
    line.up(GET)
    second = line.up(post(OTHER_REGISTRATION))
    line.down(PAGE)
    answers = [line.down(ok(REGISTERED))]
    line.down(PAGE)
    answers.append(line.down(ok(OTHER_REGISTERED)))
    assert_pairs(line, (first, answers[0]), (second, answers[1]))


def test_two_answers_in_a_segment(line):
    first, second = line.up(post(REGISTRATION)), line.up(post(OTHER_REGISTRATION))
    both = line.down(ok(REGISTERED) + ok(OTHER_REGISTERED))
    one, other, answers = line.shown(first, second, both)
    assert answers['mbms_sec.request_in'] == [str(first), str(second)]
    assert one['mbms_sec.response_in'] == other['mbms_sec.response_in'] == [str(both)]
    assert 'bcast.rule' not in answers


def test_page_and_answer_in_a_segment(line):
    """4.0 does not tell whether the first of two was interim: no link then, and nothing judged by one. Later ones do."""
    line.up(GET)
    asked = line.up(post(OTHER_REGISTRATION))
    answered = line.down(PAGE + ok(REGISTERED))
    found = [{name: values for name, values in one.items() if name in LINKS[1:]} for one in line.shown(asked, answered)]
    linked = [{'mbms_sec.response_in': [str(answered)]}, {'mbms_sec.request_in': [str(asked)], 'bcast.rule': ['R29', 'R37']}]
    assert found in ([{}, {}], linked)


def test_continue_and_answer_in_a_segment(line):
    asked = line.up(post(REGISTRATION))
    assert_pairs(line, (asked, line.down(CONTINUE + ok(REGISTERED))))


def test_continue_while_pipelining(line):
    first, second = line.up(post(REGISTRATION)), line.up(post(OTHER_REGISTRATION))
    line.down(CONTINUE)
    answers = line.down(ok(REGISTERED)), line.down(ok(OTHER_REGISTERED))
    assert_pairs(line, (first, answers[0]), (second, answers[1]))


REASSEMBLE = ('-o', 'tcp.reassemble_out_of_order:TRUE')
RAW = ('-o', 'tcp.relative_sequence_numbers:FALSE')


@pytest.mark.parametrize('options', [('-2',), ('-2', *RAW), ('-2', *REASSEMBLE), ('-2', *REASSEMBLE, *RAW)])
def test_mirrored_ports(line, options):
    """The second request stands before the last segment of the answer before it, which the terminal had when it sent it.

    Wireshark takes that segment for a retransmission; 4.0 reads the answer only if it is told to reassemble.
    """
    first = line.up(post(REGISTRATION))
    answer = ok(REGISTERED)
    line.down(answer[:300])
    held = line.numbers()
    line.skip(False, len(answer) - 300)
    second = line.up(post(OTHER_REGISTRATION))
    answers = [line.down(answer[300:], held)]
    answers.append(line.down(ok(OTHER_REGISTERED)))
    assert_pairs(line, *[(first, answers[0])] * (REASSEMBLE[1] in options), (second, answers[1]), options=options)
    if REASSEMBLE[1] not in options:
        assert line.shown(first, options=options)[0].get('mbms_sec.response_in') in (None, [str(answers[0])])


def test_response_that_is_not_in_the_capture(line):
    """The next one is not taken for it."""
    line.up(post(OTHER_REGISTRATION))
    line.skip(False, len(ok(OTHER_REGISTERED)))
    second = line.up(post(REGISTRATION))
    assert_pairs(line, (second, line.down(ok(REGISTERED))))


def test_response_of_two_that_is_not_in_the_capture(line):
    frames = [line.up(post(OTHER_REGISTRATION)), line.up(post(REGISTRATION))]
    line.skip(False, len(ok(OTHER_REGISTERED)))
    frames.append(line.down(ok(REGISTERED)))
    for one in line.shown(*frames):
        assert not any(name in one for name in LINKS[1:])


# ---- 20: what is answered 401 does not count


def test_early_401(wireshark):
    found = wireshark.fields('cases/20-early-401.pcap', LINKS, '-2')
    assert spoken(found) == {7: ['R11']}


@pytest.mark.parametrize('before', [False, True])
def test_early_401_later(line, before):
    """On a connection that is ours already."""
    if before:
        line.up(post(REGISTRATION))
        line.down(ok(REGISTERED))
    whole = post(WRONG)
    line.up(whole[:400])
    line.down(UNAUTHORIZED)
    refused = line.up(whole[400:])
    again = line.up(post(WRONG))
    answered = line.down(ok(REGISTERED))
    found = line.shown(refused, again, answered)
    assert 'bcast.rule' not in found[0] and found[1]['bcast.rule'] == ['R11']
    assert found[2]['mbms_sec.request_in'] == [str(again)]


def test_401_before_its_request_in_the_file(line):
    held = line.numbers()
    line.skip(True, len(post(WRONG)))
    line.down(UNAUTHORIZED)
    refused = line.up(post(WRONG), held)
    again = line.up(post(WRONG))
    line.down(ok(REGISTERED))
    found = line.shown(refused, again)
    assert 'bcast.rule' not in found[0] and found[1]['bcast.rule'] == ['R11']


def test_401_whose_request_is_not_in_the_capture(line):
    """It is not that of the next."""
    line.skip(True, 500)
    line.down(UNAUTHORIZED)
    asked = line.up(post(WRONG))
    answered = line.down(ok(REGISTERED))
    found = line.shown(asked, answered)
    assert found[0]['bcast.rule'] == ['R11']
    assert found[1]['mbms_sec.request_in'] == [str(asked)]


# ---- a breach of form is not hidden by one pass


def test_form_of_a_request_in_one_pass(line):
    asked = line.up(post(WRONG))
    line.down(ok(REGISTERED))
    assert line.shown(asked, options=())[0]['bcast.rule'] == ['R11']


def test_form_of_a_request_is_taken_back(line):
    asked = line.up(post(WRONG))
    line.down(UNAUTHORIZED)
    assert line.shown(asked, options=())[0]['bcast.rule'] == ['R11']
    assert 'bcast.rule' not in line.shown(asked)[0]


# ---- 17: times


def test_wild_time_stamp_is_not_the_end(wireshark):
    assert not spoken(wireshark.fields('cases/17-wild-clock.pcap', LINKS, '-2'))


def test_negative_time_is_none(wireshark):
    capture = 'cases/17-wild-clock.pcap'
    table = wireshark.tshark(capture, '-q', '-z', 'mbms_sec,srt')
    assert table.count('0.001000   0.001000   0.001000   0.001000') == 2
    assert {frame for frame, one in wireshark.fields(capture, ['mbms_sec.response_time'], '-2').items() if one} == {5, 12}
    assert pairs(wireshark, capture)[10] == (9,)


# ---- delivery mechanisms are in force between a terminal and one BSM


def register(capture, bsm, *mechanisms, ltkms=(), port=49200):
    session = procedures.Dialogue(capture, cast.SUBSCRIBER_A, bsm, port).open()
    session.request(documents.Document(documents.REGISTRATION, services=(NEWS,), delivery=mechanisms), login=procedures.Login.NAME)
    entries = (documents.Entry(NEWS, ltkms=ltkms),)
    session.respond(documents.Document(documents.REGISTRATION_RESPONSE, entries=entries, delivery=mechanisms))
    return session


def ask_for_key(session, ltkm):
    session.request(documents.Document(documents.MSK_REQUEST, msks=(KEY,)), login=procedures.Login.NAME)
    session.respond(documents.Document(documents.MSK_RESPONSE, entries=(documents.Entry(msk=KEY, ltkms=(ltkm,)),)))
    return session.frame


def found_rules(wireshark, folder, capture):
    path = folder / 'made.pcap'
    path.write_bytes(capture.pcap())
    return spoken(wireshark.fields(str(path), ['bcast.rule'], '-2'))


KEY = cast.key_ids(0x68C9, 1)


def test_what_another_bsm_granted_is_not_in_force(wireshark, folder):
    """HTTP with one, UDP alone with the other, the later one."""
    capture = Capture('made', '')
    first = register(capture, cast.BSM_1, documents.UDP, documents.HTTP)
    second = register(capture, cast.BSM_2, documents.UDP, port=49201)
    ask_for_key(first, cast.ltkm(KEY, 1))
    wrong = ask_for_key(second, cast.ltkm(KEY, 2, bsm=cast.BSM_2))
    assert found_rules(wireshark, folder, capture) == {wrong: ['R39']}


def test_bsm_that_is_not_known(wireshark, folder):
    """A terminal that registered at one BSM gets an LTKM over UDP that names another: nothing to judge it by."""
    capture = Capture('made', '')
    register(capture, cast.BSM_1, documents.HTTP)
    procedures.push(capture, cast.BSM_2, cast.SUBSCRIBER_A.host, cast.ltkm(KEY, 1, bsm=cast.BSM_2))
    wrong = procedures.push(capture, cast.BSM_1, cast.SUBSCRIBER_A.host, cast.ltkm(KEY, 2)).frame
    assert found_rules(wireshark, folder, capture) == {wrong: ['R39']}
