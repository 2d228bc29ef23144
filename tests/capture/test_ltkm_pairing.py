"""Which verification message belongs to which LTKM, where several could: made messages, one a frame."""
from made import cast, mikey, over_udp

IDS = cast.key_ids(0x68C9, 1)
A, B = cast.SUBSCRIBER_A, cast.SUBSCRIBER_B


def ltkm(count, subscriber=A, csb=7, t=None, **changes):
    return cast.ltkm(IDS, count, subscriber, csb_id=csb, t=mikey.counter(count if t is None else t), **changes)


def answer(to, own_t=None, **changes):
    return mikey.Verification(to, own_t=None if own_t is None else mikey.counter(own_t), **changes)


def links(wireshark, folder, *messages):
    """frame -> the frame it is linked with."""
    path = over_udp(folder / 'pairing.pcap', *messages)
    found = wireshark.fields(path, ['ltkm.verified_in', 'ltkm.verifies'], '-2')
    return {frame: int(value) for frame, values in found.items() for [value] in values.values()}


def test_any_number_under_one_csb_id(wireshark, folder):
    """200 terminals get LTKMs with the same CSB ID and T: IDr tells the answers apart, in any order."""
    sent = [ltkm(5, idr=mikey.Identity(mikey.NAI, b'terminal-%d@example.org' % n), rand=b'%016d' % n) for n in range(200)]
    order = [(n * 73) % 200 for n in range(200)]
    found = links(wireshark, folder, *sent, *(answer(sent[n]) for n in order))
    assert found == {n + 1: 201 + at for at, n in enumerate(order)} | {201 + at: n + 1 for at, n in enumerate(order)}


def test_any_number_of_counters_under_one_csb_id(wireshark, folder):
    """A BSM with one CSB ID for all: T tells the answers apart, though their IDr is the same."""
    sent = [ltkm(count) for count in range(1, 151)]
    found = links(wireshark, folder, *sent, answer(sent[3]), answer(sent[149]))
    assert found == {4: 151, 151: 4, 150: 152, 152: 150}


def test_no_guess_among_too_many(wireshark, folder):
    """A verification message with a T of its own and no IDr, and more LTKMs than are looked at: not paired."""
    sent = [ltkm(count) for count in range(1, 101)]
    assert links(wireshark, folder, *sent, mikey.Verification(ltkm(1, idr=None), own_t=mikey.counter(999))) == {}


def test_displaced_verification_looks_for_another(wireshark, folder):
    """The exact answer takes the place of one with a T of its own, which then goes to the LTKM that is left."""
    first, second = ltkm(1), ltkm(2)
    assert links(wireshark, folder, first, answer(first, own_t=90), second, answer(first)) == {1: 4, 4: 1, 2: 3, 3: 2}


def test_ltkm_that_lost_its_answer_gets_one_that_waits(wireshark, folder):
    """An exact LTKM behind takes the verification message from the LTKM that had it."""
    had, exact = ltkm(1), ltkm(2)
    found = links(wireshark, folder, had, answer(exact), answer(had, own_t=77), exact)
    assert found == {1: 3, 3: 1, 2: 4, 4: 2}


def test_another_responder_is_no_second_answer(wireshark, folder):
    """CSB ID and T of an LTKM that is answered, but IDr of somebody else: not paired, no R54."""
    sent = ltkm(5)
    other = mikey.Verification(ltkm(5, B))
    path = over_udp(folder / 'other.pcap', sent, answer(sent), other)
    found = wireshark.fields(path, ['ltkm.verifies', 'bcast.rule'], '-2')
    assert found[2] == {'ltkm.verifies': ['1']}
    assert found[3] == {}


def test_right_responder_takes_over(wireshark, folder):
    """The answer under the right IDr takes the place of one under another, which stays without."""
    sent = ltkm(5)
    found = links(wireshark, folder, sent, mikey.Verification(ltkm(5, B)), answer(sent))
    assert found == {1: 3, 3: 1}
