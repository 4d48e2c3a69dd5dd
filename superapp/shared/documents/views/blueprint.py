"""The routes of documents and who may keep letterheads and numbers."""

from __future__ import annotations

from superapp.plugin.blueprint import Blueprint

MANAGE = "documents.manage"
bp = Blueprint("documents", __name__, permissions={MANAGE: "Mengatur kop surat dan nomor naskah"})
