# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets as trees: out of tshark's PDML, or what sharkd answers."""
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import IO, NamedTuple

from . import model

WANTED = frozenset(model.FIELDS)


class Node(NamedTuple):
    name: str
    value: str
    label: str
    children: list['Node']

    def walk(self) -> Iterator['Node']:
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, *names: str) -> Iterator['Node']:
        wanted = frozenset(names)
        return (node for node in self.walk() if node.name in wanted)


def from_pdml(stream: IO[bytes]) -> Iterator[Node]:
    """A tree for each packet, as they come."""
    parser = ElementTree.iterparse(stream, events=('start', 'end'))
    _, root = next(parser)
    for event, element in parser:
        if event == 'end' and element.tag == 'packet':
            yield Node('packet', '', '', [pdml_node(child) for child in element])
            root.clear()


def pdml_node(element: ElementTree.Element) -> Node:
    """Of the general information at the front only number and time count: they have other names in the frame's tree."""
    name, value = element.get('name', ''), element.get('show', '')
    if name == 'num':
        name = 'frame.number'
    elif name == 'timestamp':
        name, value = 'frame.time_epoch', element.get('value', '')
    return Node(name, value, element.get('showname') or value, [pdml_node(child) for child in element])


def from_sharkd(items: list[dict]) -> Node:
    return Node('packet', '', '', [sharkd_node(item) for item in items])


def sharkd_node(item: dict) -> Node:
    """A field is given as the filter that finds it: NAME, NAME == VALUE, or NAME == "TEXT"."""
    name, _, value = item.get('f', '').partition(' == ')
    if name in WANTED:
        value = unquoted(value)
    return Node(name, value, item.get('l', ''), [sharkd_node(child) for child in item.get('n', [])])


def unquoted(value: str) -> str:
    """The text of a filter's constant. Wireshark escapes quotes and backslashes; other escapes are not expected here."""
    if not value.startswith('"'):
        return value
    plain = value[1:-1].replace('\\\\', '\0').replace('\\"', '"')
    if '\\' in plain:
        raise ValueError(f'escapes in {value}')
    return plain.replace('\0', '\\')


def flat(root: Node) -> model.Packet:
    """As tshark's list of fields has it."""
    packet: model.Packet = {}
    for node in root.find(*model.FIELDS):
        packet.setdefault(node.name, []).append(node.value)
    return packet


def check_findings(root: Node) -> list[model.Finding]:
    """Expert items that are findings though no rule speaks, with the key of the LTKM they stand in. XML knows one kind of blank."""
    packet = flat(root)
    spoken = set(packet.get('bcast.rule', []))
    return [model.finding(packet, node.name, model.CHECKS[node.name].level, ' '.join(node.label.split()), key)
            for node, key in checks_below(root, model.key_of(packet))
            if not spoken & set(model.CHECKS[node.name].spoken_by)]


def checks_below(node: Node, key: str | None) -> Iterator[tuple[Node, str | None]]:
    if node.name == 'ltkm':
        key = model.key_of(flat(node))
    if node.name in model.CHECKS:
        yield node, key
    for child in node.children:
        yield from checks_below(child, key)
