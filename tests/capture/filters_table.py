"""Prints the tables of dissectors/packet/FILTERS.md, from what the plugin tells tshark and from its table of MIKEY's fields.

    BUILD_DIR=build /usr/bin/python3 tests/capture/filters_table.py         writes the tables of the file anew
"""
import re

from wireshark import REPOSITORY, Wireshark

PAGE = REPOSITORY / 'dissectors' / 'packet' / 'FILTERS.md'
PROTOCOLS = ('mbms_sec', 'bcast', 'ltkm')
KINDS = {
    'FT_BOOLEAN': 'yes or no', 'FT_BYTES': 'bytes', 'FT_FRAMENUM': 'frame', 'FT_NONE': '', 'FT_STRING': 'text', 'FT_IPv4': 'address',
    'FT_IPv6': 'address', 'FT_RELATIVE_TIME': 'seconds', 'FT_ABSOLUTE_TIME': 'time',
    **{f'FT_UINT{bits}': 'number' for bits in (8, 16, 24, 32, 48, 64)},
}  # fmt: skip
HEAD = '| filter | type | | |\n|---|---|---|---|\n'


def natural(name: str) -> list:
    """R9 stands before R10."""
    return [int(part) if part.isdigit() else part for part in re.split(r'(\d+)', name)]


def described(values: dict[int, str]) -> str:
    return ', '.join(f'{value} {text}' for value, text in sorted(values.items()))


def of_protocol(wireshark: Wireshark, protocol: str) -> str:
    fields = [line.split('\t') for line in wireshark.run('-G', 'fields').stdout.splitlines() if line.startswith('F\t')]
    values: dict[str, dict[int, str]] = {}
    for line in wireshark.run('-G', 'values').stdout.splitlines():
        if line.startswith(f'V\t{protocol}.'):
            _, name, value, text = line.split('\t')
            values.setdefault(name, {})[int(value, 0)] = text
    rows = sorted((row[2], row[1], row[3], row[7].strip()) for row in fields if row[2].startswith(protocol + '.'))
    lines = []
    for name, label, kind, blurb in sorted(rows, key=lambda row: natural(row[0])):
        told = '; '.join(text for text in (blurb, described(values.get(name, {}))) if text)
        lines.append(f'| `{name}` | {KINDS[kind]} | {label} | {told} |\n'.replace('|  |', '| |'))
    return HEAD + ''.join(lines)


def of_mikey() -> str:
    header = (REPOSITORY / 'dissectors' / 'packet' / 'mikey-fields.h').read_text()
    rows = re.findall(r'MIKEY_FIELD\(\w+, "([\w.]+)", "(.*?)", (FT_\w+)', header)
    lines = [f'| `mikey.{name}` | {KINDS[kind]} | {label} |\n'.replace('|  |', '| |') for name, label, kind in sorted(rows)]
    return '| filter | type | |\n|---|---|---|\n' + ''.join(lines)


def page_of(wireshark: Wireshark, text: str) -> str:
    """The page with its tables as they should be."""
    tables = {**{protocol: of_protocol(wireshark, protocol) for protocol in PROTOCOLS}, 'mikey': of_mikey()}
    for name, table in tables.items():
        text, times = re.subn(f'(<!-- {name} -->\n).*?(<!-- end -->)', lambda found: f'{found[1]}{table}{found[2]}', text, flags=re.DOTALL)
        assert times == 1, name
    return text


if __name__ == '__main__':
    PAGE.write_text(page_of(Wireshark(), PAGE.read_text()))
