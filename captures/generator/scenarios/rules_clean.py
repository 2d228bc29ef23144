"""A dialogue that follows the change request and TS 33.246 to the letter and comes close to breaking it in many places."""

from ..cast import BSM_1, BSM_2, BSM_2_CANONICAL_NAME, FILM, MULTICAST, NEWS, SPORT, key_data, key_ids, stkm, streaming
from ..documents import (
    BCAST,
    DEREGISTRATION,
    DEREGISTRATION_RESPONSE,
    HTTP,
    MSK_REQUEST,
    REGISTRATION,
    REGISTRATION_RESPONSE,
    SMS,
    UDP,
)
from ..mikey import LTKM_REPORTING, BcastData, Initiator, Verification
from ..procedures import MIKEY_PORT, push, resolve
from ..rule_capture import RuleCapture, about
from .rules_parts import (
    FORBIDDEN,
    GRANT,
    KEYS,
    LEFT,
    OFFER,
    REGISTERED,
    VENDOR,
    Terminal,
    container,
    delivery,
    document,
    element,
    foreign,
    grant,
    ltkm_element,
    msk,
    offer,
    response,
    service,
)

CURRENT, OTHER_GROUP = key_ids(0x68C9, 0), key_ids(0x24CB, 0x4400)
PROVISIONING = "application/vnd.oma.bcast.sprov+xml"
REPORT = (BcastData(LTKM_REPORTING, b"\1").payload(),)


@about(
    "",
    "no finding at all: four terminals, every procedure, container and mechanism, and a near miss of nearly every rule",
    name="clean",
)
def clean(capture: RuleCapture) -> None:
    everything = Terminal(capture, 1)
    resolve(capture, everything.host, BSM_2, BSM_2_CANONICAL_NAME)
    udp_only, http_only, refused = (Terminal(capture, number) for number in (2, 3, 4))
    _before(capture, everything)
    _registration(capture, everything)
    _udp_only(capture, udp_only)
    _http_only(capture, http_only)
    _refusal(capture, refused)
    _keys(capture, everything)
    _push_and_pull(capture, everything)
    _other_things(capture, everything)
    _deregistration(capture, everything)
    _new_registration(capture, everything, http_only)
    capture.wait(12_000)
    capture.fine(udp_only.is_pushed(udp_only.ltkm(v=True)).frame, "not verified yet when the capture ends")


def _before(capture: RuleCapture, terminal: Terminal) -> None:
    """The capture begins in the middle of something."""
    early = terminal.ltkm(v=True)
    capture.fine(terminal.is_pushed(early).frame, "not verified, but before the first registration")
    capture.fine(terminal.sends(Verification(terminal.ltkm())), "of no LTKM, but before the first registration")
    capture.fine(terminal.gets_key(terminal.ltkm()).frame, "over HTTP, but before the first registration")
    invitation = terminal.without_key(0, 0)
    capture.fine(terminal.is_pushed(invitation).frame, "without key, all-zero MSK ID: an invitation to register")


def _registration(capture: RuleCapture, terminal: Terminal) -> None:
    """Three services and three mechanisms; two BSMs deliver keys; one service is refused."""
    services = [service(name) for name in (NEWS, SPORT, FILM)]
    wrong = document(REGISTRATION, container(OFFER + ' version="256"', delivery("300")), *services, terminal.ltkm())
    capture.fine(terminal.challenged(wrong), "much is wrong here, but it is answered by 401")
    offered = container(OFFER + ' version="0"', delivery(UDP, SMS, HTTP))
    capture.fine(terminal.request(document(REGISTRATION, *services, VENDOR, offered)), "every mechanism")
    news = (terminal.ltkm(v=True), terminal.ltkm(0x68C9, 2), terminal.ltkm(0x68C9, 3, bsm=BSM_2, v=True))
    entries = (
        response(NEWS, container(REGISTERED, *news)),
        response(SPORT, container(REGISTERED + ' version="00"', terminal.ltkm(0x24CB, v=True))),
        response(FILM, container(REGISTERED), code=FORBIDDEN),
    )
    answer = terminal.respond(document(REGISTRATION_RESPONSE, *entries, grant(UDP, HTTP)))
    capture.fine(answer.frame, "LTKMs beside 200 OK alone; SMS is not granted")
    asking = [one for one in answer.ltkms if one.message.v]
    *_, last = terminal.verifies(*asking)
    capture.fine(last, "in the order of the payload, to the host that each IDi names, none for V clear")
    capture.wait(400)
    capture.fine(*terminal.verifies(asking[0]), "a retransmission")



def _udp_only(capture: RuleCapture, terminal: Terminal) -> None:
    """Offers nothing, in two ways."""
    terminal.offers()
    capture.fine(terminal.is_granted().frame, "nothing offered, nothing granted")
    pushed = terminal.is_pushed(terminal.ltkm(v=True))
    capture.fine(*terminal.verifies(pushed), "over UDP")
    terminal.asks(CURRENT)
    capture.fine(terminal.gets(response(CURRENT)).frame, "200 OK, but the LTKM comes over UDP")
    first, second = (terminal.is_pushed(terminal.ltkm(0x68C9, number, v=True)) for number in (4, 5))
    capture.fine(terminal.verifies(second, first)[0], "two datagrams have no order")
    capture.fine(terminal.offers(container(OFFER)), "a container without an offer")
    capture.fine(terminal.is_granted(grant(UDP)).frame, "UDP may be granted unasked")


def _http_only(capture: RuleCapture, terminal: Terminal) -> None:
    """Behind an address translator; white space, CDATA and default namespaces wherever they may be."""
    types = element("LTKMDelivery", element("Type", "\n 2 "))
    spaced = element("serviceID", f"\n      {NEWS}\n  "), element("serviceID", f"<![CDATA[{SPORT}]]>")
    namespace = "urn:3GPP:metadata:2005:MBMS:securityRegistrationRequest"
    request = document(
        REGISTRATION, *spaced, element(f'{OFFER} xmlns="{BCAST}"', types), namespace=namespace, media_type="text/xml"
    )
    capture.fine(terminal.request(request), "the other namespace, a type that names no document, white space")
    text = ltkm_element(terminal.ltkm()).removeprefix("<bcast:LTKM>").removesuffix("</bcast:LTKM>")
    folded = element("o:LTKM", f"\n{text[:76]}\n{text[76:]}\n")
    registered = element(f'o:{REGISTERED} xmlns:o="{BCAST}"', folded)
    entries = (response(SPORT, code="\n 200 OK "), response(NEWS, registered))
    body = document(
        REGISTRATION_RESPONSE, *entries, grant("002"), media_type=REGISTRATION_RESPONSE.media_type + ";charset=UTF-8"
    )
    capture.fine(terminal.respond(body).frame, "another order, another prefix, folded base64, a leading zero")
    answer = terminal.gets_key(terminal.ltkm(0x68C9, 4, v=True))
    capture.fine(*terminal.verifies(*answer.ltkms), "over UDP, though HTTP alone was offered for LTKMs")


def _refusal(capture: RuleCapture, terminal: Terminal) -> None:
    terminal.offers(offer(HTTP))
    capture.fine(terminal.refuse(), "403 in the status line: no mechanism in common")
    capture.fine(terminal.is_pushed(terminal.without_key()).frame, "after the refusal, but without key")
    terminal.offers(offer(UDP, HTTP))
    capture.fine(terminal.is_granted(container(GRANT)).frame, "an empty container: UDP, which was offered")
    capture.fine(terminal.is_pushed(terminal.ltkm()).frame, "over UDP")


def _keys(capture: RuleCapture, terminal: Terminal) -> None:
    """The current key of one group, a certain one of another, one refused."""
    absent = key_ids(0x24CB, 9)
    asked = document(MSK_REQUEST, msk(CURRENT), msk(OTHER_GROUP), msk(absent))
    terminal.request(asked)
    entries = (
        response(OTHER_GROUP, container(KEYS, terminal.ltkm(0x24CB, 0x4400, bsm=BSM_2, v=True))),
        response(CURRENT, container(KEYS, terminal.ltkm(0x68C9, 5, v=True))),
        response(absent, container(KEYS), code=FORBIDDEN),
    )
    answer = terminal.gets(*entries)
    capture.fine(answer.frame, "another order; the current key has some number; an empty container beside 403")
    terminal.verifies(*answer.ltkms)
    terminal.asks(CURRENT)
    capture.fine(terminal.gets(response(CURRENT, code=FORBIDDEN), status=FORBIDDEN).frame, "403, and no LTKM")


def _push_and_pull(capture: RuleCapture, terminal: Terminal) -> None:
    capture.wait(5_000)
    capture.fine(terminal.is_pushed(terminal.without_key()).frame, "a solicited pull, over UDP")
    carrier = terminal.gets_key(streaming(terminal.ltkm(0x68C9, 6, v=True))).ltkms[0]
    capture.fine(terminal.sends(Verification(carrier.message, others=REPORT)), "with LTKM reporting data")
    capture.wait(1_000)
    capture.fine(push(capture, BSM_1, MULTICAST, stkm(carrier.message, 7, 7), MIKEY_PORT).frame, "an STKM: no LTKM")
    message: Initiator = terminal.ltkm(0x68C9, 7, v=True)
    capture.fine(terminal.sends(Verification(message)), "stands before its LTKM in the file")
    terminal.is_pushed(message)


def _other_things(capture: RuleCapture, terminal: Terminal) -> None:
    """On the same connection."""
    terminal.get("/provisioning")
    text = f'<?xml version="1.0"?>\n<ServiceResponse xmlns="{BCAST}" globalStatusCode="000"/>\n'
    capture.fine(terminal.respond(foreign(PROVISIONING, text.encode())).frame, "service provisioning without LTKM")
    capture.fine(terminal.is_pushed(terminal.ltkm(0x68C9, 8)).frame, "over UDP, after service provisioning")


def _deregistration(capture: RuleCapture, terminal: Terminal) -> None:
    terminal.request(document(DEREGISTRATION, service(NEWS), service(SPORT)))
    ids = key_ids(0x68C9, 8)
    invalid = terminal.ltkm_for(ids, v=True, key_data=(key_data(ids, low=0xFFFE, high=1),))
    entries = (response(NEWS, container(LEFT, invalid)), response(SPORT, container(LEFT)))
    answer = terminal.respond(document(DEREGISTRATION_RESPONSE, *entries))
    capture.fine(answer.frame, "a key that is taken back is still a key")
    terminal.verifies(*answer.ltkms)
    capture.fine(terminal.is_pushed(terminal.ltkm(0x24CB)).frame, "the grant holds beyond deregistration")


def _new_registration(capture: RuleCapture, first: Terminal, second: Terminal) -> None:
    """What was granted before matters no longer; the other terminal's grant is its own."""
    answer = first.registers((UDP, HTTP), (UDP,))
    capture.fine(answer.frame, "HTTP is not granted, and no LTKM comes with it")
    capture.fine(second.gets_key(second.ltkm(0x68C9, 9)).frame, "HTTP, still granted to this one")
    pushed = first.is_pushed(first.ltkm(0x68C9, 9, v=True))
    capture.wait(9_000)
    capture.fine(*first.verifies(pushed), "after nine seconds")
    capture.fine(first.registers((UDP, HTTP), (HTTP,), first.ltkm(0x68C9, 10)).frame, "HTTP, granted now")
