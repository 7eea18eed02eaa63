"""The web engine itself: one off-the-record profile that answers from this process and reaches nothing else.

Imported by ``ui.widgets.web`` alone, when the first page is shown: loading it costs hundreds of megabytes.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QObject, QUrl, Signal
from PySide6.QtGui import QGuiApplication, QOpenGLContext
from PySide6.QtWidgets import QApplication, QWidget

from ranger_app.paths import profile_folder

SCHEME = b"ranger-local"
"""Pages and tiles that this process answers for; ``ranger:`` links never load anything."""
ALLOWED = frozenset({"ranger-local", "data", "blob"})
_REMEMBERED = 1000

Answer = Callable[[str], tuple[str, bytes] | None]
"""Content type and bytes for a path below the view's host, or None."""


@dataclass(slots=True)
class Requests:
    """Every request any page made, and those that were refused."""

    allowed: int = 0
    blocked: deque[str] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def note(self, url: QUrl) -> bool:
        """Remember a request; whether it may go on."""
        if url.scheme() in ALLOWED:
            self.allowed += 1
            return True
        self.blocked.append(url.toString()[:300])
        return False


requests = Requests()


def software_marker() -> Path:
    """The file that says: this machine's graphics driver failed once, draw without it from now on."""
    return profile_folder() / "software-drawing"


def prepare() -> None:
    """Set what the engine reads once, before its first use in this process."""
    flags = [
        os.environ.get("QTWEBENGINE_CHROMIUM_FLAGS", ""),
        "--host-resolver-rules=MAP * ~NOTFOUND",  # no name has an address: a second lock beside the interceptor
        "--disable-background-networking",
        "--disable-component-update",
        "--no-pings",
        "--renderer-process-limit=1",
    ]
    if _draws_in_software():
        os.environ.setdefault("QT_QUICK_BACKEND", "software")
        flags.append("--disable-gpu")
    # An argument with a space is quoted for the engine's own splitting of this variable.
    os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = " ".join(f'"{one}"' if " " in one else one for one in flags if one)
    if _no_sandbox_possible():
        os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"


def _draws_in_software() -> bool:
    if os.environ.get("RANGER_SOFTWARE_DRAWING") == "1" or software_marker().exists():
        return True
    if QGuiApplication.platformName() in ("offscreen", "minimal", "vnc"):
        return True
    if not sys.platform.startswith("linux"):
        return False  # Direct3D and Metal have software drivers of their own
    context = QOpenGLContext()
    return not context.create() or context.format().majorVersion() < 2


def _no_sandbox_possible() -> bool:
    """Whether the engine would end this whole program because the system gives it no sandbox.

    True for root, which Chromium refuses, and where unprivileged user namespaces are closed: pages are ours alone, hold
    no foreign script and reach no network, so they are shown without.
    """
    if sys.platform == "win32" or sys.platform == "darwin":
        return False
    if os.geteuid() == 0:
        return True
    closed = {
        "/proc/sys/kernel/unprivileged_userns_clone": "0",
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1",
        "/proc/sys/user/max_user_namespaces": "0",
    }
    for path, value in closed.items():
        try:
            if Path(path).read_text(encoding="ascii").strip() == value:
                return True
        except OSError:
            continue
    return False


prepare()

from PySide6.QtWebEngineCore import (  # noqa: E402, TID253 - this module is the one that is imported late
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)
from PySide6.QtWebEngineWidgets import QWebEngineView  # noqa: E402, TID253

_scheme = QWebEngineUrlScheme(SCHEME)
_scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
_scheme.setFlags(QWebEngineUrlScheme.Flag.SecureScheme | QWebEngineUrlScheme.Flag.CorsEnabled)
QWebEngineUrlScheme.registerScheme(_scheme)


class _Interceptor(QWebEngineUrlRequestInterceptor):
    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        if not requests.note(info.requestUrl()):
            info.block(True)


class _Handler(QWebEngineUrlSchemeHandler):
    """Answers for ``ranger-local://HOST/PATH`` from what the view of that host holds."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.hosts: dict[str, Answer] = {}

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        url = job.requestUrl()
        answer = self.hosts.get(url.host())
        found = answer(url.path()) if answer is not None and job.requestMethod() == b"GET" else None
        if found is None:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        buffer = QBuffer(job)
        buffer.setData(QByteArray(found[1]))
        job.reply(QByteArray(found[0].encode("ascii")), buffer)


class Page(QWebEnginePage):
    """A page that opens no window, follows no link but ``ranger:``, and hands that one over."""

    link = Signal(str)

    def acceptNavigationRequest(self, url: QUrl | str, kind: QWebEnginePage.NavigationType, isMainFrame: bool) -> bool:
        url = QUrl(url)
        if url.scheme() == "ranger":
            self.link.emit(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))
            return False
        typed = kind == QWebEnginePage.NavigationType.NavigationTypeTyped
        if isMainFrame and typed and url.scheme() == SCHEME.decode():
            return True
        if not (url.scheme() == SCHEME.decode() and url.hasFragment()):
            requests.note(url)
            return False
        return True  # a jump inside the page

    def createWindow(self, kind: QWebEnginePage.WebWindowType) -> QWebEnginePage | None:  # type: ignore[override]
        return None

    def javaScriptConsoleMessage(
        self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, message: str, line: int, source: str
    ) -> None:
        if level == QWebEnginePage.JavaScriptConsoleMessageLevel.ErrorMessageLevel:
            self.errors.append(f"{message} ({line})")
            del self.errors[:-20]

    def __init__(self, profile: QWebEngineProfile, parent: QObject) -> None:
        self.errors: list[str] = []
        """The last error messages of the page's script."""
        super().__init__(profile, parent)


class _Engine(QObject):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.profile = QWebEngineProfile(self)  # without a name: nothing of it reaches the disk
        self.interceptor = _Interceptor(self)
        self.handler = _Handler(self)
        self.profile.setUrlRequestInterceptor(self.interceptor)
        self.profile.installUrlSchemeHandler(SCHEME, self.handler)
        self.profile.setSpellCheckEnabled(False)
        settings = self.profile.settings()
        attribute = QWebEngineSettings.WebAttribute
        for name in (
            "JavascriptCanOpenWindows", "JavascriptCanAccessClipboard", "LocalContentCanAccessRemoteUrls",
            "LocalContentCanAccessFileUrls", "LocalStorageEnabled", "PluginsEnabled", "PdfViewerEnabled",
            "DnsPrefetchEnabled", "ErrorPageEnabled", "NavigateOnDropEnabled", "HyperlinkAuditingEnabled",
        ):  # fmt: skip
            settings.setAttribute(getattr(attribute, name), False)
        settings.setAttribute(attribute.WebRTCPublicInterfacesOnly, True)
        settings.setUnknownUrlSchemePolicy(
            QWebEngineSettings.UnknownUrlSchemePolicy.AllowAllUnknownUrlSchemes  # asked of Page, which refuses
        )


_engine: _Engine | None = None
_hosts = 0


def _the_engine() -> _Engine:
    global _engine
    if _engine is None:
        application = QApplication.instance()
        assert application is not None
        _engine = _Engine(application)
    return _engine


def make_view(answer: Answer, parent: QWidget) -> tuple[QWebEngineView, Page, str]:
    """A view with its page, and the host under which ``answer`` is asked."""
    global _hosts
    engine = _the_engine()
    _hosts += 1
    host = f"v{_hosts}"
    engine.handler.hosts[host] = answer
    view = QWebEngineView(parent)
    page = Page(engine.profile, view)
    view.setPage(page)
    return view, page, host


def forget(host: str) -> None:
    """Answer no more for ``host``: its view is gone."""
    if _engine is not None:
        _engine.handler.hosts.pop(host, None)
