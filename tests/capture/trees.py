"""Protocol trees as tshark's JSON has them, in order and with every repetition."""
import json
import re
from typing import Iterator, NamedTuple


class Node(list):
    """A subtree: (name, value) pairs; a value is a string, a Node, or a raw item (a plain list)."""

    def all(self, name: str) -> list:
        """What stands under this name among the children of the node."""
        return [value for key, value in self if key == name]

    def get(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)

    def anywhere(self, name: str) -> Iterator:
        """What stands under this name below the node, in tree order."""
        for key, value in self:
            if key == name:
                yield value
            if isinstance(value, Node):
                yield from value.anywhere(name)

    def raw_items(self) -> Iterator['Raw']:
        """Every item of `-x`, in tree order; 4.6 also tells the data source."""
        for key, value in self:
            if isinstance(value, Node):
                yield from value.raw_items()
            elif key.endswith('_raw') and isinstance(value, list):
                yield from (Raw(key[:-4], *one[:5]) for one in (value if isinstance(value[0], list) else [value]))


class Raw(NamedTuple):
    """Where an item lies: its bytes, and their place in whichever data source it belongs to."""

    name: str
    hex: str
    position: int
    length: int
    mask: int
    kind: int

    @property
    def text(self) -> str:
        return bytes.fromhex(self.hex).decode()


def packets(wireshark, capture: str, *arguments: str) -> dict[int, Node]:
    """frame -> its tree."""
    found = json.loads(wireshark.tshark(capture, '-T', 'json', *arguments), object_pairs_hook=Node)
    layers = [packet.get('_source').get('layers') for packet in found]
    return {int(one.get('frame').get('frame.number')): one for one in layers}


def data_sources(wireshark, capture: str, *arguments: str) -> list[dict[str, list[bytes]]]:
    """For each packet: name of data source -> bytes, as `-x` prints them; "" where the frame is the only one."""
    found, current = [], None
    for line in wireshark.tshark(capture, '-x', *arguments).splitlines():
        if title := re.fullmatch(r'(.+) \((\d+) bytes?\):', line):
            if title[1] in ('Frame', 'Packet'):  # the name that 4.6 gives it
                found.append({})
            current = found[-1].setdefault(title[1], [])
            current.append(b'')
        elif dump := re.match(r'([0-9a-f]{4,8})  ((?:[0-9a-f]{2} ){1,16})', line):
            if dump[1] == '0000' and (current is None or current[-1]):
                found.append({'': [b'']})
                current = found[-1]['']
            current[-1] += bytes.fromhex(dump[2])
        else:
            current = None if not line and found and '' in found[-1] else current
    return found
