"""Keys and messages in odd orders and shapes: made on the spot, one message a frame."""
import dataclasses
import re
import struct

import pytest

from key_rows import BAD, GOOD, MAC, MUK_1, NOT_PRESENT, UNVERIFIED, V, given, shown, statuses
from made import cast, mikey, over_udp
from wireshark import TS_33246

IDS, OTHER_IDS = cast.key_ids(0x68C9, 1), cast.key_ids(0x68C9, 2)
KEY = bytes.fromhex(MUK_1)
ROW, WRONG_ROW = (cast.BSM_1.name, '', MUK_1), (cast.BSM_1.name, cast.SUBSCRIBER_A.btid, 'ab' * 32)
BAD, GOOD, UNVERIFIED, NOT_PRESENT = map(int, (BAD, GOOD, UNVERIFIED, NOT_PRESENT))
DATA = 'mikey.key.data'


def ltkm(count, **changes):
    return cast.ltkm(IDS, count, **{'csb_id': 7, 't': mikey.counter(count), **changes})


def answer(to, own_t=None, **changes):
    return mikey.Verification(to, own_t=None if own_t is None else mikey.counter(own_t), **changes)


def tampered(message, at=-1):
    """One bit is wrong."""
    data = bytearray(message.encode())
    data[at] ^= 1
    return bytes(data)


def opened(wireshark, path, rows):
    """frame -> key data."""
    return {frame: fields[DATA] for frame, fields in shown(wireshark, path, rows).items() if DATA in fields}


def key_of(message):
    return [one.key.hex() for one in message.key_data]


def messages(wireshark, path, rows):
    """Texts of expert items by frame, without those of the form of messages."""
    found = wireshark.fields(path, ['_ws.expert.message'], '-2', *given(rows))
    texts = {frame: [text for text in fields.get('_ws.expert.message', []) if text.split()[0] not in TS_33246] for frame, fields in found.items()}
    return {frame: ours for frame, ours in texts.items() if ours}


def line(wireshark, path, rows, start):
    """The first line of the tree that begins like this."""
    return next(text.strip() for text in wireshark.tshark(path, '-2', '-V', *given(rows)).splitlines() if text.strip().startswith(start))


# ---- verification messages ---------------------------------------------------------------------------------------------


def test_verification_before_its_ltkm(wireshark, folder):
    """The second pass knows; a wrong one is bad there, too."""
    sent = ltkm(1)
    path = over_udp(folder / 'before.pcap', answer(sent), sent, tampered(answer(ltkm(2))), ltkm(2))
    assert statuses(wireshark, path, [ROW]) == {1: GOOD, 2: GOOD, 3: BAD, 4: GOOD}
    assert list(messages(wireshark, path, [ROW])) == [3]


def test_v_status_follows_the_pair(wireshark, folder):
    """A verification message that an exact one displaces is checked with the LTKM it goes to, or with none."""
    first, second = ltkm(1), ltkm(2, psk=b'somebody else')
    path = over_udp(folder / 'pair.pcap', first, answer(first, own_t=90), second, answer(first))
    assert statuses(wireshark, path, [ROW]) == {1: GOOD, 2: UNVERIFIED, 3: BAD, 4: GOOD}
    both = [ROW, ('', '', b'somebody else'.hex())]
    assert statuses(wireshark, path, both) == {1: GOOD, 2: BAD, 3: GOOD, 4: GOOD}
    alone = over_udp(folder / 'alone.pcap', first, answer(first, own_t=90), answer(first))
    assert statuses(wireshark, alone, [ROW]) == {1: GOOD, 2: UNVERIFIED, 3: GOOD}


def test_own_t(wireshark, folder):
    """A responder's T is not covered by its MAC; which form of the MAC fits is said."""
    sent = ltkm(1)
    path = over_udp(folder / 'own.pcap', sent, answer(sent, own_t=90))
    assert statuses(wireshark, path, [ROW]) == {1: GOOD, 2: GOOD}
    assert line(wireshark, path, [ROW], '[V status') == "[V status: Good: MAC over message, identities and the Initiator's T]"


def test_one_csb_id_and_two_keys(wireshark, folder):
    """LTKMs of two terminals under one CSB ID, each with its key; a row for one of them says nothing of the other."""
    b = cast.SUBSCRIBER_B
    sent = [ltkm(5), ltkm(5, psk=b'b' * 16, idr=mikey.Identity(mikey.NAI, b.btid.encode()), key_data=(cast.key_data(OTHER_IDS),))]
    path = over_udp(folder / 'two.pcap', *sent, *map(answer, reversed(sent)))
    rows = [(cast.BSM_1.name, b.btid, (b'b' * 16).hex()), (cast.BSM_1.name, cast.SUBSCRIBER_A.btid, MUK_1)]
    assert statuses(wireshark, path, rows) == dict.fromkeys(range(1, 5), GOOD)
    assert opened(wireshark, path, rows) == {1: key_of(sent[0]), 2: key_of(sent[1])}
    assert statuses(wireshark, path, rows[:1]) == {1: UNVERIFIED, 2: GOOD, 3: GOOD, 4: UNVERIFIED}
    assert statuses(wireshark, path, [ROW]) == {1: GOOD, 2: BAD, 3: UNVERIFIED, 4: GOOD}


@pytest.mark.parametrize('rows', [[], [ROW], [('nobody', '', 'aa')]], ids=['no key', 'key', "somebody else's"])
def test_null_macs(wireshark, folder, rows):
    """Without a MAC there is nothing to check, whatever the table has."""
    sent = ltkm(1, mac_alg=mikey.NULL)
    path = over_udp(folder / 'null.pcap', sent, answer(sent), answer(ltkm(2), other_auth_alg=0), ltkm(2))
    last = GOOD if rows == [ROW] else UNVERIFIED
    assert statuses(wireshark, path, rows) == {1: NOT_PRESENT, 2: NOT_PRESENT, 3: NOT_PRESENT, 4: last}
    assert opened(wireshark, path, rows) == ({1: key_of(sent), 4: key_of(sent)} if rows == [ROW] else {})
    assert line(wireshark, path, rows, '[MAC status') == '[MAC status: Not present]'


# ---- KEMAC -------------------------------------------------------------------------------------------------------------


def test_key_wrap_without_mac(wireshark, folder):
    """AES key wrap tells a wrong key by itself: the wrong row first, then the right one."""
    sent = ltkm(1, encr_alg=mikey.AES_KW_128, mac_alg=mikey.NULL)
    path = over_udp(folder / 'wrap.pcap', sent)
    assert opened(wireshark, path, [WRONG_ROW, ROW]) == {1: key_of(sent)}
    assert opened(wireshark, path, [WRONG_ROW]) == {}
    assert '(not decrypted: the key is wrong)' in line(wireshark, path, [WRONG_ROW], 'Key data: ')
    assert statuses(wireshark, path, [WRONG_ROW]) == {1: NOT_PRESENT} and messages(wireshark, path, [WRONG_ROW]) == {}


@pytest.mark.parametrize('encr_alg', [mikey.AES_CM_128, mikey.AES_KW_128, mikey.AES_CM_256, mikey.NULL])
def test_wrong_mac_opens_nothing(wireshark, folder, encr_alg):
    """One bit of the MAC, of the encrypted data, of an identity."""
    sent = ltkm(1, encr_alg=encr_alg)
    data = sent.encode()
    wrong = [tampered(sent), tampered(sent, -30), tampered(sent, data.index(b'dGVz'))]
    path = over_udp(folder / 'wrong.pcap', *wrong)
    assert statuses(wireshark, path, [ROW]) == dict.fromkeys((1, 2, 3), BAD)
    assert len(opened(wireshark, path, [ROW])) == (3 if encr_alg == mikey.NULL else 0)
    assert messages(wireshark, path, [ROW]) == dict.fromkeys((1, 2, 3), ['The MAC is wrong under the key in row 1 of the table'])
    assert ('(not decrypted: the MAC is wrong)' in wireshark.tshark(path, '-2', '-V', *given([ROW]))) == (encr_alg != mikey.NULL)


def test_unknown_algorithms(wireshark, folder):
    """Encryption, MAC and PRF that nobody knows: said, and no alarm."""
    plain = ltkm(1).encode()
    kemac = len(plain) - 20 - 1 - 26 - 3
    keys = ltkm(1).keys()

    def sealed(data):
        return data[:-20] + mikey.mac(1, keys.auth, data[:-20])

    unknown_encr = sealed(plain[:kemac] + b'\x09' + plain[kemac + 1:])
    unknown_mac = plain[:-21] + b'\x09' + plain[-20:]
    unknown_prf = plain[:3] + b'\x85' + plain[4:]
    path = over_udp(folder / 'unknown.pcap', unknown_encr, unknown_mac, unknown_prf)
    found = shown(wireshark, path, [ROW])
    assert found[1] == {MAC: [str(GOOD)]} and found[3] == {MAC: [str(UNVERIFIED)]}
    assert not [fields for fields in found.values() if DATA in fields or 'ltkm.mac_bad' in fields]
    text = wireshark.tshark(path, '-2', '-V', *given([ROW]))
    assert re.findall(r'\((not decrypted: .*)\)', text) == ['not decrypted: the algorithm is not known', 'not decrypted: the MAC cannot be checked']


def test_no_t_no_rand(wireshark, folder):
    """Without T there is no IV, without RAND no key."""
    header = mikey.Header(mikey.PSK, 7)
    keys = ltkm(1).keys()
    kemac = mikey.Payload(mikey.KEMAC, struct.pack('!BH', 1, 26) + b'x' * 26 + b'\1')
    found = {}
    chains = {'t': [mikey.rand_payload(ltkm(1).rand)], 'rand': [mikey.counter(1).payload()], 'empty': [mikey.counter(1).payload(), mikey.rand_payload(b'')]}
    for name, payloads in chains.items():
        unprotected = mikey.message(header, [IDS.payload(), *payloads, kemac])
        found[name] = over_udp(folder / f'{name}.pcap', unprotected + mikey.mac(1, keys.auth, unprotected))
    anybody = [('', '', MUK_1)]  # the messages name nobody
    assert statuses(wireshark, found['t'], anybody) == {1: GOOD}
    assert '(not decrypted: there is no T)' in line(wireshark, found['t'], anybody, 'Key data: ')
    assert statuses(wireshark, found['rand'], anybody) == {1: UNVERIFIED}
    assert statuses(wireshark, found['empty'], anybody) == {1: UNVERIFIED}
    assert line(wireshark, found['empty'], anybody, '[MAC status') == '[MAC status: Unverified: no key for IDi (none), IDr (none)]'


def test_empty_rand(wireshark, folder):
    """A RAND of no bytes is one; twice the same service key under it."""
    def sent(count):
        return ltkm(count, rand=b'', others=(mikey.rand_payload(b''),))

    path = over_udp(folder / 'empty.pcap', sent(1), sent(2), cast.stkm(sent(1), 7, 3))
    assert statuses(wireshark, path, [ROW]) == dict.fromkeys((1, 2, 3), GOOD)


def test_keys_that_do_not_fit(wireshark, folder):
    """The MAC is right, what it covers is no key data: the fault lies in the decrypted data, and nothing breaks."""
    @dataclasses.dataclass(frozen=True)
    class Odd(mikey.KeyData):
        def payload(self):
            return mikey.Payload(mikey.KEY_DATA, b'\x02\xff\xff' + self.key)

    path = over_udp(folder / 'fit.pcap', ltkm(1, key_data=(Odd(0, b'k' * 16),)), ltkm(2, key_data=(Odd(0, b''),)))
    assert statuses(wireshark, path, [ROW]) == {1: GOOD, 2: GOOD}
    assert ['beyond the end' in ' '.join(texts) for texts in messages(wireshark, path, [ROW]).values()] == [True, True]


def test_duplicate(wireshark, folder):
    """A copy shows what the first shows, right or wrong; so does a copy of the verification message."""
    sent, wrong = ltkm(1), tampered(ltkm(2), -30)
    path = over_udp(folder / 'copy.pcap', sent, sent, answer(sent), answer(sent), wrong, wrong)
    assert statuses(wireshark, path, [ROW]) == {**dict.fromkeys(range(1, 5), GOOD), 5: BAD, 6: BAD}
    assert opened(wireshark, path, [ROW]) == {1: key_of(sent), 2: key_of(sent)}


def test_naf_id(wireshark, folder):
    """Of a NAF-ID the host name is enough, of a URI too; another host is another BSM."""
    naf_id = mikey.Identity(mikey.BYTE_STRING, b'bsm1.example.org' + bytes.fromhex('0100000001'))
    uri = mikey.Identity(mikey.URI, b'sip:keys@bsm1.example.org')
    path = over_udp(folder / 'naf.pcap', ltkm(1, idi=naf_id), ltkm(2, idi=uri), ltkm(3, idi=None))
    assert statuses(wireshark, path, [('bsm1.example.org', '', MUK_1)]) == {1: GOOD, 2: GOOD, 3: UNVERIFIED}
    assert statuses(wireshark, path, [('sip:keys@bsm1.example.org', '', MUK_1)]) == {1: UNVERIFIED, 2: GOOD, 3: UNVERIFIED}
    assert statuses(wireshark, path, [('example.org', '', MUK_1)]) == dict.fromkeys((1, 2, 3), UNVERIFIED)


# ---- STKMs -------------------------------------------------------------------------------------------------------------


def test_stkm(wireshark, folder):
    """Under the key of an LTKM that came before it, and of the same name."""
    carrier, other = ltkm(1), cast.ltkm(OTHER_IDS, 2)
    stkm = cast.stkm(carrier, 7, 3)
    path = over_udp(folder / 'stkm.pcap', stkm, carrier, stkm, cast.stkm(carrier, 8, 4), cast.stkm(other, 9, 5), tampered(cast.stkm(carrier, 8, 6)))
    assert statuses(wireshark, path, [ROW]) == {1: UNVERIFIED, 2: GOOD, 3: GOOD, 4: GOOD, 5: UNVERIFIED, 6: BAD}
    assert 'The MAC is wrong under the key that the LTKM of frame 2 brought' in messages(wireshark, path, [ROW])[6]
    assert statuses(wireshark, path, [WRONG_ROW])[4] == UNVERIFIED


def test_two_keys_of_one_name(wireshark, folder):
    """The same MSK ID brought twice with different keys: each STKM names the LTKM that brought its key."""
    carriers = [ltkm(count, key_data=(mikey.KeyData(mikey.TGK, bytes([count]) * 16),)) for count in (1, 2, 3)]
    path = over_udp(folder / 'two.pcap', *carriers, *(cast.stkm(one, 7, 10 + number) for number, one in enumerate(carriers)))
    assert statuses(wireshark, path, [ROW]) == dict.fromkeys(range(1, 7), GOOD)
    text = wireshark.tshark(path, '-2', '-V', *given([ROW]))
    assert re.findall(r'MAC status: Good: the key that the LTKM of frame (\d+) brought', text) == ['1', '2', '3']


def test_stkm_under_a_key_in_clear(wireshark, folder):
    """An LTKM with NULL encryption brings a key, too, if its MAC is right."""
    carrier = ltkm(1, encr_alg=mikey.NULL)
    path = over_udp(folder / 'clear.pcap', carrier, cast.stkm(carrier, 7, 3))
    assert statuses(wireshark, path, [ROW]) == {1: GOOD, 2: GOOD}
    assert statuses(wireshark, path, [WRONG_ROW]) == {1: BAD, 2: UNVERIFIED}


# ---- broken and big ----------------------------------------------------------------------------------------------------


def test_every_length(wireshark, folder):
    """Messages that end anywhere: never opened, never good, no crash."""
    sent = ltkm(1, encr_alg=mikey.AES_KW_128)
    whole = [message.encode() for message in (sent, answer(sent), cast.stkm(sent, 7, 3))]
    path = over_udp(folder / 'cut.pcap', sent, *(data[:length] for data in whole for length in range(10, len(data))))
    found = shown(wireshark, path, [ROW])
    assert found.pop(1)[DATA] == key_of(sent)
    assert not [frame for frame, fields in found.items() if {*fields.get(MAC, []), *fields.get(V, [])} & {str(GOOD), str(BAD)} or DATA in fields]


def test_long_identity(wireshark, folder):
    """An IDr of 40000 bytes: the LTKM is opened; a verification message with it is too long to be kept and unverified."""
    idr = mikey.Identity(mikey.NAI, b'x' * 40000)
    sent = ltkm(1, idr=idr)
    short = dataclasses.replace(sent, idr=None)

    class WithoutIdr(mikey.Verification):
        """Covers the IDr that it does not transport."""
        def encode(self):
            unprotected = mikey.message(self.header(), [self.t.payload(), mikey.Payload(mikey.V, b'\1')])
            covered = unprotected + self.initiator.idi.data + idr.data + self.initiator.t.value
            return unprotected + mikey.mac(1, self.initiator.keys().auth, covered)

    path = over_udp(folder / 'long.pcap', sent, WithoutIdr(short), answer(sent))
    found = statuses(wireshark, path, [ROW, ('', 'x' * 40000, MUK_1)])
    assert found[1] == GOOD and found[2] == GOOD and found[3] == UNVERIFIED
    assert opened(wireshark, path, [ROW]) == {1: key_of(sent)}


def test_many_rows(wireshark, folder):
    """The right one of 300."""
    path = over_udp(folder / 'many.pcap', *(ltkm(count) for count in range(1, 21)))
    rows = [('', '', f'{number:064x}') for number in range(299)] + [ROW]
    assert statuses(wireshark, path, rows) == dict.fromkeys(range(1, 21), GOOD)


def test_wrong_row_without_a_mac(wireshark, folder):
    """AES-CM opens with any key: where no MAC tells, the row that leaves key data is the right one."""
    sent = cast.ltkm(cast.key_ids(0x68C9, 1), 5, mac_alg=mikey.NULL)
    path = over_udp(folder / 'no-mac.pcap', sent)
    wrong, right = (f'uat:ltkm_keys:"","","{key.hex()}"' for key in (bytes(range(0x90, 0xB0)), sent.psk))
    for rows in ([wrong, right], [right, wrong]):
        found = wireshark.fields(path, ['ltkm.mac_status', 'mikey.key.data'], '-2', '-o', rows[0], '-o', rows[1])
        assert found == {1: {'ltkm.mac_status': ['3'], 'mikey.key.data': [sent.key_data[0].key.hex()]}}
    assert wireshark.fields(path, ['mikey.key.data'], '-2', '-o', wrong) == {1: {}}
