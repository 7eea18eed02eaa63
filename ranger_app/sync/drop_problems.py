"""What went wrong with a drop point, in one sentence; whatever it is, the next try goes on where this one stopped."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator

from ranger_app.errors import EnvironmentProblem, RangerError
from ranger_app.i18n import _

_LOGIN = ("PermissionDenied", "PermissionDeniedError", "UnauthenticatedError", "ForbiddenOperation", "PermissionError",
          "SFTPPermissionDenied")  # fmt: skip
_MISSING = ("FileNotFoundError", "NotFoundError", "ResourceNotFound", "SFTPNoSuchFile", "SFTPNoSuchPath")
_CHANGED = ("HostKeyNotVerifiable",)
_FULL = ("InsufficientStorage", "SFTPNoSpaceOnFilesystem", "SFTPQuotaExceeded")
_CERTIFICATE = "certificate"
_STATUS = re.compile(r"status code: (\d{3})")
_LONGEST = 4000


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def explained(error: BaseException, name: str) -> RangerError:
    """A failure of the drop point called ``name``, whichever library it came from."""
    if isinstance(error, RangerError):
        return error
    chain = list(_chain(error))
    kinds = {type(one).__name__ for one in chain}
    codes = {getattr(one, "status_code", None) for one in chain}
    # The S3 library tells most failures by their text alone.
    codes |= {int(found) for one in chain for found in _STATUS.findall(str(one)[:_LONGEST])}
    if kinds & set(_CHANGED):
        return host_changed(name)
    if kinds & set(_LOGIN) or codes & {401, 403}:
        return EnvironmentProblem(
            "DROP_REFUSED",
            _("{name} does not let us in.").format(name=name),
            _("Check user, password and rights of the drop point."),
        )
    if kinds & set(_FULL) or 507 in codes or any(getattr(one, "errno", 0) == errno.ENOSPC for one in chain):
        return EnvironmentProblem(
            "DROP_FULL", _("{name} is full.").format(name=name), _("Remove old bundles there, then go on.")
        )
    if kinds & set(_MISSING) or 404 in codes:
        return EnvironmentProblem(
            "DROP_NO_FOLDER",
            _("The folder of {name} is not there.").format(name=name),
            _("Check the address of the drop point, or plug in its disk."),
        )
    if any(_CERTIFICATE in str(one)[:_LONGEST].lower() for one in chain):
        return EnvironmentProblem(
            "DROP_NOT_PROVED",
            _("{name} could not prove who it is; nothing was sent.").format(name=name),
            _("Check the address and the date of this computer. Ask whoever runs the drop point."),
        )
    return EnvironmentProblem(
        "DROP_LINE",
        _("The line to {name} does not hold.").format(name=name),
        _("Try again later: it goes on where it stopped."),
    )


def host_changed(name: str) -> EnvironmentProblem:
    """The server shows another key than the one kept."""
    return EnvironmentProblem(
        "DROP_HOST_CHANGED",
        _("{name} shows another key than before; nothing was sent.").format(name=name),
        _("Ask whoever runs it. If the change is meant, remove the drop point and add it again."),
    )


def not_kept(name: str, file: str) -> EnvironmentProblem:
    """What was read back differs from what was sent."""
    return EnvironmentProblem(
        "DROP_NOT_RELIABLE",
        _("{name} did not keep what was sent to it ({file}).").format(name=name, file=file),
        _("Send again. If it happens once more, use another drop point."),
    )
