#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs every test, two at a time, one line each; exit status 1 when one fails.

  run_all.py --release DIR --sanitizer DIR --thread DIR [NAME...]   all, or those whose name contains a NAME
  run_all.py --sanitizer DIR --quick                                unit tests and house rules only

Unit tests and fuzz replays come from the build directories themselves; the scripts stand in the table below. A script
that cannot run where it is ends with status 77, or with 0 and SKIPPED in its last line, and says why there.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
import postgresql  # noqa: E402  (needs the path above)

RELEASE, SANITIZER, THREAD, SOURCE, NONE = "release", "sanitizer", "thread", "source", None
SKIPPED = 77

# name, script, the program it is called with, longest time in seconds
SCRIPTS = [
    ("tidy", "tests/tidy/tidy.py", NONE, 240),
    ("road mutations", "tests/road/test_mutations.py", SOURCE, 2400),
    ("fault harnesses find planted bugs", "tests/fault/test_planted.py", SOURCE, 3600),
    ("fault kills, power losses, disk errors", "tests/fault/test_fault.py", SANITIZER, 2700),
    ("road oracle", "tests/road/test_oracle.py", RELEASE, 2700),
    ("road online retail", "tests/road/test_online_retail.py", RELEASE, 2700),
    ("road whatif", "tests/road/test_whatif.py", RELEASE, 2700),
    ("road whatif online retail", "tests/road/test_whatif_retail.py", RELEASE, 2700),
    ("road analyse", "tests/road/test_analyse.py", SANITIZER, 1800),
    ("road small", "tests/road/test_small.py", SANITIZER, 1800),
    ("road rules", "tests/road/test_rules.py", SANITIZER, 1800),
    ("road small, thread sanitizer", "tests/road/test_small.py", THREAD, 2700),
    ("road import", "tests/road/test_import.py", SANITIZER, 2700),
    ("road import of people", "tests/road/test_import_people.py", SANITIZER, 1800),
    ("road SQL metrics", "tests/road/test_sql_metrics.py", RELEASE, 2700),
    ("road concept", "tests/road/test_concept.py", SANITIZER, 1800),
    ("road concept diff", "tests/road/test_diff.py", SANITIZER, 1800),
    ("road evaluate", "tests/road/test_evaluate.py", SANITIZER, 1800),
    ("road backup", "tests/road/test_backup.py", SANITIZER, 1800),
    ("road backup of PostgreSQL", "tests/road/test_backup_postgresql.py", RELEASE, 1800),
    ("road verify", "tests/road/test_verify.py", SANITIZER, 1800),
    ("road runs", "tests/road/test_runs.py", SANITIZER, 1800),
    ("road repeat", "tests/road/test_repeat.py", RELEASE, 2700),
    ("road customers", "tests/road/test_customers.py", SANITIZER, 1800),
    ("road overrides", "tests/road/test_overrides.py", SANITIZER, 1800),
    ("road export", "tests/road/test_export.py", RELEASE, 2700),
    ("road customer", "tests/road/test_customer.py", SANITIZER, 600),
    ("demo company", "tests/road/test_demo.py", SANITIZER, 1800),
    ("catalogue generator", "tests/tools/test_catalogue.py", NONE, 240),
    ("queries on PostgreSQL and SQLite", "tests/db/test_prepare_postgresql.py", NONE, 600),
    ("query generator", "tests/db/test_queries.py", NONE, 240),
    ("crash during import", "tests/db/test_crash.py", RELEASE, 1800),
    ("several programs on PostgreSQL", "tests/road/test_servers.py", RELEASE, 1800),
    ("PostgreSQL outages", "tests/fault/test_postgresql_outage.py", RELEASE, 1800),
]
QUICK = ["tidy"]
# Those run a second time with their databases on a PostgreSQL server.
ON_SERVER = ["road oracle", "road online retail", "road small", "road rules", "road import", "road concept",
             "road import of people", "road SQL metrics", "road evaluate", "road runs", "road repeat", "road analyse",
             "road whatif", "road customers", "demo company", "road export", "road customer",
             "road verify"]
SERVER_ENVIRONMENT = {"TREUE_TEST_DB": "postgresql"}
SERVER_MARK = " on PostgreSQL"
# Unit tests with a database come a second time as well; what begins so is about servers only.
FIXTURE = re.compile(r'^#include "(database|facts|resume)_fixture\.h"', re.MULTILINE)
SERVER_ONLY = "test_server"


class Test:
    def __init__(self, name, command, environment, seconds):
        self.name, self.command, self.environment, self.seconds = name, command, environment, seconds
        self.status, self.output, self.took = None, "", 0.0

    def run(self):
        started = time.monotonic()
        environment = dict(os.environ, **self.environment)
        # A group of its own, so that a test that hangs is ended with all it started.
        process = subprocess.Popen(self.command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            output, _ = process.communicate(timeout=self.seconds)
            self.status = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            output += f"\nstopped after {self.seconds} seconds".encode()
            self.status = 1
        self.output = output.decode("utf-8", errors="replace").rstrip()
        self.took = time.monotonic() - started
        return self


def uses_database(name):
    source = ROOT / "tests" / "unit" / (name + ".c")
    return source.exists() and bool(FIXTURE.search(source.read_text(encoding="utf-8")))


def built(directory, suite, mark, server):
    """The tests a build directory knows; with `server` those with a database also on one."""
    listing = subprocess.run(["meson", "introspect", "--tests", directory], check=True, capture_output=True).stdout
    result = []
    for test in json.loads(listing):
        suites = [name.split(":")[-1] for name in test["suite"]]
        if suite is None or suite in suites:
            name = mark + test["name"]
            if not test["name"].startswith(SERVER_ONLY):
                result.append(Test(name, test["cmd"], test["env"], test["timeout"]))
            if server and uses_database(test["name"]):
                environment = dict(test["env"], **SERVER_ENVIRONMENT)
                result.append(Test(name + SERVER_MARK, test["cmd"], environment, test["timeout"]))
    return result


def scripts(programs, quick):
    result = []
    for name, script, program, seconds in SCRIPTS:
        if (quick and name not in QUICK) or (program not in (NONE, SOURCE) and not programs[program]):
            continue
        command = [sys.executable, script]
        if program == SOURCE:
            command.append(str(ROOT))
        elif program:
            command.append(str(pathlib.Path(programs[program]).resolve() / "treue"))
        result.append(Test(name, command, {}, seconds))
        if name in ON_SERVER:
            result.append(Test(name + SERVER_MARK, command, SERVER_ENVIRONMENT, seconds))
    return result


def carry_out(tests):
    counts, failures = {"passed": 0, "failed": 0, "skipped": 0}, []
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for future in concurrent.futures.as_completed([pool.submit(test.run) for test in tests]):
            test = future.result()
            outcome = {0: "passed", SKIPPED: "skipped"}.get(test.status, "failed")
            last = test.output.split("\n")[-1]
            if outcome == "passed" and last.startswith("SKIPPED"):
                outcome = "skipped"
            counts[outcome] += 1
            reason = "  " + last if outcome == "skipped" else ""
            print(f"{outcome:8} {test.name} ({test.took:.1f} s){reason}", flush=True)
            if outcome == "failed":
                failures.append(test)
    for test in failures:
        print(f"\n--- {test.name}: {' '.join(test.command)} (status {test.status})")
        print("\n".join(test.output.split("\n")[-80:]))
    print(f"\n{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--release")
    parser.add_argument("--sanitizer", required=True)
    parser.add_argument("--thread")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    os.environ.setdefault("TREUE_TEST_DATA", str(ROOT / ".." / "shared"))
    os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=1")
    os.environ.setdefault("UBSAN_OPTIONS", "halt_on_error=1:print_stacktrace=1")
    tests = built(options.sanitizer, None, "", not options.quick)
    if options.thread:
        tests += built(options.thread, "thread", "tsan ", True)
    # The long ones begin first.
    tests = scripts({RELEASE: options.release, SANITIZER: options.sanitizer, THREAD: options.thread}, options.quick) + tests
    if options.names:
        tests = [test for test in tests if any(name in test.name for name in options.names)]
    if any(test.environment.get("TREUE_TEST_DB") for test in tests):
        with postgresql.Server() as server:
            os.environ["TREUE_TEST_SERVER"] = server.directory
            return carry_out(tests)
    return carry_out(tests)


sys.exit(main())
