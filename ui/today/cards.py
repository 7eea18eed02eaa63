"""Which cards Today shows for what waits: figure, words, badge, and where the button leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ranger_app.actions.status import BACKUP_DAYS
from ranger_app.actions.today import NAMED, Day
from ranger_app.i18n import _, ngettext
from ranger_app.media.volumes import Volume
from ui.numbers import number, size


@dataclass(frozen=True, slots=True)
class Waiting:
    """One card. ``place`` and ``target`` are where its button goes; ``waits`` 0 makes it quiet."""

    id: str
    waits: int
    figure: str
    what: str
    remark: str
    action: str
    place: str
    target: Any
    chip: str = ""
    tone: str = "attention"


def cards_of(day: Day, readers: Sequence[Volume], running: Sequence[str] = ()) -> list[Waiting]:
    """All cards, those that wait first in the order of their hurry; ``running`` are the titles of jobs under way."""
    found = [
        *_readers(readers, day),
        *_unfinished(day, running),
        _decisions(day),
        *_second_look(day),
        *_animals(day),
        *_times(day),
        _pictures(day),
        *_returned(day),
        _patrols_to_submit(day),
        _patrols_to_review(day),
        *_reopened(day),
        *_partners(day),
        *_receipts(day),
        *_withdrawals(day),
        *_disk(day),
        _backup(day),
        *_untold(day),
        *_originals(day),
    ]
    return [one for one in found if one.waits] + [one for one in found if not one.waits]


def _names(names: Sequence[str]) -> str:
    return ", ".join(name for name in names if name)


def _readers(readers: Sequence[Volume], day: Day) -> list[Waiting]:
    known = {one.folder for one in day.ingests}
    found = [
        Waiting(
            f"reader:{one.path}",
            1,
            "1",
            _("card in the reader"),
            _("{name}, {size} used").format(name=one.name, size=size(one.total - one.free)),
            _("Empty it"),
            "camera_traps",
            ("ingest", str(one.path)),
            _("ready"),
            "own",
        )
        for one in readers
        if str(one.path) not in known
    ]
    if not found:
        remark = _("Put a card in the reader, or choose its folder.")
        return [
            Waiting("reader", 0, "0", _("cards waiting"), remark, _("Choose folder"), "camera_traps", ("ingest", ""))
        ]
    return found


def _unfinished(day: Day, running: Sequence[str]) -> list[Waiting]:
    waiting = [one for one in day.ingests if not any(one.place and one.place in title for title in running)]
    return [
        Waiting(
            f"ingest:{one.id}",
            1,
            number(one.stored),
            ngettext("picture of a card that is not finished", "pictures of a card that is not finished", one.stored),
            _("{place} · put the card in again and go on").format(place=one.place),
            _("Continue"),
            "camera_traps",
            ("continue", one.id),
            _("interrupted"),
        )
        for one in waiting[:2]
    ]


def _decisions(day: Day) -> Waiting:
    n = day.decisions
    remark = _names(day.decided_with)
    return Waiting(
        "decisions",
        n,
        number(n),
        ngettext("decision", "decisions", n),
        (_("You and {names} wrote different things.").format(names=remark) if remark else _("Two stations differ."))
        if n
        else _("Nobody contradicts you."),
        _("Decide") if n else "",
        "exchange",
        "decisions",
        _("needs you") if n else "",
        "problem",
    )


def _second_look(day: Day) -> list[Waiting]:
    n = day.second_look
    what = ngettext("event was seen differently", "events were seen differently", n)
    remark = _("Two people looked independently. A reviewer settles what they saw.")
    settle = Waiting("second_look", n, number(n), what, remark, _("Settle"), "camera_traps", "second_look")
    return [settle] if n else []


def _animals(day: Day) -> list[Waiting]:
    n = day.same_animals + day.second_opinions
    if not n:
        return []
    said = []
    if k := day.same_animals:
        said.append(_("a partner says that two are one: {n}").format(n=number(k)))
    if k := day.second_opinions:
        said.append(_("second opinions asked: {n}").format(n=number(k)))
    what = ngettext("statement on animals waits for your answer", "statements on animals wait for your answer", n)
    target = ("animals", "waiting")
    return [Waiting("animals", n, number(n), what, ", ".join(said), _("Answer"), "camera_traps", target)]


def _times(day: Day) -> list[Waiting]:
    n = sum(pictures for _id, _name, pictures in day.times)
    if not n:
        return []
    what = ngettext("picture with a doubtful time", "pictures with a doubtful time", n)
    remark = _names([name for _id, name, _pictures in day.times[:NAMED]])
    return [Waiting("times", n, number(n), what, remark, _("Check"), "camera_traps", ("times", day.times[0][0]))]


def _pictures(day: Day) -> Waiting:
    n = day.to_review
    if not n:
        remark = _("Every picture has been looked at.") if day.pictures else _("No pictures yet.")
    elif day.review_there == n or not day.review_at:
        remark = day.review_at
    else:
        remark = _("most of them: {name}, {n}").format(name=day.review_at, n=number(day.review_there))
    what = ngettext("picture to review", "pictures to review", n)
    return Waiting("review", n, number(n), what, remark, _("Review") if n else "", "camera_traps", "review")


def _patrols_to_submit(day: Day) -> Waiting:
    n = day.to_submit
    remark = _names(day.submit_names) if n else _("All patrols are handed in.")
    what = ngettext("patrol to submit", "patrols to submit", n)
    return Waiting("submit", n, number(n), what, remark, _("Open") if n else "", "patrols", "draft")


def _patrols_to_review(day: Day) -> Waiting:
    n = day.patrols_to_review
    what = ngettext("patrol to review", "patrols to review", n)
    if n and not day.judges:  # there is nothing that whoever is at work can do about it
        remark = _("A manager looks through what was submitted.")
        return Waiting("patrols", 0, number(n), what, remark, _("See"), "patrols", "submitted")
    remark = _names(day.patrol_names) if n else _("No patrol waits for a manager.")
    return Waiting("patrols", n, number(n), what, remark, _("Look through") if n else "", "patrols", "desk")


def _returned(day: Day) -> list[Waiting]:
    n = len(day.returned)
    if not n:
        return []
    first = day.returned[0]
    remark = _("{name}: “{comment}”").format(name=first.name, comment=first.comment) if first.comment else first.name
    what = ngettext("patrol returned to you", "patrols returned to you", n)
    return [Waiting("returned", n, number(n), what, remark, _("Mend"), "patrols", first.id, _("returned"), "problem")]


def _reopened(day: Day) -> list[Waiting]:
    n = day.reopened
    if not n or not day.judges:
        return []
    what = ngettext("patrol changed since approval", "patrols changed since approval", n)
    return [Waiting("reopened", n, number(n), what, _names(day.reopened_names), _("Look through"), "patrols", "desk")]


def _partners(day: Day) -> list[Waiting]:
    return [
        Waiting(
            "partners",
            len(day.partners),
            number(len(day.partners)),
            ngettext("partner waits for the digits", "partners wait for the digits", len(day.partners)),
            _("Compare them with {names} before you exchange.").format(names=_names(day.partners)),
            _("Compare"),
            "exchange",
            "partners",
            _("not confirmed"),
            "partner",
        )
    ] if day.partners else []  # fmt: skip


def _receipts(day: Day) -> list[Waiting]:
    if not day.receipts:
        return []
    n = len(day.receipts)
    name, days = day.receipts[0]
    if n == 1:
        said = ngettext(
            "Sent {days} day ago to {name}, and no word since.",
            "Sent {days} days ago to {name}, and no word since.",
            days,
        )
        remark = said.format(days=number(days), name=name)
    else:
        remark = _names([one for one, _days in day.receipts[:NAMED]])
    what = ngettext("receipt missing", "receipts missing", n)
    return [Waiting("receipts", n, number(n), what, remark, _("See"), "exchange", "given", _("not confirmed"))]


def _backup(day: Day) -> Waiting:
    days = day.backup_days
    if days is None:
        what = _("backups on another disk") if day.backup_here else _("backups so far")
        remark = (
            _("One on this disk does not count: if the disk breaks, both are lost.")
            if day.backup_here
            else _("One file on another disk keeps everything if this one breaks.")
        )
        return Waiting("backup", 0 if day.empty else 1, "0", what, remark, _("Back up"), "settings", "safety")
    what = ngettext("day since the last backup", "days since the last backup", days)
    old = days >= BACKUP_DAYS
    left = day.originals_left
    if old:
        remark = _("Make one every week, on another disk.")
    elif left:
        words = ngettext("{n} original is not in it yet.", "{n} originals are not in it yet.", left)
        remark = words.format(n=number(left))
    else:
        remark = _("Safe for now.")
    return Waiting(
        "backup", int(old), number(days), what, remark, _("Back up"), "settings", "safety", _("due") if old else ""
    )


def _untold(day: Day) -> list[Waiting]:
    """After a restore: what partners hold of the time after the backup comes back once they know."""
    n = len(day.untold)
    if not n:
        return []
    what = ngettext("partner to tell of the restore", "partners to tell of the restore", n)
    said = _("Write a bundle for {names}: then they send back what was made after the backup.")
    remark = said.format(names=_names(day.untold[:NAMED]))
    return [Waiting("untold", n, number(n), what, remark, _("Write a bundle"), "exchange", "write")]


def _originals(day: Day) -> list[Waiting]:
    """After a restore whose originals have not come back yet."""
    if not day.originals_wait:
        return []
    what = _("backup with originals to bring back")
    remark = _("Records are here. Plug the backup disk in and bring the originals back.")
    return [Waiting("originals", 1, "1", what, remark, _("Bring back"), "settings", "safety")]


def _withdrawals(day: Day) -> list[Waiting]:
    found = []
    if day.own_withdrawn:
        what = _("The keys of this station are withdrawn")
        remark = _("Partners no longer show what is entered here. Go on in a new library, with new keys.")
        found.append(Waiting("own_withdrawn", 1, "!", what, remark, _("Look"), "exchange", "partners"))
    n = len(day.withdrawals)
    if n:
        what = ngettext("station whose keys a partner withdraws", "stations whose keys a partner withdraws", n)
        remark = _("Decide about {names}: follow the partner, or not.").format(names=_names(day.withdrawals[:NAMED]))
        card = Waiting("withdrawals", n, number(n), what, remark, _("Decide"), "exchange", "partners", _("needs you"))
        found.append(card)
    return found


def _disk(day: Day) -> list[Waiting]:
    if not day.disk_open:
        return []
    what = _("disk that is not encrypted")
    remark = _("Whoever takes this computer can read everything on it.")
    return [Waiting("disk", 1, "1", what, remark, _("What to do"), "settings", "safety")]
