"""Animals of two catalogues that are one, second opinions, and how sure a person is whom a picture shows.

The table of observations is dropped and made anew; opening the library fills it again from the signed log.
"""

from __future__ import annotations

from ranger_app.store.connection import Database

SQL = """
DROP TABLE "observation";
CREATE TABLE "observation" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "media" BLOB,
    "deployment" BLOB,
    "waypoint" BLOB,
    "sample" BLOB,
    "event" TEXT,
    "type" TEXT,
    "taxon" TEXT,
    "count" INTEGER,
    "sex" TEXT,
    "life_stage" TEXT,
    "behaviour" TEXT,
    "individual" BLOB,
    "by" BLOB,
    "at" INTEGER,
    "method" TEXT,
    "machine" TEXT,
    "certainty" INTEGER,
    "box" TEXT,
    "look" TEXT,
    "remarks" TEXT,
    "pictures" TEXT,
    "event_start" TEXT,
    "event_end" TEXT,
    "setup" TEXT,
    "tags" TEXT,
    "by_name" TEXT,
    "radius" INTEGER,
    "angle" INTEGER,
    "speed" INTEGER,
    "source" TEXT,
    "flank" TEXT,
    "sureness" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB,
    met_at INTEGER
) STRICT;
CREATE TABLE "same_animal" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "one" BLOB,
    "other" BLOB,
    "answer" TEXT,
    "by" BLOB,
    "at" INTEGER,
    "points" TEXT,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "second_opinion" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "observation" BLOB,
    "asked_by" BLOB,
    "asked_at" INTEGER,
    "answer" TEXT,
    "individual" BLOB,
    "by" BLOB,
    "at" INTEGER,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE INDEX observation_by_media ON observation(media);
CREATE INDEX observation_by_deployment ON observation(deployment) WHERE deleted = 0;
CREATE INDEX observation_by_taxon ON observation(taxon) WHERE deleted = 0;
CREATE INDEX observation_by_behaviour ON observation(behaviour) WHERE behaviour IS NOT NULL AND deleted = 0;
CREATE INDEX observation_by_individual ON observation(individual, deleted, media, deployment, met_at)
    WHERE individual IS NOT NULL;
CREATE INDEX observation_unsure ON observation(media) WHERE sureness IS NOT NULL;
CREATE INDEX second_opinion_by_observation ON second_opinion(observation);
CREATE INDEX observation_by_waypoint ON observation(waypoint) WHERE waypoint IS NOT NULL;
CREATE INDEX observation_by_sample ON observation(sample) WHERE sample IS NOT NULL;
"""


def apply(db: Database) -> None:
    """Go from version 4 to version 5."""
    for statement in SQL.split(";\n"):
        if statement.strip():
            db.conn.execute(statement)
