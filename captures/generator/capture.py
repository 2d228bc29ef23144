"""One capture in the making: its frames, its clock, and what a dissector must read out of each frame."""

import json
import pathlib
import re
import struct
from typing import Callable, Iterable

from . import network
from .network import Host

Fields = dict[str, list[str]]

_START = 1_227_175_200_000_000  # 2008-11-20 10:00:00 UTC, in microseconds
_SNAP_LENGTH = 262_144
_ETHERNET = 1


class Capture:
    """Frames are numbered from 1 as Wireshark does; time goes on by itself with every frame."""

    def __init__(self, name: str, shows: str) -> None:
        self.name = name
        self.shows = shows
        self.tunnel: network.Tunnel | None = None
        self.keys_are_known = True  # those of who takes part stand in the README
        self.subject: set[str] = set()  # the fields to be expected; as a rule all
        self._now = _START
        self._frames: list[tuple[int, bytes]] = []
        self._lost: dict[int, int] = {}
        self._nodes: dict[int, list[Fields]] = {}
        self._nodes_with_keys: dict[int, list[Fields]] = {}
        self._experts: dict[int, list[str]] = {}
        self._terminals: dict[str, dict[str, object]] = {}
        self._identifications: dict[str, int] = {}

    # -- frames

    def wait(self, milliseconds: float) -> None:
        """Lets time pass before the next frame."""
        self._now += round(milliseconds * 1000)

    def wait_until(self, time: int) -> None:
        """The next frame is not before that."""
        self._now = max(self._now, time)

    def now(self) -> int:
        """The time of the next frame, in microseconds since 1970."""
        return self._now

    def time_of(self, frame: int) -> int:
        return self._frames[frame - 1][0]

    def send(self, source: Host, target: Host, protocol: int, payload: bytes) -> int:
        """Adds an IP packet, through the tunnel if there is one, and gives its frame number."""
        packet = network.ip(source, target, protocol, payload, self._identify(source))
        if self.tunnel:
            outer = self.tunnel.station if source == self.tunnel.terminal else self.tunnel.gateway
            frame = self.tunnel.carry(source, packet, self._identify(outer))
        else:
            frame = network.ethernet(source, target, packet)
        self._frames.append((self._now, frame))
        self.wait(1.25)
        return len(self._frames)

    def packet_of(self, frame: int) -> bytes:
        """The IP packet in a frame that is long enough not to be padded."""
        return self._frames[frame - 1][1][14:]

    def cut(self, frame: int, lost: int) -> None:
        """Leaves out the last bytes of a frame, as a capture with a short snap length does."""
        self._lost[frame] = lost

    def send_udp(self, source: Host, target: Host, ports: tuple[int, int], payload: bytes) -> int:
        return self.send(source, target, network.UDP, network.udp(source, target, ports, payload))

    def _identify(self, host: Host) -> int:
        first = int.from_bytes(network.stable("ip id " + host.address, 2), "big")
        number = self._identifications.get(host.address, first)
        self._identifications[host.address] = (number + 1) & 0xFFFF
        return number

    # -- expectations

    def expect(self, frame: int, fields: Fields) -> Fields:
        """Adds a node to a frame, after those already there; it may be changed until the end."""
        self._nodes.setdefault(frame, []).append(fields)
        return fields

    def expect_with_keys(self, frame: int, fields: Fields) -> Fields:
        """As expect(), for who has the keys of the README."""
        self._nodes_with_keys.setdefault(frame, []).append(fields)
        return fields

    def complain(self, frame: int, *experts: str) -> None:
        """Expert fields that must be in a frame."""
        self._experts.setdefault(frame, []).extend(experts)

    def tell_of(self, btid: str, **facts: object) -> None:
        """What is known of a terminal as a whole."""
        self._terminals[btid] = facts

    # -- files

    def pcap(self) -> bytes:
        """A classic capture file, microseconds, little-endian."""
        head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, _SNAP_LENGTH, _ETHERNET)
        return head + b"".join(map(self._record, range(1, len(self._frames) + 1)))

    def _record(self, number: int) -> bytes:
        time, frame = self._frames[number - 1]
        kept = frame[: len(frame) - self._lost.get(number, 0)]
        return struct.pack("<IIII", *divmod(time, 1_000_000), len(kept), len(frame)) + kept

    def sidecar(self) -> str:
        """The expectations as JSON."""
        frames = {str(frame): self._chosen(merge(self._nodes[frame])) for frame in sorted(self._nodes)}
        with_keys = {str(frame): merge(self._nodes_with_keys[frame]) for frame in sorted(self._nodes_with_keys)}
        experts = {str(frame): self._experts[frame] for frame in sorted(self._experts)}
        content = {
            "capture": self.name + ".pcap",
            "shows": self.shows,
            "frames": frames,
            "with_keys": with_keys,
            "expert": experts,
            **({"terminals": self._terminals} if self._terminals else {}),
        }
        return to_json(content)

    def _chosen(self, fields: Fields) -> Fields:
        return {name: found for name, found in fields.items() if not self.subject or name in self.subject}

    def folder(self) -> str:
        """Where the capture stands below the folder of them all."""
        return ""

    def write(self, folder: pathlib.Path) -> None:
        """Writes NAME.pcap and expected/NAME.json."""
        folder /= self.folder()
        (folder / "expected").mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.pcap").write_bytes(self.pcap())
        (folder / "expected" / f"{self.name}.json").write_text(self.sidecar(), encoding="utf-8")


def merge(nodes: Iterable[Fields]) -> Fields:
    """All occurrences of each field, in tree order."""
    merged: Fields = {}
    for node in nodes:
        for name, values in node.items():
            merged.setdefault(name, []).extend(values)
    return merged


def to_json(content: dict) -> str:
    """JSON with each list on one line, so that a change can be reviewed."""
    text = json.dumps(content, indent=2, ensure_ascii=False)
    return re.sub(r"\[(\n[^\[\]]*)\]", _one_line, text) + "\n"


def _one_line(found: re.Match[str]) -> str:
    return "[" + re.sub(r"\n\s*", " ", found[1]).strip() + "]"


# ---- the list of captures --------------------------------------------------------------------------------------------

Scenario = Callable[[Capture], None]
SCENARIOS: dict[str, tuple[str, Scenario]] = {}


def scenario(name: str, shows: str) -> Callable[[Scenario], Scenario]:
    """Registers the function that fills the capture of this name."""

    def register(function: Scenario) -> Scenario:
        assert name not in SCENARIOS, name
        SCENARIOS[name] = (shows, function)
        return function

    return register


def make(name: str) -> Capture:
    """Makes one capture in memory."""
    shows, fill = SCENARIOS[name]
    capture = Capture(name, shows)
    fill(capture)
    return capture
