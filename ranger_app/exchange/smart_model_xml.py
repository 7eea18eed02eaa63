"""Elements as XML text, escaped and indented; what XML cannot hold is left out.

A tree of ``Kept`` is all there is to write, because unknown elements are kept in that form anyway.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from ranger_app.domain.model_parts import Kept

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""
_NAME = re.compile(r"[^\W\d][\w.\-]{0,200}")
_LINES = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def document(root: str, note: str) -> bytes:
    """The whole file: declaration, root element, a processing instruction."""
    text = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{root}{note}\n'
    return text.encode("utf-8", "replace")


def element(one: Kept, depth: int = 0, *, flat: bool = False) -> str:
    """One element with all below it; empty for a name that is none, which only a forged model can bring.

    Beside a text nothing is indented (``flat``), or the text would be another one when it is read back.
    """
    if not _NAME.fullmatch(one.tag):
        return ""
    pad, end = ("", "") if flat else ("    " * depth, "\n")
    named: dict[str, str] = {}
    for name, value in one.attributes:
        if _NAME.fullmatch(name):
            named.setdefault(name, value)
    attributes = "".join(f" {name}={quoteattr(possible(value), _LINES)}" for name, value in named.items())
    text = escape(possible(one.text), {"\r": "&#13;"})
    inside = "".join(element(child, depth + 1, flat=flat or bool(text)) for child in one.children)
    if not inside and not text:
        return f"{pad}<{one.tag}{attributes}/>{end}"
    if text or flat:
        return f"{pad}<{one.tag}{attributes}>{text}{inside}</{one.tag}>{end}"
    return f"{pad}<{one.tag}{attributes}>\n{inside}{pad}</{one.tag}>\n"


def possible(text: str) -> str:
    """``text`` without the characters that XML cannot hold."""
    return _FORBIDDEN.sub("", text)
