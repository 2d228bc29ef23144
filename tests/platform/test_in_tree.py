"""The repository as a custom plugin of Wireshark's own tree, here a stand-in for that tree: its targets, variables and macros by name."""
import pathlib
import shutil
import subprocess
import sys

import pytest

from building import REPOSITORY

sys.path.insert(0, str(REPOSITORY / 'tests' / 'capture'))
from wireshark import BUILD, Wireshark  # noqa: E402

TOUR = ('tour.pcap', '-2', '-V', '-o', 'uat:ltkm_keys:"","","000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"')

ROOT = """
cmake_minimum_required(VERSION 3.18)
project(Wireshark VERSION 4.9.9 LANGUAGES C)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_VISIBILITY_PRESET hidden)
list(APPEND CMAKE_MODULE_PATH ${CMAKE_SOURCE_DIR}/cmake/modules)

find_package(PkgConfig REQUIRED)
pkg_check_modules(WS REQUIRED IMPORTED_TARGET wireshark)
pkg_check_modules(LIBXML2 REQUIRED libxml-2.0)
pkg_check_modules(GCRYPT REQUIRED libgcrypt)
if(WITHOUT_LIBXML2)
  set(LIBXML2_FOUND OFF)
endif()
add_library(epan INTERFACE)
target_link_libraries(epan INTERFACE PkgConfig::WS)
add_library(wsutil INTERFACE)

set(WERROR_COMMON_FLAGS "-Wall -Wextra -Wshadow -Werror")
set(CMAKE_NO_SYSTEM_FROM_IMPORTED ON) # names of Wireshark's own headers are not to be shadowed either
set(PLUGIN_DIR ${CMAKE_BINARY_DIR}/plugins/FOLDER)
set(PLUGIN_INSTALL_VERSION_LIBDIR lib/wireshark/plugins/FOLDER)
add_custom_target(plugins)
add_subdirectory(plugins/epan/mbms-bcast)
"""

MODULE = """
macro(set_module_info plugin major minor micro extra)
  add_definitions(-DPLUGIN_VERSION=\\"${major}.${minor}.${micro}\\")
endmacro()
macro(add_wireshark_plugin_library plugin folder)
  add_library(${plugin} MODULE ${PLUGIN_FILES})
  target_include_directories(${plugin} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  set_target_properties(${plugin} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${PLUGIN_DIR}/${folder})
  add_dependencies(plugins ${plugin})
endmacro()
macro(install_plugin plugin folder)
  install(TARGETS ${plugin} LIBRARY DESTINATION ${PLUGIN_INSTALL_VERSION_LIBDIR}/${folder})
endmacro()
"""

pytestmark = pytest.mark.skipif(not shutil.which('cmake'), reason='there is no cmake')


@pytest.fixture(scope='module')
def tree(tmp_path_factory) -> pathlib.Path:
    root = tmp_path_factory.mktemp('wireshark')
    version, = (BUILD / 'plugins').iterdir()
    (root / 'CMakeLists.txt').write_text(ROOT.replace('FOLDER', version.name))
    (root / 'cmake' / 'modules').mkdir(parents=True)
    (root / 'cmake' / 'modules' / 'WiresharkPlugin.cmake').write_text(MODULE)
    (root / 'plugins' / 'epan').mkdir(parents=True)
    (root / 'plugins' / 'epan' / 'mbms-bcast').symlink_to(REPOSITORY)
    return root


def cmake(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(['cmake', *arguments], capture_output=True, text=True)


def test_builds_and_decodes_alike(tree):
    """All of it is in the list of files, and nothing else is built: no tests, no tools."""
    build = tree / 'build'
    done = cmake('-S', str(tree), '-B', str(build))
    assert done.returncode == 0 and 'Warning' not in done.stderr, done.stderr
    done = cmake('--build', str(build), '--target', 'plugins', '--parallel', '2')
    assert done.returncode == 0, done.stderr
    assert Wireshark(build).tshark(*TOUR) == Wireshark().tshark(*TOUR)
    assert not list(build.rglob('*test-*'))
    done = cmake('--install', str(build), '--prefix', str(tree / 'installed'))
    assert [path.name for path in (tree / 'installed').rglob('*') if path.is_file()] == ['mbms-bcast.so'], done.stderr


def test_without_libxml2(tree):
    done = cmake('-S', str(tree), '-B', str(tree / 'refused'), '-DWITHOUT_LIBXML2=ON')
    assert done.returncode != 0 and 'mbms-bcast needs libxml2' in done.stderr
