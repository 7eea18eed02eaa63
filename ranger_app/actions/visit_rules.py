"""What no visit may say: a time that is none of a day. What is only rare is asked about (``visit_words.questions``)."""

from __future__ import annotations

from collections.abc import Mapping

from ranger_app.domain import visit_words
from ranger_app.domain.fields import Value
from ranger_app.errors import DataProblem
from ranger_app.i18n import _


def checked(values: Mapping[str, Value], before: Mapping[str, Value] | None = None) -> dict[str, Value]:
    """``values`` of a survey with its times written as HH:MM. DataProblem TIME_WRONG for one that is none of a day.

    What the record says already (``before``) stays as it is: a visit that came from elsewhere can still be edited.
    """
    found = dict(values)
    for name in ("start", "end"):
        text = found.get(name)
        if text is None or (before is not None and before.get(name) == text):
            continue
        read = visit_words.time_of_day(str(text))
        if read is None:
            raise DataProblem(
                "TIME_WRONG",
                _("{time} is no time of a day.").format(time=text),
                _("Write it as 08:30. A count past midnight ends at a time such as 01:15."),
            )
        found[name] = read
    return found
