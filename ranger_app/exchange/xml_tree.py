"""An XML file of unknown make as a small tree: elements by their names without prefix, attributes, texts.

Document types are refused before their first entity; depth, elements and unfinished tags are bounded, so that no file
fills the memory or keeps the computer busy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from ranger_app.errors import DataProblem
from ranger_app.i18n import _

MOST_BYTES = 192 << 20
MOST_ELEMENTS = 500_000
_DEEPEST = 40
_CHUNK = 1 << 16
_LONGEST_TOKEN = 64 << 20
"""A line of a million fixes stands in one attribute."""
_SEARCHED = 8
"""How often an unfinished tag is searched again before pieces grow: reading stays linear in the file's size."""


@dataclass(slots=True)
class Node:
    """One element. ``attributes`` are without namespace declarations."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    text: str = ""

    def named(self, name: str) -> Iterator[Node]:
        """The elements below it of that name."""
        return (child for child in self.children if child.name == name)

    def pop(self, name: str) -> str:
        """An attribute, which is then no longer there; empty where there is none."""
        return self.attributes.pop(name, "")


class _Builder:
    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.namespaces: set[str] = set()
        self._open: list[Node] = []
        self._texts: list[list[str]] = []
        self._elements = 0

    def doctype(self, *_args: object) -> None:
        what = _("{file} declares a document type or entities, which no such file has.")
        raise refused("XML_DOCTYPE", what, self.file)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS or len(self._open) >= _DEEPEST:
            raise refused("XML_TOO_BIG", _("{file} holds more than such a file can hold."), self.file)
        node = Node(tag.rpartition(":")[2])
        for name, value in attributes.items():
            prefix, _colon, plain = name.rpartition(":")
            if prefix == "xmlns" or name == "xmlns":
                self.namespaces.add(value)
            elif prefix != "xsi":
                node.attributes.setdefault(plain, value)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)
        self._texts.append([])

    def data(self, text: str) -> None:
        self._texts[-1].append(text)

    def end(self, _tag: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())


def parse(data: bytes, file: str) -> tuple[Node, set[str]]:
    """The root of the XML in ``data`` and the namespaces that are declared anywhere; ``file`` names it in messages.

    DataProblem, one sentence, for anything that cannot be read whole.
    """
    if len(data) > MOST_BYTES:
        raise refused("XML_TOO_BIG", _("{file} holds more than such a file can hold."), file)
    if not data.strip():
        raise refused("XML_EMPTY", _("{file} is empty."), file)
    builder = _Builder(file)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = builder.doctype
    try:
        _feed(parser, data, file)
    except expat.ExpatError as error:
        if builder.root is None:
            raise refused("NOT_XML", _("{file} is no XML file."), file) from error
        raise refused(
            "XML_BROKEN", _("{file} breaks off or is damaged in line {line}."), file, line=error.lineno
        ) from error
    except (UnicodeError, ValueError, LookupError) as error:
        raise refused("XML_ENCODING", _("The letters of {file} are not in the encoding it names."), file) from error
    if builder.root is None:
        raise refused("NOT_XML", _("{file} is no XML file."), file)
    return builder.root, builder.namespaces


def _feed(parser: expat.XMLParserType, data: bytes, file: str) -> None:
    at, piece = 0, _CHUNK
    while at < len(data):
        parser.Parse(data[at : at + piece], False)
        at += piece
        waiting = min(at, len(data)) - max(parser.CurrentByteIndex, 0)
        if waiting > _LONGEST_TOKEN:
            raise refused("XML_TOO_BIG", _("{file} holds more than such a file can hold."), file)
        piece = max(_CHUNK, waiting // _SEARCHED)
    parser.Parse(b"", True)


def refused(code: str, what: str, file: str, **more: object) -> DataProblem:
    """A file that cannot be taken; ``what`` is translated and names ``{file}``."""
    return DataProblem(code, what.format(file=file, **more), _("Nothing was taken. Export it again and try once more."))
