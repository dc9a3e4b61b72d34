#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treue verify`: a sound database is called whole; every kind of damage, planted behind the program's back, is named.

  test_verify.py TREUE_BINARY

Verifies R-093 and X-10 in part (a stored run stays readable), X-04 (tampering is named), X-08 (what was restored can
be checked). Damage is planted past all constraints: into the file of the embedded database, or by psql on a server.
"""
import json
import shutil
import sqlite3
import sys
import traceback

import road
import postgresql  # (road knows where it lies)
from test_concept import concept
from test_evaluate import purchases

# what is done to the database, and the key of the finding that must name it
POTENTIAL = "(customer_id, group_id, valid_from, import_id, valid_to, amount_minor, estimated, note)"
DAMAGE = [
    ("UPDATE document SET total_minor = total_minor + 1 WHERE number = 'first1'", "verify.document_total"),
    ("UPDATE document SET content_hash = content_hash + 1 WHERE number = 'first1'", "verify.document_hash"),
    ("UPDATE document SET day = day + 1 WHERE number = 'first1'", "verify.document_hash"),
    ("UPDATE document SET line_count = 2 WHERE number = 'first1'", "verify.document_lines"),
    ("UPDATE document SET lines = x'00' WHERE number = 'first1'", "verify.document_lines"),
    ("UPDATE document SET import_id = 99 WHERE number = 'first1'", "verify.document_import"),
    ("UPDATE head SET next_product = 1", "verify.document_article"),
    ("UPDATE head SET next_product = 1", "verify.articles"),
    ("UPDATE import SET state = 'undone' WHERE id = 2", "verify.import_state"),
    ("UPDATE import SET generation = 9 WHERE id = 2", "verify.import_state"),
    ("UPDATE import SET generation = 1 WHERE id = 2", "verify.generation_twice"),
    ("UPDATE head SET generation = generation + 1", "verify.generations_missing"),
    ("UPDATE customer_record SET import_id = 77 WHERE import_id = 1", "verify.unknown_import"),
    ("INSERT INTO potential " + POTENTIAL + " VALUES (1, 0, 0, 1, 100, 5, 0, '')", "verify.unknown_customer"),
    ("DELETE FROM customer_key WHERE number = 'K1'", "verify.unknown_customer"),
    ("INSERT INTO contact SELECT customer_id, 4711, 1 FROM customer_key LIMIT 1", "verify.unknown_person"),
    ("UPDATE audit_entry SET actor = 'nobody' WHERE number = 2", "audit.broken"),
    ("UPDATE audit_detail SET detail = '{}' WHERE number = 2", "audit.broken"),
    ("DELETE FROM audit_entry WHERE number = (SELECT MAX(number) FROM audit_entry)", "audit.broken"),
    ("UPDATE evaluation_run SET state = 'approved', approval_number = 9, effective_day = 1, decided_ms = 1 "
     "WHERE state = 'proposed'", "verify.unaudited"),
    ("DELETE FROM evaluation_run WHERE state = 'approved'", "verify.audited_gone"),
    ("UPDATE import SET state = 'staging', generation = NULL WHERE id = 2", "verify.audited_gone"),
    ("DELETE FROM decision WHERE customer_id = (SELECT MIN(customer_id) FROM decision)", "verify.run_incomplete"),
    ("UPDATE evaluation_run SET effective_day = NULL WHERE state = 'approved'", "verify.run_approval"),
    ("UPDATE evaluation_run SET generation = 50 WHERE state = 'approved'", "verify.run_generation"),
    ("UPDATE evaluation_run SET concept_version_id = 5", "verify.run_concept"),
    ("UPDATE decision SET segment = 'Z'", "verify.decision_words"),
    ("UPDATE decision SET metric_values = x'0102'", "verify.decision_values"),
    ("INSERT INTO decision_verdict SELECT customer_id, 3, program_id, 'approved', '', 'x', 0, 0, NULL, NULL "
     "FROM decision LIMIT 1", "verify.verdict"),
]

# What has other words on a server: lines are arrays there, bytes are written otherwise.
ON_SERVER = {
    "UPDATE document SET lines = x'00' WHERE number = 'first1'":
        "UPDATE document SET line_article = '{}', line_quantity = '{}', line_amount = '{}', line_cost = '{}', "
        "line_group = '{}', line_marks = '{}' WHERE number = 'first1'",
    "UPDATE decision SET metric_values = x'0102'": r"UPDATE decision SET metric_values = '\x0102'",
}
# Takes all that forbids the damage away: foreign keys, checks.
UNGUARDED = """
SET session_replication_role = replica;
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conrelid::regclass AS place, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.place, one.conname);
    END LOOP;
END $$;
"""


def company(treue):
    purchases(treue, [("K1", "2024-03-01", 150), ("K2", "2024-05-01", 60)], "first")
    purchases(treue, [("K1", "2025-03-01", 150), ("K2", "2025-05-01", 130)], "second")
    treue.load_concept(concept())
    treue.evaluate("2024-12-31", "year", "--approve")
    treue.evaluate("2025-12-31", "year")


def keys(report):
    return [one["key"] for one in report["reports"] if one["level"] == "finding"]


def verify(treue, *more):
    """(exit status, report)"""
    code, _, _ = treue.call("verify", *more)
    again, out, error = treue.call("verify", *more, "--format", "json")
    if again != code:
        raise road.RoadError(f"verify: exit {code} as text, {again} as JSON")
    try:
        return code, json.loads(out)
    except ValueError:
        raise road.RoadError(f"verify: exit {code}, no JSON: {out[:300]}{error[:300]}")


def whole(treue):
    """X-08: a sound database is whole, also after an undo; nothing is changed by looking."""
    company(treue)
    problems = []
    code, report = verify(treue, "--deep")
    expected = {"imports": 2, "documents": 4, "lines": 4, "runs": 2, "decisions": 4, "findings": 0,
                "index_compared": True}
    wrong = {key: report[key] for key, value in expected.items() if report[key] != value}
    if code or wrong:
        problems.append(f"a sound database: exit {code}, {wrong}, {report['reports']}")
    treue.run("import", "undo")
    code, report = verify(treue, "--deep")
    if code or report["findings"]:
        problems.append(f"after an undo: exit {code}, {report['reports']}")
    return problems


def harm(treue, statement):
    if postgresql.wanted():
        treue.change(UNGUARDED + ON_SERVER.get(statement, statement) + ";")
        return
    database = sqlite3.connect(treue.data / "treue.db")
    database.execute("PRAGMA ignore_check_constraints = ON")
    database.execute(statement)
    database.commit()
    database.close()


def damage(treue):
    """X-04, R-093: each kind of damage is named by its own finding, in both languages, with exit status 1."""
    company(treue)
    treue.run("import", "list")
    problems = []
    kept, kept_database = treue.folder / "kept", treue.environment.get("TREUE_DB")
    shutil.copytree(treue.data, kept)
    for statement, key in DAMAGE:
        shutil.rmtree(treue.data)
        shutil.copytree(kept, treue.data)
        if kept_database:
            treue.environment["TREUE_DB"] = postgresql.fresh_copy(kept_database)
        harm(treue, statement)
        code, report = verify(treue)
        if code != 1 or key not in keys(report):
            problems.append(f"{statement}: exit {code}, {keys(report)}, expected {key}")
        for language in ("de", "en"):
            code, out, _ = treue.call("--lang", language, "verify")
            if code != 1 or "{" in out or key in out:
                problems.append(f"{statement}: {language}: exit {code}, {out}")
    return problems


def pages(treue):
    """A page overwritten with rubbish is found, whichever it is: in the engine's words or by what cannot be read."""
    company(treue)
    kept = (treue.data / "treue.db").read_bytes()
    size = int.from_bytes(kept[16:18], "big")
    problems = []
    for page in range(1, len(kept) // size):
        spoilt = bytearray(kept)
        if not any(spoilt[page * size:(page + 1) * size]):
            continue
        spoilt[page * size:(page + 1) * size] = bytes([0x5A]) * size
        (treue.data / "treue.db").write_bytes(spoilt)
        code, out, error = treue.call("verify")
        if code == 0 or not (out + error).strip():
            problems.append(f"page {page + 1} spoilt: exit {code}")
    return problems


def index(treue):
    """The column index: a flipped bit is named; an index that is whole in itself but not of this database is found by
    --deep; a missing one is a note only, as it is derived."""
    company(treue)
    problems = []
    folder = treue.data / "index"
    files = sorted(one for one in folder.iterdir() if one.suffix == ".amount" or "amount" in one.name)
    if not files:
        return [f"no column of amounts among {sorted(one.name for one in folder.iterdir())}"]
    good = files[0].read_bytes()
    files[0].write_bytes(bytes([good[0] ^ 1]) + good[1:])
    code, report = verify(treue)
    if code != 1 or keys(report) != ["verify.index_damaged"]:
        problems.append(f"a flipped bit: exit {code}, {report['reports']}")
    shutil.rmtree(folder)
    code, report = verify(treue, "--deep")
    if code or [one["key"] for one in report["reports"]] != ["verify.index_missing"]:
        problems.append(f"no index: exit {code}, {report['reports']}")
    return problems


def foreign_index(treue):
    """--deep compares the index with the database: one of other amounts has right checksums, yet differs."""
    purchases(treue, [("K1", "2024-03-01", 150)], "first")
    other = road.Treue(treue.binary, treue.folder / "other")
    purchases(other, [("K1", "2024-03-01", 151)], "first")
    # The customer's id must be the same, so the other database's rows are put under this index.
    columns = ["total_minor", "content_hash"]
    columns += ["line_amount::text", "line_quantity::text"] if postgresql.wanted() else ["hex(lines)"]
    values = other.query(f"SELECT {', '.join(columns)} FROM document")[0]
    if postgresql.wanted():
        treue.change("UPDATE document SET total_minor = {}, content_hash = {}, line_amount = '{}', line_quantity = '{}'"
                     .format(*values))
    else:
        treue.change("UPDATE document SET total_minor = {}, content_hash = {}, lines = x'{}'".format(*values))
    code, report = verify(treue)
    problems = [] if code == 0 else [f"without --deep: exit {code}, {report['reports']}"]
    code, report = verify(treue, "--deep")
    if code != 1 or keys(report) != ["verify.index_differs"]:
        problems.append(f"--deep: exit {code}, {report['reports']}")
    return problems


TESTS = [whole, damage, pages, index, foreign_index]
FILE_ONLY = [pages]  # on a server pages are its own affair (data checksums)


def main(arguments):
    failures = []
    tests = [test for test in TESTS if not (postgresql.wanted() and test in FILE_ONLY)]
    for test in tests:
        with road.Folder(f"verify-{test.__name__}") as folder:
            try:
                (folder / "other").mkdir()
                failures += [f"{test.__name__}: {one}" for one in test(road.Treue(arguments[0], folder))]
            except Exception:
                failures.append(f"{test.__name__}: {traceback.format_exc()[-2000:]}")
    for failure in failures:
        print("FAILED", failure)
    print(f"{len(tests)} tests, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
