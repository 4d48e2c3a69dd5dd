"""Categories of notices: those that parts and modules declared, and one general one for the rest of each."""

from __future__ import annotations

from superapp.kernel.language import N_
from superapp.plugin.contributions import NoticeType
from superapp.plugin.host import host

GENERAL = NoticeType("core", N_("Kabar umum"))
DECLARED = (
    GENERAL,
    NoticeType("security", N_("Keamanan akun"), help=N_("Sandi dan perangkat Anda"), email=True, urgent=True),
    NoticeType("documents", N_("Naskah dan tanda tangan")),
    NoticeType("import", N_("Impor data")),
    NoticeType("export", N_("Ekspor data")),
    NoticeType("module", N_("Keadaan modul"), urgent=True),
    NoticeType("backup", N_("Cadangan data"), email=True, urgent=True),
)


def category(kind: str, module: str = "") -> NoticeType:
    """Return the category of a notice; what nobody declared belongs to its module, or is general."""
    known = host().notice_types
    if kind in known:
        return known[kind].item
    return NoticeType(module, host().title(module)) if module else GENERAL


def categories() -> list[NoticeType]:
    """Return all that a person may choose of: declared ones, and the general one of each loaded module."""
    declared = [owned.item for owned in host().notice_types.values()]
    return [*declared, *(NoticeType(name, plugin.title) for name, plugin in host().plugins.items())]
