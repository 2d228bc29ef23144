"""Test cards, service keys and MRKs: what they open and prove, and what their tables take."""
import dataclasses
import json
import re

import pytest

from key_rows import SHOWN
from made import cast, mikey, over_udp
from wireshark import CAPTURES

from captures.generator import gba, network
from captures.generator.scenarios.cards import CARDS

EXPECTED = json.loads((CAPTURES / 'expected/cards.json').read_text())
DIGEST = 'mbms_sec.digest_status'
ALL = [*SHOWN, DIGEST]
BAD, GOOD, UNVERIFIED, NOT_PRESENT = '0123'
PASSES = pytest.mark.parametrize('passes', [[], ['-2']], ids=['one pass', 'two passes'])
ROWS = [(card.impi, card.k.hex(), card.opc.hex()) for card in CARDS]
WRONG_DIGESTS = {28: 'response is wrong under the keys of 001010123456789@ims.mnc001.mcc001.3gppnetwork.org, with which frame '
                     '25 is right: the body, or the header, was changed on its way',
                 51: 'response is computed with the MRK of another B-TID of this card, I1U8vpY3qJ0hiuZNrke/NQ==@bsf.example.org'}


def table(name, *rows):
    """Rows as options."""
    return [part for row in rows for part in ('-o', f'uat:{name}:' + ','.join(f'"{cell}"' for cell in row))]


def cards(*rows):
    return table('ltkm_cards', *rows)


def shown(wireshark, capture, *options, names=ALL):
    found = wireshark.fields(capture, names, *options)
    return {frame: fields for frame, fields in found.items() if fields}


def expected():
    frames = {int(frame): {name: values for name, values in fields.items() if values} for frame, fields in EXPECTED['with_keys'].items()}
    for frame in WRONG_DIGESTS:
        assert frames[frame] == {DIGEST: [BAD]}
    return frames


# ---- the shipped capture -----------------------------------------------------------------------------------------------


@PASSES
def test_everything_opens(wireshark, passes):
    """One row a card: all MACs and digests, all keys."""
    assert shown(wireshark, 'cards.pcap', *cards(*ROWS), *passes) == expected()


def test_ck_and_ik(wireshark):
    """In the place of K, with an empty OPc; they are of one RAND."""
    ks = CARDS[0].ks(bytes.fromhex('23553cbe9637a89d218ae64dae47bf35')).hex()
    found = shown(wireshark, 'cards.pcap', *cards((CARDS[0].impi, ks, '')))
    first = {frame: fields for frame, fields in expected().items() if frame <= 16}
    assert {frame: found[frame] for frame in first} == first
    assert found[42]['ltkm.mac_status'] == [UNVERIFIED] and found[41][DIGEST] == [UNVERIFIED]


@pytest.mark.parametrize('number', [0, 1])
def test_one_card(wireshark, number):
    """The other one's messages are not checked, and nobody's is bad for that."""
    found = shown(wireshark, 'cards.pcap', *cards(ROWS[number]))
    mine = {0: (*range(8, 17), *range(39, 62)), 1: (*range(23, 33), *range(68, 75))}
    other = {GOOD: UNVERIFIED, BAD: UNVERIFIED, NOT_PRESENT: NOT_PRESENT}
    for frame, fields in expected().items():
        if frame in mine[number]:
            assert found[frame] == fields
        else:
            wanted = {name: [other[value] for value in fields[name]] for name in ('ltkm.mac_status', 'ltkm.v_status', DIGEST) if name in fields}
            assert found[frame] == wanted


def test_without_rows(wireshark):
    """Nothing is said of digests, and nothing is bad."""
    found = shown(wireshark, 'cards.pcap', '-2')
    assert not [frame for frame, fields in found.items() if DIGEST in fields or 'ltkm.mac_bad' in fields]


def lines(wireshark, options, start, capture='cards.pcap'):
    return [line.strip() for line in wireshark.tshark(capture, '-V', *options).splitlines() if line.strip().startswith(start)]


def test_whose_key(wireshark):
    """The items say which card and which case."""
    macs = lines(wireshark, cards(*ROWS), '[MAC status')
    assert macs[0] == '[MAC status: Good: Ks_int_NAF of user@example.org, RAND of the B-TID]'
    assert macs[3] == f'[MAC status: Good: Ks_NAF of {CARDS[1].impi}, RAND of the B-TID]'
    digests = lines(wireshark, cards(*ROWS), '[Digest status: Good')
    assert digests[0] == '[Digest status: Good: Ks_NAF of user@example.org, RAND of the B-TID]'
    assert digests[4] == f'[Digest status: Good: KDF(Ks_NAF, "mbms-mrk") of {CARDS[1].impi}, RAND of the B-TID]'


@PASSES
def test_wrong_digests(wireshark, passes):
    """What is wrong with them; they count though they were answered 401."""
    found = wireshark.fields('cards.pcap', ['bcast.rule', 'bcast.rule_text'], *passes, *cards(*ROWS))
    assert {frame: fields for frame, fields in found.items() if fields} == {
        frame: {'bcast.rule': ['R88'], 'bcast.rule_text': [text]} for frame, text in WRONG_DIGESTS.items()}
    listed = wireshark.tshark('cards.pcap', *passes, '-q', '-z', 'bcast,rules', *cards(*ROWS))
    assert re.search(r'^R88 +breach +2 +28 +TS 33.246 6.2.1$', listed, re.MULTILINE)
    assert 'bcast rules: 2 breaches, 0 suspicious, 0 notes' in listed


def test_under_mrks(wireshark):
    """The digests alone. Where the MRK was wrong all the time, nobody knows whether that or the body is the reason."""
    btid = 'I1U8vpY3qJ0hiuZNrke/NQ==@bsf.example.org'
    mrk = gba.bootstrap(CARDS[0], bytes.fromhex('23553cbe9637a89d218ae64dae47bf35'), None, cast.BSM_1, True).mrk.hex()
    names = [DIGEST, 'bcast.rule_text']
    found = shown(wireshark, 'cards.pcap', *table('mbms_sec_keys', (btid, mrk)), names=names)
    assert {frame: found[frame] for frame in (8, 9, 10, 11, 14, 15)} == {
        8: {DIGEST: ['3']}, 9: {DIGEST: ['3']}, **{frame: {DIGEST: ['1']} for frame in (10, 11, 14, 15)}}
    assert {value for frame, fields in found.items() if frame > 15 for value in fields[DIGEST]} == {UNVERIFIED, NOT_PRESENT}
    found = shown(wireshark, 'cards.pcap', *table('mbms_sec_keys', (btid, 'ff' * 32)), names=names)
    assert found[10] == {DIGEST: ['0'], 'bcast.rule_text': [
        'response is wrong under the MRK in row 1 of the table: it was made with another MRK, or the body was changed on its way']}
    assert [frame for frame, fields in found.items() if 'bcast.rule_text' in fields] == [10, 11, 14, 15]


def test_service_keys(wireshark):
    """STKMs whose LTKM nobody can open: by name and RAND of the key."""
    def row(ids, **changes):
        name = f'{ids.domain.hex()}/{ids.msk[:2].hex()}:{ids.msk[2:].hex()}'
        usual = {'name': name, 'rand': network.stable('RAND ' + ids.msk.hex(), 16).hex(), 'key': cast.service_key(ids).hex()}
        return tuple((usual | changes).values())

    first, second = cast.key_ids(0x68C9, 1), cast.key_ids(0x24CB, 1)
    wanted = {frame: fields for frame, fields in expected().items() if frame in (13, 27)}
    found = shown(wireshark, 'cards.pcap', *table('ltkm_service_keys', row(second), row(first)))
    assert {frame: found[frame] for frame in wanted} == wanted
    assert wanted[27]['mikey.key.salt'] and found[11] == {'ltkm.mac_status': [UNVERIFIED]}
    assert lines(wireshark, table('ltkm_service_keys', row(second), row(first)), '[MAC status: Good') == [
        f'[MAC status: Good: the key in row {number} of the table of service keys]' for number in (2, 1)]
    found = shown(wireshark, 'cards.pcap', *table('ltkm_service_keys', row(first, rand='00' * 16), row(second, name='00f110/24cb:0002')))
    assert found[13] == {'ltkm.mac_status': [BAD], 'ltkm.mac_bad': ['1']} and found[27] == {'ltkm.mac_status': [UNVERIFIED]}


MRKS = table('mbms_sec_keys', *((one.btid, one.mrk.hex()) for one in (cast.SUBSCRIBER_A, cast.SUBSCRIBER_B)))
AS_SENT = [[], ['-o', 'http.decompress_body:FALSE'], ['-o', 'http.dechunk_body:FALSE'], ['-o', 'tcp.desegment_tcp_streams:FALSE']]


@pytest.mark.parametrize('options', AS_SENT, ids=lambda options: options[-1] if options else 'as usual')
def test_bodies_as_they_were_sent(wireshark, options):
    """In chunks, compressed, in many segments: right wherever the body is at hand, and never wrong."""
    found = shown(wireshark, 'http-transfer.pcap', *MRKS, *options, names=[DIGEST])
    statuses = [value for fields in found.values() for value in fields[DIGEST]]
    assert BAD not in statuses and GOOD in statuses
    if not options:
        assert set(statuses) == {GOOD}


def test_recorded(wireshark):
    """Apache's mod_auth_digest and curl, qop auth: both are right, also in chunks, compressed, and in a 403 without a document."""
    btids = ['dGVzdC1idGlkLTAwMDE=@bsf.example.org', 'dGVzdC1idGlkLTAwMDI=@bsf.example.org']
    mrk = bytes(range(0x80, 0xA0)).hex()  # as in its RECIPE.md

    def statuses(key):
        found = shown(wireshark, 'recorded/recorded.pcap', *table('mbms_sec_keys', *((btid, key) for btid in btids)), names=[DIGEST])
        return {frame: fields[DIGEST][0] for frame, fields in found.items()}

    unauthorised = dict.fromkeys((29, 31, 47, 49), NOT_PRESENT)
    assert statuses(mrk) == unauthorised | dict.fromkeys((8, 11, 17, 18, 33, 38, 51, 52), GOOD)
    assert statuses(mrk[:-1] + '0') == unauthorised | dict.fromkeys((8, 11, 17, 18, 33, 38, 51, 52), BAD)


@pytest.mark.parametrize('capture', ['tour', 'keep-alive', 'encodings', 'gtp-u', 'ipv6', 'nat', 'several-per-body', 'rules/clean'])
def test_no_false_alarm(wireshark, capture):
    """Digests that are right, wherever they stand."""
    found = shown(wireshark, capture + '.pcap', *MRKS, '-2', names=[DIGEST, 'bcast.rule'])
    assert not [frame for frame, fields in found.items() if BAD in fields.get(DIGEST, []) or 'R88' in fields.get('bcast.rule', [])]
    assert [frame for frame, fields in found.items() if {GOOD, UNVERIFIED} & set(fields.get(DIGEST, []))]


# ---- the listing of keys -----------------------------------------------------------------------------------------------


def listed(wireshark, capture, *options):
    out = wireshark.tshark(capture, '-q', '-z', 'ltkm,keys', *options)
    return [re.split('  +', line.strip()) for line in out.splitlines() if re.match('[0-9a-f]{6}/', line)], out


@PASSES
def test_keys_listed(wireshark, passes):
    """One line a key: opened in which frame, valid for which MTKs, terminals that got it, STKMs, whose key is missing."""
    rows, out = listed(wireshark, 'cards.pcap', *passes, *cards(*ROWS))
    assert rows == [
        ['00f110/68c9:0001', '11', '1-100', '1', '1', '-'],
        ['00f110/68c9:0002', '15', '1-100', '1', '0', '-'],
        ['00f110/24cb:0001', '26', '1-100', '1', '1', '-'],
        ['00f110/24cb:0002', '31', '1-100', '1', '0', '-'],
        ['00f110/68c9:0003', '42', '1-100', '1', '0', '-'],
        ['00f110/68c9:0004', '43', '1-100', '1', '0', '-'],
        ['00f110/24cb:0004', '71', '101-100 invalid', '1', '0', '-'],
    ]  # fmt: skip
    assert out.rstrip().splitlines()[-2] == '7 keys'


def test_keys_listed_without_keys(wireshark):
    """Whose key is missing."""
    rows, _ = listed(wireshark, 'cards.pcap')
    btids = ['I1U8vpY3qJ0hiuZNrke/NQ==@bsf.example.org'] * 2 + ['zZP9Z1nBYJMib7CP/Ks+pA==@bsf.example.org'] * 2
    assert [row[1:3] + row[5:] for row in rows[:4]] == [['-', '-', btid] for btid in btids]
    rows, _ = listed(wireshark, 'cards.pcap', '-z', 'ltkm,keys,frame.number == 13')
    assert [row for row in rows if row[3] == '0'] == [['00f110/68c9:0001', '-', '-', '0', '1', 'its STKMs']]


def test_many_terminals_of_a_key(wireshark, folder):
    """Three are named."""
    ids = cast.key_ids(0x68C9, 1)
    path = over_udp(folder / 'many.pcap', *(cast.ltkm(ids, n, idr=mikey.Identity(mikey.NAI, f'terminal{n}@a'.encode())) for n in (1, 2, 3, 4, 5, 2)),
                    cast.solicited_pull(cast.key_ids(0x68C9, 0), 9))  # fmt: skip
    rows, _ = listed(wireshark, path)
    assert rows == [['00f110/68c9:0001', '-', '-', '5', '0', 'terminal1@a, terminal2@a, terminal3@a and 2 more']]


def test_table_of_keys(wireshark):
    """The menu's rows are those of the listing, filled as packets go by."""
    out = wireshark.tshark('cards.pcap', '-q', '-z', 'ltkm,key_table', *cards(*ROWS))
    rows = [[cell.strip() for cell in line.split('|')[:6]] for line in out.splitlines() if re.match('[0-9a-f]{6}/', line)]
    assert rows == listed(wireshark, 'cards.pcap', *cards(*ROWS))[0]


# ---- what cannot be told -----------------------------------------------------------------------------------------------


def test_btid_without_rand(wireshark, folder):
    """The item says that the B-TID has no RAND in it."""
    ids = cast.key_ids(0x68C9, 1)
    path = over_udp(folder / 'btid.pcap', cast.ltkm(ids, 1, idr=mikey.Identity(mikey.NAI, b'dGVzdA==@bsf.example.org')))
    assert lines(wireshark, cards(*ROWS), '[MAC status', path) == [
        '[MAC status: Unverified: no key for IDi bsm1.example.org, IDr dGVzdA==@bsf.example.org; the B-TID is not '
        'base64(RAND)@..., so that no card tells its keys]']


def test_nobody_s_card(wireshark):
    """Not checked: no card fits."""
    row = (CARDS[0].impi, '00' * 16, '00' * 16)
    [first, *_] = lines(wireshark, cards(row), '[MAC status')
    assert first.endswith('IDr I1U8vpY3qJ0hiuZNrke/NQ==@bsf.example.org; no card fits]')
    assert set(lines(wireshark, cards(row), '[Digest status')) == {'[Digest status: Not present]', '[Digest status: Unverified: no card fits]'}


def test_ltkm_under_the_key_of_before(wireshark, folder):
    """A BSM that goes on with the old MUK under the new B-TID: the terminal takes that of the B-TID, and finds the MAC wrong."""
    old, new = (bootstrapped(number) for number in (1, 2))
    mixed = dataclasses.replace(new, muks=old.muks)
    ids = [cast.key_ids(0x68C9, number) for number in (1, 2, 3)]
    path = over_udp(folder / 'mixed.pcap', cast.ltkm(ids[0], 1, old), cast.ltkm(ids[1], 1, new), cast.ltkm(ids[2], 2, mixed))
    found = shown(wireshark, path, *cards(*ROWS), names=['ltkm.mac_status', 'ltkm.fate', 'mikey.key.data'])
    assert [fields['ltkm.mac_status'] for fields in found.values()] == [[GOOD], [GOOD], [BAD]]
    assert [fields['ltkm.fate'] for fields in found.values()] == [['0'], ['0'], ['6']]
    assert ['mikey.key.data' in fields for fields in found.values()] == [True, True, False]
    assert f'with which frame 2 is right; it is right with those of {old.btid}' in wireshark.tshark(path, '-V', *cards(*ROWS))


def bootstrapped(number):
    return gba.bootstrap(CARDS[0], network.stable(f'RAND {number}', 16), None, cast.BSM_1, True)


# ---- what may be entered -----------------------------------------------------------------------------------------------

K, OPC, CARD_SIZE = ROWS[0][1], ROWS[0][2], 'K and OPc have 16 bytes each; or OPc is empty, and for K stand CK and IK, 32 bytes'
REFUSED = [
    ('ltkm_cards', ('a@b', K[:-1], OPC), 'Row "a@b": K is not hexadecimal bytes: an odd number of hexadecimal digits (31)'),
    ('ltkm_cards', ('a@b', K, OPC[:4] + 'g' + OPC[5:]), 'Row "a@b": OPc is not hexadecimal bytes: character 5 is no hexadecimal digit'),
    ('ltkm_cards', ('a@b', K[:-2], OPC), f'Row "a@b": {CARD_SIZE}'),
    ('ltkm_cards', ('a@b', K, ''), f'Row "a@b": {CARD_SIZE}'),
    ('ltkm_cards', ('a@b', '', OPC), 'Row "a@b": K is not hexadecimal bytes: it is empty'),
    ('ltkm_service_keys', ('00f110/68c9:0001', '0', K), 'Row "00f110/68c9:0001": RAND is not hexadecimal bytes: an odd number of hexadecimal digits (1)'),
    ('ltkm_service_keys', ('00f110/68c9:0001', '', K + 'x'), 'Row "00f110/68c9:0001": the key is not hexadecimal bytes: character 33 is no hexadecimal digit'),
    ('ltkm_service_keys', ('68c9:0001', '', K), 'Row "68c9:0001": the name is none of a service key, as ltkm.key shows it: 00f110/68c9:0001'),
    ('mbms_sec_keys', ('a@b', K + ':g'), 'Row "a@b": the MRK is not hexadecimal bytes: character 34 is no hexadecimal digit'),
    ('mbms_sec_keys', ('', K), 'Row "": the B-TID is empty'),
]  # fmt: skip


@pytest.mark.parametrize(('name', 'row', 'problem'), REFUSED)
def test_refused(wireshark, name, row, problem):
    """tshark ends; the message has the row's name and what is wrong, and not the key. tshark repeats its option."""
    option = table(name, row)[1]
    done = wireshark.run('-n', '-r', str(wireshark.captures / 'cards.pcap'), '-o', option)
    message = done.stderr.replace(option, '')
    assert done.returncode != 0 and done.stdout == ''
    assert problem in message and K[:8] not in message and OPC[:8] not in message


@pytest.mark.parametrize('wrong', [[], [('a@b', '00', '00')]], ids=['right rows', 'and a wrong one'])
def test_profile(wireshark, folder, wrong):
    """The file of a profile. Of a wrong row it is said, and Wireshark takes no row of that file then."""
    profile = folder / '.config/wireshark'
    profile.mkdir(parents=True)
    rows = [','.join(f'"{cell}"' for cell in row) for row in (*ROWS, *wrong)]
    (profile / 'ltkm_cards').write_text('\n'.join(rows) + '\n')
    for path in [profile, profile.parent, profile / 'ltkm_cards']:
        path.chmod(0o777 if path.is_dir() else 0o644)
    done = wireshark.run('-n', '-r', str(wireshark.captures / 'cards.pcap'), '-T', 'fields', '-e', 'ltkm.mac_status', HOME=str(folder))
    assert done.stdout.split() == [UNVERIFIED if wrong else GOOD] * 11
    assert (f'Row "a@b": {CARD_SIZE}' in done.stderr) == bool(wrong)


def test_secrets_are_in_the_tree_alone(wireshark):
    """Neither what was entered nor what was derived is in packet list, statistics or complaints; what was opened is in the tree."""
    first = gba.bootstrap(CARDS[0], bytes.fromhex('23553cbe9637a89d218ae64dae47bf35'), None, cast.BSM_1, True)
    derived = [first.mrk, *first.muks.values(), CARDS[0].ks(bytes.fromhex('23553cbe9637a89d218ae64dae47bf35'))]
    entered = [part for card in CARDS for part in (card.k, card.opc)]
    path = str(wireshark.captures / 'cards.pcap')
    statistics = [part for name in ('ltkm,list', 'ltkm,keys', 'ltkm,tree', 'bcast,rules', 'expert') for part in ('-z', name)]
    done = wireshark.run('-n', '-r', path, '-2', *cards(*ROWS), *statistics)
    tree = wireshark.run('-n', '-r', path, '-2', '-V', *cards(*ROWS))
    assert done.returncode == 0 and tree.returncode == 0
    for secret in [*derived, *entered]:
        assert secret[:4].hex() not in done.stdout + done.stderr + tree.stdout + tree.stderr
    opened = cast.service_key(cast.key_ids(0x68C9, 1)).hex()
    assert opened[:8] not in done.stdout + done.stderr and opened in tree.stdout
