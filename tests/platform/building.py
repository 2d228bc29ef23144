"""The plugin's sources as this machine's compilers and others take them."""
import json
import os
import pathlib
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get('BUILD_DIR', REPOSITORY / 'build'))
SOURCES = sorted([*REPOSITORY.glob('dissectors/*/*.c'), *REPOSITORY.glob('plugin/*.c')])
DEFINES = ['-DPLUGIN_VERSION="0"', '-std=gnu11', f'-I{REPOSITORY}', f'-I{REPOSITORY}/dissectors']


def system_folders() -> list[pathlib.Path]:
    """Where the headers of the libraries are, as cmake found them."""
    commands = json.loads((BUILD / 'compile_commands.json').read_text())
    words = shlex.split(next(one['command'] for one in commands if one['file'].endswith('plugin/plugin.c')))
    return [pathlib.Path(folder) for option, folder in zip(words, words[1:]) if option == '-isystem']


def wireshark_folder() -> pathlib.Path:
    """The one of Wireshark's."""
    folder, = (folder for folder in system_folders() if (folder / 'epan' / 'packet.h').exists())
    return folder


def compile_all(compiler: str, options: list[str], folders: list[pathlib.Path], objects: pathlib.Path | None = None) -> dict[str, str]:
    """Source -> what the compiler said, if it said anything. Without |objects| nothing is written."""
    headers = [argument for folder in folders for argument in ('-isystem', str(folder))]

    def one(source: pathlib.Path) -> str:
        output = ['-c', '-o', str(objects / (source.stem + '.o'))] if objects else ['-fsyntax-only']
        done = subprocess.run([compiler, *DEFINES, *options, *headers, *output, str(source)], capture_output=True, text=True)
        return done.stderr or ('' if done.returncode == 0 else f'exit status {done.returncode}')

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(one, SOURCES)
        return {str(source.relative_to(REPOSITORY)): text for source, text in zip(SOURCES, said) if text}
