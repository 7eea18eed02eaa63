"""Numbers, times and names as the formats of maps write them, every double as the text that reads back to the same."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape as _escape
from xml.sax.saxutils import quoteattr as _quoteattr

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def number(value: float) -> str:
    """A double in decimals without an exponent, as short as it can be and still read back to the same."""
    text = repr(float(value))
    if "e" not in text and "E" not in text:
        return text.removesuffix(".0")
    return f"{Decimal(text):f}"


def instant(milliseconds: float) -> str:
    """An instant in UTC to the millisecond, empty for none or one that no calendar holds."""
    if not math.isfinite(milliseconds):
        return ""
    try:
        moment = _EPOCH + timedelta(milliseconds=round(milliseconds))
    except OverflowError:
        return ""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def escape(text: str) -> str:
    """Text between tags, without the characters that XML 1.0 cannot hold."""
    return _escape(_FORBIDDEN.sub("\ufffd", text), {"\r": "&#13;"})


def quoted(text: str) -> str:
    """Text as an attribute's value, quotes and all."""
    return _quoteattr(_FORBIDDEN.sub("\ufffd", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
