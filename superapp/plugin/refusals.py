"""Refusals of the host itself: sign in first, module slow, module failed."""

from __future__ import annotations

from superapp.kernel.errors import AppError, Busy
from superapp.kernel.language import gettext as _


class SignInNeeded(AppError):
    """Nobody is signed in (401); the page lets the person sign in in place and keeps what was typed."""

    status = 401
    title = "Masuk dulu untuk melanjutkan"

    def __init__(self, next_url: str = "/") -> None:
        super().__init__("Sesi Anda sudah berakhir. Masuk lagi; isian Anda tetap ada.")
        self.next_url = next_url


class ModuleFault(AppError):
    """A module failed (500); the page stays inside the shell and names the module."""

    status = 500

    def __init__(self, plugin: str, title: str) -> None:
        super().__init__(_("{title} sedang bermasalah. Bagian lain tetap bisa dipakai.", title=title))
        self.plugin = plugin
        self.module_title = title


class ModuleSlow(Busy):
    """A module holds all the threads it may have (503)."""

    def __init__(self, plugin: str, title: str) -> None:
        super().__init__(_("{title} sedang lambat. Coba lagi sebentar lagi.", title=title), retry_after=10)
        self.plugin = plugin
        self.module_title = title


class ModulePaused(Busy):
    """A module, or this part of it, is paused after repeated faults (503)."""

    def __init__(self, plugin: str, title: str) -> None:
        super().__init__(
            _("{title} sedang dijeda karena bermasalah. Petugas sudah diberi tahu.", title=title), retry_after=300
        )
        self.plugin = plugin
        self.module_title = title
