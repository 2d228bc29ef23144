"""What the captures about rules are made of: documents element by element, terminals with a connection each."""

import base64
from dataclasses import dataclass
from typing import Sequence, Union
from xml.sax.saxutils import escape

from .. import cast, mikey
from ..capture import Fields
from ..cast import BSM_1, BSM_2, NEWS, SUBSCRIBER_A, SUBSCRIBER_B, Subscriber
from ..documents import (
    BCAST,
    DEREGISTRATION,
    DEREGISTRATION_RESPONSE,
    HTTP,
    MSK_REQUEST,
    MSK_RESPONSE,
    REGISTRATION,
    REGISTRATION_RESPONSE,
    UDP,
    Body,
    Kind,
)
from ..mikey import Initiator, KeyIds, Verification
from ..network import Host, stable
from ..procedures import Delivered, Dialogue, Login, push, resolve, send_verification
from ..rule_capture import RuleCapture

# The containers
OFFER = "RegistrationRequestExtension"
GRANT = "RegistrationResponseExtension"
REGISTERED = "RegistrationResponseResponseExtension"
LEFT = "DeregistrationResponseResponseExtension"
KEYS = "LTKMResponseResponseExtension"

FORBIDDEN = "403 Forbidden"
VENDOR = '<x:Vendor xmlns:x="urn:example:vendor:1"/>'  # an element that is nobody's business here

BSM_3 = Host("bsm3.example.org", "203.0.113.30")
BSM_4 = Host("bsm4.example.org", "203.0.113.40")
_BSMS = {host.name: host for host in (BSM_1, BSM_2, BSM_3, BSM_4)}


# ---- documents, element by element -----------------------------------------------------------------------------------

Content = Union[str, Initiator, bytes, Sequence["Content"]]


def element(tag: str, *content: Content) -> Content:
    """An element; the tag may have attributes."""
    return [f"<{tag}>", *content, f"</{tag.split()[0]}>"] if content else f"<{tag}/>"


def ltkm_element(message: Initiator | bytes) -> str:
    data = message if isinstance(message, bytes) else message.encode()
    return f"<bcast:LTKM>{base64.b64encode(data).decode()}</bcast:LTKM>"


def service(name: str) -> Content:
    return element("serviceID", escape(name))


def msk(ids: KeyIds) -> Content:
    return element("MSK", element("keyDomainID", _base64(ids.domain)), element("MSKID", _base64(ids.msk)))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def response(subject: str | KeyIds, *content: Content, code: str | None = "200 OK") -> Content:
    """A Response about a service or a key."""
    first = msk(subject) if isinstance(subject, KeyIds) else service(subject)
    return element("Response", first, element("ResponseCode", code) if code is not None else "", *content)


def container(name: str, *content: Content) -> Content:
    """One of the five, its children in the namespace of BCAST."""
    return element("bcast:" + name, *content)


def delivery(*types: int | str) -> Content:
    """LTKMDelivery with its Types, which may also be none of the numbers."""
    return element("bcast:LTKMDelivery", *(element("bcast:Type", str(one)) for one in types))


def offer(*types: int | str) -> Content:
    return container(OFFER, delivery(*types))


def grant(*types: int | str) -> Content:
    return container(GRANT, delivery(*types))


def document(
    kind: Kind, *content: Content, media_type: str = "", root: str = "", namespace: str | None = None
) -> Body:
    """One of the documents around any content; root element, namespace and media type may be others."""
    pieces: list[str] = []
    ltkms: list[Initiator] = []
    _collect(content, pieces, ltkms)
    root, namespace = root or kind.root, kind.namespace if namespace is None else namespace
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{namespace}" xmlns:bcast="{BCAST}">\n'
        + "".join(f"  {piece}\n" for piece in pieces if piece)
        + f"</{root}>\n"
    )
    fields: Fields = {"mbms_sec.message": [str(kind.number)]}  # the procedure, for the request target
    return Body(media_type or kind.media_type, text.encode(), fields, tuple(ltkms))


def _collect(content: Sequence[Content], pieces: list[str], ltkms: list[Initiator]) -> None:
    for part in content:
        if isinstance(part, Initiator):
            ltkms.append(part)
        if isinstance(part, (Initiator, bytes)):
            pieces.append(ltkm_element(part))
        elif isinstance(part, str):
            pieces.append(part)
        else:
            inner: list[str] = []
            _collect(part, inner, ltkms)
            pieces.append("".join(inner))


def foreign(content_type: str, data: bytes) -> Body:
    """A body that is none of the documents."""
    return Body(content_type, data, {}, ours=False)


# ---- who takes part --------------------------------------------------------------------------------------------------


def subscriber(number: int) -> Subscriber:
    """The first two are A and B of the cast, the others are like them."""
    if number <= 2:
        return (SUBSCRIBER_A, SUBSCRIBER_B)[number - 1]
    btid = base64.b64encode(f"test-btid-{number:06}".encode()).decode() + "@bsf.example.org"
    host = Host(f"terminal-{number}.example.org", f"10.20.30.{40 + number}")
    muks = {bsm.name: stable(f"MUK {host.name} {bsm.name}", 32) for bsm in (BSM_1, BSM_2)}
    return Subscriber(host, btid, stable(f"MRK {number}", 32), muks)


@dataclass
class Answer:
    """A response: its frame and the LTKMs in it."""

    frame: int
    ltkms: list[Delivered]


Types = tuple[int, ...] | None


class Terminal:
    """A terminal with a connection to the first BSM; the first of a capture looks that up in the DNS."""

    def __init__(self, capture: RuleCapture, number: int = 1, look_up: bool | None = None) -> None:
        self._capture = capture
        self.subscriber = subscriber(number)
        self.host = self.subscriber.host
        self._count = 100 * number
        if number == 1 if look_up is None else look_up:
            resolve(capture, self.host, BSM_1)
        self.session = Dialogue(capture, self.subscriber, BSM_1, 49200 + number).open()

    # -- messages

    def ltkm(self, group: int = 0x68C9, number: int = 1, bsm: Host = BSM_1, **changes: object) -> Initiator:
        """An LTKM for this terminal; V is clear unless asked for."""
        return self.ltkm_for(cast.key_ids(group, number), bsm, **changes)

    def ltkm_for(self, ids: KeyIds, bsm: Host = BSM_1, **changes: object) -> Initiator:
        self._count += 1
        muk = self.subscriber.muks.get(bsm.name) or stable(f"MUK {self.host.name} {bsm.name}", 32)
        idi = mikey.Identity(mikey.NAI, bsm.name.encode())
        usual: dict[str, object] = {"v": False, "psk": muk, "idi": idi}
        return cast.ltkm(ids, self._count, self.subscriber, **(usual | changes))

    def without_key(self, group: int = 0x68C9, number: int = 0, **changes: object) -> Initiator:
        """An LTKM that makes the terminal ask for the key."""
        return self.ltkm(group, number, **({"key_data": ()} | changes))

    # -- HTTP

    def request(
        self,
        body: Body,
        login: Login = Login.DIGEST,
        target: str | None = None,
        method: str = "POST",
        version: str = "HTTP/1.1",
    ) -> int:
        self._capture.wait(150)
        return self.session.request(body, login, target, method=method, version=version)

    def get(self, path: str) -> int:
        self._capture.wait(150)
        return self.session.get(path)

    def challenged(self, body: Body, **how: str) -> int:
        """A request that is answered by 401; gives its frame."""
        frame = self.request(body, Login.NOTHING, **how)
        self.session.challenge()
        return frame

    def respond(self, body: Body, status: str = "200 OK") -> Answer:
        delivered = self.session.respond(body, status)
        return Answer(self.session.frame, delivered)

    def refuse(self, status: str = FORBIDDEN) -> int:
        """A response without a body."""
        return self.session.refuse(status)

    # -- whole procedures

    def offers(self, *content: Content, services: Sequence[str] = (NEWS,)) -> int:
        """A registration request."""
        return self.request(document(REGISTRATION, *map(service, services), *content))

    def is_granted(
        self,
        *content: Content,
        ltkms: Sequence[Content] = (),
        services: Sequence[str] = (NEWS,),
        status: str = "200 OK",
    ) -> Answer:
        """A registration response that accepts every service; LTKMs stand with the first."""
        first = response(services[0], container(REGISTERED, *ltkms)) if ltkms else response(services[0])
        others = map(response, services[1:])
        return self.respond(document(REGISTRATION_RESPONSE, first, *others, *content), status)

    def registers(
        self, offered: Types = (UDP, HTTP), granted: Types = None, *ltkms: Content, services: Sequence[str] = (NEWS,)
    ) -> Answer:
        """A registration; what is offered is granted unless something else is said (empty: nothing is)."""
        granted = offered if granted is None else granted
        self.offers(*([] if offered is None else [offer(*offered)]), services=services)
        return self.is_granted(*([grant(*granted)] if granted else []), ltkms=ltkms, services=services)

    def asks(self, *ids: KeyIds) -> int:
        """An MSK request."""
        return self.request(document(MSK_REQUEST, *map(msk, ids)))

    def gets(self, *content: Content, status: str = "200 OK") -> Answer:
        """An MSK response."""
        return self.respond(document(MSK_RESPONSE, *content), status)

    def gets_key(self, *messages: Initiator) -> Answer:
        """An MSK request and the response with the LTKM of each key."""
        known = [message.key_ids for message in messages if message.key_ids]
        self.asks(*known)
        return self.gets(*(response(ids, container(KEYS, one)) for ids, one in zip(known, messages, strict=True)))

    def leaves(self, *ltkms: Content) -> Answer:
        """A deregistration; LTKMs stand with the service."""
        self.request(document(DEREGISTRATION, service(NEWS)))
        content = [container(LEFT, *ltkms)] if ltkms else []
        return self.respond(document(DEREGISTRATION_RESPONSE, response(NEWS, *content)))

    # -- UDP

    def is_pushed(self, message: Initiator, after: float = 400) -> Delivered:
        self._capture.wait(after)
        return push(self._capture, _named(message), self.host, message)

    def verifies(self, *delivered: Delivered) -> list[int]:
        """Verification messages, in turn, each to the host that IDi names; gives their frames."""
        return [self.sends(Verification(one.message), _named(one.message)) for one in delivered]

    def sends(self, message: Verification, bsm: Host = BSM_1) -> int:
        self._capture.wait(12.5)
        return send_verification(self._capture, message, self.host, bsm)[0]


def _named(message: Initiator) -> Host:
    return _BSMS.get(message.idi.data.decode(), BSM_1) if message.idi else BSM_1
