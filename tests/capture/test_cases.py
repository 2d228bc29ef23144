"""Cases from the field (captures/cases): messages, their answers, and what the capture cannot show."""
import re

import pytest
from key_rows import given
from made import spoken
from wireshark import TS_33246
BSM_KEYS = [('bsm-a.given.example.com', '', 'daaa2b29b6279e6c7d25e01d66f1b6ba3197097feacaac8445e4fe34170dc5ea'),
            ('bsm-b.given.example.com', '', '1f87b611cdaac4a0bc2d354e7d21bda39decbd4201a5389d331721c1cef92cba')]  # fmt: skip


def one(found, name):
    """frame -> its only value of a field."""
    return {frame: int(values[name][0]) for frame, values in found.items() if name in values}


def rules(wireshark, capture, *options):
    """Lines of the table of rules but those of TS 33.246: (rule, level, findings)."""
    out = wireshark.tshark(capture, '-q', '-z', 'bcast,rules', *options)
    return [line for line in re.findall(r'^(R\d+) +(\w+) +(\d+) ', out, re.MULTILINE) if line[0] not in TS_33246]


def test_case_01_two_bsms(wireshark):
    """Equal CSB ID, T and IDr: each verification message answers the LTKM of the BSM it goes to; keys agree."""
    capture = 'cases/01-two-bsms.pcap'
    found = wireshark.fields(capture, ['ltkm.verifies'], '-2', '-Y', 'ltkm.message == 3')
    assert one(found, 'ltkm.verifies') == {10: 8, 11: 9, 19: 17, 20: 18}
    checked = one(wireshark.fields(capture, ['ltkm.v_status'], '-2', *given(BSM_KEYS)), 'ltkm.v_status')
    assert checked == {10: 1, 11: 1, 19: 2, 20: 2}  # the keys are those of the first two
    assert rules(wireshark, capture, *given(BSM_KEYS)) == []


def test_case_03_http_only(wireshark):
    """Without a datagram of the terminal behind it a missing verification message is a note that says so; none after a pause."""
    capture, patient = 'cases/03-http-only.pcap', ['-o', 'ltkm.verification_timeout:41']  # the pause is of 40 s
    assert rules(wireshark, capture) == []
    assert rules(wireshark, capture, *patient) == [('R53', 'note', '2')]
    found = wireshark.fields(capture, ['bcast.rule_level', 'bcast.rule_text'], '-2', '-Y', 'bcast.r53', *patient)
    assert all(values['bcast.rule_level'] == ['1'] * len(values['bcast.rule_text']) for values in found.values())
    assert all('shows no datagram of this terminal' in text for values in found.values() for text in values['bcast.rule_text'])


def test_case_05_snap_length(wireshark):
    """A T that the capture cut is not another T."""
    assert list(wireshark.fields('cases/05-snaplen.pcap', [], '-2', '-Y', 'bcast.r62')) == [9]


@pytest.mark.parametrize('passes', [[], ['-2']], ids=['one pass', 'two passes'])
def test_case_08_many_terminals(wireshark, passes):
    """70 terminals with one CSB ID and T: addresses tell them apart."""
    found = wireshark.fields('cases/08-many-terminals.pcap', ['ltkm.verifies'], *passes, '-Y', 'ltkm.verifies')
    assert one(found, 'ltkm.verifies') == {frame: frame - 70 for frame in range(76, 146)}
    assert rules(wireshark, 'cases/08-many-terminals.pcap', *passes) == []


@pytest.mark.parametrize('taken', [['-o', 'mikey.udp.port:2269,4359'], ['-d', 'udp.port==4359,mikey']], ids=' '.join)
def test_case_10_ports_of_others(wireshark, taken):
    """What comes to a port of ours that another dissector has is not missed: the LTKM says that it could not be seen."""
    names = ['ltkm.answer', 'ltkm.answer_reason', 'bcast.rule', 'bcast.rule_level']
    found = wireshark.fields('cases/10-mikey-port.pcap', names, '-2', *taken)
    assert found[5]['ltkm.answer'] == ['5'] and 'which another dissector has' in found[5]['ltkm.answer_reason'][0]
    assert {level for values in found.values() for level in values.get('bcast.rule_level', [])} <= {'1'}
    assert spoken(found) == {}


def test_case_12_foreign_traffic(wireshark, stock):
    """Not one foreign datagram on port 4359 is claimed."""
    def protocols(one):
        found = one.fields('cases/12-foreign-4359.pcap', ['frame.protocols'], '-Y', 'udp && frame.number > 7')
        return {frame: values['frame.protocols'] for frame, values in found.items()}

    assert protocols(wireshark) == protocols(stock) != {}
    assert list(wireshark.fields('cases/12-foreign-4359.pcap', [], '-Y', 'ltkm')) == [6, 7]
    assert rules(wireshark, 'cases/12-foreign-4359.pcap') == []


def test_case_13_fec(wireshark):
    """Four bytes behind a message to a group are its Source FEC Payload ID; to one receiver they are too many."""
    names = ['ltkm.message', 'ltkm.fec_sbn', 'ltkm.fec_esi', 'ltkm.trailing_bytes']
    found = wireshark.fields('cases/13-fec.pcap', names, '-2', '-Y', 'udp && ltkm && frame.number > 6 && frame.number < 12')
    assert {frame: values.get('ltkm.message') for frame, values in found.items()} == {7: ['4'], 8: ['4'], 9: ['4'], 10: ['4'], 11: ['1']}
    assert [(values.get('ltkm.fec_sbn'), values.get('ltkm.fec_esi')) for values in found.values()] == [
        (None, None), (['7'], ['3']), (['7'], ['4']), (['7'], ['5']), (None, None),
    ]  # fmt: skip
    assert [frame for frame, values in found.items() if 'ltkm.trailing_bytes' in values] == [11]


def test_case_22_decimal_comma(wireshark, comma):
    """Seconds have a decimal point in every locale."""
    path = str(wireshark.captures / 'cases/22-decimal-comma.pcap')
    done = wireshark.run('-n', '-r', path, '-Y', 'ltkm.message == 3', **comma)
    assert re.search(r'\(\d\.\d{3} s\)', done.stdout), done.stdout


@pytest.mark.parametrize('asked', [
    ['-q', *(part for name in ('ltkm,list', 'ltkm,keys', 'bcast,rules', 'mbms_sec,terminals') for part in ('-z', name))],
    ['-2', '-Y', 'bcast.rule || ltkm.answer', '-T', 'fields', '-e', 'bcast.rule_text', '-e', 'ltkm.answer_reason', '-e', 'ltkm.verification_time'],
], ids=['statistics', 'fields'])  # fmt: skip
def test_numbers_in_every_locale(wireshark, comma, asked):
    """Wherever a number of ours stands."""
    capture = ['-n', '-r', str(wireshark.captures / 'field30.pcap'), *asked]
    usual = wireshark.run(*capture).stdout
    assert re.search(r'\d\.\d{3}', usual) and wireshark.run(*capture, **comma).stdout == usual


def test_key_of_nobody_in_particular(wireshark):
    """A row with empty IDi and IDr that does not fit is another's key; the item says which is missing."""
    row = [('', '', '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f')]
    found = wireshark.fields('tour.pcap', ['ltkm.mac_status', 'ltkm.mac_bad'], '-2', '-Y', 'frame.number == 12', *given(row))
    assert found == {12: {'ltkm.mac_status': ['1', '1', '2']}}
    text = wireshark.tshark('tour.pcap', '-2', '-V', '-Y', 'frame.number == 12', *given(row))
    assert '[MAC status: Unverified: no key for IDi bsm2.example.org, IDr dGVzdC1idGlkLTAwMDAwMQ==@bsf.example.org]' in text
