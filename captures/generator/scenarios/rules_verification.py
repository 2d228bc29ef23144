"""R53 to R64: the V flag and verification messages (OMA BCAST Services 5.1.6.10.4, RFC 3830 3.1 and 5)."""

import base64
from dataclasses import dataclass, replace

from .. import mikey, network
from ..cast import BSM_1, BSM_2, BSM_2_CANONICAL_NAME, NEWS, RESOLVER, SPORT, csb_id
from ..documents import HTTP, REGISTRATION_RESPONSE, UDP
from ..mikey import BcastData, Header, Identity, Initiator, Payload, Verification, counter
from ..network import Host, Record
from ..procedures import resolve, send_verification
from ..rule_capture import RuleCapture, about
from .rules_parts import (
    BSM_3,
    BSM_4,
    REGISTERED,
    Answer,
    Terminal,
    container,
    document,
    foreign,
    grant,
    offer,
    response,
)

REPORT = (BcastData(mikey.LTKM_REPORTING, bytes.fromhex("0102030405")).payload(),)
NO_CONTENT = "204 No Content"


@dataclass(frozen=True)
class Odd(Verification):
    """A verification message of which only the bytes given are sent."""

    data: bytes = b""

    def encode(self) -> bytes:
        return self.data


def _unprotected(asked: Initiator, header: Header, *idr: Identity) -> bytes:
    """HDR, T, IDr, and V up to its MAC."""
    payloads = [asked.t.payload(), *(one.payload() for one in idr), Payload(mikey.V, bytes([asked.mac_alg]))]
    return mikey.message(header, payloads)


def _covered(asked: Initiator) -> bytes:
    """What the MAC covers beyond the message: both identities and T (RFC 3830 5.2)."""
    return b"".join(identity.data for identity in (asked.idi, asked.idr) if identity) + asked.t.value


def _sealed(asked: Initiator, unprotected: bytes, covered: bytes) -> Odd:
    mac = mikey.mac(asked.mac_alg, asked.keys().auth, unprotected + covered)
    return Odd(asked, data=unprotected + mac)


# ---- whether they come -----------------------------------------------------------------------------------------------


@about(
    "R53",
    "LTKMs with V that are not verified within ten seconds, or never; V clear, verified in time, the end of the "
    "capture, before the first registration, over a mechanism that is not granted",
)
def r53(capture: RuleCapture) -> None:
    terminal, http_only = Terminal(capture, 1), Terminal(capture, 2)
    capture.fine(terminal.is_pushed(terminal.ltkm(v=True)).frame, "before the first registration of the capture")
    capture.wait(12_000)
    body = terminal.registers((UDP, HTTP), None, *(terminal.ltkm(v=v) for v in (True, False, True)))
    terminal.verifies(body.ltkms[0])
    capture.suspicious(body.frame)
    http_only.registers((HTTP,))
    not_granted = http_only.is_pushed(http_only.ltkm(v=True)).frame
    capture.breach(not_granted, "R39")
    capture.suspicious(terminal.is_pushed(terminal.ltkm(v=True)).frame)
    late = terminal.is_pushed(terminal.ltkm(v=True))
    capture.suspicious(late.frame)
    capture.wait(6_000)
    resolve(capture, http_only.host, BSM_2)  # the capture does not pause
    capture.wait(6_000)
    terminal.verifies(late)
    in_time = terminal.is_pushed(terminal.ltkm(v=True))
    capture.fine(in_time.frame, "verified after nine seconds")
    capture.fine(terminal.is_pushed(terminal.ltkm()).frame, "V is clear")
    capture.wait(9_000 - 400 - 20)
    terminal.verifies(in_time)
    capture.wait(3_000)
    capture.fine(terminal.is_pushed(terminal.ltkm(v=True)).frame, "the capture ends nine seconds later")
    capture.wait(8_500)
    capture.fine(terminal.is_pushed(terminal.ltkm()).frame, "V is clear")


@about(
    "R54", "two different verification messages for one LTKM; the same one again, and one CSB ID with two T, are fine"
)
def r54(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    body = terminal.registers((UDP, HTTP), None, terminal.ltkm(v=True))
    terminal.verifies(*body.ltkms)
    capture.breach(terminal.sends(Verification(body.ltkms[0].message, others=REPORT)))
    pushed = terminal.is_pushed(terminal.ltkm(v=True))
    terminal.sends(Verification(pushed.message, others=REPORT))
    capture.breach(*terminal.verifies(pushed))
    again = terminal.is_pushed(terminal.ltkm(v=True))
    terminal.verifies(again)
    capture.wait(500)
    capture.fine(*terminal.verifies(again), "a retransmission: the same bytes")
    pair = [terminal.is_pushed(terminal.ltkm(v=True, csb_id=csb_id(9))) for _ in range(2)]
    terminal.verifies(pair[0])
    capture.fine(*terminal.verifies(pair[1]), "the same CSB ID, but another T: for another LTKM")


@about(
    "R55",
    "verification messages for LTKMs with V clear; for one that shares its CSB ID with such an LTKM they are fine",
)
def r55(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    body = terminal.registers((UDP, HTTP), None, terminal.ltkm(), terminal.ltkm(v=True))
    first, second = terminal.verifies(*body.ltkms)
    capture.suspicious(first)
    capture.fine(second, "V is set in this one of the same body")
    capture.suspicious(*terminal.verifies(terminal.is_pushed(terminal.ltkm())))
    pair = [terminal.is_pushed(terminal.ltkm(v=v, csb_id=csb_id(9))) for v in (False, True)]
    capture.fine(*terminal.verifies(pair[1]), "V is set in the LTKM with this T")
    capture.fine(terminal.is_pushed(terminal.ltkm()).frame, "V is clear, and nothing comes")


@about("R56", "verification messages over HTTP: in requests, raw and as base64, and where an LTKM belongs")
def r56(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    body = terminal.registers((UDP, HTTP), None, terminal.ltkm(v=True))
    capture.fine(*terminal.verifies(*body.ltkms), "over UDP, though the LTKM came over HTTP")
    pushed = terminal.is_pushed(terminal.ltkm(v=True))
    terminal.verifies(pushed)
    copy = Verification(pushed.message).encode()
    as_text = base64.b64encode(copy)
    for media_type, data in (("application/mikey", copy), ("application/vnd.oma.bcast.ltkm", as_text)):
        capture.breach(terminal.request(foreign(media_type, data), target="/verification"))
        terminal.refuse(NO_CONTENT)
    capture.breach(terminal.registers((UDP, HTTP), None, copy, terminal.ltkm()).frame)


# ---- where they go ---------------------------------------------------------------------------------------------------


def _look_up(capture: RuleCapture, terminal: Host, name: str, *records: Record) -> None:
    """A query, for the type of the last record, and its answer; the answer writes names as the records do."""
    identifier = int.from_bytes(network.stable(f"dns {name} {records}", 2), "big")
    ports = (49152 + identifier % 8192, 53)
    query = network.dns_message(identifier, name, records[-1].kind)
    capture.send_udp(terminal, RESOLVER, ports, query)
    capture.wait(14)
    reply = network.dns_message(identifier, name, records[-1].kind, records)
    capture.send_udp(RESOLVER, terminal, ports[::-1], reply)


def _at(host: Host, address: str) -> Host:
    return Host(host.name, address)


@about(
    "R57",
    "verification messages to addresses that the DNS did not give for the host in IDi: of an A, a CNAME chain in two "
    "answers, names in capitals, an AAAA; hosts of which the DNS says nothing, or only later",
)
def r57(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    terminal.registers()

    def verified(bsm: Host, target: Host, source: Host = terminal.host) -> int:
        pushed = terminal.is_pushed(terminal.ltkm(bsm=bsm, v=True))
        capture.wait(12.5)
        return send_verification(capture, Verification(pushed.message), source, target)[0]

    capture.breach(verified(BSM_1, BSM_2))
    capture.fine(verified(BSM_1, BSM_1), "the address that the first answer gives")
    chain = Record(BSM_2.name, network.CNAME, BSM_2_CANONICAL_NAME)
    _look_up(capture, terminal.host, BSM_2.name, chain)
    end = Record(BSM_2_CANONICAL_NAME, network.A, BSM_2.address)
    _look_up(capture, terminal.host, BSM_2_CANONICAL_NAME, end)
    capture.breach(verified(BSM_2, BSM_1))
    capture.fine(verified(BSM_2, BSM_2), "the address at the end of the chain, which is in another answer")
    shouted = "BSM3.Example.ORG"
    addresses = [BSM_3.address, "203.0.113.31"]
    _look_up(capture, terminal.host, shouted, *(Record(shouted, network.A, address) for address in addresses))
    capture.breach(verified(BSM_3, BSM_4))
    capture.fine(verified(BSM_3, _at(BSM_3, addresses[1])), "the second of two addresses, asked for in capitals")
    six, here = _at(BSM_3, "2001:db8:3::30"), _at(terminal.host, "2001:db8:20::41")
    _look_up(capture, terminal.host, BSM_3.name, Record(BSM_3.name, network.AAAA, six.address))
    capture.breach(verified(BSM_3, _at(BSM_3, "2001:db8:4::40"), here))
    capture.fine(verified(BSM_3, six, here), "the address of the AAAA")
    capture.fine(verified(BSM_4, BSM_1), "the DNS has not said anything about this host yet")
    resolve(capture, terminal.host, BSM_4)
    capture.breach(verified(BSM_4, BSM_1))
    capture.fine(verified(BSM_4, BSM_4), "what the DNS has said now")


@about(
    "R59",
    "verification messages that overtake those of earlier LTKMs of the same body, to the same host and to another; V "
    "clear, different bodies, retransmissions, and pushes have no order",
)
def r59(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    resolve(capture, terminal.host, BSM_2, BSM_2_CANONICAL_NAME)

    def registers(*flags: bool, second: Host = BSM_1) -> Answer:
        hosts = [BSM_1, second, *[BSM_1] * len(flags)]
        return terminal.registers((UDP, HTTP), None, *(terminal.ltkm(bsm=b, v=v) for b, v in zip(hosts, flags)))

    early, late = registers(True, True).ltkms
    capture.breach(terminal.verifies(late, early)[0])
    early, late = registers(True, True, second=BSM_2).ltkms
    capture.suspicious(terminal.verifies(late, early)[0])
    terminal.offers(offer(UDP, HTTP), services=(NEWS, SPORT))
    entries = (
        response(NEWS, container(REGISTERED, terminal.ltkm(v=True))),
        response(SPORT, container(REGISTERED, terminal.ltkm(v=True), terminal.ltkm(v=True))),
    )
    one, two, three = terminal.respond(document(REGISTRATION_RESPONSE, *entries, grant(UDP, HTTP))).ltkms
    capture.breach(terminal.verifies(one, three, two)[1])
    one, _, three = registers(True, False, True).ltkms
    capture.fine(terminal.verifies(one, three)[1], "the one between them has V clear")
    earlier, later = registers(True).ltkms[0], registers(True).ltkms[0]
    capture.fine(terminal.verifies(later, earlier)[0], "LTKMs of two bodies")
    one, two = registers(True, True).ltkms
    capture.fine(terminal.verifies(one, two, one)[2], "in order; this one is the first again")
    earlier, later = (terminal.is_pushed(terminal.ltkm(v=True)) for _ in range(2))
    capture.fine(terminal.verifies(later, earlier)[0], "LTKMs of two datagrams")


# ---- what they say ---------------------------------------------------------------------------------------------------


@about(
    "R61",
    "with the key: a verification message with a wrong MAC; right in each of the three forms in use, or its key not "
    "given, is fine",
)
def r61(capture: RuleCapture) -> None:
    terminal, other = Terminal(capture, 1), Terminal(capture, 2)
    muk = terminal.subscriber.muks[BSM_1.name]
    capture.use_key(BSM_1.name, terminal.subscriber.btid, muk)
    terminal.registers()
    other.registers()

    def pushed(to: Terminal = terminal) -> Initiator:
        return to.is_pushed(to.ltkm(v=True)).message

    def plain(asked: Initiator) -> bytes:
        assert asked.idr
        return _unprotected(asked, Verification(asked).header(), asked.idr)

    asked = pushed()
    right = Verification(asked).encode()
    assert _sealed(asked, plain(asked), _covered(asked)).data == right
    capture.breach_with_keys(terminal.sends(Odd(asked, data=right[:-1] + bytes([right[-1] ^ 1]))))
    capture.fine(terminal.sends(Verification(pushed())), "identities and T as transported (RFC 3830 5.2)")
    asked = pushed()
    assert asked.idi and asked.idr
    padded = asked.idi.data + asked.idr.data + asked.t.as_64_bits()
    capture.fine(terminal.sends(_sealed(asked, plain(asked), padded)), "identities and T as 64 bits")
    asked = pushed()
    capture.fine(terminal.sends(_sealed(asked, plain(asked), asked.t.as_64_bits())), "no identities, T as 64 bits")
    asked = pushed(other)
    stray = _sealed(terminal.ltkm(), plain(asked), _covered(asked))
    capture.fine(other.sends(Odd(asked, data=stray.data)), "wrong, but the key of this terminal is not in the table")


@about("R62", "verification messages with a T of their own, and with another IDr")
def r62(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    body = terminal.registers((UDP, HTTP), None, terminal.ltkm(v=True))
    capture.suspicious(terminal.sends(Verification(body.ltkms[0].message, own_t=counter(77))))
    asked = terminal.is_pushed(terminal.ltkm(v=True)).message
    other = Identity(mikey.NAI, b"somebody-else@bsf.example.org")
    unprotected = _unprotected(asked, Verification(asked).header(), other)
    capture.suspicious(terminal.sends(_sealed(asked, unprotected, _covered(asked))))
    capture.fine(*terminal.verifies(terminal.is_pushed(terminal.ltkm(v=True))), "T and IDr as in the LTKM")


@about(
    "R63",
    "a verification message of no LTKM in the capture; before the first registration, and before its LTKM, are fine",
)
def r63(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    capture.fine(terminal.sends(Verification(terminal.ltkm())), "before the first registration of the capture")
    terminal.registers()
    known = terminal.is_pushed(terminal.ltkm(v=True))
    capture.note(terminal.sends(Verification(replace(known.message, csb_id=csb_id(9)))))
    capture.note(terminal.sends(Verification(terminal.ltkm())))
    capture.fine(*terminal.verifies(known), "of an LTKM that is known")
    message = terminal.ltkm(v=True)
    capture.fine(terminal.sends(Verification(message)), "its LTKM stands behind it in the file")
    terminal.is_pushed(message)


@about("R64", "a verification message with the V bit set; in LTKMs it may be")
def r64(capture: RuleCapture) -> None:
    terminal = Terminal(capture)
    body = terminal.registers((UDP, HTTP), None, terminal.ltkm(v=True))
    capture.fine(body.frame, "V in an LTKM")
    capture.fine(*terminal.verifies(*body.ltkms), "V is clear")
    asked = terminal.is_pushed(terminal.ltkm(v=True)).message
    assert asked.idr
    unprotected = _unprotected(asked, replace(Verification(asked).header(), v=True), asked.idr)
    capture.suspicious(terminal.sends(_sealed(asked, unprotected, _covered(asked))))
