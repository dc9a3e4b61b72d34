#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""X-08, X-10 (a PostgreSQL server that fails loses nothing): during imports and approvals the server is killed,
restarted, or cut off by a proxy that refuses, stalls and cuts, also exactly between a COMMIT and its answer, and killed
just when something was acknowledged. After each cycle the database is compared with a model: what was acknowledged is
there, once; what failed is not; what the program did not know it says, and the database decides.

  test_postgresql_outage.py TREUE [--cycles N] [--seed S]
"""
import argparse
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "road"))
import road  # noqa: E402  (needs the path above)
from road import postgresql  # noqa: E402
from test_concept import concept  # noqa: E402

sys.path.insert(0, str(ROOT / "tests" / "support"))
import proxy as proxies  # noqa: E402

CUTOFF = "2025-12-31"
DOCUMENTS = 1500
PROFILE = ("kind: purchases\nsource: erp\ncolumns: {customer: customer, document: document, date: date, "
           "article: article, amount: amount}\ncreate: [customers, products]\n")
BY_PROXY = ("cut", "commit lost", "answer lost", "stall")
WHEN_DONE = "server killed when done"
FAULTS = ["cut", "commit lost", "commit lost", "answer lost", "answer lost", "stall", "server killed",
          "server restarted", "backend killed", WHEN_DONE]
# The writer alone is at work then, and knows how to go on; or nothing happens before the end.
SURVIVED = ("commit lost", "answer lost", "stall", WHEN_DONE)
# What nobody asked the server to sync stays in its memory as long as can be, so that a kill takes it.
LAZY = ["wal_writer_delay=10s", "wal_writer_flush_after=1GB"]
LIMIT_SECONDS = 150


class World:
    """The server behind the proxy, the data directory, and what must be there."""

    def __init__(self, binary, folder, server, proxy):
        self.binary, self.folder, self.server, self.proxy = binary, folder, server, proxy
        url = server.create_database()
        self.database = url.split("?")[0].rsplit("/", 1)[1]
        self.environment = dict(os.environ, TREUE_CLOCK=road.CLOCK, TREUE_DATA=str(folder / "data"), LC_ALL="C",
                                TREUE_DB=server.url(self.database, proxy.port))
        self.files, self.approvals, self.number, self.unknown, self.failed = {}, 0, 0, 0, 0
        (folder / "profile.yaml").write_text(PROFILE, encoding="utf-8")
        self.must("init", "--currency", "EUR")
        (folder / "concept.yaml").write_text(road.to_yaml(concept()), encoding="utf-8")
        self.must("concept", "load", folder / "concept.yaml", "--release")
        self.take_file()  # so that there is something to evaluate

    def start(self, *arguments):
        return subprocess.Popen([self.binary, *map(str, arguments)], env=self.environment, cwd=self.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def must(self, *arguments):
        child = self.start(*arguments)
        _, error = child.communicate(timeout=LIMIT_SECONDS)
        if child.returncode:
            raise road.RoadError(f"{arguments}: {error}")

    def make_file(self, size):
        """A file of documents nobody has seen; the sum of its amounts in cents."""
        self.number += 1
        rows = [{"customer": f"K{i % 97}", "document": f"D{self.number}-{i}", "date": "2025-03-01", "article": f"A{i % 11}",
                 "amount": f"{i % 1000}.25"} for i in range(size)]
        road.write_csv(self.folder / "in.csv", ["customer", "document", "date", "article", "amount"], rows)
        return size, sum(i % 1000 * 100 + 25 for i in range(size))

    def take_file(self):
        content = self.make_file(DOCUMENTS)
        self.must("import", "purchases", "in.csv", "--profile", "profile.yaml")
        self.files[self.number] = content

    def rows(self, sql):
        return [line.split("|") for line in self.server.psql(sql, self.database).splitlines()]

    def imports(self):
        return int(self.rows("SELECT count(*) FROM import WHERE state = 'published'")[0][0])

    def approved(self):
        return int(self.rows("SELECT count(*) FROM evaluation_run WHERE state = 'approved'")[0][0])


def end_server(world, how):
    server = world.server
    if how == "server restarted":
        server.stop("fast")
    elif how == "backend killed":
        found = world.rows("SELECT pid FROM pg_stat_activity WHERE application_name = 'treue' ORDER BY backend_start")
        if found:
            os.kill(int(found[-1][0]), signal.SIGKILL)
        time.sleep(0.3)
        return  # the server restarts itself
    else:
        process = server.process()
        children = [int(p) for p in os.listdir("/proc") if p.isdigit() and parent(p) == process]
        for victim in [process] + children:
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                pass
        while any(os.path.exists(f"/proc/{victim}") for victim in [process] + children):
            time.sleep(0.02)
    server.start()


def parent(process):
    try:
        return int(pathlib.Path("/proc", process, "stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def wait_for(server):
    for _ in range(200):
        try:
            return server.psql("SELECT 1")
        except postgresql.ServerError:
            time.sleep(0.1)
    raise road.RoadError("the server does not come back")


def disturb(world, chance, fault, child):
    if fault in BY_PROXY:
        return
    if fault == WHEN_DONE:
        child.wait(timeout=LIMIT_SECONDS)
        end_server(world, fault)
        return
    time.sleep(chance.uniform(0.0, 0.6))
    if child.poll() is None or chance.random() < 0.2:
        end_server(world, fault)


def plan(world, chance, fault, importing):
    seconds = chance.choice([0.0, 0.0, 0.3, 1.5])
    if fault == "cut":
        world.proxy.plan(fault, at=int(10 ** chance.uniform(2, 5.3)), seconds=seconds)
    elif fault == "stall":
        world.proxy.plan(fault, at=int(10 ** chance.uniform(2, 5.3)), seconds=chance.uniform(0.2, 2))
    elif fault in ("commit lost", "answer lost"):
        # The last of an approval is its fourth, of an import about its tenth.
        world.proxy.plan(fault, at=chance.randint(1, 10 if importing else 4), seconds=seconds)
    else:
        world.proxy.plan()


def cycle(world, chance):
    """One operation with one fault. Returns what was done; problems are found by `compare`."""
    fault, importing = chance.choice(FAULTS), chance.random() < 0.6
    before = world.imports() if importing else world.approved()
    content = world.make_file(DOCUMENTS) if importing else None
    plan(world, chance, fault, importing)
    child = (world.start("--lang", "en", "import", "purchases", "in.csv", "--profile", "profile.yaml") if importing
             else world.start("--lang", "en", "evaluate", "--cutoff", CUTOFF, "--evaluation", "year", "--approve"))
    disturb(world, chance, fault, child)
    _, error = child.communicate(timeout=LIMIT_SECONDS)
    happened = world.proxy.happened or fault not in BY_PROXY
    world.proxy.plan()
    wait_for(world.server)
    done = (world.imports() if importing else world.approved()) - before
    problems = []
    if "just when the change was being stored" in error:
        world.unknown += 1
    elif child.returncode == 0 and done != 1:
        problems.append(f"acknowledged, and there {done} times")
    elif child.returncode not in (0, 1) and done != 0:
        problems.append(f"said to have failed, and there {done} times: {error[-300:]}")
    if fault in SURVIVED and child.returncode != 0:
        problems.append("this must be survived")
    if done not in (0, 1):
        problems.append(f"done {done} times")
    if done and importing:
        world.files[world.number] = content
    elif done:
        world.approvals += 1
    world.failed += child.returncode != 0
    what = f"{'import' if importing else 'approval'}, {fault}{'' if happened else ' (did not come to it)'}"
    return f"{what}: exit {child.returncode}, done {done}", problems, error


COUNTS = """
SELECT (SELECT count(*) FROM document), (SELECT coalesce(sum(total_minor), 0) FROM document),
       (SELECT count(*) FROM (SELECT number FROM document GROUP BY number HAVING count(*) > 1) twice),
       (SELECT count(*) FROM document WHERE import_id NOT IN (SELECT id FROM import)),
       (SELECT count(*) FROM import WHERE state = 'published'), (SELECT count(*) FROM import WHERE state = 'staging'),
       (SELECT generation FROM head), (SELECT count(DISTINCT generation) FROM import WHERE state = 'published');
"""
RUNS = """
SELECT (SELECT count(*) FROM evaluation_run WHERE state = 'approved'),
       (SELECT count(DISTINCT approval_number) FROM evaluation_run WHERE state = 'approved'),
       (SELECT coalesce(max(approval_number), 0) FROM evaluation_run WHERE state = 'approved'),
       (SELECT count(*) FROM evaluation_run r WHERE customers_evaluated <>
               (SELECT count(*) FROM decision d WHERE d.run_id = r.id)),
       (SELECT count(*) FROM audit_entry WHERE kind = 'import.published'),
       (SELECT count(*) FROM audit_entry WHERE kind = 'run.approved'),
       (SELECT max(number) - count(*) FROM audit_entry), (SELECT count(*) FROM idempotency);
"""


def compare(world, clean):
    """The database against the model. `clean`: nothing may be left staging."""
    problems = []
    expected = [len(world.files), sum(count for count, _ in world.files.values()),
                sum(cents for _, cents in world.files.values())]
    documents, cents, twice, orphans, published, staging, head, generations = map(int, world.rows(COUNTS)[0])
    visible = world.rows("SELECT count(*), coalesce(sum(total_minor), 0) FROM document d JOIN import i "
                         "ON i.id = d.import_id WHERE i.state = 'published'")[0]
    if [published, int(visible[0]), int(visible[1])] != expected:
        problems.append(f"imports, documents, cents are {[published, *visible]}, not {expected}")
    if twice or orphans or head != published or generations != published:
        problems.append(f"{twice} documents twice, {orphans} without import, generation {head} of {published} imports")
    if clean and (staging or documents != expected[1] or cents != expected[2]):
        problems.append(f"{staging} imports still staging, {documents} documents, {cents} cents")
    approved, distinct, last, incomplete, told, said, gaps, keys = map(int, world.rows(RUNS)[0])
    if [approved, distinct, last] != [world.approvals] * 3 or incomplete:
        problems.append(f"approved runs {approved}, numbers {distinct} up to {last}, not {world.approvals}; "
                        f"{incomplete} incomplete")
    if (told, said, gaps) != (published, approved, 0):
        problems.append(f"the audit trail names {told} imports and {said} approvals, {gaps} numbers are missing")
    if keys > 3 + world.unknown + world.failed:
        problems.append(f"{keys} keys of commits are kept")
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--cycles", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not postgresql.programs():
        print("SKIPPED: PostgreSQL is not installed")
        return 77
    chance, failures, told = random.Random(options.seed), 0, {}
    port = postgresql.free_port()
    with road.Folder("outage") as folder, postgresql.Server(postgresql.NO_SYNC + LAZY, port=port) as server, \
            proxies.Proxy(("127.0.0.1", port)) as proxy:
        world = World(road.absolute(options.binary), folder, server, proxy)
        for number in range(1, options.cycles + 1):
            what, problems, error = cycle(world, chance)
            problems += compare(world, clean=False)
            told[what] = told.get(what, 0) + 1
            if "exit 3" in what and not problems:
                print(f"cycle {number}, {what}: {error.strip().splitlines()[-1][:200]}")
            for problem in problems:
                failures += 1
                print(f"FAILED cycle {number} (seed {options.seed}), {what}: {problem}\n{error[-500:]}")
            if failures:
                break
        world.take_file()
        for problem in compare(world, clean=True):
            failures += 1
            print(f"FAILED at the end (seed {options.seed}): {problem}")
    for what, count in sorted(told.items()):
        print(f"{count:4}  {what}")
    print(f"seed {options.seed}: {sum(told.values())} cycles, {world.unknown} unknown outcomes, {world.failed} operations "
          f"that failed, {failures} problems")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
