"""Events and abundance over a million observations: time, memory, and the same question in plain SQL in the same run.

The floor is one statement: rows of animals that people named, the gap to the one before by a window function, counted
by species. It can only answer for the last record; the rule of the last independent record has no form in SQL.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace

from ranger_app import jobs
from ranger_app.actions import analysis_effort, analysis_events
from ranger_app.actions.analysis import Question
from ranger_app.domain.independence import ANCHORS, LAST_RECORD, Rule
from ranger_app.library import Library
from tests.benchmarks import million
from tests.benchmarks.bench_grid import resident_mb

RESIDENT_MB = 400.0
RATIO = 3.0
"""Times the plain SQL that counting events may take."""

FLOOR = """
SELECT taxon, count(*), sum(gap IS NULL OR gap >= 1800) FROM (
    SELECT o.taxon AS taxon, m.taken_at - lag(m.taken_at) OVER (
        PARTITION BY d.location, o.taxon ORDER BY m.taken_at) AS gap
    FROM media AS m JOIN deployment AS d ON d.id = m.deployment JOIN observation AS o ON o.media = m.id
    WHERE m.deleted = 0 AND o.deleted = 0 AND o.method IS NOT 'machine' AND o.type = 'animal'
        AND m.taken_at IS NOT NULL
) GROUP BY taxon
"""


def timed(work: object) -> tuple[float, object]:
    """Seconds and the result of a call."""
    begun = time.perf_counter()
    result = work()  # type: ignore[operator]
    return time.perf_counter() - begun, result


def measure(library: Library) -> int:
    """Print all figures; 0 where every bar is held."""
    with library.read() as db:
        observations = db.conn.execute("SELECT count(*) FROM observation").fetchone()[0]
        db.conn.execute(FLOOR).fetchall()  # both sides find the file's pages in memory
        floor, rows = timed(lambda: db.conn.execute(FLOOR).fetchall())
    plain = sum(row[2] for row in rows)  # type: ignore[attr-defined]
    print(f"  {observations:,} observations, {resident_mb():.0f} MB before")
    print(f"  plain SQL, last record       {floor:6.2f} s, {plain:,} events")
    good = True
    for anchor in ANCHORS:
        question = Question(rule=Rule(30, anchor))
        counting, got = timed(lambda question=question: jobs.run(_count(library, question)))
        ratio = counting / floor
        same = f", {'the same' if got == plain else 'NOT THE SAME'}" if anchor == LAST_RECORD else ""
        good &= ratio <= RATIO and (anchor != LAST_RECORD or got == plain)
        print(f"  events, {anchor:21}{counting:6.2f} s, {got:,} events{same}; {ratio:.1f} times (bar {RATIO:.0f})")
    for name, compute in (
        ("events, every row", analysis_events.events),
        ("abundance", analysis_events.abundance),
        ("activity", analysis_events.activity),
        ("species by month", analysis_events.species_by_month),
        ("detection history", analysis_effort.detection_history),
        ("trap nights", analysis_effort.trap_nights),
    ):
        seconds, findings = timed(lambda compute=compute: jobs.run(compute(library, Question())))
        print(f"  {name:28} {seconds:6.2f} s, {resident_mb():.0f} MB with its answer")
        good &= resident_mb() < RESIDENT_MB
        del findings
    seconds, _found = timed(
        lambda: jobs.run(analysis_events.abundance(library, replace(Question(), taxon="Panthera tigris")))
    )
    print(f"  abundance of one species     {seconds:6.2f} s")
    memory = peak_mb()
    good &= memory < RESIDENT_MB
    print(f"  memory at its highest        {memory:.0f} MB (bar {RESIDENT_MB:.0f})")
    return 0 if good else 1


def _count(library: Library, question: Question) -> jobs.Job[int]:
    with library.read() as db:
        answered = yield from analysis_events.gather(db, question)
    return len(answered.found)


def peak_mb() -> float:
    """The most memory this process ever held, in megabytes of 10**6; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0.0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of the analysis."""
    parser = argparse.ArgumentParser(prog="bench analysis", description=main.__doc__)
    parser.add_argument("--media", type=int, default=million.MEDIA)
    chosen = parser.parse_args(arguments)
    with Library.open(million.library(chosen.media)) as library:
        return measure(library)


if __name__ == "__main__":
    sys.exit(main())
