"""A second opinion on the captures: what of R69 to R91 (TS 33.246, TS 26.346) a capture breaks.

It reads the bytes alone and shares nothing with the plugin; of the generator it takes the ciphers, which are tested
with known answers.
"""

import hmac
import re
from collections import defaultdict
from dataclasses import dataclass

import reader
from captures.generator import aes, keys
from captures.generator.mikey import counter_mode_iv, counter
from reader import COUNTER, EXT, ID, KEMAC, RAND, SP, T, V, Http, Mikey, Node

NOTE, SUSPICIOUS, BREACH = 1, 2, 3
REORDERING, DELIVERY = 10_000, 60_000_000  # microseconds
ALL_ONES = 0xFFFF

Finding = tuple[int, str, int]  # frame, rule, level

_3GPP = "urn:3GPP:metadata:2005:MBMS:"
BCAST = "urn:oma:xml:bcast:pr:orderqueries:1.0"


@dataclass
class Seen:
    """A message on its way: where, when, who gets it."""

    frame: int
    time: int
    source: str
    target: str
    message: Mikey
    terminal: str = ""


# ---- one message -----------------------------------------------------------------------------------------------------


def kind(message: Mikey) -> str:
    if message.data_type == 1:
        return "verification"
    if message.subtype == 4:
        return "parental control"
    if message.key_id(2) is not None or message.subtype == 2:
        return "stkm"
    return "ltkm" if message.key_ids or message.subtype is not None else "other"


def has_key(message: Mikey) -> bool:
    return bool(message.kemac and message.kemac[1])


def is_pull(message: Mikey) -> bool:
    ids = message.key_id(1)
    return not has_key(message) and ids is not None and ids[2:] == b"\0\0"


def form(message: Mikey) -> list[tuple[str, int]]:
    """R75 to R80 and the bounds of R81."""
    judges = {"ltkm": _ltkm_form, "verification": _verification_form, "stkm": _stkm_form}
    return judges.get(kind(message), lambda _: [])(message)


def _ltkm_form(message: Mikey) -> list[tuple[str, int]]:
    found = []
    if is_pull(message) and message.v:
        found.append(("R75", NOTE))
    if _lacks_parts(message):
        found.append(("R76", SUSPICIOUS))
    elif any(id_type for id_type, _ in message.identities):
        found.append(("R76", NOTE))
    msk = message.key_id(1)
    if msk and ((msk[:2] == b"\0\0" and (any(msk) or has_key(message))) or (has_key(message) and msk[2:] == b"\0\0")):
        found.append(("R77", BREACH))
    return found + _map_form(message, streaming=True)


def _lacks_parts(message: Mikey) -> bool:
    kemac = message.kemac
    return not (
        message.key_id(0) is not None
        and message.key_id(1) is not None
        and message.t
        and message.t[0] == COUNTER
        and message.of(RAND)
        and len(message.identities) == 2
        and kemac
        and (kemac[0] or not kemac[1])
        and kemac[2]
    )


def _map_form(message: Mikey, streaming: bool) -> list[tuple[str, int]]:
    """R78."""
    policies = message.of(SP)
    if (message.sessions, message.map_type) == (0, 1) and not policies:
        return []
    if not streaming or (message.sessions, message.map_type) != (1, 0):
        return [("R78", SUSPICIOUS)]
    return [("R78", NOTE)] if any(13 not in _parameters(policy) for policy in policies) else []


def _parameters(policy: bytes) -> list[int]:
    data, found = policy[4:], []
    while data:
        found.append(data[0])
        data = data[2 + data[1] :]
    return found


def _verification_form(message: Mikey) -> list[tuple[str, int]]:
    """R79."""
    found = _map_form(message, streaming=False)
    if not (message.of(T) and message.of(ID) and message.of(V) and message.of(V)[0][0]):
        return [*found, ("R79", SUSPICIOUS)]
    odd = {number for number, _ in message.payloads} - {T, ID, V, EXT}
    if odd or len(message.of(ID)) > 1 or message.identities[0][0]:
        found.append(("R79", NOTE))
    return found


def _stkm_form(message: Mikey) -> list[tuple[str, int]]:
    """R80, R81."""
    found = _map_form(message, streaming=False)
    order = [number for number, _ in message.key_ids]
    sound = order == [0, 1, 2] and message.t and message.t[0] == COUNTER and message.of(KEMAC)
    if message.v or not sound or message.of(RAND) or message.of(SP):
        found.append(("R80", SUSPICIOUS))
    if message.key_id(2) in (b"\0\0", b"\xff\xff"):
        found.append(("R81", BREACH))
    return found


# ---- with keys -------------------------------------------------------------------------------------------------------

Keys = list[tuple[str, str, bytes]]  # IDi, IDr, MUK; an empty one matches any


def key_data(message: Mikey, table: Keys) -> list[tuple[int, int, bytes, bytes]] | None:
    """Type, KV, key, validity of every key that can be read."""
    if not message.kemac or not message.kemac[1]:
        return None
    encr_alg, data, _ = message.kemac
    if not encr_alg:
        return _sub_payloads(data)
    identities = [text.decode() for _, text in message.identities]
    for *wanted, muk in table:
        if all(w in ("", have) for w, have in zip(wanted, identities)) and encr_alg == 1:
            rand = (message.of(RAND) or [b""])[0][1:]
            if opened := _open(message, muk, rand):
                return _sub_payloads(opened)
    return None


def _open(message: Mikey, psk: bytes, rand: bytes) -> bytes | None:
    """The plain text, where AES-CM-128 and HMAC-SHA-1 protect it and the MAC is right."""
    if message.kemac is None or message.kemac[2] != 1 or message.t is None or message.t[0] != COUNTER:
        return None
    made = keys.transport_keys(psk, message.csb_id, rand, message.prf, (16, 20, 14))
    if hmac.digest(made.auth, message.data[:-20], "sha1") != message.data[-20:]:
        return None
    iv = counter_mode_iv(made.salt, message.csb_id, counter(message.t[1]))
    return aes.counter_mode(made.encr, iv, message.kemac[1])


def _sub_payloads(data: bytes) -> list[tuple[int, int, bytes, bytes]]:
    found, more = [], True
    while more:
        more, kinds, length = data[0], data[1], int.from_bytes(data[2:4], "big")
        key, data = data[4 : 4 + length], data[4 + length :]
        if (kinds >> 4) % 2:
            data = data[2 + int.from_bytes(data[:2], "big") :]
        size = _validity_length(kinds & 15, data)
        validity, data = data[:size], data[size:]
        found.append((kinds >> 4, kinds & 15, key, validity))
    return found


def _validity_length(kv: int, data: bytes) -> int:
    """None, an SPI, or an interval."""
    if kv == 2:
        return 2 + data[0] + data[1 + data[0]]
    return 1 + data[0] if kv else 0


def interval(validity: bytes) -> tuple[int, int]:
    low, rest = validity[1 : 1 + validity[0]], validity[1 + validity[0] :]
    return int.from_bytes(low, "big"), int.from_bytes(rest[1:], "big")


# ---- documents -------------------------------------------------------------------------------------------------------

# root: name spaces, children in order, whether others may follow
_RESPONSE = ["serviceID", "ResponseCode"], ["MSK", "ResponseCode"]
_DOCUMENTS = {
    "mbmsSecurityRegister": (("securityRegistration", "securityRegistrationRequest"), "serviceID", None),
    "mbmsSecurityDeregister": (("securityDeregistration",), "serviceID", None),
    "mbmsMSKRequest": (("mskRequest",), "MSK", None),
    "mbmsSecurityRegisterResponse": (("securityRegistrationResponse",), "Response", _RESPONSE[0]),
    "mbmsMSKResponse": (("mskResponse",), "Response", _RESPONSE[1]),
}
_ALIASES = {"mbmsSecurityDeregistration": "mbmsSecurityDeregister", "mbmsMSK": "mbmsMSKRequest"}
_TARGETS = {"mbmsSecurityRegister": "register", "mbmsSecurityDeregister": "deregister", "mbmsMSKRequest": "msk-request"}
_CONTAINER = re.compile("(Registration|Deregistration|LTKM)(Request|Response){1,2}Extension")


def procedure(root: Node | None) -> str:
    name = _ALIASES.get(root.name, root.name) if root and root.namespace.startswith("urn:3GPP:") else ""
    return name if name in _DOCUMENTS else ""


def is_valid(root: Node) -> bool:
    """R85, less what R1 to R29 say already."""
    if root.name not in _DOCUMENTS:
        return False
    spaces, child, inner = _DOCUMENTS[root.name]
    known = root.namespace in [_3GPP + space for space in spaces] or root.name == "mbmsSecurityRegister"  # R17
    own = [one for one in root.children if one.namespace == root.namespace and not _CONTAINER.fullmatch(one.name)]
    in_request = root.name == "mbmsMSKRequest"
    return (
        known
        and all(one.name == child for one in own)
        and (bool(own) or in_request)
        and all(_is_valid_item(one, inner, in_request) for one in own)
        and not (in_request and any(one.namespace not in (root.namespace, BCAST) for one in root.children))
    )


def _is_valid_item(item: Node, inner: list[str] | None, in_request: bool) -> bool:
    own = [one for one in item.children if one.namespace == item.namespace and not _CONTAINER.fullmatch(one.name)]
    names = [one.name for one in own]
    if item.name == "serviceID":
        return not item.children
    if item.name == "Response":
        return names == inner and all(_is_valid_item(one, None, in_request) for one in own if one.name == "MSK")
    if in_request:
        return set(names) <= {"keyDomainID", "MSKID"}
    domain, msk = (reader.decode_base64(item.child(name) or "") for name in ("keyDomainID", "MSKID"))
    return names == ["keyDomainID", "MSKID"] and domain is not None and msk is not None and len(msk) == 4


def items(root: Node) -> list[tuple]:
    """The services or keys that a document speaks of."""
    if "MSK" in root.name:
        return [_msk(one) for one in root.all("MSK")]
    return [(one.text.strip(),) for one in root.all("serviceID")]


def _is_answered(item: tuple, answers: list[tuple]) -> bool:
    """Key Number 0 asks for the current key of the group: any number answers."""
    if len(item) == 2 and item[1] and item[1][2:] == b"\0\0":
        return any(one[0] == item[0] and one[1] and one[1][:2] == item[1][:2] for one in answers)
    return item in answers


def _msk(node: Node) -> tuple:
    return tuple(reader.decode_base64(node.child(name) or "") for name in ("keyDomainID", "MSKID"))


# ---- a whole capture -------------------------------------------------------------------------------------------------


class Judge:
    """Reads a capture and keeps all findings."""

    def __init__(self, pcap: bytes, table: Keys = ()) -> None:
        self.found: list[Finding] = []
        self._table = list(table)
        self._end = reader.last_time(pcap)
        packets = reader.packets(pcap)
        self._packets = packets
        self._http = reader.http_messages([one for one in packets if one.protocol == reader.TCP])
        self._names: dict[str, str] = {}  # connection's and address's B-TID
        self._messages: list[Seen] = []
        self._requests: list[tuple[int, str, str]] = []  # time, terminal, procedure
        self._offered_http: dict[str, bool] = {}
        self._trees = [_tree(one) for one in self._http]
        self._judge_http()
        for packet in packets:
            if packet.protocol == reader.UDP and not packet.cut and (message := reader.mikey(packet.payload)):
                if kind(message) != "other" or {2269, 4359} & {*packet.ports}:
                    terminal = self._names.get(packet.target, packet.target)
                    ends = packet.source, packet.target
                    self._messages.append(Seen(packet.frame, packet.time, *ends, message, terminal))
        self._messages.sort(key=lambda seen: (seen.time, seen.frame))
        self._judge_messages()

    def _find(self, frame: int, rule: str, level: int) -> None:
        self.found.append((frame, rule, level))

    # -- HTTP

    def _judge_http(self) -> None:
        waiting: dict[tuple, Http] = {}
        authenticated = {
            one.connection for one in self._http if {"authorization", "www-authenticate"} & {*one.headers}
        }
        for message, (root, whole) in zip(self._http, self._trees):
            if message.is_request:
                waiting[message.connection] = message
                if name := _user(message):
                    self._names[message.connection] = self._names[message.client] = name
            request = waiting.get(message.connection)
            if message.is_request:
                message.headers["-root"] = procedure(root)
            terminal = self._names.get(message.connection, message.client)
            self._take_ltkms(message, root, terminal)
            if message.is_request and procedure(root):
                self._judge_request(message, root, whole, terminal)
            elif procedure(root) or (request and request.headers.get("-root")):
                self._judge_response(message, root, whole, request, terminal)
            if message.connection in authenticated:
                self._judge_digest(message, request)

    def _take_ltkms(self, message: Http, root: Node | None, terminal: str) -> None:
        texts = [one.text for one in root.all("LTKM")] if root else []
        bodies = [data for data in map(reader.decode_base64, texts) if data]
        if re.search("mikey|bcast.ltkm", message.headers.get("content-type", "")):
            bodies = [message.body, reader.decode_base64(message.body.decode("latin-1")) or b""]
        for data in bodies:
            if decoded := reader.mikey(data):
                self._messages.append(
                    Seen(message.frame, message.time, message.server, message.client, decoded, terminal)
                )

    def _judge_request(self, message: Http, root: Node, whole: bool, terminal: str) -> None:
        self._requests.append((message.time, terminal, procedure(root)))
        answer = next((o for o in self._http if o.connection == message.connection and o.frame > message.frame), None)
        if answer and answer.start.split()[1] in ("401", "407"):
            return
        method, target, version = message.start.split(" ")
        value = re.search(r"requesttype=\s*([^&]*)", target)
        other_values = {*_TARGETS.values()} - {_TARGETS[procedure(root)]}
        if method != "POST" or version != "HTTP/1.1" or (value and value[1].lower() in other_values):
            self._find(message.frame, "R83", SUSPICIOUS)
        elif not value:
            self._find(message.frame, "R83", NOTE)
        if whole and not is_valid(root):
            self._find(message.frame, "R85", SUSPICIOUS)
        if procedure(root) == "mbmsSecurityRegister":
            types = [one.text.strip().lstrip("0") for one in root.all("Type")]
            self._offered_http[terminal] = "2" in types

    def _judge_response(
        self, message: Http, root: Node | None, whole: bool, request: Http | None, terminal: str
    ) -> None:
        code = int(message.start.split()[1])
        entries = [one for one in root.all("Response")] if root and procedure(root) else []
        codes = [(one.child("ResponseCode") or "")[:3] for one in entries]
        for one in (str(code), *codes):
            if one in ("500", "502") or (one.isdigit() and 406 <= int(one) <= 417):
                self._find(message.frame, "R86", NOTE)
        if not (root and procedure(root)):
            return
        if whole and not is_valid(root):
            self._find(message.frame, "R85", SUSPICIOUS)
        if code // 100 != 2:
            return
        if request and request.headers.get("-root"):
            asked, _ = self._trees[self._http.index(request)]
            for one in items(asked) if asked else []:
                if not _is_answered(one, items(root)) and any(one) and None not in one:
                    self._find(message.frame, "R84", SUSPICIOUS)
        if procedure(root) == "mbmsMSKResponse":
            for entry, number in zip(entries, codes):
                if number == "200" and not self._is_delivered(message, _msk(entry.all("MSK")[0]), terminal):
                    self._find(message.frame, "R91", SUSPICIOUS)

    def _is_delivered(self, message: Http, msk: tuple, terminal: str) -> bool:
        """R91; where the capture cannot show it, true."""
        limit = message.time + DELIVERY
        if self._end <= limit or None in msk:
            return True
        coming = [
            (one.frame, one.time, reader.mikey(one.payload), one.target)
            for one in self._packets
            if one.protocol == reader.UDP and one.target == message.client
        ]
        coming += [(one.frame, one.time, one.message, one.target) for one in self._messages]
        ltkms = [(time, found) for _, time, found, to in coming if found and to == message.client]
        inside = [
            reader.mikey(reader.decode_base64(node.text) or b"")
            for later, (root, _) in zip(self._http, self._trees)
            if root and later.client == message.client and message.time <= later.time <= limit
            for node in root.all("LTKM")
        ]
        in_time = [found for time, found in ltkms if message.time <= time <= limit] + [one for one in inside if one]
        if any(one.key_id(0) == msk[0] and (one.key_id(1) or b"")[:2] == msk[1][:2] for one in in_time):
            return True
        return not self._offered_http.get(terminal) and not ltkms

    def _judge_digest(self, message: Http, request: Http | None) -> None:
        host = (request or message).headers.get("host", "").partition(":")[0]
        if message.is_request and "3gpp-gba" not in message.headers.get("user-agent", ""):
            self._find(message.frame, "R87", NOTE)
        header = message.headers.get("authorization") or message.headers.get("www-authenticate")
        if not header:
            return
        values = {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', header)}
        if not re.fullmatch(f"3gpp-bootstrapping(-uicc|-digest)?@{re.escape(host)}", values.get("realm", ""), re.I):
            self._find(message.frame, "R87", SUSPICIOUS)
        elif values.get("algorithm", "MD5") != "MD5":
            self._find(message.frame, "R87", NOTE)
        elif values.get("response") != "":
            offered = [one.strip() for one in values.get("qop", "").split(",")]
            wanted = ["auth-int"] if "authorization" in message.headers else ["auth", "auth-int"]
            if sorted(offered) != wanted:
                self._find(message.frame, "R87", NOTE)

    # -- MIKEY

    def _judge_messages(self) -> None:
        counters: dict[tuple, tuple[int, int]] = {}
        known: set[bytes] = set()
        traffic = defaultdict(list)
        validity: dict[tuple, tuple[int, int]] = {}
        for seen in self._messages:
            message = seen.message
            copy, _ = message.data in known, known.add(message.data)
            for rule, level in form(message):
                self._find(seen.frame, rule, level)
            if kind(message) == "ltkm":
                if not copy:
                    self._judge_counter(seen, counters)
                self._judge_keys(seen, validity)
                if is_pull(message) and not self._is_followed(seen):
                    self._find(seen.frame, "R69", SUSPICIOUS)
            if kind(message) == "stkm" and message.key_id(2) is not None and not copy:
                self._judge_mtk(seen, traffic, validity)

    def _judge_counter(self, seen: Seen, counters: dict) -> None:
        """R74."""
        message = seen.message
        if len(message.identities) != 2 or not message.t or message.t[0] != COUNTER:
            return
        muk = tuple(text for _, text in message.identities)
        value = message.t[1]
        if muk in counters:
            before, time, frame = counters[muk]
            if not 0 < (value - before) % 2**32 < 2**31:
                if seen.time - time >= REORDERING or seen.frame == frame:
                    self._find(seen.frame, "R74", BREACH)
                return
        counters[muk] = value, seen.time, seen.frame

    def _judge_keys(self, seen: Seen, validity: dict) -> None:
        """R82; the limits for R81."""
        opened = key_data(seen.message, self._table)
        if opened is None:
            return
        if len(opened) != 1 or opened[0][0] != 2 or opened[0][1] != 2:
            self._find(seen.frame, "R82", SUSPICIOUS)
        for _, kv, key, limits in opened:
            if kv == 2:
                if interval(limits)[1] == ALL_ONES:
                    self._find(seen.frame, "R82", BREACH)
                low, high = interval(limits)
                if low <= high:  # else it is invalid for this terminal, and goes on for the others
                    validity[seen.message.key_id(0), seen.message.key_id(1)] = low, high

    def _judge_mtk(self, seen: Seen, traffic: dict, validity: dict) -> None:
        """R81: order and limits."""
        message = seen.message
        msk, mtk = (message.key_id(0), message.key_id(1)), int.from_bytes(message.key_id(2) or b"", "big")
        if message.t and any(t < message.t[1] and before > mtk for t, before in traffic[msk]):
            self._find(seen.frame, "R81", SUSPICIOUS)
        if message.t:
            traffic[msk].append((message.t[1], mtk))
        if msk in validity and not validity[msk][0] < mtk <= validity[msk][1] and mtk not in (0, ALL_ONES):
            self._find(seen.frame, "R81", BREACH)

    def _is_followed(self, seen: Seen) -> bool:
        """R69; where the capture cannot show it, true."""
        limit = seen.time + DELIVERY
        asked = {"mbmsSecurityRegister", "mbmsMSKRequest"}
        own = [time for time, who, what in self._requests if who == seen.terminal and what in asked]
        if any(seen.time <= time <= limit for time in own):
            return True
        return self._end <= limit or not any(
            one.source == seen.target and one.time > seen.time for one in self._packets
        )


def _user(message: Http) -> str:
    found = re.search('username="([^"]+)"', message.headers.get("authorization", ""))
    return found[1] if found else ""


def _tree(message: Http) -> tuple[Node | None, bool]:
    """The XML in a body, if it is any."""
    kind_of_body = message.headers.get("content-type", "").lower()
    if not message.body or "xml" not in kind_of_body:
        return None, True
    charset = re.search("charset=([^; ]+)", kind_of_body)
    return reader.xml(message.body, charset[1] if charset else None)
