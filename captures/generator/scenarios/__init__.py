"""The captures, one function each, by subject; importing them registers them."""

from . import showcase, bodies, transport, correlation, variety  # noqa: F401, I001  (in this order)
