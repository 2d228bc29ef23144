"""What people met in the field: the captures of captures/cases, and variations of them made here."""
import base64
import gzip
import json

import pytest

from made import Capture, but_33246, cast, documents, mikey, procedures, spoken

REGISTER = '/keymanagement?requesttype=register'
OFFER = documents.Document(documents.REGISTRATION, services=(cast.NEWS,), delivery=(documents.UDP, documents.HTTP))
IDS = cast.key_ids(0x68C9, 1)


def answer_to(offer, ltkms=(), delivery=None):
    entry = documents.Entry(cast.NEWS, ltkms=tuple(ltkms) or None)
    return documents.Document(documents.REGISTRATION_RESPONSE, entries=(entry,), delivery=delivery or offer.delivery)


class Talk:
    """A connection on which the two say what they are told to, header by header."""

    def __init__(self, folder, name='talk'):
        self.path = folder / f'{name}.pcap'
        self.capture = Capture(name, '')
        self.connection = procedures.Dialogue(self.capture, cast.SUBSCRIBER_A, cast.BSM_1).open().connection

    def say(self, by, first_line, headers, body):
        lines = [first_line, *headers, f'Content-Length: {len(body)}', '', '']
        self.capture.wait(20)
        return self.connection.transfer(by, '\r\n'.join(lines).encode() + body)

    def ask(self, body, *headers, target=REGISTER):
        return self.say(self.connection.client, f'POST {target} HTTP/1.1', ['Host: bsm1.example.org', *headers], body)

    def reply(self, body, *headers, status='200 OK'):
        return self.say(self.connection.server, f'HTTP/1.1 {status}', headers, body)

    def verify(self, ltkm):
        frame, _ = procedures.send_verification(self.capture, mikey.Verification(ltkm), cast.SUBSCRIBER_A.host, cast.BSM_1)
        return frame

    def save(self):
        self.path.write_bytes(self.capture.pcap())
        return str(self.path)


def typed(document):
    return document.xml().encode(), f'Content-Type: {document.kind.media_type}'


def untyped(document):
    return document.xml().encode()


def lines_of(data, width=64):
    text = base64.b64encode(data).decode()
    return '\r\n'.join(text[i : i + width] for i in range(0, len(text), width)).encode()


# ---- 11: bodies without a type --------------------------------------------------------------------------------------

NO_TYPES = [(), ('Content-Type:',), ('Content-Type: application/octet-stream',), ('Content-Type: text/plain; charset=utf-8',),
            ('Content-Type: text/html',), ('Content-Type: application/x-www-form-urlencoded',), ('Content-Type: foo/bar',)]  # fmt: skip


def test_case_11_no_content_type(wireshark):
    """Decoded by the root element; the LTKMs are verified and nothing is found."""
    found = but_33246(wireshark.fields('cases/11-no-content-type.pcap', ['mbms_sec.message', 'ltkm.message', 'ltkm.verifies', 'bcast.rule'], '-2', '-Y', 'http.response || ltkm'))
    assert found[5] == {'mbms_sec.message': ['2'], 'ltkm.message': ['1']}
    assert found[6] == {'ltkm.message': ['3'], 'ltkm.verifies': ['5']}
    assert found[11] == {'mbms_sec.message': ['2'], 'ltkm.message': ['1']}
    assert found[12] == {'ltkm.message': ['3'], 'ltkm.verifies': ['11']}
    assert 'without a document' not in wireshark.tshark('cases/11-no-content-type.pcap', '-2', '-V')


@pytest.mark.parametrize('headers', NO_TYPES, ids=lambda headers: headers[0] if headers else 'none')
def test_case_11_other_types_that_say_nothing(wireshark, folder, headers):
    """Request and response, whose pairing and grant count as ever."""
    talk = Talk(folder)
    ltkm = cast.ltkm(IDS, 1, v=True)
    credentials = f'Authorization: Digest username="{cast.SUBSCRIBER_A.btid}", realm="r"'
    asked = talk.ask(untyped(OFFER), credentials, *headers)
    answered = talk.reply(untyped(answer_to(OFFER, [ltkm])), *headers)
    verified = talk.verify(ltkm)
    found = but_33246(wireshark.fields(talk.save(), ['mbms_sec.message', 'mbms_sec.request_in', 'mbms_sec.terminal', 'mbms_sec.btid', 'ltkm.verifies', 'bcast.rule'], '-2'))
    named = {'mbms_sec.terminal': [cast.SUBSCRIBER_A.btid]}
    assert found[asked] == {'mbms_sec.message': ['1'], 'mbms_sec.btid': [cast.SUBSCRIBER_A.btid], **named}
    assert found[answered] == {'mbms_sec.message': ['2'], 'mbms_sec.request_in': [str(asked)], **named}
    assert found[verified] == {'ltkm.verifies': [str(answered)], **named}


@pytest.mark.parametrize('headers', NO_TYPES, ids=lambda headers: headers[0] if headers else 'none')
@pytest.mark.parametrize('body', [b'<html><body>mbmsMSKResponse</body></html>', b'', b' <', b'AQ', b'AQAV', b'AQAV' * 40, b'\x01\x00\x05' + bytes(60), b'just text, AQAV', b'a=b&c=d'],
                         ids=lambda body: body[:12].hex() or 'empty')  # fmt: skip
def test_case_11_bodies_of_others(wireshark, stock, folder, headers, body):
    """As without the plugin, line by line."""
    talk = Talk(folder)
    talk.ask(body, *headers)
    talk.reply(body, *headers)
    capture = talk.save()
    assert wireshark.tshark(capture, '-2', '-V') == stock.tshark(capture, '-2', '-V')


def test_case_11_heuristic_can_be_switched_off(wireshark):
    """It is an ordinary one."""
    off = wireshark.fields('cases/11-no-content-type.pcap', ['mbms_sec.message'], '-2', '--disable-heuristic', 'mbms_sec_http', '-Y', 'frame.number == 5')
    assert off == {5: {}}


def test_case_11_service_response(wireshark, folder):
    """A provisioning message under a type that says nothing, by its name space; R26 speaks of its LTKM."""
    text = '<ServiceResponse xmlns="%s"><SmartcardProfileSpecificPart><LTKM>%s</LTKM></SmartcardProfileSpecificPart></ServiceResponse>'
    body = (text % (documents.BCAST, documents.base64_text(cast.ltkm(IDS, 1)))).encode()
    talk = Talk(folder)
    talk.ask(b'x', target='/service')
    frames = []
    for kind in ('text/plain', 'text/xml', 'application/xml'):
        frames.append(talk.reply(body, f'Content-Type: {kind}'))
        talk.ask(b'x', target='/service')
    found = but_33246(wireshark.fields(talk.save(), ['ltkm.message', 'bcast.extension', 'bcast.rule'], '-2', '-Y', 'ltkm'))
    assert found == {frame: {'ltkm.message': ['1'], 'bcast.extension': ['SmartcardProfileSpecificPart'], 'bcast.rule': ['R26']} for frame in frames}


# ---- 06: verification messages that are posted ----------------------------------------------------------------------


def test_case_06_posted_verification(wireshark):
    """Linked, each R56, and no LTKM misses its verification message."""
    found = but_33246(wireshark.fields('cases/06-posted-verification.pcap', ['ltkm.message', 'ltkm.verifies', 'bcast.rule'], '-2', '-Y', 'ltkm'))
    assert {frame: found[frame] for frame in (6, 13, 20)} == {
        frame: {'ltkm.message': ['3'], 'ltkm.verifies': [str(frame - 1)], 'bcast.rule': ['R56']} for frame in (6, 13, 20)
    }
    assert not any('bcast.rule' in fields for frame, fields in found.items() if frame not in (6, 13, 20))


@pytest.mark.parametrize('headers', NO_TYPES, ids=lambda headers: headers[0] if headers else 'none')
@pytest.mark.parametrize('raw', [False, True], ids=['base64', 'raw'])
def test_case_06_messages_under_any_type(wireshark, folder, headers, raw):
    """An LTKM in a response (R26) and its verification message in a request (R56), in base64 or as bytes."""
    talk = Talk(folder)
    ltkm = cast.ltkm(IDS, 1, v=True)
    encode = (lambda data: data) if raw else lines_of
    talk.ask(*typed(OFFER))
    talk.reply(*typed(answer_to(OFFER)))
    talk.ask(b'x', target='/give')
    given = talk.reply(encode(ltkm.encode()), *headers)
    posted = talk.ask(encode(mikey.Verification(ltkm).encode()), *headers, target='/take')
    found = but_33246(wireshark.fields(talk.save(), ['ltkm.message', 'ltkm.verifies', 'bcast.rule'], '-2', '-Y', 'ltkm'))
    assert found == {given: {'ltkm.message': ['1'], 'bcast.rule': ['R26']}, posted: {'ltkm.message': ['3'], 'ltkm.verifies': [str(given)], 'bcast.rule': ['R56']}}


# ---- 04: containers of other names and in other name spaces ---------------------------------------------------------


def test_case_04_other_containers(wireshark):
    """Opened, their names shown, noted; grant and LTKMs count in a wrong name space too."""
    found = but_33246(wireshark.fields('cases/04-other-containers.pcap', ['bcast.extension', 'bcast.delivery_type', 'ltkm.message', 'bcast.unknown_container', 'bcast.rule'], '-2', '-Y', 'http.response || bcast.rule'))
    for frame in (7, 16, 25, 34):
        assert found[frame]['bcast.extension'] == ['LTKMResponseMSKExtension'] and found[frame]['ltkm.message'] == ['1', '1']
        assert 'bcast.unknown_container' in found[frame] and 'bcast.rule' not in found[frame]
    assert found[41]['bcast.delivery_type'] == ['2'] and found[41]['ltkm.message'] == ['1']
    assert set(found[41]['bcast.rule']) == {'R6', 'R16'}
    assert list(spoken(found)) == [41]


def test_case_04_stray_ltkm(wireshark, folder):
    """In a foreign name space under the root or a Response: passed over."""
    text = untyped(answer_to(OFFER)).decode()
    stray = '<x:LTKM xmlns:x="urn:x">%s</x:LTKM>' % documents.base64_text(cast.ltkm(IDS, 1))
    talk = Talk(folder)
    talk.ask(*typed(OFFER))
    talk.reply(text.replace('</Response>', stray + '</Response>' + stray).encode(), f'Content-Type: {documents.REGISTRATION_RESPONSE.media_type}')
    assert not wireshark.fields(talk.save(), [], '-2', '-Y', 'ltkm')
    assert not spoken(wireshark.fields(str(talk.path), ['bcast.rule'], '-2'))


def test_case_04_grant_that_is_told_otherwise(wireshark, folder):
    """A registration container with other children: what is granted is not known, so that nothing is judged by it."""
    grant = f'<b:RegistrationResponseExtension xmlns:b="{documents.BCAST}"><b:version>1</b:version><b:type>2</b:type></b:RegistrationResponseExtension>'
    offer = documents.Document(documents.REGISTRATION, services=(cast.NEWS,), delivery=(documents.HTTP,))
    ltkm = cast.ltkm(IDS, 1)
    text = documents.Document(documents.REGISTRATION_RESPONSE, entries=(documents.Entry(cast.NEWS, ltkms=(ltkm,)),)).xml()
    talk = Talk(folder)
    talk.ask(*typed(offer))
    talk.reply(text.replace('</mbms', grant + '</mbms').encode(), f'Content-Type: {documents.REGISTRATION_RESPONSE.media_type}')
    assert wireshark.fields(talk.save(), ['ltkm.message'], '-2', '-Y', 'ltkm').popitem()[1] == {'ltkm.message': ['1']}
    assert not wireshark.fields(str(talk.path), [], '-2', '-Y', 'bcast.rule_level > 1')


# ---- 18: content codings that nobody undoes -------------------------------------------------------------------------


def test_case_18_content_encoding(wireshark):
    """A body that nobody could read is not 'no document'; nothing is found beside it."""
    text = wireshark.tshark('cases/18-content-encoding.pcap', '-2', '-V')
    assert text.count('MBMS Security: Registration refused') == 1 and 'without a document' not in text
    assert text.count('body not decoded (Content-Encoding: none)') == text.count('body not decoded (Content-Encoding: compress)') == 1
    assert not spoken(wireshark.fields('cases/18-content-encoding.pcap', ['bcast.rule'], '-2'))


CODED = [  # headers, body, whether nobody can read it
    (['Content-Encoding: compress'], b'\x1f\x9d\x90', True),
    (['content-encoding:none'], b'<html/>', True),
    (['Content-Encoding: gzip'], b'no gzip', True),
    (['Content-Encoding: identity', 'Content-Type: text/html'], b'<html/>', False),
    (['Content-Type: text/html'], b'<html/>', False),
    (['Content-Encoding: compress'], b'', False),
]


@pytest.mark.parametrize(('headers', 'body', 'unread'), CODED)
def test_case_18_codings(wireshark, folder, headers, body, unread):
    """R63 is silent where LTKMs may have been in what nobody could read, and speaks beside others."""
    talk = Talk(folder)
    ltkm = cast.ltkm(IDS, 1, v=True)
    talk.ask(*typed(OFFER))
    talk.reply(body, *headers)
    talk.ask(*typed(OFFER))
    talk.reply(*typed(answer_to(OFFER)))
    frame = talk.verify(ltkm)
    text = wireshark.tshark(talk.save(), '-2', '-V')
    assert ('not decoded (Content-Encoding' in text, 'without a document' in text) == (unread, not unread)
    found = wireshark.fields(str(talk.path), ['bcast.rule'], '-2')
    assert spoken(found) == ({} if unread else {frame: ['R63']})


def test_case_18_told_not_to_unpack(wireshark, folder):
    """With Wireshark's own preference off, a gzip body is one that nobody could read; chunks are no coding."""
    talk = Talk(folder)
    body, kind = typed(answer_to(OFFER))
    talk.ask(*typed(OFFER))
    talk.reply(gzip.compress(body), kind, 'Content-Encoding: gzip')
    on, off = (wireshark.tshark(talk.save(), '-2', '-V', '-o', f'http.decompress_body:{value}') for value in ('TRUE', 'FALSE'))
    assert 'MBMS Security: Registration response' in on and 'not decoded' not in on
    assert 'not decoded (Content-Encoding: gzip)' in off and 'without a document' not in off


# ---- base64 that a lenient decoder can read -------------------------------------------------------------------------


def no_padding(text):
    return text.rstrip('=')


def url_letters(text):
    return text.replace('+', '-').replace('/', '_')


def loose_bits(text):
    letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    at = len(text.rstrip('=')) - 1
    return text[:at] + letters[letters.index(text[at]) | 1] + text[at + 1 :]


@pytest.mark.parametrize('spoil', [no_padding, url_letters, loose_bits])
def test_lenient_base64(wireshark, folder, spoil):
    """R14 and bcast.bad_base64 say what is wrong; the LTKM is decoded and verified all the same."""
    ltkm = next(ltkm for ltkm in (cast.ltkm(IDS, count, v=True) for count in range(1, 200))
                if all(one in documents.base64_text(ltkm) for one in '+/=') or spoil is not url_letters and '=' in documents.base64_text(ltkm))
    document = answer_to(OFFER, [ltkm])
    good = documents.base64_text(ltkm)
    assert spoil(good) != good
    talk = Talk(folder)
    talk.ask(*typed(OFFER))
    frame = talk.reply(document.xml().replace(good, spoil(good)).encode(), f'Content-Type: {document.kind.media_type}')
    verified = talk.verify(ltkm)
    found = but_33246(wireshark.fields(talk.save(), ['ltkm.message', 'bcast.bad_base64', 'bcast.rule', 'ltkm.verifies', 'ltkm.verified_in'], '-2', '-Y', 'ltkm'))
    assert {**found[frame], 'bcast.bad_base64': []} == {'ltkm.message': ['1'], 'bcast.bad_base64': [], 'bcast.rule': ['R14'], 'ltkm.verified_in': [str(verified)]}
    assert len(found[frame]['bcast.bad_base64']) == 1
    assert found[verified] == {'ltkm.message': ['3'], 'ltkm.verifies': [str(frame)]}


# ---- 14: encodings --------------------------------------------------------------------------------------------------


def test_case_14_encodings(wireshark):
    """No fault of the sender; the LTKMs are verified."""
    found = wireshark.fields('cases/14-encodings.pcap', ['mbms_sec.ill_formed', 'mbms_sec.bad_value', 'ltkm.message'], '-2', '-Y', 'mbms_sec || ltkm')
    assert not any(name.startswith('mbms_sec.') for fields in found.values() for name in fields)
    assert sum(fields.get('ltkm.message') == ['1'] for fields in found.values()) == 3


@pytest.mark.parametrize(('encoding', 'text'), [('GB18030', '新闻'), ('Shift_JIS', 'ニュース'), ('KOI8-R', 'Новости'), ('EUC-KR', '뉴스'), ('Big5', '新聞'),
                                                ('windows-1251', 'Новости'), ('ISO-8859-7', 'Νέα'), ('TIS-620', 'ข่าว')])  # fmt: skip
@pytest.mark.parametrize('declared', [True, False], ids=['declared', 'charset'])
def test_case_14_service_ids(wireshark, folder, encoding, text, declared):
    """Converted, by the declaration or the charset of the type."""
    offer = documents.Document(documents.REGISTRATION, services=(text,))
    talk = Talk(folder)
    xml = offer.xml(encoding if declared else 'UTF-8')
    frame = talk.ask(xml.encode(encoding), f'Content-Type: {offer.kind.media_type}' + ('' if declared else f'; charset={encoding}'))
    found = wireshark.fields(talk.save(), ['mbms_sec.service_id', 'mbms_sec.ill_formed', 'mbms_sec.bad_value'], '-2', '-Y', 'mbms_sec')
    assert found == {frame: {'mbms_sec.service_id': [text]}}


@pytest.mark.parametrize('name', ['x-klingon', '../../tmp/evil', 'UTF-8//TRANSLIT', 'utf-7'])
def test_case_14_unknown_encoding(wireshark, folder, name):
    """One remark, no error about bytes beyond ASCII."""
    offer = documents.Document(documents.REGISTRATION, services=('caf\u00e9',))
    talk = Talk(folder)
    frame = talk.ask(offer.xml().encode('latin-1'), f'Content-Type: {offer.kind.media_type}; charset="{name}"')
    found = wireshark.fields(talk.save(), ['mbms_sec.service_id', 'mbms_sec.ill_formed', 'mbms_sec.bad_value'], '-2', '-Y', 'mbms_sec')
    assert found[frame].get('mbms_sec.ill_formed') is None and len(found[frame]['mbms_sec.bad_value']) == 1
    assert found[frame]['mbms_sec.service_id'] == ['caf?']


# ---- 15: the type of the request in its URI -------------------------------------------------------------------------


def test_case_15_requesttype(wireshark):
    """A deregistration request as text/plain, and its response."""
    found = wireshark.fields('cases/15-requesttype.pcap', ['mbms_sec.message'], '-2', '-Y', 'mbms_sec')
    assert [found[frame]['mbms_sec.message'] for frame in (4, 5, 6, 7)] == [['1'], ['2'], ['3'], ['4']]


@pytest.mark.parametrize(('target', 'message'), [
    ('/keymanagement?requesttype=deregister', '4'), ('/k?a=b&requesttype=DeRegister&c', '4'), ('/k?RequestType=%20deregister', '4'),
    ('/keymanagement?requesttype=register', '2'), ('/deregister', '2'), ('/k?requesttype=deregistered', '2'),
])  # fmt: skip
def test_case_15_request_that_nobody_could_read(wireshark, folder, target, message):
    """The URI tells, where the request does not."""
    leave = documents.Document(documents.DEREGISTRATION, services=(cast.NEWS,))
    body, kind = typed(leave)
    talk = Talk(folder)
    talk.ask(body[:-9], kind, 'Content-Encoding: compress', target=target)
    frame = talk.reply(*typed(documents.Document(documents.REGISTRATION_RESPONSE, entries=(documents.Entry(cast.NEWS),))))
    found = but_33246(wireshark.fields(talk.save(), ['mbms_sec.message', 'bcast.rule'], '-2', '-Y', 'mbms_sec'))
    assert found == {frame: {'mbms_sec.message': [message]}}


def test_case_15_what_was_decoded_counts_more(wireshark, folder):
    """A registration to a URI that says something else."""
    talk = Talk(folder)
    talk.ask(*typed(OFFER), target='/k?requesttype=deregister')
    frame = talk.reply(*typed(answer_to(OFFER)))
    assert wireshark.fields(talk.save(), ['mbms_sec.message'], '-2', '-Y', 'http.response') == {frame: {'mbms_sec.message': ['2']}}


# ---- 16: media types of MSK responses -------------------------------------------------------------------------------


def test_case_16_printed_type(wireshark):
    """The slip of the specification is no finding, that of a sender is."""
    found = wireshark.fields('cases/16-printed-type.pcap', ['bcast.rule'], '-2', '-Y', 'bcast.r18 || bcast.r19')
    assert spoken(found) == {12: ['R18']}


MSK_ANSWER = documents.Document(documents.MSK_RESPONSE, entries=(documents.Entry(msk=IDS, ltkms=(cast.ltkm(IDS, 1),)),))


def test_case_16_multipart(wireshark, folder):
    """R19 for an MSK response that is a part of a multipart body, whatever its own type; a registration response may."""
    def parts(document):
        body, kind = typed(document)
        return b'--x\r\n' + kind.encode() + b'\r\n\r\n' + body + b'\r\n--x--\r\n', 'Content-Type: multipart/mixed; boundary=x'

    talk = Talk(folder)
    talk.ask(*typed(OFFER))
    talk.reply(*parts(answer_to(OFFER)))
    talk.ask(*typed(documents.Document(documents.MSK_REQUEST, msks=(IDS,))))
    frame = talk.reply(*parts(MSK_ANSWER))
    found = but_33246(wireshark.fields(talk.save(), ['mbms_sec.message', 'ltkm.message', 'bcast.rule'], '-2', '-Y', 'http.response'))
    assert [fields.pop('mbms_sec.message') for fields in found.values()] == [['2'], ['6']]
    assert {number: fields for number, fields in found.items() if 'bcast.rule' in fields} == {frame: {'ltkm.message': ['1'], 'bcast.rule': ['R19']}}


# ---- 19: what stands before the declaration, and what ends too early -------------------------------------------------

BOM = b'\xef\xbb\xbf'


def test_case_19_two_boms(wireshark):
    """One mark, and all of it is read."""
    found = wireshark.fields('cases/19-two-boms.pcap', ['mbms_sec.message', 'mbms_sec.ill_formed', 'ltkm.message'], '-2', '-Y', 'http.response || ltkm')
    assert len(found[5].pop('mbms_sec.ill_formed')) == 1
    assert found[5] == {'mbms_sec.message': ['2'], 'ltkm.message': ['1']}


@pytest.mark.parametrize('before', [b'\r\n', b'  ', BOM + b'\n', BOM + BOM, b'\n' + BOM, BOM * 3], ids=lambda before: before.hex())
@pytest.mark.parametrize('kind', ['application/mbms-register-response+xml', 'text/plain', 'application/xml'])
def test_case_19_before_the_declaration(wireshark, folder, before, kind):
    """Under every type."""
    talk = Talk(folder)
    talk.ask(*typed(OFFER))
    frame = talk.reply(before + untyped(answer_to(OFFER, [cast.ltkm(IDS, 1)])), f'Content-Type: {kind}')
    found = but_33246(wireshark.fields(talk.save(), ['mbms_sec.message', 'mbms_sec.ill_formed', 'ltkm.message', 'bcast.rule'], '-2', '-Y', 'http.response'))
    assert len(found[frame].pop('mbms_sec.ill_formed')) == 1
    assert found[frame] == {'mbms_sec.message': ['2'], 'ltkm.message': ['1']}


@pytest.mark.parametrize('lost', [1, 5, 60, 130])
def test_case_19_content_length_too_short(wireshark, folder, lost):
    """What is there is read, with one mark at its end."""
    ltkm = cast.ltkm(IDS, 1, v=True)
    body, kind = typed(answer_to(OFFER, [ltkm]))
    talk = Talk(folder)
    talk.ask(*typed(OFFER))
    frame = talk.reply(body[:-1 - lost], kind)
    verified = talk.verify(ltkm)
    found = but_33246(wireshark.fields(talk.save(), ['mbms_sec.message', 'mbms_sec.ill_formed', 'ltkm.message', 'ltkm.verifies', 'bcast.rule'], '-2', '-Y', 'mbms_sec.message == 2 || ltkm'))
    assert len(found[frame].pop('mbms_sec.ill_formed')) == 1
    assert found[frame] == {'mbms_sec.message': ['2'], 'ltkm.message': ['1']}
    assert found[verified]['ltkm.verifies'] == [str(frame)] and 'bcast.rule' not in found[verified]


# ---- exact bytes under CDATA ----------------------------------------------------------------------------------------


@pytest.mark.parametrize('code', ['<![CDATA[200 OK]]>', '\n <!-- x --> 200 OK', '<![CDATA[\n]]> <![CDATA[ 200 OK]]>', '200 OK'])
def test_bytes_of_the_response_code(wireshark, folder, code):
    """The three digits and nothing else."""
    body, kind = typed(answer_to(OFFER))
    talk = Talk(folder)
    talk.ask(*typed(OFFER))
    talk.reply(body.replace(b'200 OK', code.encode()), kind)
    [packet] = json.loads(wireshark.tshark(talk.save(), '-2', '-T', 'json', '-x', '-Y', 'mbms_sec.message == 2'))
    [response] = [node for name, node in packet['_source']['layers']['mbms_sec'].items() if name == 'mbms_sec.response_tree' or name == 'mbms_sec.response']
    assert response['mbms_sec.response_code_raw'][0] == b'200'.hex()


# ---- 09: protocols that are switched off ----------------------------------------------------------------------------


@pytest.mark.parametrize('protocol', ['ltkm', 'bcast'])
def test_case_09_protocols_off(wireshark, protocol):
    """What is not decoded is not judged."""
    assert not spoken(wireshark.fields('cases/09-protocols-off.pcap', ['bcast.rule'], '-2', '--disable-protocol', protocol))


@pytest.mark.parametrize('protocol', ['ltkm', 'bcast'])
@pytest.mark.parametrize('rule', ['14', '22', '24', '26', '27', '35', '36', '39', '40', '56'])
def test_case_09_rules_about_ltkms(wireshark, protocol, rule):
    """Captures that break the rules about LTKMs, and those about delivery: silent with bcast off, the former with ltkm off."""
    found = spoken(wireshark.fields(f'rules/r{rule}.pcap', ['bcast.rule'], '-2', '--disable-protocol', protocol))
    rules = {name for names in found.values() for name in names}
    of_others = {'R1', 'R18', 'R20', 'R29', 'R43'} | ({'R35', 'R36', 'R37', 'R38'} if protocol == 'ltkm' else {'R53', 'R54', 'R55', 'R56', 'R59', 'R62', 'R24', 'R26'})
    assert rules <= of_others
