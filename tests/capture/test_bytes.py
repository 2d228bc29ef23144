"""Items lie on the bytes they are read from: what Wireshark highlights is what it says."""
import base64
import os
import re
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor

import pytest

from trees import data_sources, packets
from wireshark import capture_names

OURS = ('mbms_sec', 'bcast', 'ltkm', 'mikey')
PAYLOADS = ['hdr', 'ext', 't', 'rand', 'id', 'kemac', 'v', 'sp', 'err', 'chash', 'sign']
BODIES = ['tour.pcap', 'xml-syntax.pcap', 'encodings.pcap', 'http-transfer.pcap', 'media-types.pcap', 'recorded/recorded.pcap']


def read(wireshark, capture):
    """The trees of a capture and, in the same order, its data sources."""
    return packets(wireshark, capture, '-2', '-x'), data_sources(wireshark, capture, '-2')


@pytest.fixture(scope='module')
def captures(wireshark):
    """Every capture, read once."""
    names = capture_names()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(names, pool.map(lambda name: read(wireshark, name), names)))


def items(captures, capture, name):
    """(raw item, its frame) for every item of this name."""
    trees, _ = captures[capture]
    return [(raw, frame) for frame, tree in trees.items() for raw in tree.raw_items() if raw.name == name]


@pytest.mark.parametrize('capture', capture_names())
def test_every_item_lies_in_a_data_source(captures, capture):
    """Each of our items is within a data source, and the bytes there are those it claims."""
    trees, sources = captures[capture]
    assert len(trees) == len(sources)
    wrong, count = [], 0
    for (frame, tree), named in zip(trees.items(), sources):
        blocks = [block for found in named.values() for block in found]
        for raw in tree.raw_items():
            if raw.name.split('.')[0] not in OURS:
                continue
            count += 1
            assert raw.position >= 0 and raw.length >= 0
            holds = [block for block in blocks if raw.position + raw.length <= len(block)]
            if not holds:
                wrong.append(f'frame {frame}: {raw.name} reaches to {raw.position + raw.length}')
            elif not raw.mask and not any(block[raw.position : raw.position + raw.length].hex() == raw.hex for block in holds):
                wrong.append(f'frame {frame}: {raw.name} is not on its bytes')
    assert not wrong, '\n'.join(wrong)
    assert count > 0


@pytest.mark.parametrize('capture', BODIES)
def test_containers_from_tag_to_tag(captures, capture):
    """A container is its whole element, start tag to end tag; an empty one is its only tag."""
    found = items(captures, capture, 'bcast.extension')
    assert found
    trees, _ = captures[capture]
    names = [value for tree in trees.values() for value in tree.anywhere('bcast.extension') if isinstance(value, str)]
    for (raw, _), name in zip(found, names, strict=True):
        whole = rf'<([^\s<>/]+:)?{name}(\s[^<>]*)?(/>|>.*</(\1)?{name}\s*>)'
        assert re.fullmatch(whole, raw.text, re.DOTALL), raw.text[:100]
        assert len(re.findall(rf'[<:]{name}[\s>/]', raw.text)) <= 2
    protocols = [raw for raw, _ in items(captures, capture, 'bcast')]
    assert [raw[1:4] for raw in protocols] == [raw[1:4] for raw, _ in found]


@pytest.mark.parametrize('capture', BODIES)
def test_ltkm_is_the_text_of_its_element(captures, capture):
    """The item is exactly what stands between the tags, and decodes to the message below it."""
    trees, sources = captures[capture]
    count = 0
    for (_, tree), named in zip(trees.items(), sources):
        blocks = [block for found in named.values() for block in found]
        texts = [raw for raw in tree.raw_items() if raw.name == 'bcast.ltkm']
        messages = [raw for raw in tree.raw_items() if raw.name == 'ltkm'] if texts else []
        for raw, message in zip(texts, messages, strict=True):
            assert any(is_between_tags(block, raw) for block in blocks)
            bare = re.sub(r'<!--.*?-->|<!\[CDATA\[|\]\]>|\s', '', re.sub(r'&#(\d+);', lambda found: chr(int(found[1])), raw.text))
            assert base64.b64decode(bare, validate=True).hex() == message.hex
            count += 1
    assert count == sum(1 for tree in trees.values() for raw in tree.raw_items() if raw.name == 'bcast.ltkm') > 0


def is_between_tags(block, raw):
    before, after = block[: raw.position], block[raw.position + raw.length :]
    return re.search(rb'<([^\s<>/]+:)?LTKM(\s[^<>]*)?>$', before) and re.match(rb'</([^\s<>/]+:)?LTKM\s*>', after)


@pytest.mark.parametrize(('capture', 'field', 'pattern'), [
    ('tour.pcap', 'mbms_sec.service_id', r'urn:example:bcast:item:\w+#\w+'),
    ('tour.pcap', 'bcast.delivery_type', r'\d+'),
    ('tour.pcap', 'mbms_sec.response_code', r'200|403'),
    ('tour.pcap', 'mbms_sec.response_text', r'200 OK|403 Forbidden'),
    ('tour.pcap', 'mbms_sec.key_domain_id', r'APEQ'),
    ('tour.pcap', 'mbms_sec.msk_id', r'[A-Za-z0-9+/]{6}=='),
    ('tour.pcap', 'mbms_sec.message', r'<mbms\w+ xmlns="[^"<>]*"( xmlns:\w+="[^"<>]*")*>'),
    ('tour.pcap', 'mbms_sec.response', r'<Response>.*</Response>'),
    ('tour.pcap', 'mbms_sec.msk', r'<MSK>.*</MSK>'),
    ('tour.pcap', 'bcast.ltkm_delivery', r'<bcast:LTKMDelivery>.*</bcast:LTKMDelivery>'),
    ('recorded/recorded.pcap', 'mbms_sec.service_id', r'\S+'),
    ('recorded/recorded.pcap', 'bcast.delivery_type', r'\d'),
    ('encodings.pcap', 'mbms_sec.service_id', r'urn:example:bcast:item:(café|news#monthly)'),
    ('xml-syntax.pcap', 'mbms_sec.service_id', r'\S.*\S'),
    ('xml-syntax.pcap', 'bcast.delivery_type', r'2|&#48; <!-- UDP -->|<!\[CDATA\[2\]\]>'),
    ('xml-syntax.pcap', 'mbms_sec.response_code', r'200'),
    ('xml-syntax.pcap', 'mbms_sec.response_text', r'200(&#x20;| )OK'),
])  # fmt: skip
def test_text_is_trimmed(captures, capture, field, pattern):
    """Highlighted is the value, without white space at its ends."""
    found = [raw for raw, _ in items(captures, capture, field)]
    assert found
    assert [raw.text for raw in found if not re.fullmatch(pattern, raw.text, re.DOTALL)] == []


def test_version_is_the_attribute(captures):
    """Highlighted is the attribute or its value; a default has no bytes."""
    given = [raw.text for raw, frame in items(captures, 'tour.pcap', 'bcast.version') if raw.length]
    assert set(given) <= {'0', 'version="0"'} and len(given) == 2
    trees, _ = captures['tour.pcap']
    values = [value for tree in trees.values() for value in tree.anywhere('bcast.version') if isinstance(value, str)]
    assert len(values) == 11


def test_payloads_tile_the_message(captures):
    """Each payload begins where the one before it ends; the first with the message, the last at its end."""
    count = 0
    for capture, (trees, _) in captures.items():
        if capture.startswith(('bad-', 'rules/r14')) or capture in ('snaplen.pcap', 'cases/05-snaplen.pcap', 'cases/13-fec.pcap'):
            continue
        for frame, tree in trees.items():
            raws = [raw for raw in tree.raw_items() if raw.name in ('mikey', *(f'mikey.{name}' for name in PAYLOADS))]
            for message, payloads in by_message(raws):
                if message.hex[2:4] not in ('00', '01', '06'):
                    continue  # handed on to Wireshark's own dissector
                at = message.position
                for payload in payloads:
                    assert payload.position == at, f'{capture}, frame {frame}: {payload.name} at {payload.position}, not {at}'
                    at += payload.length
                assert at == message.position + message.length, f'{capture}, frame {frame}: {payloads[-1].name}'
                count += 1
    assert count > 100


def by_message(raws):
    groups = []
    for raw in raws:
        groups.append((raw, [])) if raw.name == 'mikey' else groups[-1][1].append(raw)
    return groups


def test_trailing_bytes_end_the_tiling(captures):
    """The bytes after the last payload belong to no payload."""
    [(message, payloads)] = by_message([raw for tree in captures['bad-mikey-trailing.pcap'][0].values() for raw in tree.raw_items()
                                        if raw.name in ('mikey', *(f'mikey.{name}' for name in PAYLOADS))])  # fmt: skip
    [(trailing, _)] = items(captures, 'bad-mikey-trailing.pcap', 'ltkm.trailing')
    assert (trailing.hex, trailing.position + trailing.length) == ('cafebabe', message.position + message.length)
    assert payloads[-1].position + payloads[-1].length == trailing.position


def test_converted_text_has_a_source_of_its_own(captures):
    """Bodies in UTF-16 and ISO-8859-1 are shown as UTF-8 in "Decoded XML"; those in UTF-8 where they are."""
    trees, sources = captures['encodings.pcap']
    found = {}
    for (frame, tree), named in zip(trees.items(), sources):
        for raw in tree.raw_items():
            if raw.name == 'mbms_sec.namespace':
                decoded = [block[raw.position : raw.position + raw.length].hex() == raw.hex for block in named.get('Decoded XML', [])]
                found[frame] = any(decoded) if decoded else None
    assert found == {6: None, 8: True, 11: True, 13: True, 16: True, 17: None, 19: True, 20: None}


def test_every_ltkm_has_a_source_of_its_own(captures):
    """Decoded base64 is in "LTKM 1", "LTKM 2" …; a message over UDP is in the frame."""
    trees, sources = captures['tour.pcap']
    named = dict(zip(trees, sources))
    assert [name for name in named[12] if name.startswith('LTKM')] == ['LTKM 1', 'LTKM 2', 'LTKM 3']
    assert [name for name in named[22]] == ['']
    whole = [raw for raw in trees[12].raw_items() if raw.name == 'ltkm']
    assert [(raw.position, raw.hex) for raw in whole] == [(0, named[12][f'LTKM {n}'][0].hex()) for n in (1, 2, 3)]


@pytest.mark.parametrize('capture', ['tour.pcap', 'encodings.pcap', 'snaplen.pcap', 'bad-mikey-length.pcap'])
def test_pdml_agrees(wireshark, captures, capture):
    """PDML, which counts some positions from the parent's, has the same items on the same bytes."""
    document = ElementTree.fromstring(wireshark.tshark(capture, '-2', '-T', 'pdml'))
    trees, _ = captures[capture]
    for packet, tree in zip(document.iter('packet'), trees.values(), strict=True):
        fields = [field for field in packet.iter() if field.get('name', '').split('.')[0] in OURS and field.get('value')]
        raws = {(raw.name, raw.length, raw.hex) for raw in tree.raw_items() if raw.length and not raw.mask}
        masked = {raw.name for raw in tree.raw_items() if raw.mask}
        found = {(field.get('name'), int(field.get('size')), field.get('value')) for field in fields if field.get('name') not in masked}
        assert found and found <= raws or not fields
