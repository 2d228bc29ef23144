"""A second opinion: the captures follow TS 33.246, but for those about rules and those that show tolerance."""

import json

import pytest
from conformity import Judge
from tolerance import TOLERANCE

from captures.generator import scenarios  # noqa: F401  (registers them)
from captures.generator.capture import SCENARIOS, make
from captures.generator.cast import BSM_1, BSM_2, SUBSCRIBER_A, SUBSCRIBER_B
from captures.generator.rule_capture import RULES, make_rule

JUDGED = {"R69", *(f"R{number}" for number in range(74, 88)), "R91"}
KEYS = [(bsm.name, who.btid, who.muks[bsm.name]) for bsm in (BSM_1, BSM_2) for who in (SUBSCRIBER_A, SUBSCRIBER_B)]


@pytest.mark.parametrize("name", SCENARIOS)
def test_sound(name):
    """Nothing is found, with keys and without, but for what is known."""
    capture = make(name)
    pcap, terminals = capture.pcap(), json.loads(capture.sidecar()).get("terminals", {})
    keys = KEYS + [(*who, bytes.fromhex(muk)) for *who, muk in (one["key"] for one in terminals.values())]
    bare, with_keys = TOLERANCE.get(name, (set(), set()))
    assert {rule for _, rule, _ in Judge(pcap).found} == bare
    assert {rule for _, rule, _ in Judge(pcap, keys).found} == bare | with_keys


@pytest.mark.parametrize("name", RULES)
def test_rules(name):
    """Exactly the findings that the capture is said to have: frame, rule and level."""
    capture = make_rule(name)
    content = json.loads(capture.sidecar())
    wanted = [
        (int(frame), rule, level)
        for frame, found in content["findings"].items()
        for rule, level in found
        if rule in JUDGED
    ]
    assert sorted(Judge(capture.pcap()).found) == sorted(wanted)
    table = [(idi, idr, bytes.fromhex(key)) for idi, idr, key in content.get("keys", [])]
    with_keys = [
        (int(frame), rule, level)
        for frame, found in content.get("findings_with_keys", {}).items()
        for rule, level in found
        if rule in JUDGED
    ]
    assert sorted(Judge(capture.pcap(), table).found) == sorted(wanted + with_keys)
