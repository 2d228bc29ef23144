"""Values at the edge of what is legal: shown as they are, never guessed at."""
import json
import subprocess

import pytest

from made import cast, documents, mikey, over_http, over_udp
from wireshark import AS_NOBODY

MSK_ROOT = f'<mbmsMSKRequest xmlns="{documents.MSK_REQUEST.namespace}">'


def ltkm(domain='00f110', msk='68c90001', **changes):
    return cast.ltkm(mikey.KeyIds(bytes.fromhex(domain), bytes.fromhex(msk)), 1, **changes)


@pytest.mark.parametrize(('domain', 'msk', 'length'), [
    ('', '68c90001', ['0', '4']), ('00f110', '', ['3', '0']), ('', '', ['0', '0']), ('00f110' * 20, '68c90001' * 20, ['60', '80']),
])  # fmt: skip
def test_key_ids_of_any_length(wireshark, folder, domain, msk, length):
    """A key ID of no bytes or many is no bug; the usual lengths are told by ltkm.key_id_length."""
    capture = over_udp(folder / 'ids.pcap', ltkm(domain, msk), ltkm())
    wireshark.tshark(capture, '-2', '-V')
    found = wireshark.fields(capture, ['ltkm.key_id_len', 'ltkm.counter', 'ltkm.key_group', 'ltkm.key_id_length'], '-2')
    assert found[1]['ltkm.key_id_len'] == length
    assert found[1]['ltkm.counter'] == ['1']
    assert ('ltkm.key_group' in found[1]) == (len(msk) == 8)
    assert 'ltkm.key_id_length' in found[1]
    assert found[2]['ltkm.key_id_len'] == ['3', '4'] and 'ltkm.key_id_length' not in found[2]


NETWORKS = {
    '00f110': ' (MCC 001, MNC 01)', '130184': ' (MCC 311, MNC 480)', '62f220': ' (MCC 262, MNC 02)', 'b8709d': '', '00f1f0': '',
    '0af110': '', '00a110': '', 'ffffff': '',
}  # fmt: skip


def test_key_domain_as_network(wireshark, folder):
    """A Key Domain ID is read as network code only where its digits are digits."""
    capture = over_udp(folder / 'domain.pcap', *map(ltkm, NETWORKS))
    lines = (one.strip() for one in wireshark.tshark(capture, '-V').splitlines())
    assert [one for one in lines if one.startswith('Key Domain ID: ')] == [f'Key Domain ID: {domain}{text}' for domain, text in NETWORKS.items()]


HOSTS = {
    b'bsm1.example.org': 'bsm1.example.org',
    b'sip:bsm@bsm1.example.org': 'bsm1.example.org',
    b'http://bsm1.example.org:8080/keys': 'bsm1.example.org',
    b'bsm1.example.org\x01\x00\x00\x00\x01': 'bsm1.example.org',
    b'bsm1.example.org.': 'bsm1.example.org',
    b'bsm_1.example.org': None,
    b'-bsm.example.org': None,
    b'a' * 64 + b'.example.org': None,
    b'\xff\xfe\x00\x01': None,
    b'': None,
}


def test_host_in_idi(wireshark, folder):
    """A host name where there is one; part of a name would name another host."""
    capture = over_udp(folder / 'host.pcap', *(ltkm(idi=mikey.Identity(mikey.URI, idi)) for idi in HOSTS))
    found = wireshark.fields(capture, ['ltkm.naf_fqdn', 'ltkm.counter'])
    assert [one['ltkm.counter'] for one in found.values()] == [['1']] * len(HOSTS)
    assert dict(zip(HOSTS, (one.get('ltkm.naf_fqdn', [None])[0] for one in found.values()))) == HOSTS


KEY_IDS = [
    ('', '', {}),
    ('APEQ', '', {'mbms_sec.key_domain_id': ['00f110']}),
    (' ', 'aMkAAQ==', {'mbms_sec.msk_id': ['68c90001'], 'mbms_sec.key_group': ['26825'], 'mbms_sec.key_number': ['1']}),
    ('APEQ', 'aMkA', {'mbms_sec.key_domain_id': ['00f110'], 'mbms_sec.msk_id': ['68c900']}),
]


def test_key_ids_in_xml(wireshark, folder):
    """Empty elements and odd lengths are no bug, and halves are shown only of four bytes."""
    bodies = (f'{MSK_ROOT}<MSK><keyDomainID>{one[0]}</keyDomainID><MSKID>{one[1]}</MSKID></MSK></mbmsMSKRequest>' for one in KEY_IDS)
    capture = over_http(folder / 'xml.pcap', documents.MSK_REQUEST, *(body.encode() for body in bodies))
    assert 'null pointer' not in wireshark.tshark(capture, '-2', '-V')
    names = ['mbms_sec.key_domain_id', 'mbms_sec.msk_id', 'mbms_sec.key_group', 'mbms_sec.key_number']
    found = wireshark.fields(capture, names, '-Y', 'mbms_sec.message == 5').values()
    shown = [{name: values for name, values in one.items() if values != ['<MISSING>']} for one in found]
    assert shown == [fields for _, _, fields in KEY_IDS]


NOT_UTF_8 = [
    b'<mbms\xe0SecurityRegister>', b'<mbmsSecurityRegister><serviceID>\xff</serviceID></mbmsSecurityRegister>',
    b'<mbmsSecurityRegister></mbms\xf0Register>', b'<a:mbmsSecurityRegister>\xc3</a:mbmsSecurityRegister>',
    b'<?xml version="1.0" encoding="\xe4"?><mbmsSecurityRegister/>', b'\xff\xff\xff\xff', b'<mbmsSecurityRegister a="\x80">',
]  # fmt: skip


@pytest.mark.parametrize('form', [['-V'], ['-T', 'json'], ['-T', 'pdml'], []], ids=['text', 'json', 'pdml', 'columns'])
def test_output_is_utf_8(wireshark, folder, form):
    """Bytes that are no UTF-8 do not get out as they are: neither as values nor inside a message."""
    capture = over_http(folder / 'bytes.pcap', documents.REGISTRATION, *NOT_UTF_8)
    done = subprocess.run([*AS_NOBODY, 'tshark', '-n', '-r', capture, '-o', 'mbms_sec.xml_tree:FALSE', '-Y', 'mbms_sec', *form],
                          env=wireshark.environment, cwd=wireshark.root, capture_output=True)  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.decode(errors='ignore').encode() != line]
    assert lines == []
    assert (b'MBMS Security' in done.stdout or b'MBMS-SEC' in done.stdout or b'mbms_sec' in done.stdout)
    if 'json' in form:
        assert len(json.loads(done.stdout)) == len(NOT_UTF_8)
