"""R74 to R82: LTKMs, verification messages and STKMs as TS 33.246 6.4 has them."""

from dataclasses import dataclass, replace

from .. import mikey
from ..cast import BSM_1, BSM_2, KEY_DOMAIN, MULTICAST, key_data, key_ids, service_key, stkm, streaming
from ..documents import HTTP, UDP
from ..mikey import CsMap, GenericSession, Header, Identity, Initiator, KeyData, KeyIds, Timestamp, counter
from ..network import stable
from ..procedures import MIKEY_PORT, push, resolve
from ..rule_capture import RuleCapture, about
from .rules_parts import Terminal
from .rules_verification import Odd

ONE_SESSION = mikey.srtp_map((0, 0x0A0B0C0D, 0))
NTP = Timestamp(mikey.NTP_UTC, bytes.fromhex("cccfb3a080000000"))  # 2008-11-20 10:00:00.5 UTC
VENDOR = mikey.ext_payload(mikey.EXT_VENDOR, b"vendor")
WITHOUT_RATE = mikey.sp_payload(0, [(0, b"\1"), (1, b"\x10")])
WITH_RATE = mikey.sp_payload(0, [(0, b"\1"), (1, b"\x10"), (13, b"\0\4")])


@dataclass(frozen=True)
class SomeKeyIds(KeyIds):
    """Key ids of which some are left out, or in another order: the types as they stand."""

    order: tuple[int, ...] = ()

    def entries(self) -> list[tuple[int, bytes]]:
        every = dict(super().entries())
        return [(kind, every[kind]) for kind in self.order]


@dataclass(frozen=True)
class WithoutKemac(Initiator):
    """Nothing that protects the message."""

    def encode(self) -> bytes:
        return mikey.message(self.header(), self.leading())


def registered(capture: RuleCapture, number: int = 1) -> Terminal:
    terminal = Terminal(capture, number)
    terminal.registers()
    return terminal


def ends(capture: RuleCapture, terminal: Terminal) -> None:
    """Long enough for a verification message that is missing to be missed."""
    for _ in range(3):
        capture.wait(4_500)
        terminal.get("/time")
        terminal.refuse("204 No Content")


# ---- T ---------------------------------------------------------------------------------------------------------------


@about(
    "R74",
    "LTKMs with a T that was there before, a lower one, one that is half of all away; identical ones, T beyond its "
    "largest value, what comes within 10 ms, in one body, or under another MUK, are fine",
)
def r74(capture: RuleCapture) -> None:
    terminal, other = registered(capture, 1), registered(capture, 2)
    resolve(capture, terminal.host, BSM_2)

    def ltkm(t: int, to: Terminal = terminal, **changes: object) -> Initiator:
        return to.ltkm(t=counter(t), **changes)

    def pushed(t: int, to: Terminal = terminal, **changes: object) -> int:
        return to.is_pushed(ltkm(t, to, **changes)).frame

    first = terminal.is_pushed(ltkm(10)).message
    capture.breach(pushed(10))
    capture.breach(pushed(9))
    capture.fine(terminal.is_pushed(first).frame, "a copy, byte for byte")
    capture.fine(pushed(11), "one more; what was dropped before does not count")
    capture.fine(pushed(9, other), "another terminal")
    capture.fine(pushed(3, bsm=BSM_2), "another BSM, thus another MUK")
    capture.fine(terminal.gets_key(ltkm(14)).frame, "by HTTP; numbers may be left out")
    capture.breach(pushed(14))
    capture.breach(terminal.gets_key(ltkm(13)).frame)
    capture.fine(terminal.is_pushed(replace(ltkm(15), key_data=(), key_ids=key_ids(0x68C9, 0))).frame, "a pull counts, too")
    capture.breach(pushed(15))
    capture.breach(terminal.registers((UDP, HTTP), None, ltkm(17), ltkm(16)).frame)  # in a body the order is certain
    terminal.is_pushed(ltkm(19))
    capture.fine(terminal.is_pushed(ltkm(18), after=0).frame, "1 ms later: the network may reorder them")
    capture.breach(pushed(0x80000013))  # undefined (RFC 1982 3.2)
    pushed(0x7FFFFFF0)
    pushed(0xFFFFFFE0)
    pushed(0xFFFFFFFF)
    capture.fine(pushed(0), "beyond the largest value")
    capture.breach(pushed(0xFFFFFFFF))


# ---- the form of LTKMs -----------------------------------------------------------------------------------------------


@about("R75", "solicited pulls with V, of a group and to begin a registration; without V, and with V for a key number")
def r75(capture: RuleCapture) -> None:
    terminal = registered(capture)
    capture.fine(terminal.is_pushed(terminal.without_key()).frame, "V is clear")
    capture.note(terminal.is_pushed(terminal.without_key(v=True)).frame)
    terminal.gets_key(terminal.ltkm())
    capture.note(terminal.is_pushed(terminal.without_key(0, 0, v=True)).frame)
    terminal.registers()
    numbered = terminal.is_pushed(terminal.without_key(0x68C9, 3, v=True))
    capture.fine(numbered.frame, "no pull: it has a key number")
    terminal.verifies(numbered)
    ends(capture, terminal)


@about(
    "R76",
    "LTKMs without EXT 3, Domain, MSK ID, RAND, IDs or KEMAC, with another T, not encrypted or protected; IDs of another "
    "type; more payloads, and NULL encryption of nothing, are fine",
)
def r76(capture: RuleCapture) -> None:
    terminal = registered(capture)
    ids = key_ids(0x68C9, 1)

    def pushed(**changes: object) -> int:
        return terminal.is_pushed(terminal.ltkm(**changes)).frame

    capture.suspicious(pushed(key_ids=None))
    capture.suspicious(pushed(key_ids=SomeKeyIds(ids.domain, ids.msk, order=(1,))))
    capture.suspicious(pushed(key_ids=SomeKeyIds(ids.domain, ids.msk, order=(0,))))
    capture.suspicious(pushed(t=NTP))
    capture.suspicious(pushed(rand=b""))
    capture.suspicious(pushed(idi=None))
    capture.suspicious(pushed(idi=None, idr=None))
    capture.suspicious(terminal.is_pushed(WithoutKemac(**vars(terminal.ltkm()))).frame)
    capture.suspicious(pushed(mac_alg=mikey.NULL))
    frame = pushed(encr_alg=mikey.NULL)
    capture.suspicious(frame)
    capture.suspicious(terminal.is_pushed(terminal.without_key(mac_alg=mikey.NULL)).frame)
    capture.note(pushed(idi=Identity(mikey.URI, BSM_1.name.encode())))
    btid = terminal.subscriber.btid.encode()
    capture.note(pushed(idi=Identity(mikey.BYTE_STRING, BSM_1.name.encode()), idr=Identity(mikey.URI, btid)))
    capture.suspicious(terminal.gets_key(terminal.ltkm(t=NTP, idi=Identity(mikey.URI, BSM_1.name.encode()))).frame)
    capture.fine(pushed(), "everything there")
    capture.fine(pushed(bcast=None, others=(VENDOR,)), "no EXT 5, but an EXT of a vendor")
    capture.fine(terminal.is_pushed(terminal.without_key(encr_alg=mikey.NULL)).frame, "nothing is there to be encrypted")
    capture.fine(pushed(key_ids=None, bcast=None), "neither EXT 3 nor EXT 5: no LTKM")
    capture.fine(terminal.gets_key(terminal.ltkm()).frame, "everything there, by HTTP")


@about(
    "R77", "Key Group 0, with a key and without; a key with Key Number 0; an MSK ID of zeros that begins a registration"
)
def r77(capture: RuleCapture) -> None:
    terminal = registered(capture)
    capture.breach(terminal.is_pushed(terminal.ltkm(0, 1)).frame)
    capture.breach(terminal.is_pushed(terminal.without_key(0, 7)).frame)
    capture.breach(terminal.is_pushed(terminal.ltkm(0x68C9, 0)).frame)
    capture.breach(terminal.registers((UDP, HTTP), None, terminal.ltkm(0x68C9, 0)).frame)
    capture.fine(terminal.is_pushed(terminal.without_key(0, 0)).frame, "zeros and no key: register, please")
    terminal.registers()
    capture.fine(terminal.is_pushed(terminal.without_key(0x68C9, 0)).frame, "a pull asks for the current key")
    terminal.gets_key(terminal.ltkm())
    capture.fine(terminal.is_pushed(terminal.ltkm(1, 1)).frame, "the least of both")
    capture.fine(terminal.is_pushed(terminal.ltkm(0xFFFF, 0xFFFF)).frame, "the largest of both")


@about(
    "R78",
    "maps and policies that go with neither downloads nor streams, in LTKMs, a verification message and an STKM; a "
    "policy without the rate of the ROC; streaming with and without a policy",
)
def r78(capture: RuleCapture) -> None:
    terminal = registered(capture)

    def pushed(cs_map: CsMap, *others: mikey.Payload) -> int:
        return terminal.is_pushed(terminal.ltkm(cs_map=cs_map, others=others)).frame

    capture.suspicious(pushed(mikey.EMPTY_MAP, WITH_RATE))
    capture.suspicious(pushed(CsMap(1, 1)))
    capture.suspicious(pushed(CsMap(0, 0), WITH_RATE))
    capture.suspicious(pushed(mikey.srtp_map((0, 1, 0), (0, 2, 0)), WITH_RATE))
    capture.suspicious(pushed(mikey.generic_map(GenericSession(1, bytes(4), policies=b"\0")), WITH_RATE))
    capture.note(pushed(ONE_SESSION, WITHOUT_RATE))
    carrier = terminal.is_pushed(streaming(terminal.ltkm(0x24CB, v=True)))
    capture.fine(carrier.frame, "streaming, its policy has the rate")
    capture.suspicious(terminal.sends(mikey.Verification(carrier.message, cs_map=carrier.message.cs_map)))
    asked = terminal.is_pushed(streaming(terminal.ltkm(0x24CB, v=True)))
    capture.fine(*terminal.verifies(asked), "the empty map, as always")
    capture.fine(pushed(ONE_SESSION), "streaming, no policy")
    capture.fine(pushed(mikey.EMPTY_MAP), "a download")
    message = stkm(carrier.message, 7, 1)
    capture.suspicious(push(capture, BSM_1, MULTICAST, replace(message, cs_map=ONE_SESSION), MIKEY_PORT).frame)
    capture.fine(push(capture, BSM_1, MULTICAST, stkm(carrier.message, 8, 2), MIKEY_PORT).frame, "an STKM: the empty map")


# ---- verification messages -------------------------------------------------------------------------------------------


@about(
    "R79",
    "verification messages without IDr or V, with a NULL MAC, with an IDr of another type, with another payload besides; "
    "EXT besides is fine",
)
def r79(capture: RuleCapture) -> None:
    terminal = registered(capture)

    def asked(**changes: object) -> Initiator:
        return terminal.is_pushed(terminal.ltkm(v=True, **changes)).message

    def sealed(message: Initiator, *payloads: mikey.Payload) -> int:
        """HDR, the payloads, V."""
        v = mikey.Payload(mikey.V, bytes([message.mac_alg]))
        head = Header(mikey.PSK_VERIFICATION, message.csb_id)
        unprotected = mikey.message(head, [*payloads, v])
        covered = b"".join(one.data for one in (message.idi, message.idr) if one) + message.t.value
        data = unprotected + mikey.mac(message.mac_alg, message.keys().auth, unprotected + covered)
        return terminal.sends(Odd(message, data=data))

    def identity(id_type: int) -> mikey.Payload:
        return Identity(id_type, terminal.subscriber.btid.encode()).payload()

    one = asked()
    capture.suspicious(sealed(one, one.t.payload()))
    capture.suspicious(terminal.sends(mikey.Verification(asked(), other_auth_alg=mikey.NULL)))
    one = asked()
    capture.note(sealed(one, one.t.payload(), identity(mikey.URI)))
    one = asked()
    capture.note(sealed(one, one.t.payload(), identity(mikey.NAI), mikey.rand_payload(one.rand)))
    capture.fine(terminal.sends(mikey.Verification(asked())), "HDR, T, IDr, V")
    capture.fine(terminal.sends(mikey.Verification(asked(), others=(VENDOR,))), "an EXT besides")


# ---- STKMs -----------------------------------------------------------------------------------------------------------


@about(
    "R80",
    "STKMs with V, key ids in another order or not all, another T, RAND, SP, without KEMAC; with EXT 5 and without, they "
    "are fine",
)
def r80(capture: RuleCapture) -> None:
    terminal = registered(capture)
    carrier = terminal.is_pushed(streaming(terminal.ltkm())).message
    count = 1

    def sent(**changes: object) -> int:
        nonlocal count
        count += 1
        message = replace(stkm(carrier, count, count), **changes)
        capture.wait(400)
        return push(capture, BSM_1, MULTICAST, message, MIKEY_PORT).frame

    def ids(*order: int) -> KeyIds:
        return SomeKeyIds(KEY_DOMAIN, key_ids(0x68C9, 1).msk, count + 1, order)

    capture.fine(sent(), "as it should be")
    capture.suspicious(sent(v=True))
    capture.suspicious(sent(key_ids=ids(1, 0, 2)))
    capture.suspicious(sent(key_ids=ids(0, 2, 1)))
    capture.suspicious(sent(key_ids=ids(0, 1)))
    capture.suspicious(sent(key_ids=ids(1, 2)))
    capture.suspicious(sent(t=NTP))
    capture.suspicious(sent(rand=carrier.rand))
    capture.suspicious(sent(others=(WITH_RATE,)), "R78", "R80")
    count += 1
    without = WithoutKemac(**vars(stkm(carrier, count, count)))
    capture.suspicious(push(capture, BSM_1, MULTICAST, without, MIKEY_PORT).frame)
    capture.fine(sent(bcast=None), "no EXT 5")
    capture.fine(sent(others=(VENDOR,)), "an EXT besides")
    clock = stkm(streaming(terminal.ltkm(0x24CB)), 1, 0xCCCFB3A0)
    capture.fine(push(capture, BSM_1, MULTICAST, clock, MIKEY_PORT).frame, "T: seconds of a clock (TS 33.246 6.3.4.6)")


@about(
    "R81",
    "MTK IDs 0 and 65535; lower ones under a greater T; with the key: at the lower limit and above the upper one; repeats, "
    "with T and without, other MSKs, and what comes in another order, are fine",
)
def r81(capture: RuleCapture) -> None:
    terminal = registered(capture)
    capture.use_key(BSM_1.name, terminal.subscriber.btid, terminal.subscriber.muks[BSM_1.name])
    limits = key_data(key_ids(0x68C9, 1), low=10, high=20)
    carrier = terminal.is_pushed(streaming(terminal.ltkm(key_data=(limits,)))).message
    wide = key_data(key_ids(0x68C9, 2), low=0, high=0xFFFE)
    unknown = terminal.is_pushed(streaming(terminal.ltkm(0x68C9, 2, key_data=(wide,)))).message

    def sent(carrier: Initiator, mtk: int, count: int) -> int:
        capture.wait(400)
        return push(capture, BSM_1, MULTICAST, stkm(carrier, mtk, count), MIKEY_PORT).frame

    capture.breach(sent(unknown, 0, 1))
    capture.fine(sent(unknown, 1, 2), "the first one")
    capture.fine(sent(unknown, 5, 3), "some are left out")
    capture.suspicious(sent(unknown, 4, 4))
    capture.fine(sent(unknown, 5, 5), "the same one again, with a new T")
    capture.fine(sent(unknown, 5, 5), "a repeat, byte for byte")
    capture.fine(sent(unknown, 65534, 7), "the largest there is")
    capture.fine(sent(unknown, 7, 6), "a lower T")
    capture.breach(sent(unknown, 65535, 8))
    capture.breach_with_keys(sent(carrier, 10, 1))
    capture.fine(sent(carrier, 11, 2), "just above the lower limit; another MSK than before")
    taken = key_data(key_ids(0x68C9, 1), low=20, high=10)
    capture.fine(terminal.is_pushed(streaming(terminal.ltkm(key_data=(taken,)))).frame, "taken from this terminal alone")
    capture.fine(sent(carrier, 20, 3), "the upper limit, for all others")
    capture.breach_with_keys(sent(carrier, 21, 4))


@about(
    "R82",
    "with the key: LTKMs with a TGK, a salt, two keys, no interval, an upper limit of all ones; keys taken back, new limits "
    "alone, and what cannot be opened, are fine",
)
def r82(capture: RuleCapture) -> None:
    terminal, other = registered(capture, 1), registered(capture, 2)
    capture.use_key(BSM_1.name, terminal.subscriber.btid, terminal.subscriber.muks[BSM_1.name])
    ids = key_ids(0x68C9, 1)
    key, usual = service_key(ids), key_data(ids)

    def pushed(*keys: KeyData, to: Terminal = terminal, **changes: object) -> int:
        return to.is_pushed(to.ltkm_for(ids, key_data=keys, **changes)).frame

    capture.suspicious_with_keys(pushed(replace(usual, key_type=mikey.TGK)))
    capture.suspicious_with_keys(pushed(replace(usual, key_type=mikey.TEK_SALT, salt=stable("salt", 14))))
    capture.suspicious_with_keys(pushed(usual, usual))
    capture.suspicious_with_keys(pushed(KeyData(mikey.TEK, key)))
    capture.suspicious_with_keys(pushed(KeyData(mikey.TEK, key, spi=b"\1\2")))
    capture.breach_with_keys(pushed(key_data(ids, low=1, high=0xFFFF)))
    answer = terminal.gets_key(terminal.ltkm_for(ids, key_data=(replace(usual, key_type=mikey.TGK),)))
    capture.suspicious_with_keys(answer.frame)
    frame = pushed(replace(usual, key_type=mikey.TGK), encr_alg=mikey.NULL)
    capture.suspicious(frame, "R76", "R82")
    capture.fine(pushed(usual), "one TEK with an interval")
    capture.fine(pushed(key_data(ids, low=2, high=1)), "taken back")
    capture.fine(pushed(key_data(ids, low=0, high=0xFFFE)), "the largest upper limit")
    capture.fine(pushed(replace(usual, key=b"")), "new limits for a key that the terminal has")
    capture.fine(pushed(replace(usual, key=stable("MSK", 32))), "256 bits")
    capture.fine(pushed(replace(usual, key_type=mikey.TGK), to=other), "nobody has the key of this terminal")
