#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write expected.json: what the plugin has to show in recorded.pcap.

Frames, HTTP bodies and request/response pairs come from a tshark *without* the plugin, XML from Python's own
parser, and the MIKEY messages from the few lines below. Nothing here is shared with record.py.
"""

import base64
import json
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

PCAP = Path(__file__).with_name("recorded.pcap")
BCAST = "{urn:oma:xml:bcast:pr:orderqueries:1.0}"
STOCK_FIELDS = """frame.number http.request_in http.response_in http.response.code http.authorization
                  http.content_type media.type udp.payload""".split()
MESSAGES = {
    "mbmsSecurityRegister": 1,
    "RegistrationResponseResponseExtension": 2,
    "mbmsSecurityDeregister": 3,
    "DeregistrationResponseResponseExtension": 4,
    "mbmsMSKRequest": 5,
    "LTKMResponseResponseExtension": 6,
}
Row = dict[str, str]
Fields = dict[str, list[str]]


def stock_rows() -> list[Row]:
    command = ["tshark", "-2", "-n", "-r", str(PCAP), "-Y", "http or udp", "-T", "fields", "-E", "occurrence=f"]
    command += [word for field in STOCK_FIELDS for word in ("-e", field)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return [dict(zip(STOCK_FIELDS, line.split("\t"), strict=True)) for line in lines]


@dataclass
class Mikey:
    """As much of a pre-shared-key message as the fields need."""

    verification: bool
    csb_id: str
    counter: str = ""
    key_domain: str = ""
    msk_id: str = ""

    @property
    def id(self) -> str:
        return f"{self.csb_id}-{int(self.counter):08x}"


def walk(data: bytes) -> Mikey:
    """Follow the payload chain; the CS ID map is empty in all messages of this capture."""
    message = Mikey(verification=data[1] == 1, csb_id=data[4:8].hex())
    assert data[0] == 1 and data[8:10] == b"\x00\x01"
    payload, at = data[2], 10
    while payload:
        following = data[at]
        if payload == 5:
            message.counter = str(int.from_bytes(data[at + 2:at + 6], "big"))
            at += 6
        elif payload == 11:
            at += 2 + data[at + 1]
        elif payload == 1:
            at += 4 + int.from_bytes(data[at + 2:at + 4], "big") + 1 + 20
        elif payload == 9:
            at += 2 + 20
        else:
            assert payload in (6, 21)
            size = int.from_bytes(data[at + 2:at + 4], "big")
            if payload == 21 and data[at + 1] == 3:
                message.key_domain, message.msk_id = data[at + 6:at + 9].hex(), data[at + 11:at + 15].hex()
            at += 4 + size
        payload = following
    assert at == len(data)
    return message


def local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def named(root: ElementTree.Element, name: str) -> list[str]:
    return [(each.text or "").strip() for each in root.iter() if local(each) == name]


def message_type(root: ElementTree.Element, containers: list[str]) -> int:
    return next(MESSAGES[each] for each in [local(root), *containers] if each in MESSAGES)


def btid(row: Row) -> list[str]:
    return re.findall(r'username="([^"]+)"', row["http.authorization"])


def document_fields(row: Row, root: ElementTree.Element) -> Fields:
    containers = [local(each) for each in root.iter() if each.tag.startswith(BCAST) and "Extension" in each.tag]
    answered_in = {"mbms_sec.response_in": [row["http.response_in"]]} if btid(row) else {}
    return {
        "mbms_sec.message": [str(message_type(root, containers))],
        "mbms_sec.service_id": named(root, "serviceID"),
        "mbms_sec.response_code": [each[:3] for each in named(root, "ResponseCode")],
        "mbms_sec.btid": btid(row),
        "mbms_sec.status_code": [row["http.response.code"]] if row["http.response.code"] else [],
        "mbms_sec.request_in": [row["http.request_in"]] if row["http.request_in"] else [],
        **answered_in,
        "bcast.extension": containers,
        "bcast.delivery_type": named(root, "Type"),
    }


def ltkm_fields(messages: list[Mikey]) -> Fields:
    return {
        "ltkm.message": ["3" if each.verification else "1" for each in messages],
        "ltkm.id": [each.id for each in messages],
        "ltkm.counter": [each.counter for each in messages],
        "ltkm.key_domain_id": [each.key_domain for each in messages if each.key_domain],
        "ltkm.msk_id": [each.msk_id for each in messages if each.msk_id],
    }


def link_verifications(frames: dict[str, Fields], messages: dict[str, list[Mikey]]) -> None:
    """Every LTKM of this capture has V set and one verification message with the same CSB ID and T."""
    place = {each.id: frame for frame, found in messages.items() for each in found if not each.verification}
    answer = {each.id: frame for frame, found in messages.items() for each in found if each.verification}
    assert place.keys() == answer.keys()
    for frame, found in messages.items():
        for each in found:
            name, where = ("ltkm.verifies", place) if each.verification else ("ltkm.verified_in", answer)
            frames[frame].setdefault(name, []).append(where[each.id])


def expected_frames() -> dict[str, Fields]:
    frames: dict[str, Fields] = {}
    messages: dict[str, list[Mikey]] = defaultdict(list)
    for row in stock_rows():
        frame = row["frame.number"]
        if row["udp.payload"]:
            messages[frame] = [walk(bytes.fromhex(row["udp.payload"]))]
            frames[frame] = ltkm_fields(messages[frame])
        elif "mbms-" in row["http.content_type"] and row["media.type"]:
            root = ElementTree.fromstring(bytes.fromhex(row["media.type"]))
            messages[frame] = [walk(base64.b64decode(each)) for each in named(root, "LTKM")]
            frames[frame] = document_fields(row, root) | ltkm_fields(messages[frame])
    link_verifications(frames, messages)
    return {frame: {name: values for name, values in each.items() if values} for frame, each in frames.items()}


def as_text(frames: dict[str, Fields]) -> str:
    """One line per field."""
    blocks = []
    for frame, fields in frames.items():
        lines = ",\n".join(f"      {json.dumps(name)}: {json.dumps(values)}" for name, values in fields.items())
        blocks.append(f'    "{frame}": {{\n{lines}\n    }}')
    return f'{{\n  "capture": "{PCAP.name}",\n  "frames": {{\n' + ",\n".join(blocks) + "\n  }\n}\n"


if __name__ == "__main__":
    PCAP.with_name("expected.json").write_text(as_text(expected_frames()))
