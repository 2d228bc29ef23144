"""What the parties do: HTTP procedures, LTKMs over UDP, verification, DNS; each notes what its frames must show."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Callable, Sequence

from . import http, network
from .capture import Capture, Fields
from .cast import RESOLVER, Subscriber
from .documents import HTTP, Body, Document
from .http import Connection, Headers
from .ltkm_fields import GOOD, UNVERIFIED, initiator_fields, opened_fields, proven_fields, verification_fields
from .mikey import Initiator, Verification
from .network import Host, Record

BCAST_PORT = 4359  # omabcastltkm
MIKEY_PORT = 2269  # mikey
_TERMINAL_FIELDS = "mbms_sec.terminal", "ltkm.terminal"
_TARGETS = {1: "register", 3: "deregister", 5: "msk-request"}


@dataclass
class Delivered:
    """An LTKM on its way: where it went by, and what that frame must show of it."""

    frame: int
    message: Initiator
    fields: Fields


# ---- UDP -------------------------------------------------------------------------------------------------------------


def push(capture: Capture, bsm: Host, terminal: Host, message: Initiator, port: int = BCAST_PORT) -> Delivered:
    """Sends an LTKM or STKM over UDP."""
    frame = capture.send_udp(bsm, terminal, (port, port), message.encode())
    capture.expect_with_keys(frame, opened_fields(message, GOOD if capture.keys_are_known else UNVERIFIED))
    return Delivered(frame, message, capture.expect(frame, initiator_fields(message)))


def send_verification(
    capture: Capture,
    message: Verification,
    terminal: Host,
    bsm: Host,
    port: int = BCAST_PORT,
    answers: bool = True,
    translated: int | None = None,
) -> tuple[int, Fields]:
    """Sends a verification message, perhaps from the port that an address translator gives it; nothing is linked yet.

    Without an LTKM that it answers it cannot be checked.
    """
    frame = capture.send_udp(terminal, bsm, (translated or port, port), message.encode())
    known = answers and capture.keys_are_known
    capture.expect_with_keys(frame, proven_fields(message, GOOD if known else UNVERIFIED))
    return frame, capture.expect(frame, verification_fields(message))


def link(capture: Capture, delivered: Delivered, frame: int, fields: Fields) -> None:
    """Says that a verification message in a frame answers an LTKM."""
    delivered.fields["ltkm.verified_in"] = [str(frame)]
    fields["ltkm.verifies"] = [str(delivered.frame)]
    elapsed = capture.time_of(frame) - capture.time_of(delivered.frame)
    delivered.fields["ltkm.verification_time"] = fields["ltkm.verification_time"] = (
        [seconds(elapsed)] if elapsed >= 0 else []
    )


def seconds(microseconds: int) -> str:
    """A relative time as tshark prints it."""
    return f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06d}000"


def verify(capture: Capture, delivered: Delivered, terminal: Host, bsm: Host, port: int = BCAST_PORT) -> None:
    """The terminal's answer to an LTKM with V set, sent to the host that IDi names."""
    capture.wait(12.5)
    frame, fields = send_verification(capture, Verification(delivered.message), terminal, bsm, port)
    link(capture, delivered, frame, fields)


# ---- DNS -------------------------------------------------------------------------------------------------------------


def resolve(capture: Capture, terminal: Host, host: Host, alias: str | None = None, resolver: Host = RESOLVER) -> None:
    """The terminal looks up a host, perhaps through a canonical name."""
    kind = network.A if host.ip.version == 4 else network.AAAA
    chain = [Record(host.name, network.CNAME, alias)] if alias else []
    answers = [*chain, Record(alias or host.name, kind, host.address)]
    identifier = int.from_bytes(network.stable(f"dns {terminal.address} {host.name}", 2), "big")
    port = 49152 + identifier % 8192
    capture.send_udp(terminal, resolver, (port, 53), network.dns_message(identifier, host.name, kind))
    capture.wait(14)
    capture.send_udp(resolver, terminal, (53, port), network.dns_message(identifier, host.name, kind, answers))


# ---- HTTP ------------------------------------------------------------------------------------------------------------


class Login(Enum):
    """What a request says of who sends it."""

    NOTHING = "no Authorization header"
    NAME = "the B-TID, without a response"
    DIGEST = "a digest response"


def _as_it_is(body: bytes) -> bytes:
    return body


@dataclass(frozen=True)
class Coding:
    """How a body is carried: first the content coding, of which the digest is taken, then the transfer coding."""

    headers: tuple[tuple[str, str], ...] = ()
    content: Callable[[bytes], bytes] = _as_it_is
    transfer: Callable[[bytes], bytes] = _as_it_is


PLAIN = Coding()
GZIP = Coding((("Content-Encoding", "gzip"),), content=http.gzipped)


def chunks(size: int, coding: Coding = PLAIN) -> Coding:
    """In chunks, after the content coding of another."""
    headers = (*coding.headers, ("Transfer-Encoding", "chunked"))
    return Coding(headers, coding.content, lambda body: http.chunked(body, size))


class Dialogue:
    """One HTTP connection between a terminal and a BSM."""

    def __init__(
        self, capture: Capture, subscriber: Subscriber, bsm: Host, port: int = 49200, server_port: int = 80
    ) -> None:
        self._capture = capture
        self._subscriber = subscriber
        self._digest = subscriber.digest(bsm)
        self.agent = "BCAST-Terminal/1.0 3gpp-gba"
        self.connection = Connection(capture, subscriber.host, bsm, port, server_port)
        self._logged_in = False
        self.frame = 0  # of the last message
        self._request: tuple[int, Fields] | None = None
        self._terminal = subscriber.host.address
        self._unnamed: list[Fields] = []  # of frames before the terminal gives its name, which it does for them too

    def open(self) -> "Dialogue":
        self.connection.open()
        return self

    def becomes(self, subscriber: Subscriber) -> None:
        """The terminal has bootstrapped anew (TS 24.109 5.2.5): another B-TID on the same connection."""
        self._subscriber = subscriber
        self._digest = subscriber.digest(self.connection.server)

    def logs_in_with(self, **changes: object) -> None:
        """From now on the digest is another one than TS 33.246 has."""
        self._digest = replace(self._digest, **changes)

    def close(self) -> None:
        self._capture.wait(40)
        self.connection.close()

    # -- requests

    def request(
        self,
        body: Body | Document,
        login: Login = Login.DIGEST,
        target: str | None = None,
        coding: Coding = PLAIN,
        method: str = "POST",
        version: str = "HTTP/1.1",
    ) -> int:
        """A POST with a body, as a rule one of ours."""
        body = body.body() if isinstance(body, Document) else body
        target = target or _target(body)
        entity = coding.content(body.data)
        headers = self._request_headers(method, target, entity, login) + _entity_headers(
            body.content_type, coding, entity
        )
        frame = self._post(target, headers, coding.transfer(entity), method, version)
        named = login is not Login.NOTHING
        if named:
            self._give_name()
        btid = {"mbms_sec.btid": [self._subscriber.btid]} if named else {}
        sender = {**btid, "mbms_sec.terminal": [self._terminal]} if body.ours else {}
        fields = self._expect_ours(frame, {**body.fields, **sender})
        self._request = (frame, fields) if body.ours else None
        return frame

    def _give_name(self) -> None:
        """The B-TID is that of what went before on this connection, too."""
        self._terminal = self._subscriber.btid
        for fields in self._unnamed:
            fields |= {name: [self._terminal] for name in _TERMINAL_FIELDS if name in fields}
        self._unnamed.clear()

    def _expect_ours(self, frame: int, fields: Fields) -> Fields:
        """Of a frame of ours."""
        fields = self._capture.expect(frame, fields)
        if self._terminal == self._subscriber.host.address:
            self._unnamed.append(fields)
        return fields

    def get(self, path: str) -> int:
        """A request that has nothing to do with us."""
        self._request = None
        return self._post(path, self._request_headers("GET", path, b"", Login.NOTHING), b"", "GET")

    def _post(self, target: str, headers: Headers, data: bytes, method: str, version: str = "HTTP/1.1") -> int:
        message = http.encode(f"{method} {target} {version}", headers, data)
        self.frame = self.connection.transfer(self.connection.client, message)
        return self.frame

    def _request_headers(self, method: str, target: str, body: bytes, login: Login) -> Headers:
        headers = [("Host", self.connection.server.name), ("User-Agent", self.agent)]
        self._logged_in = login is Login.DIGEST
        if login is Login.NAME:
            headers.append(("Authorization", self._digest.announcement(target)))
        if login is Login.DIGEST:
            headers.append(("Authorization", self._digest.authorization(method, target, body)))
        return headers

    # -- responses

    def challenge(self) -> int:
        """401 without a body of ours."""
        return self.refuse("401 Unauthorized", ("WWW-Authenticate", self._digest.challenge()))

    def refuse(self, status: str, *headers: tuple[str, str], page: bytes = b"") -> int:
        """A response that is only a status line and headers, or a page for people besides."""
        frame = self._reply(status, [*headers, ("Content-Length", str(len(page)))], page)
        if self._request:
            self._pair(frame, self._expect_ours(frame, self._status(status)))
        return frame

    def respond(self, body: Body | Document, status: str = "200 OK", coding: Coding = PLAIN) -> list[Delivered]:
        """A response with one of our bodies; gives its LTKMs in document order."""
        body = body.body() if isinstance(body, Document) else body
        entity = coding.content(body.data)
        info = [("Authentication-Info", self._digest.authentication_info(entity))] if self._logged_in else []
        headers = [*info, *_entity_headers(body.content_type, coding, entity)]
        frame = self._reply(status, headers, coding.transfer(entity))
        fields = self._expect_ours(frame, {**body.fields, **(self._status(status) if body.ours else {})})
        if body.ours:
            self._pair(frame, fields)
        return self._expect_ltkms(frame, body)

    def answer(self, content_type: str, data: bytes) -> int:
        """A response to a request that has nothing to do with us."""
        return self._reply("200 OK", _entity_headers(content_type, PLAIN, data), data)

    def _reply(self, status: str, headers: Headers, data: bytes) -> int:
        self._capture.wait(23)
        server = [("Date", http.date(self._capture)), ("Server", "BSM/1.0")]
        message = http.encode(f"HTTP/1.1 {status}", server + headers, data)
        self.frame = self.connection.transfer(self.connection.server, message)
        self._capture.wait(5)
        return self.frame

    def _status(self, status: str) -> Fields:
        return {"mbms_sec.status_code": [status.split()[0]], "mbms_sec.terminal": [self._terminal]}

    def _pair(self, frame: int, fields: Fields) -> None:
        if self._request:
            request_frame, request_fields = self._request
            fields["mbms_sec.request_in"] = [str(request_frame)]
            request_fields["mbms_sec.response_in"] = [str(frame)]

    def _expect_ltkms(self, frame: int, body: Body) -> list[Delivered]:
        terminal = {"ltkm.terminal": [self._terminal]} if body.ours else {}
        status = GOOD if self._capture.keys_are_known else UNVERIFIED
        delivered = []
        for index, message in enumerate(body.ltkms, 1):
            if message:
                fields = initiator_fields(message, HTTP, index if body.numbered else None) | terminal
                self._capture.expect_with_keys(frame, opened_fields(message, status))
                delivered.append(Delivered(frame, message, self._expect_ours(frame, fields)))
        return delivered


def _entity_headers(content_type: str, coding: Coding, entity: bytes) -> Headers:
    in_chunks = any(name == "Transfer-Encoding" for name, _ in coding.headers)
    length = [] if in_chunks else [("Content-Length", str(len(entity)))]
    return [("Content-Type", content_type), *coding.headers, *length]


def _target(body: Body) -> str:
    number = int(body.fields.get("mbms_sec.message", ["1"])[0])
    return f"/keymanagement?requesttype={_TARGETS[number]}"


def in_turn(delivered: Sequence[Delivered]) -> list[Delivered]:
    """Those that ask for a verification message, in the order of their payload."""
    return [one for one in delivered if one.message.v]
