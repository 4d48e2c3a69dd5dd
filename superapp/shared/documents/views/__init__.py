"""The pages of documents: the public one that verifies, the signer's, and those of who keeps letterheads and numbers."""

from superapp.shared.documents.views import letterheads, patterns, public, register, signing
from superapp.shared.documents.views.blueprint import bp

__all__ = ["bp", "letterheads", "patterns", "public", "register", "signing"]
