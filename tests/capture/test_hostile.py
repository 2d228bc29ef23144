"""Broken input: the fault is named where it is, and what stands around it is still read."""
import pytest

from trees import packets

MALFORMED = 'ltkm.malformed'


def raw(wireshark, capture, frame):
    """The items of a frame with their bytes."""
    return list(packets(wireshark, capture, '-2', '-x', '-Y', f'frame.number == {frame}')[frame].raw_items())


# capture, frame -> the fault, what says so
SAID = [
    ('bad-base64.pcap', 8, 'bcast.r14', ["R14 (5.1.6.7.3): Not base64 at character 21 ('*'): not a base64 character", "R14 (5.1.6.7.3): Not base64 at character 5 ('='): padding where none may stand", 'R14 (5.1.6.7.3): The LTKM is empty']),
    ('bad-deep.pcap', 12, 'mbms_sec.cut', ['Decoded up to byte 2525: elements nested more than 256 deep']),
    ('bad-attributes.pcap', 9, 'mbms_sec.cut', ['Decoded up to byte 230: a start tag of more than 64 KiB or 256 attributes']),
    ('bad-attributes.pcap', 85, 'mbms_sec.cut', ['Decoded up to byte 230: a start tag of more than 64 KiB or 256 attributes']),
    ('bad-doctype.pcap', 7, 'mbms_sec.doctype', ['DOCTYPE refused: nothing it declares is used or loaded']),
    ('bad-mikey-trailing.pcap', 1, 'ltkm.trailing_bytes', ['4 bytes after the last payload']),
    ('bad-mikey-version.pcap', 1, MALFORMED, ['Version 2 where MIKEY has 1']),
    ('bad-mikey-version.pcap', 2, MALFORMED, ['Version 0 where MIKEY has 1']),
    ('bad-mikey-length.pcap', 1, MALFORMED, ['ID: 65535 bytes wanted, which reach beyond the end']),
    ('bad-mikey-length.pcap', 2, MALFORMED, ['General Extension (EXT): 32767 bytes wanted, which reach beyond the end']),
    ('bad-mikey-length.pcap', 3, MALFORMED, ['General Extension (EXT): 64 bytes wanted, which reach beyond the end']),
    ('bad-mikey-length.pcap', 4, MALFORMED, ['Key Data Transport (KEMAC): 256 bytes wanted, which reach beyond the end']),
    ('bad-values.pcap', 6, 'bcast.r9', ['R9 (5.1.6.7.1): version "300" is not an unsignedByte (0 to 255)']),
    ('bad-values.pcap', 6, 'bcast.r11', [f'R11 (5.1.6.7.1): Type "{text}" is not an unsignedByte (0 to 255)' for text in ('256', 'x', '', '-1')]),
    ('bad-values.pcap', 9, 'mbms_sec.bad_value', ['<ResponseCode> "OK" does not begin with a status code']),
]  # fmt: skip


@pytest.mark.parametrize(('capture', 'frame', 'fault', 'texts'), SAID)
def test_what_is_said(wireshark, capture, frame, fault, texts):
    """Which fault, how often, and in which words."""
    found = wireshark.fields(capture, NAMES, '-2')[frame]
    assert [message for message in found['_ws.expert.message'] if message in texts] == texts
    assert len(found[fault]) == len(texts)


def test_base64_fault_is_on_its_character(wireshark):
    """The first offending character is highlighted, and nothing else."""
    items = raw(wireshark, 'bad-base64.pcap', 8)
    texts = [item for item in items if item.name == 'bcast.ltkm']
    assert [item.text[:21][-1:] for item in texts[:2]] == ['*', '=']
    shown = wireshark.tshark('bad-base64.pcap', '-2', '-T', 'pdml', '-Y', 'frame.number == 8')
    for text, offset in ((texts[0], 20), (texts[1], 4)):
        assert f'size="1" pos="{text.position + offset}"' in shown


@pytest.mark.parametrize(('capture', 'frame', 'text'), [
    ('bad-values.pcap', 6, 'version="300"'),
    ('bad-values.pcap', 6, '<bcast:Type>256</bcast:Type>'),
    ('bad-values.pcap', 8, '<MSKID>a(kA)Q==</MSKID>'),
    ('bad-values.pcap', 9, '<ResponseCode>OK</ResponseCode>'),
])  # fmt: skip
def test_bad_value_is_on_its_element(wireshark, capture, frame, text):
    """The whole element or attribute is highlighted."""
    shown = wireshark.tshark(capture, '-2', '-T', 'pdml', '-Y', f'frame.number == {frame}')
    assert f'value="{text.encode().hex()}"' in shown


def test_doctype_is_on_its_declaration(wireshark):
    """From `<!DOCTYPE` to its end; no entity is expanded, no file read."""
    shown = wireshark.tshark('bad-doctype.pcap', '-2', '-T', 'pdml', '-Y', 'frame.number == 7')
    assert f'value="{b"<!DOCTYPE mbmsSecurityRegister [".hex()}' in shown and b']>'.hex() + '"' in shown
    services = wireshark.fields('bad-doctype.pcap', ['mbms_sec.service_id'], '-Y', 'frame.number == 7')[7]['mbms_sec.service_id']
    assert services == ['urn:example:', '']


# capture, frame, field -> values before and behind the fault; none: not to be had
READ = [
    ('bad-base64.pcap', 8, {'ltkm.index': ['4'], 'ltkm.counter': ['1'], 'bcast.delivery_type': ['2']}),
    ('bad-values.pcap', 6, {'bcast.delivery_type': ['0', '2'], 'bcast.version': [], 'mbms_sec.service_id': ['urn:example:bcast:item:news#monthly']}),
    ('bad-values.pcap', 8, {'mbms_sec.msk_id': ['68c90001'], 'mbms_sec.key_domain_id': ['00f110', '00f110']}),
    ('bad-values.pcap', 9, {'mbms_sec.response_text': ['OK'], 'mbms_sec.response_code': []}),
    ('bad-xml.pcap', 6, {'mbms_sec.service_id': ['urn:example:bcast:item:news#monthly'], 'bcast.delivery_type': ['2']}),
    ('bad-xml.pcap', 7, {'mbms_sec.response_code': ['200'], 'ltkm.counter': ['1']}),
    ('bad-deep.pcap', 12, {'mbms_sec.service_id': ['urn:example:bcast:item:news#monthly'], 'mbms_sec.response_in': ['14']}),
    ('bad-attributes.pcap', 9, {'mbms_sec.service_id': ['urn:example:bcast:item:news#monthly'], 'bcast.extension': []}),
    ('bad-mikey-length.pcap', 1, {'ltkm.idi': ['bsm1.example.org'], 'ltkm.idr': [], 'ltkm.counter': ['1']}),
    ('bad-mikey-length.pcap', 2, {'ltkm.msk_id': ['68c90001'], 'ltkm.bcast_subtype': [], 'ltkm.counter': [], 'ltkm.id': ['4bf90333-']}),
    ('bad-mikey-length.pcap', 3, {'ltkm.key_domain_id': ['00f110'], 'ltkm.msk_id': [], 'ltkm.counter': ['1'], 'ltkm.carries_key': ['1']}),
    ('bad-mikey-length.pcap', 4, {'ltkm.idr': ['dGVzdC1idGlkLTAwMDAwMQ==@bsf.example.org'], 'ltkm.carries_key': []}),
    ('bad-mikey-truncated.pcap', 2, {'mikey.csb_id': ['0x4bf90333'], 'ltkm.msk_id': []}),
    ('bad-mikey-truncated.pcap', 3, {'mikey.csb_id': [], 'ltkm.id': []}),
    ('bad-mikey-payload.pcap', 1, {'ltkm.idi': ['bsm1.example.org'], 'ltkm.idr': ['dGVzdC1idGlkLTAwMDAwMQ==@bsf.example.org']}),
    ('bad-mikey-trailing.pcap', 1, {'ltkm.trailing': ['cafebabe'], 'ltkm.carries_key': ['1']}),
    ('bad-mikey-map.pcap', 1, {'mikey.csb_id': ['0x4bf90333'], 'mikey.cs_id_map_type': ['9'], 'ltkm.msk_id': []}),
]  # fmt: skip
NAMES = sorted({fault for _, _, fault, _ in SAID} | {name for _, _, fields in READ for name in fields}) + ['_ws.expert.message']


@pytest.mark.parametrize(('capture', 'frame', 'fields'), READ)
def test_what_is_still_read(wireshark, capture, frame, fields):
    """Before and, where its length is known, behind the fault."""
    got = wireshark.fields(capture, NAMES, '-2')[frame]
    assert {name: got.get(name, []) for name in fields} == fields


@pytest.mark.parametrize(('capture', 'frame', 'field', 'start', 'to_the_end'), [
    ('bad-mikey-length.pcap', 1, 'ltkm.payload_data', b'\x01\x00\xff\xff', True),
    ('bad-mikey-length.pcap', 2, 'ltkm.payload_data', b'\x05\x05\x7f\xff', True),
    ('bad-mikey-length.pcap', 4, 'ltkm.payload_data', b'\x00\x01\x01\x00', True),
    ('bad-mikey-trailing.pcap', 1, 'ltkm.trailing', b'\xca\xfe\xba\xbe', True),
    ('bad-mikey-map.pcap', 1, 'ltkm.payload_data', b'\x01\x02\x03\x04\x05', True),
    ('bad-mikey-payload.pcap', 1, 'ltkm.payload_data', b'\x00\x00\x04abcd', True),
])  # fmt: skip
def test_what_is_left_lies_where_decoding_stopped(wireshark, capture, frame, field, start, to_the_end):
    """The undecoded rest is an item of its own: from where decoding stopped to the end of the message."""
    items = raw(wireshark, capture, frame)
    [rest] = [item for item in items if item.name == field]
    [message] = [item for item in items if item.name == 'ltkm']
    assert bytes.fromhex(rest.hex).startswith(start)
    assert (rest.position + rest.length == message.position + message.length) == to_the_end


def test_cut_by_the_capture_is_no_fault(wireshark):
    """Wireshark's own mark for a short frame, and no expert item of ours."""
    capture = 'snaplen.pcap'
    assert len(wireshark.fields(capture, [], '-2', '-Y', '_ws.short')) >= 2
    faults = 'ltkm.malformed || mbms_sec.ill_formed || mbms_sec.bad_value || _ws.malformed'
    assert list(wireshark.fields(capture, [], '-2', '-Y', faults)) == []
