"""The blueprint that the rooms share."""

from __future__ import annotations

from superapp.plugin.blueprint import Blueprint

bp = Blueprint("login", __name__, permissions={"login.activate": "Mencetak slip dan membuka akun pegawai"})
