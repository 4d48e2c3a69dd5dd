"""The audit trail: append-only, one hash chain per OPD and one for the core."""

from superapp.kernel.audit.chain import CORE, Entry, append, reseal_foreign
from superapp.kernel.audit.verify import FOREIGN_SEAL, Fault, heads, verify, verify_heads

__all__ = ["CORE", "FOREIGN_SEAL", "Entry", "Fault", "append", "heads", "reseal_foreign", "verify", "verify_heads"]
