"""The XML documents of the security procedures (TS 26.346 clause 11) with the BCAST containers, and what they say.

Each document gives both its text and the values of the fields a dissector shows of it; neither is made from the other.
"""

import base64
from dataclasses import dataclass
from typing import Iterable
from xml.sax.saxutils import escape

from .capture import Fields
from .mikey import Initiator, KeyIds

BCAST = "urn:oma:xml:bcast:pr:orderqueries:1.0"
_MBMS = "urn:3GPP:metadata:2005:MBMS:"

UDP, SMS, HTTP = 0, 1, 2  # LTKM delivery types


@dataclass(frozen=True)
class Kind:
    """One of the documents: number in the field mbms_sec.message, root element, its namespace, media type."""

    number: int
    root: str
    namespace: str
    media_type: str


def _kind(number: int, root: str, namespace: str, media_type: str) -> Kind:
    return Kind(number, root, _MBMS + namespace, f"application/{media_type}+xml")


REGISTRATION = _kind(1, "mbmsSecurityRegister", "securityRegistration", "mbms-register")
REGISTRATION_RESPONSE = _kind(
    2, "mbmsSecurityRegisterResponse", "securityRegistrationResponse", "mbms-register-response"
)
DEREGISTRATION = _kind(3, "mbmsSecurityDeregister", "securityDeregistration", "mbms-deregister")
DEREGISTRATION_RESPONSE = _kind(
    4, "mbmsSecurityRegisterResponse", "securityRegistrationResponse", "mbms-register-response"
)
MSK_REQUEST = _kind(5, "mbmsMSKRequest", "mskRequest", "mbms-msk")
MSK_RESPONSE = _kind(6, "mbmsMSKResponse", "mskResponse", "mbms-msk-response")

_IN_RESPONSE = {
    2: "RegistrationResponseResponseExtension",
    4: "DeregistrationResponseResponseExtension",
    6: "LTKMResponseResponseExtension",
}


@dataclass(frozen=True)
class Body:
    """What HTTP carries: type, bytes, the mbms_sec and bcast fields in them, the LTKMs.

    An LTKM that does not decode is None. Ours are the documents of the security procedures; in others LTKMs may
    stand all the same, in XML (then numbered) or alone.
    """

    content_type: str
    data: bytes
    fields: Fields
    ltkms: tuple[Initiator | None, ...] = ()
    ours: bool = True
    numbered: bool = True


@dataclass(frozen=True)
class Entry:
    """One Response: a service or a key, its code, and LTKMs (None: no container, empty: an empty one)."""

    service: str = ""
    msk: KeyIds | None = None
    code: str = "200 OK"
    ltkms: tuple[Initiator, ...] | None = None
    version: int | None = None


@dataclass(frozen=True)
class Document:
    """A document; delivery is the offer or the grant (None: no container)."""

    kind: Kind
    services: tuple[str, ...] = ()
    msks: tuple[KeyIds, ...] = ()
    entries: tuple[Entry, ...] = ()
    delivery: tuple[int, ...] | None = None
    version: int | None = None

    def body(self, content_type: str | None = None, encoding: str = "UTF-8", codec: str = "utf-8") -> Body:
        """The document as HTTP carries it: encoding is what the declaration says, codec how it is encoded."""
        data = self.xml(encoding).encode(codec)
        return Body(content_type or self.kind.media_type, data, self.fields(), self.ltkms())

    def ltkms(self) -> tuple[Initiator, ...]:
        return tuple(ltkm for entry in self.entries for ltkm in entry.ltkms or ())

    # -- text

    def xml(self, encoding: str = "UTF-8") -> str:
        lines = [
            f'<?xml version="1.0" encoding="{encoding}"?>',
            f'<{self.kind.root} xmlns="{self.kind.namespace}" xmlns:bcast="{BCAST}">',
            *(f"  <serviceID>{escape(service)}</serviceID>" for service in self.services),
            *_indent(line for msk in self.msks for line in _msk_lines(msk)),
            *_indent(line for entry in self.entries for line in self._entry_lines(entry)),
            *_indent(self._delivery_lines()),
            f"</{self.kind.root}>",
        ]
        return "\n".join(lines) + "\n"

    def _entry_lines(self, entry: Entry) -> list[str]:
        subject = _msk_lines(entry.msk) if entry.msk else [f"<serviceID>{escape(entry.service)}</serviceID>"]
        inner = [*subject, f"<ResponseCode>{entry.code}</ResponseCode>"]
        if entry.ltkms is not None:
            children = [f"<bcast:LTKM>{base64_text(ltkm)}</bcast:LTKM>" for ltkm in entry.ltkms]
            inner += _container_lines(_IN_RESPONSE[self.kind.number], entry.version, children)
        return ["<Response>", *_indent(inner), "</Response>"]

    def _delivery_lines(self) -> list[str]:
        if self.delivery is None:
            return []
        types = [f"<bcast:Type>{number}</bcast:Type>" for number in self.delivery]
        children = ["<bcast:LTKMDelivery>", *_indent(types), "</bcast:LTKMDelivery>"] if types else []
        return _container_lines(self._delivery_container(), self.version, children)

    def _delivery_container(self) -> str:
        return "RegistrationRequestExtension" if self.kind is REGISTRATION else "RegistrationResponseExtension"

    # -- fields

    def fields(self) -> Fields:
        key_ids = [*self.msks, *(entry.msk for entry in self.entries if entry.msk)]
        containers = [(_IN_RESPONSE[self.kind.number], e.version) for e in self.entries if e.ltkms is not None]
        if self.delivery is not None:
            containers.append((self._delivery_container(), self.version))
        values: Fields = {
            "mbms_sec.message": [str(self.kind.number)],
            "mbms_sec.namespace": [self.kind.namespace],
            "mbms_sec.service_id": [*self.services, *(e.service for e in self.entries if not e.msk)],
            "mbms_sec.response_code": [entry.code.split()[0] for entry in self.entries],
            "mbms_sec.response_text": [entry.code for entry in self.entries],
            **key_id_fields("mbms_sec", key_ids),
            "bcast.extension": [name for name, _ in containers],
            "bcast.version": [str(version or 0) for _, version in containers],
            "bcast.delivery_type": [str(number) for number in self.delivery or ()],
            "bcast.ltkm": [base64_text(ltkm) for ltkm in self.ltkms()],
        }
        return {name: found for name, found in values.items() if found}


def key_id_fields(prefix: str, key_ids: Iterable[KeyIds]) -> Fields:
    """Key Domain ID and MSK ID, the latter also in its halves (TS 31.102 4.2.80)."""
    known = list(key_ids)
    return {
        f"{prefix}.key_domain_id": [ids.domain.hex() for ids in known],
        f"{prefix}.msk_id": [ids.msk.hex() for ids in known],
        f"{prefix}.key_group": [str(int.from_bytes(ids.msk[:2])) for ids in known],
        f"{prefix}.key_number": [str(int.from_bytes(ids.msk[2:])) for ids in known],
    }


def base64_text(ltkm: Initiator) -> str:
    return base64.b64encode(ltkm.encode()).decode()


def _indent(lines: Iterable[str]) -> list[str]:
    return ["  " + line for line in lines]


def _msk_lines(msk: KeyIds) -> list[str]:
    domain, identifier = (base64.b64encode(part).decode() for part in (msk.domain, msk.msk))
    return ["<MSK>", f"  <keyDomainID>{domain}</keyDomainID>", f"  <MSKID>{identifier}</MSKID>", "</MSK>"]


def _container_lines(name: str, version: int | None, children: list[str]) -> list[str]:
    attribute = "" if version is None else f' version="{version}"'
    return (
        [f"<bcast:{name}{attribute}>", *_indent(children), f"</bcast:{name}>"]
        if children
        else [f"<bcast:{name}{attribute}/>"]
    )
