"""Captures that are not as TS 33.246 wants them: they show other forms, or what goes wrong in the field."""

# name -> rules of R69 to R91 that it breaks for everybody, and besides for who has the keys of the README
TOLERANCE: dict[str, tuple[set[str], set[str]]] = {
    "seed-examples": (set(), set()),  # as printed: no LTKM in it decodes, two documents are ill-formed
    "field30": ({"R69", "R74", "R91"}, set()),  # see its terminals
    "mikey-t-types": ({"R76"}, {"R82"}),
    "mikey-maps": ({"R76", "R78"}, {"R82"}),
    "mikey-kemac": ({"R76", "R82"}, {"R82"}),
    "mikey-payloads": ({"R76", "R78"}, {"R82"}),
}
