# SPDX-License-Identifier: GPL-2.0-or-later
"""Where tshark is: on the path, or where Windows and a Mac install it without putting it there."""
import os
import shutil


def elsewhere() -> list[str]:
    programs = [os.environ[name] for name in ('ProgramFiles', 'ProgramW6432') if os.environ.get(name)]
    return [*(os.path.join(folder, 'Wireshark', 'tshark.exe') for folder in programs),
            '/Applications/Wireshark.app/Contents/MacOS/tshark', '/opt/homebrew/bin/tshark', '/usr/local/bin/tshark']


def tshark() -> str | None:
    return 'tshark' if shutil.which('tshark') else next((path for path in elsewhere() if os.path.isfile(path)), None)


def is_root() -> bool:
    """Nobody is, on Windows."""
    return hasattr(os, 'geteuid') and os.geteuid() == 0
