#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""tools/queries.py: what it makes of queries, and that each mistake is named with file and line."""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GOOD = """-- A file may begin with words.

-- name: item_put :exec
-- Puts an item.
-- arg id id
-- arg note text?
-- arg lines lines
INSERT INTO item (id, note, {lines_columns}, fixed) VALUES (:id, :note, :lines, ':id -- no argument');

-- name: item_fill :bulk
-- arg id id
-- arg note text?
INSERT INTO item (id, note) SELECT :id, :note FROM {rows};

-- name: item_lines :bulk sqlite
-- arg id id
-- arg lines lines
INSERT INTO item (id, lines) SELECT :id, :lines FROM {rows};
-- name: item_lines :bulk postgresql
-- arg id id
-- arg lines lines
COPY item (id, {lines_columns}) FROM STDIN (FORMAT binary);

-- name: item_all :many
-- row id id
-- row lines lines
-- row note text?
SELECT i.id, i.{lines_columns}, i.note FROM item i -- :words
ORDER BY id;

-- name: item_count :one sqlite
-- arg day day
-- row count int
SELECT COUNT(*) FROM item WHERE id > :day;
-- name: item_count :one postgresql
-- arg day day
-- row count int
SELECT COUNT(*)::bigint FROM item WHERE id > :day;

-- name: young :part
-- Of item i.
i.id > :day AND {named}; -- after it

-- name: named :part sqlite
i.note <> '';
-- name: named :part postgresql
length(i.note) > 0;

-- name: item_young :many
-- arg day day
-- row id id
SELECT i.id FROM item i WHERE {young};

-- name: inside :part
i.id BETWEEN :from_n AND :to_n AND {named};

-- name: item_inside :many
-- arg from_1 int
-- arg to_1 int
-- arg from_2 int
-- arg to_2 int
-- row id id
SELECT i.id FROM item i WHERE {inside 1} OR {inside 2};
"""
MIGRATION = """-- Comment
CREATE TABLE item (
        id {id} PRIMARY KEY,
        note {text},
        {lines}
) {strict};
"""
# file content, line, part of the message
WRONG = [
    ("-- name: a :exec\nDELETE FROM item WHERE id = :id;\n", 2, "unknown argument :id"),
    ("-- name: a :exec\n-- arg id id\nDELETE FROM item;\n", 1, "argument id is not used"),
    ("-- name: a :exec\n-- arg id number\nDELETE FROM item;\n", 2, "unknown type number"),
    ("-- name: a :exec\n-- arg id id\n-- arg id id\nDELETE FROM item WHERE id = :id;\n", 3, "declared twice"),
    ("-- name: a :exec\nDELETE FROM {item};\n", 2, "unknown token {item}"),
    ("-- name: a :exec\nDELETE FROM item WHERE id = ?1;\n", 2, "unexpected ?"),
    ("-- name: a :exec\nDELETE FROM item WHERE id = $1;\n", 2, "unexpected $1"),
    ("-- name: a :exec\nDELETE FROM item\n", 1, "no semicolon"),
    ("-- name: a :exec\nDELETE FROM item; DELETE FROM item;\n", 2, "text after the semicolon"),
    ("-- name: a :exec\n\n-- name: b :exec\nDELETE FROM item;\n", 1, "no SQL text"),
    ("-- name: a :some\nDELETE FROM item;\n", 1, "expected '-- name"),
    ("-- name: a :exec oracle\nDELETE FROM item;\n", 1, "expected '-- name"),
    ("-- name: a :exec sqlite\nDELETE FROM item;\n", 1, "the other engine is missing"),
    ("-- name: a :many\nSELECT 1;\n", 1, "no '-- row'"),
    ("-- name: a :exec\n-- row x int\nDELETE FROM item;\n", 1, ":exec has no rows"),
    ("-- name: a :exec\nDELETE FROM item;\n-- name: a :exec\nDELETE FROM item;\n", 3, "name used twice"),
    ("-- name: a :exec sqlite\n-- arg x int\nDELETE FROM item WHERE id = :x;\n"
     "-- name: a :exec postgresql\n-- arg x id\nDELETE FROM item WHERE id = :x;\n", 4, "differ between the engines"),
    ("SELECT 1;\n", 1, "text outside a query"),
    ("-- name: a :bulk\nDELETE FROM item;\n", 1, "no '-- arg'"),
    ("-- name: a :bulk\n-- arg id id\nINSERT INTO item SELECT :id;\n", 1, "reads FROM {rows}"),
    ("-- name: a :exec\n-- arg id id\nINSERT INTO item SELECT :id FROM {rows};\n", 3, "unknown token {rows}"),
    ("-- name: p :part\n-- arg id id\nid = :id;\n", 1, "declare its arguments"),
    ("-- name: p :part\nid = 1\n", 1, "no semicolon"),
    ("-- name: p :part\nid = 1;\n-- name: p :part sqlite\nid = 2;\n", 3, "name used twice"),
    ("-- name: p :part sqlite\nid = 1;\n-- name: a :exec\nDELETE FROM item WHERE {p};\n", 4, "unknown token {p}"),
    ("-- name: p :part\n{p} OR id = 1;\n-- name: a :exec\nDELETE FROM item WHERE {p};\n", 4, "unknown token {p}"),
    ("-- name: p :part\nid = :id;\n-- name: a :exec\nDELETE FROM item WHERE {p};\n", 4, "unknown argument :id"),
    ("-- name: p :part\nid = :id_n;\n-- name: a :exec\nDELETE FROM item WHERE {p};\n", 4, "unknown argument :id_n"),
    ("-- name: a :exec\nDELETE FROM item WHERE {p 1};\n", 2, "unknown token {p 1}"),
    ("-- name: a :bulk\n-- arg lines lines\nINSERT INTO item SELECT :lines FROM {rows};\n", 3, "takes them by COPY"),
]


def run(directory, query, *options, migration=MIGRATION):
    for folder, name, content in (("queries", "area.sql", query), ("migrations", "0001_first.sql", migration),
                                  ("engine", "engines.sql", "-- name: sqlite_schema_version :engine\nA;\n"
                                   "-- name: postgresql_schema_version :engine\nB;\n")):
        path = pathlib.Path(directory, folder, name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    paths = sorted(str(path) for path in pathlib.Path(directory).glob("*/*.sql"))
    return subprocess.run([sys.executable, str(ROOT / "tools/queries.py"), *options, *paths], capture_output=True,
                          text=True)


def check(condition, message):
    if not condition:
        sys.exit(message)


def good(directory):
    result = run(directory, GOOD, "--dump-queries")
    check(result.returncode == 0, result.stderr)
    put, fill, lines, everything, count, young, inside = json.loads(result.stdout)
    check(fill["sql"]["sqlite"] == "INSERT INTO item (id, note) SELECT bulk_rows.a1, bulk_rows.a2 FROM bulk_rows",
          fill["sql"]["sqlite"])
    check("FROM unnest($1::bigint[], $2::text[]) AS bulk_rows (a1, a2)" in fill["sql"]["postgresql"],
          fill["sql"]["postgresql"])
    check(fill["arguments"] == {"sqlite": [], "postgresql": ["bigint[]", "text[]"]}, "arguments of :bulk")
    check("COPY item (id, line_article, line_quantity" in lines["sql"]["postgresql"], lines["sql"]["postgresql"])
    check(put["sql"]["sqlite"] == "INSERT INTO item (id, note, lines, fixed) VALUES (?1, ?2, ?3, ':id -- no argument')",
          put["sql"]["sqlite"])
    check("$1::bigint, $2::text, $3::integer[], $4::bigint[]" in put["sql"]["postgresql"], put["sql"]["postgresql"])
    check("$8::smallint[]" in put["sql"]["postgresql"], put["sql"]["postgresql"])
    check(len(put["arguments"]["postgresql"]) == 8 and len(put["arguments"]["sqlite"]) == 3, "arguments")
    check("i.line_article, i.line_quantity" in everything["sql"]["postgresql"], everything["sql"]["postgresql"])
    check(everything["sql"]["sqlite"] == "SELECT i.id, i.lines, i.note FROM item i ORDER BY id",
          everything["sql"]["sqlite"])
    check(young["sql"]["postgresql"] == "SELECT i.id FROM item i WHERE i.id > $1::integer AND length(i.note) > 0",
          young["sql"]["postgresql"])
    check(inside["sql"]["sqlite"] == "SELECT i.id FROM item i WHERE i.id BETWEEN ?1 AND ?2 AND i.note <> '' "
          "OR i.id BETWEEN ?3 AND ?4 AND i.note <> ''", inside["sql"]["sqlite"])
    check("::bigint" in count["sql"]["postgresql"] and "::" not in count["sql"]["sqlite"], "variants")


def migrations(directory):
    result = run(directory, GOOD, "--dump-sqlite")
    check("id INTEGER PRIMARY KEY" in result.stdout, result.stdout)
    check("lines BLOB NOT NULL\n) STRICT;" in result.stdout, result.stdout)
    result = run(directory, GOOD, "--dump-postgresql")
    check('note text COLLATE "C"' in result.stdout and "line_marks smallint[] NOT NULL\n);" in result.stdout,
          result.stdout)
    result = run(directory, GOOD, "--dump-sqlite", migration=MIGRATION + "DROP TABLE {what};\n")
    check(result.returncode != 0 and "0001_first.sql:7: unknown token {what}" in result.stderr, result.stderr)
    # A comment does not change the checksum, a column does.
    sums = []
    for text in (MIGRATION, MIGRATION.replace("Comment", "Remark"), MIGRATION.replace("note", "remark")):
        source = pathlib.Path(directory, "out.c")
        check(run(directory, GOOD, "--source", str(source), migration=text).returncode == 0, "not generated")
        sums.append([line for line in source.read_text().split("\n") if ".checksum" in line])
        source.unlink()
    check(sums[0] == sums[1] and sums[0] != sums[2], f"checksums {sums}")


def main():
    with tempfile.TemporaryDirectory(prefix="treue-queries-") as directory:
        good(directory)
        migrations(directory)
        for content, line, message in WRONG:
            result = run(directory, content, "--dump-queries")
            expected = f"area.sql:{line}: "
            check(result.returncode != 0 and expected in result.stderr and message in result.stderr,
                  f"{content!r}: expected {expected}... {message}, got {result.stderr!r}")
    print(f"{len(WRONG)} mistakes named with file and line")
    return 0


sys.exit(main())
