"""Refusals with a sentence for people: every expected failure is one of these, never a bare exception."""

from __future__ import annotations

from collections.abc import Mapping


class AppError(Exception):
    """An expected failure, shown as a page with `message` and answered with `status`; nothing is stored.

    `message` is one Indonesian sentence that says what to do. `field` names the form field at fault, if one is.
    """

    status = 500
    title = "Maaf, sistem belum bisa memproses permintaan Anda"

    def __init__(self, message: str = "", *, field: str = "", status: int | None = None) -> None:
        super().__init__(message or self.title)
        self.message = message or self.title
        self.field = field
        if status is not None:
            self.status = status

    @property
    def errors(self) -> dict[str, str]:
        """Return the faults by field, for the error summary of a form; "" is the form as a whole."""
        return {self.field: self.message}


class Invalid(AppError):
    """The input breaks a rule (422); `errors` holds a sentence for each field."""

    status = 422
    title = "Isian perlu diperbaiki"

    def __init__(self, message: str = "", *, field: str = "", errors: Mapping[str, str] | None = None) -> None:
        faults = dict(errors) if errors else {field: message}
        super().__init__(message or next(iter(faults.values()), ""), field=field)
        self._errors = faults

    @property
    def errors(self) -> dict[str, str]:
        """Return the faults by field."""
        return self._errors


class Refused(AppError):
    """A business rule forbids it now (409): already decided, module off, balance used up."""

    status = 409
    title = "Belum bisa dilakukan"


class Forbidden(AppError):
    """The actor lacks the right (403); for foreign records raise NotFound instead, both must look alike."""

    status = 403
    title = "Anda belum punya akses ke halaman ini"


class NotFound(AppError):
    """No such record, or not for this actor (404)."""

    status = 404
    title = "Halaman tidak ditemukan"


class Stale(AppError):
    """Somebody changed the record meanwhile (409).

    For the conflict page: `fields` maps a label to (theirs, yours), `names` the label to the form's field, and `version`
    is the present one, with which the person may save again; without it the record has to be opened anew.
    """

    status = 409
    title = "Data sudah diubah orang lain"

    def __init__(
        self,
        message: str = "",
        *,
        fields: Mapping[str, tuple[str, str]] | None = None,
        names: Mapping[str, str] | None = None,
        version: int | None = None,
    ) -> None:
        super().__init__(message or "Data ini baru saja diubah. Periksa perbedaannya, lalu simpan lagi.")
        self.fields = dict(fields or {})
        self.names = dict(names or {})
        self.version = version
        self.words: Mapping[str, Mapping[str, str]] = {}

    def worded(self, words: Mapping[str, Mapping[str, str]]) -> Stale:
        """Return this refusal with the words of stored keys: form field → key → what people read on the conflict page."""
        self.words = words
        return self


class KeyReused(AppError):
    """The same idempotency key came with another body (409); the page offers to send it as new."""

    status = 409
    title = "Formulir ini sudah pernah dikirim"

    def __init__(self) -> None:
        super().__init__("Formulir ini sudah dikirim dengan isi lain. Periksa isian, lalu kirim sebagai baru.")


class TooMany(AppError):
    """A limit is reached (429); `retry_after` in seconds."""

    status = 429
    title = "Terlalu banyak percobaan"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Busy(AppError):
    """Not now, nothing stored (503); `retry_after` in seconds."""

    status = 503
    title = "Sistem sedang sibuk"

    def __init__(self, message: str = "", *, retry_after: int = 5) -> None:
        super().__init__(message or "Sistem sedang sibuk. Isian Anda aman; coba lagi sebentar lagi.")
        self.retry_after = retry_after
