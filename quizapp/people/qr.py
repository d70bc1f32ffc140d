"""QR codes as drawings inside a page: no file, no address that others could ask for."""

from __future__ import annotations

from markupsafe import Markup


def drawing(text: str) -> Markup:
    """The code as an SVG element without styles, dark on light in every theme, with its quiet zone."""
    import segno  # only this page needs it

    made = segno.make(text, error="m", micro=False)
    # segno makes nothing but its own elements and numbers of it
    return Markup(made.svg_inline(dark="#000", light="#fff", border=4, omitsize=True, svgclass="qr", lineclass=None))  # noqa: S704
