#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Install the plugin mbms-bcast for the Wireshark of this machine.

Asks its tshark for version and folders, copies the plugin there if it can load, and looks whether it does. Without --plugin it
is the one beside this script (as in the archives) or the one that was built in this repository.
"""
import argparse
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
from typing import NamedTuple

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE))

from bcast_check import places  # noqa: E402

NAME = 'mbms-bcast'
PE, ELF, MACH_O = 'Windows', 'Linux', 'macOS'
CPUS = {(PE, 0x8664): 'x86_64', (PE, 0xaa64): 'arm64', (ELF, 62): 'x86_64', (ELF, 183): 'arm64',
        (MACH_O, 0x01000007): 'x86_64', (MACH_O, 0x0100000c): 'arm64'}  # fmt: skip


class Refusal(Exception):
    pass


# ---- files -----------------------------------------------------------------------------------------------------------


def built_for(path: pathlib.Path) -> set[tuple[str, str]]:
    """Systems and CPUs whose programs could take the file; empty where its first bytes do not tell, as those of a script."""
    with path.open('rb') as file:
        head = file.read(4096)
    try:
        found = cpus_in(head)
    except struct.error:  # it is cut
        found = []
    return {(system, CPUS.get((system, cpu), f'CPU {cpu}')) for system, cpu in found}


def cpus_in(head: bytes) -> list[tuple[str, int]]:
    if head[:4] == b'\x7fELF':
        return [(ELF, struct.unpack_from('<H', head, 18)[0])]
    if head[:4] == b'\xcf\xfa\xed\xfe':
        return [(MACH_O, struct.unpack_from('<I', head, 4)[0])]
    if head[:4] == b'\xca\xfe\xba\xbe':
        return [(MACH_O, cpu) for cpu, *_ in struct.iter_unpack('>5I', head[8:8 + 20 * min(head[7], 16)])]
    if head[:2] == b'MZ' and len(head) > 0x40:
        return [(PE, struct.unpack_from('<H', head, min(struct.unpack_from('<I', head, 0x3c)[0], 4000) + 4)[0])]
    return []


def is_cut(path: pathlib.Path) -> bool:
    """An ELF file of 64 bits without its end, the table of sections that its head names: it brings tshark down when it starts."""
    with path.open('rb') as file:
        head = file.read(64)
    if head[:5] != b'\x7fELF\x02' or len(head) < 64:
        return False
    offset, (size, count) = struct.unpack_from('<Q', head, 0x28)[0], struct.unpack_from('<HH', head, 0x3a)
    return path.stat().st_size < offset + size * count


def spelled(kinds: set[tuple[str, str]]) -> str:
    return ' or '.join(f'{system} on {cpu}' for system, cpu in sorted(kinds))


class Plugin(NamedTuple):
    path: pathlib.Path
    minor: str  # the Wireshark it was built for: 4.0


def find_plugin(asked: str | None) -> Plugin:
    """The folder that a build puts it into, or the file beside it in an archive, tells for which Wireshark it is."""
    pattern = f'{NAME}.[sd][ol]*'
    built = sorted((HERE.parent / 'build' / 'plugins').glob(f'*/epan/{pattern}'))
    paths = [pathlib.Path(asked)] if asked else [*sorted(HERE.glob(pattern)), *built]
    if not paths or not paths[0].is_file():
        raise Refusal(f'There is no plugin {asked or "beside this script, and none was built here"}.')
    path = paths[0].resolve()
    note = path.parent / 'wireshark-version'
    minor = note.read_text().strip() if note.is_file() else path.parent.parent.name.replace('-', '.')
    if not re.fullmatch(r'\d+\.\d+', minor):
        raise Refusal(f'{path} does not tell for which Wireshark it is: the file wireshark-version that came with it has to lie beside it.')
    return Plugin(path, minor)


# ---- Wireshark -------------------------------------------------------------------------------------------------------


class Wireshark(NamedTuple):
    tshark: str
    minor: str
    personal: pathlib.Path
    system: pathlib.Path


def ask(tshark: str, *arguments: str) -> str:
    try:
        done = subprocess.run([tshark, *arguments], stdin=subprocess.DEVNULL, capture_output=True)
    except OSError as error:
        raise Refusal(f'{tshark} cannot be run: {error.strerror}.') from error
    return os.fsdecode(done.stdout).replace('\r\n', '\n')  # paths are in it: UTF-8 on Windows, whatever its code page is


def find_wireshark(asked: str | None) -> Wireshark:
    tshark = asked or places.tshark()
    if not tshark:
        raise Refusal('There is no tshark: install Wireshark with it, or name it with --tshark.')
    version = re.search(r'TShark[^\d]*(\d+\.\d+)\.\d+', ask(tshark, '--version'))
    folders = dict(re.findall(r'^(.+?):\s*\t(.+)$', ask(tshark, '-G', 'folders'), re.MULTILINE))
    if not version or not {'Personal Plugins', 'Global Plugins'} <= set(folders):
        raise Refusal(f'{tshark} does not tell its version and its folders of plugins, as Wireshark does since 3.0.')
    personal, system = (pathlib.Path(folders[f'{whose} Plugins'].strip()) for whose in ('Personal', 'Global'))
    return Wireshark(tshark, version[1], personal, system)


def is_boxed(wireshark: Wireshark) -> bool:
    """Flatpak's and Snap's Wireshark take plugins from nowhere else than their own, read-only image."""
    program = shutil.which(wireshark.tshark) or wireshark.tshark
    return any(str(pathlib.Path(place).absolute()).startswith(('/snap/', '/app/', '/var/lib/flatpak/'))
               for place in (program, os.path.realpath(program), wireshark.system))


def require_fit(plugin: Plugin, wireshark: Wireshark) -> None:
    if is_boxed(wireshark):
        raise Refusal(f'{wireshark.tshark} is a Flatpak or a Snap, which loads no plugins of others: take the Wireshark of your distribution.')
    if plugin.minor != wireshark.minor:
        raise Refusal(f'This plugin is for Wireshark {plugin.minor}, and {wireshark.tshark} is {wireshark.minor}: '
                      f'take the archive with "wireshark{wireshark.minor}" in its name, or build it on this machine.')
    if is_cut(plugin.path):
        raise Refusal(f'{plugin.path} is cut short, at {plugin.path.stat().st_size} bytes: unpack or copy it again.')
    program = shutil.which(wireshark.tshark)
    ours, theirs = built_for(plugin.path), built_for(pathlib.Path(program)) if program else set()
    if ours and theirs and not ours & theirs:
        raise Refusal(f'This plugin is for {spelled(ours)}, and {wireshark.tshark} for {spelled(theirs)}: take the other archive.')


def loaded(wireshark: Wireshark) -> list[str]:
    """Paths of the plugin, as tshark lists them."""
    lines = [re.split(r'\s*\t', line) for line in ask(wireshark.tshark, '-G', 'plugins').splitlines()]
    return [line[-1] for line in lines if line[0].startswith(NAME + '.')]


# ---- doing it --------------------------------------------------------------------------------------------------------


def copies(wireshark: Wireshark) -> list[pathlib.Path]:
    return [path for folder in (wireshark.personal, wireshark.system) for path in sorted((folder / 'epan').glob(f'{NAME}.[sd][ol]*'))]


def copy(plugin: Plugin, folder: pathlib.Path) -> pathlib.Path:
    target = folder / plugin.path.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        new = target.with_name(target.name + '.new')  # the old one may be in use
        shutil.copyfile(plugin.path, new)
        new.chmod(0o644)
        new.replace(target)
    except OSError as error:
        raise Refusal(f'{target} cannot be written: {error.strerror}.') from error
    if shutil.which('xattr'):  # a Mac does not load what was downloaded, unless told so
        subprocess.run(['xattr', '-d', 'com.apple.quarantine', str(target)], capture_output=True)
    return target


def install(plugin: Plugin, wireshark: Wireshark, for_all: bool) -> str:
    require_fit(plugin, wireshark)
    if places.is_root() and not for_all:
        raise Refusal("Wireshark that is run by root loads plugins from the system's folder only: run this as the user who works with it, "
                      'or install for all with --system.')
    folder = (wireshark.system if for_all else wireshark.personal) / 'epan'
    if others := [path for path in copies(wireshark) if path.parent != folder]:
        raise Refusal(f'{others[0]} is there already, and Wireshark loads one of two: remove it first (--remove).')
    target = copy(plugin, folder)
    if not loaded(wireshark):
        raise Refusal(f'{target} is in place, but {wireshark.tshark} does not load it; it says why when it starts: {wireshark.tshark} -G plugins')
    return f'{target} is installed, and Wireshark {wireshark.minor} loads it.'


def remove(wireshark: Wireshark) -> str:
    found = copies(wireshark)
    for path in found:
        try:
            path.unlink()
        except OSError as error:
            raise Refusal(f'{path} cannot be removed: {error.strerror}.') from error
    return '\n'.join(f'{path} is removed.' for path in found) or f'{NAME} was not installed.'


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    arguments.add_argument('--tshark', metavar='PATH', help='the tshark of the Wireshark to install for, if it is not found')
    arguments.add_argument('--plugin', metavar='FILE', help='the plugin')
    arguments.add_argument('--system', action='store_true', help='for all users, in the folder of the system')
    arguments.add_argument('--remove', action='store_true', help='take it out again, wherever it is')
    options = arguments.parse_args()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors='backslashreplace')
    try:
        wireshark = find_wireshark(options.tshark)
        print(remove(wireshark) if options.remove else install(find_plugin(options.plugin), wireshark, options.system))
    except Refusal as refusal:
        print(f'install.py: {refusal}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
