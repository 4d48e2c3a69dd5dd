"""The QR picture of an authenticator app's secret, as inline SVG."""

from __future__ import annotations

import io

from markupsafe import Markup

from superapp.kernel.language import gettext as _


def qr(text: str) -> Markup:
    """Return a text as a QR code: inline SVG without style attributes, dark on white in every theme."""
    import segno

    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, svgns=True, nl=False, omitsize=True, border=4, light="#fff", dark="#000",
              svgclass="qr", lineclass=None, title=_("Kode QR untuk aplikasi kode"))  # fmt: skip
    return Markup(out.getvalue().decode())  # noqa: S704 (made by segno from our own text)
