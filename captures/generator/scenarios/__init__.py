"""The captures, one function each, by subject; importing them registers them."""

from . import showcase, bodies, transport, correlation, variety, malformed, field30, cards  # noqa: F401, I001  (in this order)
from . import rules_documents, rules_ltkms, rules_delivery, rules_verification, rules_messages, rules_requests, rules_awaited, rules_digest, rules_clean  # noqa: F401, I001
