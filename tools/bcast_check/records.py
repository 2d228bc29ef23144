# SPDX-License-Identifier: GPL-2.0-or-later
"""What was judged, and what was found, as one JSON object a line: for tables, search engines and scripts."""
from collections.abc import Iterable, Iterator

from . import model, tree

KINDS = {'1': 'ltkm', '2': 'ltkm', '3': 'verification', '4': 'stkm', '5': 'error', '6': 'other', '7': 'other'}
LEFT_OUT = ('ltkm.key_id', 'ltkm.cs', 'ltkm.malformed', 'mbms_sec.response', 'mbms_sec.msk', 'bcast.ltkm_delivery')  # no values
NUMBERS = ('FT_UINT', 'FT_INT', 'FT_FRAMENUM')


class Records:
    """Makes the records of one capture from its packets' trees. A procedure is complete when its response is there."""

    def __init__(self, capture: str, types: dict[str, str]) -> None:
        self._capture = capture
        self._types = types
        self._procedures: dict[int, dict] = {}  # by the frame of the request
        self._records: list[dict] = []

    def of(self, packets: Iterable[tree.Node], findings: Iterable[model.Finding]) -> list[dict]:
        for root in packets:
            packet = tree.flat(root)
            for node in root.find('mbms_sec'):
                self._document(node, packet)
            for node in root.find('ltkm'):
                self._message(node, packet)
        self._records += [{'type': 'finding', 'capture': self._capture, **finding._asdict(),
                           'level': model.LEVEL_NAMES[finding.level]} for finding in findings]
        return sorted(self._records, key=lambda record: record['frame'])

    def _start(self, kind: str, packet: model.Packet, values: dict) -> dict:
        finding = model.finding(packet, '', 0, '', None)
        terminal = values.get('mbms_sec.terminal') or values.get('ltkm.terminal') or finding.terminal
        return {'type': kind, 'capture': self._capture, 'frame': finding.frame, 'time': finding.time, 'terminal': terminal}

    def _document(self, node: tree.Node, packet: model.Packet) -> None:
        values = self._values(node)
        request = values.get('mbms_sec.request_in')
        if request in self._procedures:
            self._procedures[request]['response'] = self._start('response', packet, values) | values
        elif 'mbms_sec.message' in values:
            asks = str(values['mbms_sec.message']) in model.REQUESTS
            record = self._start('procedure', packet, values) | (values if asks else {})
            record['response'] = None if asks else self._start('response', packet, values) | values
            self._records.append(record)
            if asks:
                self._procedures[record['frame']] = record

    def _message(self, node: tree.Node, packet: model.Packet) -> None:
        values = self._values(node)
        record = self._start(KINDS.get(str(values.get('ltkm.message')), 'other'), packet, values)
        record |= {'bsm': values.get('ltkm.naf_fqdn'), 'key': model.key_of(tree.flat(node))}
        self._records.append(record | values)

    def _values(self, node: tree.Node) -> dict:
        """Field -> value, a list where there are several. What an LTKM has in it is the LTKM's."""
        values: dict[str, list] = {}
        for field in own_fields(node):
            if field.name.startswith(('mbms_sec.', 'ltkm.', 'bcast.')) and self._is_told(field.name):
                values.setdefault(field.name, []).append(self._typed(field))
        return {name: found[0] if len(found) == 1 else found for name, found in values.items()}

    def _is_told(self, name: str) -> bool:
        return name in self._types and name not in LEFT_OUT and not name.startswith('bcast.r') and name != 'bcast.ltkm'

    def _typed(self, field: tree.Node):
        kind = self._types[field.name]
        if kind == 'FT_NONE':
            return field.label
        try:
            if kind == 'FT_BOOLEAN':
                return field.value in ('1', 'True')
            if kind.startswith(NUMBERS):
                return int(field.value, 0)
            return float(field.value) if kind == 'FT_RELATIVE_TIME' else field.value
        except ValueError:
            return field.value


def own_fields(node: tree.Node) -> Iterator[tree.Node]:
    for child in node.children:
        if child.name != 'ltkm':
            yield child
            yield from own_fields(child)
