# SPDX-License-Identifier: GPL-2.0-or-later
"""What tools/bcast-check is made of."""

VERSION = '0.1.0'  # CMakeLists.txt has it, too; a test compares
