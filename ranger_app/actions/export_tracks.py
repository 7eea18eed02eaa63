"""Tracks and waypoints for maps and devices: a GPX file for each patrol, or one KML file with folders for everything.

Every point of a track is written, those that do not count too; in GPX they carry the reason as a remark. Under a rule
without tracks there are none, and a place that is given roughly is the middle of its cell and says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from ranger_app.actions import observation_models, place_words
from ranger_app.actions.formats import ExportReport, ExportRequest
from ranger_app.actions.observation_models import Source
from ranger_app.actions.patrol_shown import Part, Shown, ShownPatrol, code
from ranger_app.exchange import gpx_write, kml_write
from ranger_app.geo.way import Mark
from ranger_app.i18n import _, ngettext
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library

_DEPLOYMENT = ("start", "end", "habitat", "feature", "bait", "remarks")
_SURVEY = ("date", "start", "end", "season", "method", "coverage", "weather", "ice", "quality", "remarks")


def write_gpx(library: Library, request: ExportRequest, report: ExportReport) -> Job[None]:
    """Fill the request's folder with one GPX 1.1 file a patrol."""
    with library.moment() as db:
        source = observation_models.known(db)
        shown = Shown(library, db, request, report)
        total = shown.number("patrol")
        for done, one in enumerate(shown.patrols()):
            yield Progress(done, total, _("Writing patrols"))
            if request.cancel.cancelled:
                return
            _gpx(request, report, source, one)
    _say_unplaced(report)


def _gpx(request: ExportRequest, report: ExportReport, source: Source, one: ShownPatrol) -> None:
    lines = []
    for _track, way, marks in place_words.ways(one):
        _count_way(report, way.latitude)
        lines.append(gpx_write.Line(way, place_words.reason_words(marks)))
    marks_of = list(_marks(source, one, report))
    path = request.folder / f"{one.stem}.gpx"
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for piece in gpx_write.text(one.title, place_words.patrol_words(one), marks_of, lines):
            stream.write(piece)
    report.written["patrol"] += 1


def _count_way(report: ExportReport, latitudes: Iterable[float]) -> None:
    report.written["track"] += 1
    report.withheld["points_without_place"] += sum(not math.isfinite(one) for one in latitudes)


def _marks(source: Source, one: ShownPatrol, report: ExportReport) -> Iterator[Mark]:
    for waypoint in one.waypoints:
        if waypoint.degrees is None:
            report.withheld["waypoints_without_place"] += 1
            continue
        finds = one.finds_at(waypoint.id)
        report.written["waypoint"] += 1
        report.written["sighting"] += len(finds)
        yield place_words.mark(
            waypoint,
            place_words.waypoint_name(source, waypoint, finds),
            place_words.waypoint_words(source, waypoint, finds, one.names),
            finds[0].text("category") if finds else waypoint.text("category"),
        )


def _say_unplaced(report: ExportReport) -> None:
    """What lies nowhere, or may not be told to lie anywhere, has no place in a file of places."""
    points = report.withheld.pop("points_without_place", 0)
    waypoints = report.withheld.pop("waypoints_without_place", 0)
    if points:
        text = ngettext(
            "{n} track point without a place was not written.",
            "{n} track points without a place were not written.",
            points,
        )
        report.failed.append({"file": "track", "code": "no_point_place", "reason": text.format(n=points)})
    if waypoints:
        text = ngettext(
            "{n} waypoint without a place that may be told was not written.",
            "{n} waypoints without a place that may be told were not written.",
            waypoints,
        )
        report.failed.append({"file": "waypoint", "code": "no_place", "reason": text.format(n=waypoints)})


def write_kml(library: Library, request: ExportRequest, report: ExportReport) -> Job[None]:
    """Fill the request's folder with one KML file: folders for cameras, surveys and each patrol."""
    with library.moment() as db:
        source = observation_models.known(db)
        shown = Shown(library, db, request, report)
        total = shown.number("patrol")
        with (request.folder / "ranger.kml").open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(kml_write.HEAD + kml_write.named("Ranger"))
            for piece in _at_locations(shown, report):
                stream.write(piece)
            stream.write(kml_write.folder(_("Patrols")))
            for done, one in enumerate(shown.patrols()):
                yield Progress(done, total, _("Writing patrols"))
                if request.cancel.cancelled:
                    return
                for piece in _kml(report, source, one):
                    stream.write(piece)
            stream.write(kml_write.FOLDER_END + kml_write.END)
    _say_unplaced(report)


def _kml(report: ExportReport, source: Source, one: ShownPatrol) -> Iterator[str]:
    yield kml_write.folder(one.title, place_words.patrol_words(one))
    for track, way, _marks_of in place_words.ways(one):
        _count_way(report, way.latitude)
        metres = track.number("cleaned_metres")
        words = "" if metres is None else _("{km} km").format(km=f"{metres / 1e6:.1f}")
        yield from kml_write.way(way, words)
    for mark in _marks(source, one, report):
        yield kml_write.point(mark)
    yield kml_write.FOLDER_END
    report.written["patrol"] += 1


def _at_locations(shown: Shown, report: ExportReport) -> Iterator[str]:
    """Deployments and surveys, each at the place of its location."""
    places = {one.id: one for one in shown.records("location", count=False)}
    yield kml_write.folder(_("Camera traps"))
    for one in shown.records("deployment", order='"start", id'):
        words = place_words.record_words("deployment", one, _DEPLOYMENT)
        yield _placed(one, places.get(_id(one, "location")), one.text("name") or code(one.id), words, report)
        report.written["deployment"] += 1
    yield kml_write.FOLDER_END + kml_write.folder(_("Surveys"))
    counts: dict[bytes, list[Part]] = {}
    for count in shown.records("count", order="survey, id"):
        counts.setdefault(_id(count, "survey"), []).append(count)
        report.written["count"] += 1
    for one in shown.records("survey", order="date, id"):
        words = place_words.record_words("survey", one, _SURVEY)
        birds = "\n".join(
            f"{place_words.species(count.text('taxon'))}: {count.number('count')}" for count in counts.get(one.id, ())
        )
        site = places.get(_id(one, "site"))
        name = " ".join(filter(None, (site.text("name") if site else "", one.text("date")))) or code(one.id)
        yield _placed(one, site, name, "\n".join(filter(None, (words, birds))), report)
        report.written["survey"] += 1
    yield kml_write.FOLDER_END


def _placed(one: Part, place: Part | None, name: str, words: str, report: ExportReport) -> str:
    if place is None or place.degrees is None:
        report.withheld["location"] += 1
        return ""
    said = "\n".join(filter(None, (words, place_words.roughness(place))))
    return kml_write.point(place_words.mark(place, name, said))


def _id(part: Part, name: str) -> bytes:
    value = part.values.get(name)
    return value if isinstance(value, bytes) else b""
