"""The audit trail: append-only, one hash chain per OPD and one for the core."""

from superapp.kernel.audit.chain import CORE, Entry, append
from superapp.kernel.audit.verify import Fault, heads, verify, verify_heads

__all__ = ["CORE", "Entry", "Fault", "append", "heads", "verify", "verify_heads"]
