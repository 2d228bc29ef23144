"""LTKMs and their verification messages, requests and their responses: linked both ways, by either pass."""
import pytest

from trees import packets

LTKM_LINKS = ['ltkm.verified_in', 'ltkm.verifies', 'ltkm.verification_time', 'ltkm.duplicate_of']
HTTP_LINKS = ['mbms_sec.request_in', 'mbms_sec.response_in', 'mbms_sec.response_time', 'mbms_sec.status_code']
FRAME_LINKS = ['ltkm.verified_in', 'ltkm.verifies', 'ltkm.duplicate_of', 'mbms_sec.request_in', 'mbms_sec.response_in']

# (frame, index in the body) -> verified in, verifies, time
TOUR = {
    (12, 1): ('14', None, '0.020000000'),
    (12, 2): (None, None, None),
    (12, 3): ('15', None, '0.033750000'),
    (14, None): (None, '12', '0.020000000'),
    (15, None): (None, '12', '0.033750000'),
    (18, 1): ('20', None, '0.020000000'),
    (18, 2): ('21', None, '0.033750000'),
    (20, None): (None, '18', '0.020000000'),
    (21, None): (None, '18', '0.033750000'),
    (22, None): ('23', None, '0.013750000'),
    (23, None): (None, '22', '0.013750000'),
    (24, None): (None, None, None),
    (26, 1): ('27', None, '0.018750000'),
    (27, None): (None, '26', '0.018750000'),
    (28, None): (None, None, None),
    (30, 1): ('31', None, '0.018750000'),
    (31, None): (None, '30', '0.018750000'),
}

# frame -> request in, response in, response time, status
PROCEDURES = {
    8: (None, '9', None, None),
    9: ('8', None, '0.024250000', '401'),
    10: (None, '12', None, None),
    12: ('10', None, '0.025500000', '200'),
    16: (None, '18', None, None),
    18: ('16', None, '0.025500000', '200'),
    25: (None, '26', None, None),
    26: ('25', None, '0.024250000', '200'),
    29: (None, '30', None, None),
    30: ('29', None, '0.024250000', '200'),
    40: (None, '41', None, None),
    41: ('40', None, '0.024250000', '401'),
    42: (None, '43', None, None),
    43: ('42', None, '0.024250000', '403'),
}


def messages(wireshark, capture, *arguments):
    """(frame, index in the body) -> the node of the LTKM or verification message."""
    nodes = ((frame, node) for frame, tree in packets(wireshark, capture, *arguments).items() for node in tree.anywhere('ltkm'))
    return {(frame, int(node.get('ltkm.index')) if node.get('ltkm.index') else None): node for frame, node in nodes}


def links(wireshark, capture, *arguments):
    found = messages(wireshark, capture, *arguments)
    return {place: tuple(node.get(name) for name in LTKM_LINKS[:3]) for place, node in found.items()}


def procedures(wireshark, capture, *arguments):
    found = wireshark.fields(capture, HTTP_LINKS, *arguments)
    return {frame: tuple(values.get(name, [None])[0] for name in HTTP_LINKS) for frame, values in found.items() if values}


def backward(frames):
    """The links that point to earlier frames."""
    kept = {}
    for frame, values in frames.items():
        for name in FRAME_LINKS:
            if found := [value for value in values.get(name, []) if int(value) < frame]:
                kept[frame, name] = found
    return kept


def test_tour_both_ways(wireshark):
    """Each LTKM with V set and its verification message point at each other; the one without V has none."""
    assert links(wireshark, 'tour.pcap', '-2') == TOUR


def test_tour_in_one_pass(wireshark):
    """In one pass verification messages name their LTKMs; LTKMs cannot know yet."""
    one_way = {place: link if link[1] else (None, None, None) for place, link in TOUR.items()}
    assert links(wireshark, 'tour.pcap') == one_way


def test_procedures_both_ways(wireshark):
    """Requests and responses, bare refusals among them."""
    assert procedures(wireshark, 'tour.pcap', '-2') == PROCEDURES


def test_procedures_in_one_pass(wireshark):
    """In one pass the response names its request; the request cannot know yet."""
    assert procedures(wireshark, 'tour.pcap') == {frame: row for frame, row in PROCEDURES.items() if row[0]}


@pytest.mark.parametrize('name', [
    'out-of-order', 'fresh-t', 'retransmitted-verification', 'several-per-body', 'nat', 'gtp-u', 'ipv6', 'keep-alive',
    'orphan-response', 'duplicate', 'http-transfer', 'recorded/recorded',
])  # fmt: skip
def test_one_pass_knows_all_that_lies_behind(wireshark, name):
    """One pass shows the backward links of two passes, and no other."""
    one, two = (wireshark.fields(name + '.pcap', FRAME_LINKS, *passes) for passes in ([], ['-2']))
    assert backward(two)
    assert backward(one) == backward(two)
    assert {frame for frame, values in one.items() if values} == {frame for frame, _ in backward(one)}


def test_exact_takes_over(wireshark):
    """What looked like the answer when it came gives way to the one with the right T: only one pass still shows it."""
    assert links(wireshark, 'exact-takes-over.pcap') == {
        (11, None): (None, None, None), (12, None): (None, '11', '0.031250000'), (13, None): (None, '11', '0.232500000'),
    }  # fmt: skip
    assert links(wireshark, 'exact-takes-over.pcap', '-2') == {
        (11, None): ('13', None, '0.232500000'), (12, None): (None, None, None), (13, None): (None, '11', '0.232500000'),
    }  # fmt: skip


def test_verification_before_its_ltkm(wireshark):
    """Linked both ways; no negative time, and none in one pass on the side that came first."""
    assert links(wireshark, 'out-of-order.pcap', '-2') == {
        (11, None): (None, '12', None), (12, None): ('11', None, None),
        (13, None): ('14', None, '0.013750000'), (14, None): (None, '13', '0.013750000'),
    }  # fmt: skip
    assert links(wireshark, 'out-of-order.pcap')[11, None] == (None, None, None)
    assert links(wireshark, 'out-of-order.pcap')[12, None] == ('11', None, None)


def test_correlation_id_joins(wireshark):
    """The id of a verification message is that of its LTKM, and of no other."""
    found = messages(wireshark, 'tour.pcap', '-2')
    ltkms = {node.get('ltkm.id'): place for place, node in found.items() if node.get('ltkm.message') in '12'}
    assert len(ltkms) == 9
    verifications = [node for node in found.values() if node.get('ltkm.message') == '3']
    assert len(verifications) == 7
    for node in verifications:
        place = ltkms[node.get('ltkm.id')]
        assert str(place[0]) == node.get('ltkm.verifies')
        assert TOUR[place][0] is not None


def test_correlation_id_is_computed_from_the_message_alone(wireshark):
    """A responder with a T of its own has another id, though the link is there."""
    found = messages(wireshark, 'fresh-t.pcap', '-2')
    pairs = [(node, found[int(node.get('ltkm.verifies')), None]) for node in found.values() if node.get('ltkm.verifies')]
    assert len(pairs) == 2
    assert all(a.get('ltkm.id') != b.get('ltkm.id') and a.get('ltkm.id')[:9] == b.get('ltkm.id')[:9] for a, b in pairs)


def test_correlation_id_of_every_kind_of_t(wireshark):
    """CSB ID, a dash, T as transported: 16 digits for NTP times, 8 for the others."""
    ids = wireshark.fields('mikey-t-types.pcap', ['ltkm.id', 'mikey.csb_id'])
    assert {frame: [len(one['ltkm.id'][0]), one['ltkm.id'][0][:8] == one['mikey.csb_id'][0][2:]] for frame, one in ids.items()} == {
        1: [25, True], 2: [25, True], 3: [25, True], 4: [25, True], 5: [17, True], 6: [17, True], 7: [17, True], 8: [17, True],
    }  # fmt: skip


def test_duplicates(wireshark):
    """A copy names its original and shares its verification message; the original does not know of the copy."""
    names = ['ltkm.duplicate_of', 'ltkm.verified_in']
    assert wireshark.fields('duplicate.pcap', names, '-2', '-Y', 'ltkm') == {
        8: {'ltkm.verified_in': ['11', '12']}, 10: {'ltkm.duplicate_of': ['8'], 'ltkm.verified_in': ['11']},
        11: {}, 12: {}, 13: {'ltkm.duplicate_of': ['8'], 'ltkm.verified_in': ['12']},
    }  # fmt: skip


def test_what_responses_without_request_count_as(wireshark):
    """A container tells what was asked; a response that does not tell counts as a registration response."""
    names = ['mbms_sec.message', 'bcast.extension', 'mbms_sec.request_in']
    found = wireshark.fields('orphan-response.pcap', names, '-2', '-Y', 'mbms_sec')
    assert sorted((one['mbms_sec.message'][0], one.get('bcast.extension', ['none'])[0]) for one in found.values()) == [
        ('2', 'RegistrationResponseResponseExtension'), ('2', 'none'), ('4', 'DeregistrationResponseResponseExtension'),
    ]  # fmt: skip
    assert not any('mbms_sec.request_in' in one for one in found.values())
