"""The encoder of the captures against known answers: published ones, and a set worked out beforehand."""

import base64
from dataclasses import replace

import pytest

from captures.generator import aes, keys, mikey

CSB_ID = 0xA1B2C3D4
RAND = bytes(range(0x10, 0x20))
KEY_IDS = mikey.KeyIds(bytes.fromhex("b8709d"), bytes.fromhex("68c90001"))
KEY = mikey.KeyData(mikey.TGK, bytes(range(0x40, 0x50)), interval=(b"\x00\x01", b"\xff\xfe"))
PLAIN = "00020010404142434445464748494a4b4c4d4e4f02000102fffe"


def ltkm(psk_length: int = 32) -> mikey.Initiator:
    """The reference LTKM under the key 00 01 02 ..."""
    return mikey.Initiator(
        psk=bytes(range(psk_length)),
        csb_id=CSB_ID,
        t=mikey.counter(0x2A),
        rand=RAND,
        idi=mikey.Identity(mikey.URI, b"bsm.example.org"),
        idr=mikey.Identity(mikey.NAI, b"dGVzdC1idGlkLTAwMDE=@bsf.example.org"),
        key_ids=KEY_IDS,
        key_data=(KEY,),
        v=True,
    )


@pytest.mark.parametrize(
    "length, encr, auth, salt, iv, data, mac, verification",
    [
        (16, "2d1cf68eb60a65e4eb59a7dfba7d303d", "9e6bd7b88a34952877a25858d17f2d4da6d65e0a", "828aeac894217a0feecbd87c7f82",
         "828a4b7a57f57a0feecbd87c7fa80000", "9eb07773cb0175a512af2a5285bddb8628e32a3ff94f09ddadce",
         "5ae5f7a35b84eeebd571c30c62e1660bfc697e27", "24404d0eaa0ab82e26fd875b90600a97efc229f7"),
        (32, "794791ac5344379af2409992f6684a2e", "df759ffedd618ebff5a20f470a1d0a31329aebfd", "0ce9e15fddd5fe46cd725bd84c28",
         "0ce940ed1e01fe46cd725bd84c020000", "905cc426e0ea3716146be06f7dda470f20c7989ff5ec6cb050b3",
         "97bb80585428a56319b861be6d7f15d28974b5b2", "faf0c2dbb303b47358ecf00a2850abe81650cf96"),
        (48, "89b9e903b6166e5e3acfbc6714df3759", "58021bf1218c07cbaa31e7ded27877eb74d653d3", "f10a07612ea4cd0dda0dee21205a",
         "f10aa6d3ed70cd0dda0dee2120700000", "b4774db0c3391600c59905a4627a8cfbfea90204590e0b97ddba",
         "12aa7b8d69613808b17d0432514dee67a7ea61c1", "696fb1ea8d57c60b6ca92f543a344c8d31bcbe90"),
    ],
)  # fmt: skip
def test_keys_encryption_and_macs(length, encr, auth, salt, iv, data, mac, verification):
    """One, one full and one and a half blocks of pre-shared key."""
    message = ltkm(length)
    assert mikey.chain([KEY.payload()]).hex() == PLAIN
    assert message.keys() == keys.TransportKeys(*map(bytes.fromhex, (encr, auth, salt)))
    assert mikey.counter_mode_iv(message.keys().salt, CSB_ID, message.t).hex() == iv
    assert message.encode().hex().endswith(f"0001001a{data}01{mac}")
    assert mikey.Verification(message).encode().hex().endswith("0001" + verification)


def test_whole_ltkm():
    """Every byte of the LTKM, and of its base64 form."""
    text = """
        AQAVgKGyw9QAAQUDAAsAA7hwnQEEaMkAAQsCAAAAKgYQEBESExQVFhcYGRobHB0eHwYBAA9ic20uZXhhbXBsZS5vcmcBAAAkZEdWemRDMWlkR2xrTFRBd01ERT1A
        YnNmLmV4YW1wbGUub3JnAAEAGpBcxCbg6jcWFGvgb33aRw8gx5if9exssFCzAZe7gFhUKKVjGbhhvm1/FdKJdLWy"""
    assert base64.b64decode(text) == ltkm().encode()
    assert len(ltkm().encode()) == 159


def test_whole_verification_message():
    """Every byte of the answer."""
    assert mikey.Verification(ltkm()).encode().hex() == (
        "01010500a1b2c3d4000106020000002a090000246447567a6443316964476c6b4c5441774d44453d406273662e6578616d"
        "706c652e6f72670001faf0c2dbb303b47358ecf00a2850abe81650cf96"
    )


@pytest.mark.parametrize(
    "changes, length, end",
    [
        ({"key_data": ()}, 133, "000100000193638b1ca08238043bdabe95d6ab716b3b4d3289"),
        ({"encr_alg": mikey.NULL}, 159, f"0000001a{PLAIN}0152c4e56d78a522b14d0f53ee9ecf85c5e4e579fe"),
        ({"encr_alg": mikey.NULL, "mac_alg": mikey.NULL}, 139, f"0000001a{PLAIN}00"),
        ({"bcast": mikey.BcastData(1, bytes.fromhex("deadbeef"))}, 168, "859ad3c97ba03b57423d53f5494238b9e294262f"),
    ],
)
def test_variants(changes, length, end):
    """No key, no encryption, no protection at all, a second extension."""
    encoded = replace(ltkm(), **changes).encode()
    assert len(encoded) == length
    assert encoded.hex().endswith(end)


def test_bcast_extension_follows_the_key_ids():
    """EXT 3 announces EXT 5, which announces T."""
    encoded = replace(ltkm(), bcast=mikey.BcastData(1, bytes.fromhex("deadbeef"))).encode()
    assert "1503000b0003b8709d010468c90001" + "0505000501deadbeef" + "0b020000002a" in encoded.hex()


def test_stkm():
    """Under the 16-byte key that the LTKM carried, with the LTKM's RAND."""
    stkm = mikey.Initiator(
        psk=KEY.key,
        csb_id=CSB_ID,
        t=mikey.counter(7),
        rand_of_key=RAND,
        key_ids=replace(KEY_IDS, mtk=1),
        key_data=(mikey.KeyData(mikey.TEK_SALT, bytes(range(0x60, 0x70)), bytes(range(0x70, 0x7E))),),
    )
    assert stkm.encode().hex() == (
        "01001500a1b2c3d400010503000f0003b8709d010468c9000102020001010200000007000100240bb06c4177ee52e75d66c3"
        "0eacad264c8d89a1384907b21ae62ba3a45c022efedb0bed4f0142624d89cae2c72446d7a92b0427c9666d787c56"
    )


def test_transport_keys_under_hmac_sha_256():
    """PRF function 1; and the eight-byte salt that AES key wrap takes."""
    message = replace(ltkm(), prf=keys.PRF_HMAC_SHA_256, mac_alg=mikey.HMAC_SHA_256_256)
    assert message.keys() == keys.TransportKeys(
        bytes.fromhex("8fb00b9dd7877838b7d3482c3464be80"),
        bytes.fromhex("2f40b19c8633160bcafa4795c527249b3b01128146754f18525d796c1c064de5"),
        bytes.fromhex("bb29134e823f064af9592a49ebca"),
    )
    assert replace(ltkm(), encr_alg=mikey.AES_KW_128).keys().salt.hex() == "0ce9e15fddd5fe46"


def test_forty_byte_key():
    """A last block shorter than the others."""
    assert ltkm(40).keys() == keys.TransportKeys(
        bytes.fromhex("ffc792e77d9fb46bee95832cd62894fe"),
        bytes.fromhex("4524438d0d2a2d9ae939805f153aadd5f60f633a"),
        bytes.fromhex("e49c7b313666e2b10d43098cd4c7"),
    )


@pytest.mark.parametrize(
    "csb_id, cs_id, constant, length, sha256, sha1",
    [
        (0x05A85C16, 4, keys.TEK_ENCR, 16, "3924935940c154ccbc3c2ad05c8f5181", "8f31ad4c10f05c65067f0006b9dd53e8"),
        (0x05A85C16, 4, keys.TEK_SALT, 12, "1725869b80f370cc9f24e13b", "1576ef5ea016026bcccef2ad"),
        (0x05A85C16, 0, keys.TEK_ENCR, 16, "f17c80a8d2f9befa47cf712603d7229a", "8eb6b621e4531364ff922dc91835c584"),
        (0x05A85C16, 0, keys.TEK_SALT, 12, "c3b7b561a291a1d3abef482b", "b64ec8d215727b8a40f51655"),
        (0x0633F457, 4, keys.TEK, 16, "59aaa49ebb54813602b7cc165961b4e8", "d00daca8feb1aec7c3688dadbffe6a26"),
        (0x0633F457, 4, keys.TEK_SALT, 12, "745eb4df7d155c473114a799", "588d1470620b8f6d69b9479d"),
    ],
)
def test_published_key_derivation(csb_id, cs_id, constant, length, sha256, sha1):
    """Vectors of github.com/Streamwide/sw_mikey_sakke, unit_tests/test_key_deriv.cc; the PRF 0 column is ours."""
    tgk, rand = bytes.fromhex("a27b7d578eeb9b1ee7705e385996d300"), bytes.fromhex("4339f62f55aac86348846a482c893802")
    assert keys.derive(keys.PRF_HMAC_SHA_256, tgk, constant, csb_id, rand, length, cs_id).hex() == sha256
    assert keys.derive(keys.PRF_MIKEY_1, tgk, constant, csb_id, rand, length, cs_id).hex() == sha1


def test_aes_against_nist_and_rfc_3394():
    """SP 800-38A F.5.1, first block; RFC 3394 4.1."""
    key, iv = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"), bytes(range(0xF0, 0x100))
    plain = bytes.fromhex("6bc1bee22e409f96e93d7e117393172a")
    assert aes.counter_mode(key, iv, plain).hex() == "874d6191b620e3261bef6864990db6ce"
    data = bytes.fromhex("00112233445566778899aabbccddeeff")
    assert aes.wrap(bytes(range(16)), b"\xa6" * 8, data).hex() == "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"


REAL_OFFER = bytes.fromhex(
    "010005808aa5717a0200007be6ac2e000000000000000000000000000a00c9981cab314aa10e0b0000002700010101011002010103011404010e0501"
    "000601000701010801010901000a01010b010a0c010001106813b3758c1cfe138d8b2ba886d3f449000100c48d89ad98e2781267e2bd781359c70110"
    "a99a3000a9a023bbbb026a450fc4612e93918724f031e8b88d123fea417397d7b084883f4ccec7d7dc2f1fb25a01c0ed9d2e1874361a6600bb5da8d5"
    "ee958e19b65c1597ead8201ba705ba2c0699ee2b1526dff5805cda521da2394e2cc6073cbcf8f568da4d8f7371197896afeb1a23f59b02d3704636b4"
    "c41df834b0dad3303df92467c70ac439c8d4e1e109cace3427b1a63b5e9e1f920ee17f832eb5f8e619052da813ffed3cbe84cdee19ada037da40ad9e"
    "014274b99fa4d18b5704824ef19ab06c2df9b0c4c2"
)
REAL_ANSWER = bytes.fromhex(
    "010105008aa5717a0200007be6ac2e00000000004068ed2e000000000900c9981cae11e6eeb7000199d18a0c05cd8095fe3e1a318b9b597b23658c54"
)


def real_offer() -> mikey.Initiator:
    """The offer of mikey_psk.pcap (Wireshark wiki), put together again from its parts."""
    parameters = [1, 16, 1, 20, 14, 0, 0, 1, 1, 0, 1, 10, 0]
    offer = mikey.Initiator(
        psk=b"secret",
        csb_id=0x8AA5717A,
        t=mikey.Timestamp(mikey.NTP_UTC, bytes.fromhex("c9981cab314aa10e")),
        rand=bytes.fromhex("6813b3758c1cfe138d8b2ba886d3f449"),
        v=True,
        cs_map=mikey.srtp_map((0, 0x7BE6AC2E, 0), (0, 0, 0)),
    )
    sealed = REAL_OFFER[-21 - 196 : -21]
    plain = mikey.encrypt(mikey.AES_CM_128, offer.keys(), offer.csb_id, offer.t, sealed)
    assert plain.hex().startswith("000000c0bee3673be8dacd1ccfebc972ebd60a6aa4f54c879f27c56d05787cc1")
    policy = mikey.sp_payload(0, [(number, bytes([value])) for number, value in enumerate(parameters)])
    return replace(offer, key_data=(mikey.KeyData(mikey.TGK, plain[4:]),), others=(policy,))


def test_real_offer():
    """A message made by minisip: the encoder gives its very bytes (here SP stands before RAND)."""
    offer = real_offer()
    assert offer.keys() == keys.TransportKeys(
        bytes.fromhex("efe2afe8f187e4eabf7fbb1bff6e3a47"),
        bytes.fromhex("cd4d1c3f2f72d4fb017229e17a5dfdd662ccae82"),
        bytes.fromhex("2d14a97509a4a7058283cecf4f5b"),
    )
    assert mikey.counter_mode_iv(offer.keys().salt, offer.csb_id, offer.t).hex() == "2d1423d078de6e9d9e28ff85ee550000"
    policy = offer.others[0]
    payloads = [offer.t.payload(), policy, mikey.rand_payload(offer.rand)]
    kemac = b"\x01\x00\xc4" + REAL_OFFER[-21 - 196 : -21] + b"\x01"
    rebuilt = mikey.message(offer.header(), [*payloads, mikey.Payload(mikey.KEMAC, kemac)])
    assert rebuilt == REAL_OFFER[:-20]
    assert mikey.mac(mikey.HMAC_SHA_1_160, offer.keys().auth, rebuilt) == REAL_OFFER[-20:]
    assert (
        mikey.encrypt(1, offer.keys(), offer.csb_id, offer.t, mikey.chain([offer.key_data[0].payload()])) == kemac[3:-1]
    )


def test_real_answer():
    """Its responder sent a T of its own, yet its MAC is over the Initiator's."""
    own_t = mikey.Timestamp(mikey.NTP_UTC, bytes.fromhex("c9981cae11e6eeb7"))
    sessions = mikey.srtp_map((0, 0x7BE6AC2E, 0), (0, 0x4068ED2E, 0))
    assert mikey.Verification(real_offer(), own_t, cs_map=sessions).encode() == REAL_ANSWER
