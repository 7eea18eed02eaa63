"""Reads XML of unknown origin element by element, for GPX and KML alike, in memory and time that stay bounded.

An event parser of our own rather than a tree: a document type is refused before its first entity, and prefixed,
unprefixed and oddly encoded files are read alike.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from typing import BinaryIO
from xml.parsers import expat

from ranger_app.geo.track_file import CHUNK, FORMATS, LONGEST_REMARK, MOST_BYTES, code_of, refused, too_big
from ranger_app.i18n import _

_DEEPEST = 100
_LONGEST_TOKEN = 1 << 20  # expat looks through an unfinished tag again with each chunk
_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._\-]{1,40})["']""")


class Elements:
    """Expat's handlers: a reader of a format says in ``opened`` and ``closed`` what it does with an element.

    Names come in small letters, without the prefix of the root element; other prefixes stay as written, because
    devices forget to declare those of their extensions. ``collect`` begins to gather the text of an element, which
    ``closed`` is then given.
    """

    form = "gpx"
    roots = frozenset(("gpx",))

    def __init__(self) -> None:
        self.path: list[str] = []
        self._prefix = ""
        self._text: list[str] | None = None
        self._text_length = 0

    def opened(self, name: str, parent: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        raise NotImplementedError

    def closed(self, name: str, parent: str, text: str | None) -> None:
        """An element ends; ``text`` is what was gathered since ``collect``, stripped."""
        raise NotImplementedError

    def collect(self) -> None:
        """Gather the text from here to the end of this element."""
        self._text, self._text_length = [], 0

    def refuse_doctype(self, *_args: object) -> None:
        raise refused(
            code_of(self.form, "DOCTYPE"),
            _("The file declares a document type or entities, which no GPS device writes."),
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        prefix, _colon, name = tag.rpartition(":")
        path = self.path
        if not path:
            self._prefix = prefix
        name = name.lower() if prefix == self._prefix else tag
        if not path and name not in self.roots:
            what = _("The file is XML but not {format}.").format(format=FORMATS[self.form])
            raise refused(f"NOT_{self.form.upper()}", what)
        if len(path) >= _DEEPEST:
            what = _("The file is nested deeper than any {format} file.").format(format=FORMATS[self.form])
            raise refused(f"NOT_{self.form.upper()}", what)
        parent = path[-1] if path else ""
        path.append(name)
        self.opened(name, parent, attributes)

    def data(self, text: str) -> None:
        if self._text is not None and self._text_length < LONGEST_REMARK:
            self._text.append(text)
            self._text_length += len(text)

    def end(self, _tag: str) -> None:
        name = self.path.pop()
        text = None
        if self._text is not None:
            text, self._text = "".join(self._text).strip()[:LONGEST_REMARK], None
        self.closed(name, self.path[-1] if self.path else "", text)


def parse(source: BinaryIO, reader: Elements, most_bytes: int = MOST_BYTES) -> str:
    """Feed ``source`` to ``reader``; returns the SHA-256 of its bytes.

    Raises DataProblem for what is no whole XML file, declares a document type, or is beyond any track file.
    """
    form, shown = reader.form, FORMATS[reader.form]
    head = source.read(1024)
    if not head.strip():
        raise refused(code_of(form, "EMPTY"), _("The file is empty."))
    decode, encoding = _decoder(head)
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = reader.refuse_doctype
    digest = hashlib.sha256()
    total = given = 0
    chunk = head
    try:
        while chunk:
            total += len(chunk)
            if total > most_bytes:
                raise too_big(form)
            digest.update(chunk)
            fed = decode.decode(chunk).encode("utf-8") if decode else chunk
            parser.Parse(fed, False)
            given += len(fed)
            if given - max(parser.CurrentByteIndex, 0) > _LONGEST_TOKEN:
                what = _("The file holds a tag or comment longer than any in a {format} file.").format(format=shown)
                raise refused(f"NOT_{form.upper()}", what)
            chunk = source.read(CHUNK)
        parser.Parse(decode.decode(b"", True).encode("utf-8") if decode else b"", True)
    except expat.ExpatError as error:
        if not reader.path and parser.CurrentByteIndex < 1024:
            what = _("This is not a {format} file.").format(format=shown)
            raise refused(f"NOT_{form.upper()}", what) from error
        what = _("The file breaks off or is damaged in line {line}.").format(line=error.lineno)
        raise refused(code_of(form, "BROKEN"), what) from error
    except (UnicodeError, ValueError, LookupError) as error:
        what = _("The letters of the file are not in the encoding it names.")
        raise refused(code_of(form, "ENCODING"), what) from error
    return digest.hexdigest()


def _decoder(head: bytes) -> tuple[codecs.IncrementalDecoder | None, str | None]:
    """A decoder for the multi-byte encodings that expat cannot read, and the encoding then forced on expat."""
    declared = _ENCODING.match(head.removeprefix(codecs.BOM_UTF8))
    if declared is None:
        return None, None
    try:
        name = codecs.lookup(declared[1].decode("ascii")).name
    except LookupError:
        return None, None
    if name.startswith(("gb", "big5", "hz", "euc", "cp932", "cp949", "cp950", "shift_jis", "johab", "iso2022")):
        return codecs.getincrementaldecoder(name)(), "utf-8"
    return None, None
