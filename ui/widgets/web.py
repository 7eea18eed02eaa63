"""A page in the window: the map, a report. Loads the web engine when the first page is shown, and not before.

Pages come from memory and never from the disk or a network; what they ask for besides is refused and remembered.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMarginsF, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QPageLayout, QPageSize
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ranger_app.errors import EnvironmentProblem, RangerError
from ranger_app.i18n import _
from ui import theme
from ui.problems import worded
from ui.widgets.banner import Banner

if TYPE_CHECKING:
    from PySide6.QtWebEngineWidgets import QWebEngineView

    from ui.widgets.web_engine import Page

Answer = Callable[[str], tuple[str, bytes] | None]
"""Content type and bytes for a path such as ``/tiles/1/7/100/50``, or None."""


_PAINT_MS = 500


def load_engine() -> Any:
    """The module that speaks to the web engine; EnvironmentProblem where the system lacks what it needs."""
    try:
        from ui.widgets import web_engine
    except ImportError as error:
        lacking = error.name or str(error).partition(":")[0]
        raise EnvironmentProblem(
            "WEB_ENGINE_MISSING",
            _("Maps and pages cannot be shown: the system lacks {library}.").format(library=lacking),
            _("Run the set-up once more, it names what to install. Everything else works without."),
        ) from error
    return web_engine


class WebView(QWidget):
    """Shows one page. Cheap until ``show_page``: tabs may hold one that nobody opens."""

    link = Signal(str)
    """The page asked for a ``ranger:`` address, in percent-encoding."""
    loaded = Signal(bool)
    """A page given to ``show_page`` is there, or could not be shown."""
    title = Signal(str)
    """The page set ``document.title``: the way of messages too frequent for links."""

    def __init__(self, parent: QWidget | None = None, *, paper: bool = False) -> None:
        """``paper``: the page is meant for printing and white in every appearance, its margins too."""
        super().__init__(parent)
        self._paper = paper
        self.view: QWebEngineView | None = None
        self.page: Page | None = None
        self.failure: RangerError | None = None
        self._host = ""
        self._page = b""
        self._served: dict[str, Answer] = {}
        self._loading = False
        self._painting = QTimer(self)
        self._painting.setSingleShot(True)
        self._painting.setInterval(_PAINT_MS)
        self._printing: list[tuple[str, Callable[[bool], object]]] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._card: QWidget | None = None

    def show_page(self, html: str | bytes) -> None:
        """Show ``html``, a page that needs no other file; ``loaded`` tells when it is there."""
        self._page = html.encode() if isinstance(html, str) else html
        if not self._start():
            self.loaded.emit(False)
            return
        assert self.view is not None
        self._loading = True
        self.view.load(QUrl(f"ranger-local://{self._host}/"))

    def serve(self, folder: str, answer: Answer) -> None:
        """Answer the page's requests for ``/folder/...``, such as tiles; called in the window's thread."""
        self._served[folder] = answer

    def run(self, script: str, then: Callable[[Any], object] | None = None) -> None:
        """Run a script in the page; ``then`` is called with its value (text, number, list or None)."""
        if self.page is None:
            return
        if then is None:
            self.page.runJavaScript(script)
            self._painting.start()  # what it changes has to be painted
        else:
            self.page.runJavaScript(script, then)

    def call(self, function: str, *values: object, then: Callable[[Any], object] | None = None) -> None:
        """Call a function of the page's script with values as JSON."""
        self.run(f"{function}({','.join(json.dumps(one) for one in values)})", then)

    def print_pdf(self, path: Path, done: Callable[[bool], object], *, landscape: bool = False) -> None:
        """Print what is shown to an A4 file; ``done`` hears whether it was written."""
        if self.page is None:
            done(False)
            return
        turn = QPageLayout.Orientation.Landscape if landscape else QPageLayout.Orientation.Portrait
        # No margins of the printer: pages say theirs in their style.
        layout = QPageLayout(QPageSize(QPageSize.PageSizeId.A4), turn, QMarginsF(12, 12, 12, 12))
        layout.setUnits(QPageLayout.Unit.Millimeter)
        layout.setMargins(QMarginsF(12, 12, 12, 12))
        self._printing.append((str(path), done))
        self.page.printToPdf(str(path), layout)

    def set_dark(self, dark: bool) -> None:
        """Tell the page which appearance to draw (``data-theme`` of its root)."""
        self.run(f"document.documentElement.dataset.theme={json.dumps('dark' if dark else 'light')}")

    def errors(self) -> list[str]:
        """The last error messages of the page's script."""
        return [] if self.page is None else list(self.page.errors)

    @property
    def busy(self) -> bool:
        """A page is loading or was not painted yet: nobody takes its picture now."""
        return self._loading or self._painting.isActive()

    # ------------------------------------------------------------ inside

    def _start(self) -> bool:
        if self.view is not None:
            return True
        try:
            engine = load_engine()
        except RangerError as error:
            self._fail(error)
            return False
        self._clear_card()
        view, page, host = engine.make_view(self._answer, self)
        self.view, self.page, self._host = view, page, host
        page.setBackgroundColor(Qt.GlobalColor.white if self._paper else theme.colour("background"))
        page.link.connect(self._linked)
        page.titleChanged.connect(self.title)
        page.loadFinished.connect(self._finished)
        page.pdfPrintingFinished.connect(self._printed)
        page.renderProcessTerminated.connect(self._ended)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._box.addWidget(view)
        self.setFocusProxy(view)
        self.destroyed.connect(lambda: engine.forget(host))
        return True

    def _answer(self, path: str) -> tuple[str, bytes] | None:
        if path in ("", "/"):
            return "text/html;charset=utf-8", self._page
        answer = self._served.get(path.split("/")[1])
        return answer(path) if answer is not None else None

    def _linked(self, address: str) -> None:
        # Later: what it leads to may delete this page, which is still inside the engine's call.
        QTimer.singleShot(0, self, lambda: self.link.emit(address))

    def _finished(self, well: bool) -> None:
        if self._loading:  # a refused link ends a load too
            self._loading = False
            self._painting.start()
            self.loaded.emit(well)

    def _printed(self, path: str, well: bool) -> None:
        for number, (waiting, done) in enumerate(self._printing):
            if Path(waiting) == Path(path):
                del self._printing[number]
                done(well)
                return

    def _ended(self, _how: object, code: int) -> None:
        load_engine().software_marker().write_text("", encoding="utf-8")
        if self.view is not None:
            self.view.deleteLater()
            self.view = self.page = None
        self._fail(
            EnvironmentProblem(
                "PAGE_ENDED",
                _("The part of Ranger that draws this page ended ({code}).").format(code=code),
                _("Show it again. If it ends once more, start Ranger anew: it will draw without the graphics card."),
            )
        )

    def _fail(self, error: RangerError) -> None:
        self._clear_card()
        self.failure = error
        words = worded(error)
        self._card = Banner(words.what, words.todo, "problem", _("Show again"), lambda: self.show_page(self._page))
        self._box.addWidget(self._card, 0, Qt.AlignmentFlag.AlignTop)

    def _clear_card(self) -> None:
        if self._card is not None:
            self._card.deleteLater()
            self._card = None
        self.failure = None
