"""``sample`` and ``health_event``: hand-overs, laboratory results, labels, and what was taken at a case."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import records, samples
from ranger_app.cli.kinds import present_id
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.time import offset_text
from ranger_app.domain.values import plain
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]
_HAND_OVER = ("at", "given_by", "taken_by", "place", "condition", "seal", "seal_whole", "temperature", "purpose")
_COLLECTED = tuple(f.name for f in kind_named("sample").fields if f.form)


def add(of_kind: dict[str, Verbs]) -> None:
    """Add the commands."""
    sample = of_kind["sample"]
    collect = sample.add_parser("collect", help=_("add a sample; what its waypoint knows is taken from there"))
    _fields(collect, "sample", _COLLECTED)
    collect.set_defaults(handler=_collect)
    hand = sample.add_parser("hand-over", help=_("write down who gives a sample to whom; never changed again"))
    hand.add_argument("id", metavar="SAMPLE")
    _fields(hand, "hand_over", (*_HAND_OVER, "utc_offset", "remarks"))
    hand.add_argument("--corrects", metavar="HAND_OVER", help=_("the entry that this one stands in for"))
    hand.set_defaults(handler=_hand_over)
    chain = sample.add_parser("chain", help=_("all hand-overs of a sample, with what is doubtful in them"))
    chain.add_argument("id", metavar="SAMPLE")
    chain.set_defaults(handler=_chain)
    result = sample.add_parser("result", help=_("enter what the laboratory found"))
    result.add_argument("id", metavar="SAMPLE")
    _fields(result, "sample", samples.RESULTS)
    result.add_argument("--no-observation", action="store_true", help=_("make no observation of the species found"))
    result.set_defaults(handler=_result)
    labels = sample.add_parser("labels", help=_("a page of labels with QR codes to print"))
    labels.add_argument("out", type=Path, metavar="OUT.html")
    labels.add_argument("ids", nargs="*", metavar="SAMPLE")
    labels.add_argument("--empty", type=int, default=0, metavar="N", help=_("N labels with the next free codes"))
    labels.set_defaults(handler=_labels)
    scan = sample.add_parser("scan", help=_("the sample whose label is in a photograph"))
    scan.add_argument("picture", type=Path, metavar="PICTURE")
    scan.set_defaults(handler=_scan)
    health = of_kind["health_event"]
    taken = health.add_parser("samples", help=_("the samples taken at a health event"))
    taken.add_argument("id", metavar="HEALTH_EVENT")
    taken.add_argument("--attach", nargs="+", default=[], metavar="SAMPLE")
    taken.set_defaults(handler=_taken)


def _fields(verb: argparse.ArgumentParser, kind: str, names: tuple[str, ...]) -> None:
    for name in names:
        field = kind_named(kind).field(name)
        flag = f"--{name.replace('_', '-')}"
        text = _(field.label) + (f" ({_(field.unit)})" if field.unit else "")
        verb.add_argument(flag, dest=f"field_{name}", metavar=field.type.name, help=text.replace("%", "%%"))


def _values(library: Library, args: argparse.Namespace, kind: str) -> dict[str, int | str | bytes | None]:
    typed = {
        name.removeprefix("field_"): value
        for name, value in vars(args).items()
        if name.startswith("field_") and value is not None
    }
    with library.read() as db:
        return records.parse_values(db, kind_named(kind), typed)


def _collect(library: Library, args: argparse.Namespace) -> Answer:
    made = samples.collect(library, _values(library, args, "sample"))
    with library.read() as db:
        return {"id": made.hex(), "code": records.existing(db, "sample", made).text("code")}


def _hand_over(library: Library, args: argparse.Namespace) -> Answer:
    sample = present_id(library, "sample", args.id)
    corrects = None
    if args.corrects:
        with library.read() as db:
            corrects = records.find_named(db, "hand_over", args.corrects)
        corrects = corrects if corrects is not None else b""
    made = samples.hand_over(library, sample, _values(library, args, "hand_over"), corrects)
    warnings = next((one.warnings for one in samples.chain(library, sample) if one.id == made), [])
    return {"id": made.hex(), "sample": sample.hex(), "warnings": warnings}


def _chain(library: Library, args: argparse.Namespace) -> Answer:
    sample = present_id(library, "sample", args.id)
    links = samples.chain(library, sample)
    return {
        "sample": sample.hex(),
        "holder": samples.holder(links),
        "hand_overs": [_link(one) for one in links],
    }


def _link(link: samples.Link) -> Answer:
    declared = kind_named("hand_over")
    said = {name: plain(declared.field(name), value) for name, value in link.values.items() if name != "sample"}
    offset = link.values.get("utc_offset")
    return {
        "id": link.id.hex(),
        **said,
        "utc_offset": offset_text(offset) if isinstance(offset, int) else None,
        "signed_by": link.signed_by.name if link.signed_by else None,
        "corrected": link.corrected,
        "warnings": link.warnings,
    }


def _result(library: Library, args: argparse.Namespace) -> Answer:
    sample = present_id(library, "sample", args.id)
    observation, new = samples.result(
        library, sample, _values(library, args, "sample"), observe=not args.no_observation
    )
    return {"id": sample.hex(), "observation": observation.hex() if observation else None, "new": new}


def _labels(library: Library, args: argparse.Namespace) -> Answer:
    from ranger_app.actions import sample_labels  # codes are slow to load

    wanted = [present_id(library, "sample", one) for one in args.ids]
    codes = sample_labels.write(library, args.out.absolute(), wanted, args.empty)
    return {"file": str(args.out.absolute()), "codes": codes}


def _scan(library: Library, args: argparse.Namespace) -> Answer:
    from ranger_app.actions import sample_labels

    found = sample_labels.read(library, args.picture)
    with library.read() as db:
        return records.answer(records.existing(db, "sample", found))


def _taken(library: Library, args: argparse.Namespace) -> Answer:
    event = present_id(library, "health_event", args.id)
    for one in args.attach:
        samples.attach(library, present_id(library, "sample", one), event)
    return {"id": event.hex(), "samples": [one.hex() for one in samples.of_health_event(library, event)]}
