# SPDX-License-Identifier: GPL-2.0-or-later
"""What tools/bcast-fleet is made of."""
