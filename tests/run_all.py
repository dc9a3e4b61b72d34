#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs every test, one line each, two at a time and more while processors have nothing to do, as some tests wait for
deadlines or pages most of their time; exit status 1 when one fails.

  run_all.py --release DIR --sanitizer DIR --thread DIR [NAME...]   all, or those whose name contains a NAME
  run_all.py --sanitizer DIR --quick                                unit tests and house rules only

Unit tests and fuzz replays come from the build directories themselves; the scripts stand in the table below. A script
that cannot run where it is ends with status 77, or with 0 and SKIPPED in its last line, and says why there.
"""
import argparse
import collections
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
import postgresql  # noqa: E402  (needs the path above)

RELEASE, SANITIZER, THREAD, BUILD, NONE = "release", "sanitizer", "thread", "build", None
SKIPPED = 77
END_SECONDS = 10

# name, script, the program it is called with (BUILD: the folder of the release), longest time in seconds
SCRIPTS = [
    ("tidy", "tests/tidy/tidy.py", NONE, 240),
    ("road mutations", "tests/road/test_mutations.py", BUILD, 2400),
    ("fault harnesses find planted bugs", "tests/fault/test_planted.py", BUILD, 3600),
    ("fault kills, power losses, disk errors", "tests/fault/test_fault.py", SANITIZER, 2700),
    ("road oracle on both engines", "tests/road/test_oracle.py", RELEASE, 2700),
    ("road online retail", "tests/road/test_online_retail.py", RELEASE, 2700),
    ("road whatif", "tests/road/test_whatif.py", RELEASE, 2700),
    ("road whatif online retail", "tests/road/test_whatif_retail.py", RELEASE, 2700),
    ("road analyse", "tests/road/test_analyse.py", SANITIZER, 1800),
    ("road small", "tests/road/test_small.py", SANITIZER, 1800),
    ("road rules", "tests/road/test_rules.py", SANITIZER, 1800),
    ("road small, thread sanitizer", "tests/road/test_small.py", THREAD, 2700),
    ("road import", "tests/road/test_import.py", SANITIZER, 2700),
    ("road XLSX", "tests/road/test_xlsx.py", SANITIZER, 1800),
    ("road hostile XLSX", "tests/road/test_xlsx_hostile.py", RELEASE, 900),
    ("road XLSX of online retail", "tests/road/test_xlsx_retail.py", RELEASE, 2700),
    ("road import without a profile", "tests/road/test_proposal.py", SANITIZER, 1800),
    ("road wild files", "tests/road/test_wild.py", SANITIZER, 1800),
    ("road huge wild files", "tests/road/test_wild_huge.py", RELEASE, 1800),
    ("road import of people", "tests/road/test_import_people.py", SANITIZER, 1800),
    ("road SQL metrics", "tests/road/test_sql_metrics.py", RELEASE, 2700),
    ("road concept", "tests/road/test_concept.py", SANITIZER, 1800),
    ("road concept diff", "tests/road/test_diff.py", SANITIZER, 1800),
    ("road evaluate", "tests/road/test_evaluate.py", SANITIZER, 1800),
    ("road backup", "tests/road/test_backup.py", SANITIZER, 1800),
    ("road missing rights, full disk", "tests/road/test_rights.py", SANITIZER, 1800),
    ("road index after a restore", "tests/road/test_restored_index.py", SANITIZER, 1800),
    ("road backup of PostgreSQL", "tests/road/test_backup_postgresql.py", RELEASE, 1800),
    ("road verify", "tests/road/test_verify.py", SANITIZER, 1800),
    ("road runs", "tests/road/test_runs.py", SANITIZER, 1800),
    ("road repeat", "tests/road/test_repeat.py", RELEASE, 2700),
    ("road customers", "tests/road/test_customers.py", SANITIZER, 1800),
    ("road overrides", "tests/road/test_overrides.py", SANITIZER, 1800),
    ("road lists", "tests/road/test_lists.py", SANITIZER, 1800),
    ("road lists as files", "tests/road/test_workbook.py", SANITIZER, 1800),
    ("road export", "tests/road/test_export.py", RELEASE, 2700),
    ("road consent", "tests/road/test_consent.py", SANITIZER, 1800),
    ("road consent, random people", "tests/road/test_consent_random.py", RELEASE, 1800),
    ("road customer", "tests/road/test_customer.py", SANITIZER, 600),
    ("road doctor", "tests/road/test_doctor.py", SANITIZER, 1800),
    ("road first ladder", "tests/road/test_first_ladder.py", RELEASE, 1800),
    ("http access", "tests/http/test_access.py", SANITIZER, 900),
    ("http mail", "tests/http/test_mail.py", RELEASE, 600),
    ("http rights", "tests/http/test_rights.py", SANITIZER, 1800),
    ("http server", "tests/http/test_server.py", SANITIZER, 900),
    ("http heads", "tests/http/test_heads.py", SANITIZER, 600),
    ("http customers", "tests/http/test_directory.py", SANITIZER, 1200),
    ("http streams", "tests/http/test_streams.py", RELEASE, 600),
    ("http serve", "tests/http/test_serve.py", SANITIZER, 900),
    ("http server, thread sanitizer", "tests/http/test_server.py", THREAD, 1200),
    ("http hostile files", "tests/http/test_uploads.py", RELEASE, 600),
    ("http failures in all rows", "tests/http/test_failures.py", SANITIZER, 1200),
    ("http walk through all rows", "tests/http/test_walk.py", SANITIZER, 1200),
    ("http times of what is foreign", "tests/http/test_times.py", BUILD, 900),
    ("http work", "tests/http/test_work.py", SANITIZER, 1800),
    ("http entries", "tests/http/test_entries.py", SANITIZER, 900),
    ("http payloads", "tests/http/test_payloads.py", RELEASE, 1800),
    ("http words", "tests/http/test_words.py", RELEASE, 900),
    ("demo company", "tests/road/test_demo.py", SANITIZER, 1800),
    ("browser", "tests/browser/run.py", RELEASE, 1800),
    ("fuzz seeds", "tests/fuzz/make_seeds.py", NONE, 60),
    ("catalogue generator", "tests/tools/test_catalogue.py", NONE, 240),
    ("bill of materials, no test code in the release", "tests/tools/test_sbom.py", BUILD, 240),
    ("constant time", "tests/tools/test_constant_time.py", BUILD, 240),
    ("no other programs are started", "tests/tools/test_no_programs.py", BUILD, 240),
    ("randomness, digests, ciphers", "tests/tools/test_randomness.py", BUILD, 240),
    ("formats", "tests/tools/test_formats.py", BUILD, 240),
    ("assets of the pages", "tests/tools/test_assets.py", NONE, 240),
    ("queries on PostgreSQL and SQLite", "tests/db/test_prepare_postgresql.py", NONE, 600),
    ("query generator", "tests/db/test_queries.py", NONE, 240),
    ("crash during import", "tests/db/test_crash.py", RELEASE, 1800),
    ("several programs on PostgreSQL", "tests/road/test_servers.py", RELEASE, 1800),
    ("certificates of PostgreSQL servers", "tests/db/test_postgresql_tls.py", RELEASE, 600),
    ("PostgreSQL outages", "tests/fault/test_postgresql_outage.py", RELEASE, 1800),
]
QUICK = ["tidy"]
# Those run a second time with their databases on a PostgreSQL server.
ON_SERVER = ["http customers", "road online retail", "road small", "road rules", "road import", "road concept",
             "road import of people", "road XLSX", "road SQL metrics", "road evaluate", "road runs", "road repeat", "road analyse",
             "road whatif", "road customers", "demo company", "road export", "road customer", "road consent",
             "road consent, random people", "road import without a profile", "road wild files",
             "road verify", "road index after a restore", "road doctor",
             "road first ladder", "browser", "http work", "http serve",
             "http access", "http rights", "http entries", "http words", "http times of what is foreign",
             "http walk through all rows", "http failures in all rows", "http hostile files",
             "http payloads"]
SERVER_ENVIRONMENT = {"TREUE_TEST_DB": "postgresql"}
# Those go through each case on both engines at once.
ON_BOTH = ["road oracle on both engines"]
BOTH_ENVIRONMENT = {"TREUE_TEST_DB": "both"}
SERVER_MARK = " on PostgreSQL"
# About how many seconds the long ones take beside another one on two processors: they begin first, the longest in front.
SECONDS = {"road oracle on both engines": 510, "browser on PostgreSQL": 275, "browser": 255,
           "http payloads on PostgreSQL": 130, "http payloads": 70,
           "road import on PostgreSQL": 125, "road whatif on PostgreSQL": 115, "road wild files on PostgreSQL": 95,
           "http serve on PostgreSQL": 65, "road wild files": 65, "road rules on PostgreSQL": 55,
           "road SQL metrics on PostgreSQL": 55, "fault harnesses find planted bugs": 55, "road import": 50,
           "road XLSX of online retail": 40, "http server, thread sanitizer": 40,
           "tsan test_spill_threads on PostgreSQL": 40, "road whatif": 35,
           "fault kills, power losses, disk errors": 35, "http mail": 35, "road rules": 35, "http server": 35,
           "http work on PostgreSQL": 35, "tsan test_spill_threads": 35, "demo company on PostgreSQL": 30,
           "http work": 30, "http access on PostgreSQL": 30, "http access": 30, "road XLSX on PostgreSQL": 25,
           "demo company": 25, "http rights on PostgreSQL": 25, "road online retail on PostgreSQL": 25,
           "test_resume_rows": 20, "road verify": 20, "road export on PostgreSQL": 20, "road mutations": 20,
           "test_resume_rows on PostgreSQL": 19, "PostgreSQL outages": 18,
           "road consent, random people on PostgreSQL": 18, "road repeat on PostgreSQL": 18,
           "http entries on PostgreSQL": 18, "road SQL metrics": 16, "road XLSX": 15,
           "road import without a profile on PostgreSQL": 15, "road missing rights, full disk": 15,
           "road verify on PostgreSQL": 15, "http entries": 14, "road hostile XLSX": 14,
           "http customers on PostgreSQL": 14, "road whatif online retail": 14}
# Unit tests with a database come a second time as well; what begins so is about servers only.
FIXTURE = re.compile(r'^#include "(database|facts|resume)_fixture\.h"', re.MULTILINE)
SERVER_ONLY = "test_server"
AT_ONCE = 2
# While so many processors were idle for so long, one more is begun, up to so many more than there are processors.
IDLE_PROCESSORS, IDLE_SECONDS, MORE_AT_ONCE = 0.4, 1.5, 3
STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Test:
    starting, stopped = threading.Lock(), False

    def __init__(self, name, command, environment, seconds):
        self.name, self.command, self.environment, self.seconds = name, command, environment, seconds
        self.process, self.status, self.output, self.took = None, None, "", 0.0

    def run(self):
        started = time.monotonic()
        environment = dict(os.environ, **self.environment)
        with Test.starting:
            if Test.stopped:
                return self
            # A group of its own, so that a test that hangs is ended with all it started.
            self.process = subprocess.Popen(self.command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            output, _ = self.process.communicate(timeout=self.seconds)
            self.status = self.process.returncode
        except subprocess.TimeoutExpired:
            self.end()
            output, _ = self.process.communicate()
            output += f"\nstopped after {self.seconds} seconds".encode()
            self.status = 1
        self.output = output.decode("utf-8", errors="replace").rstrip()
        self.took = time.monotonic() - started
        return self

    def end(self):
        """Ends it with all it started; a moment earlier it is asked to, as it may have a server of its own."""
        if not self.process:
            return
        for number, seconds in ((signal.SIGINT, END_SECONDS), (signal.SIGKILL, 0)):
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return
            until = time.monotonic() + seconds
            while self.process.poll() is None and time.monotonic() < until:
                time.sleep(0.05)


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
        folder = programs[RELEASE if program == BUILD else program] if program else None
        if (quick and name not in QUICK) or (program and not folder):
            continue
        command = [sys.executable, script]
        if program == BUILD:
            command.append(str(pathlib.Path(folder).resolve()))
        elif program:
            command.append(str(pathlib.Path(folder).resolve() / "treue"))
        result.append(Test(name, command, BOTH_ENVIRONMENT if name in ON_BOTH else {}, seconds))
        if name in ON_SERVER:
            result.append(Test(name + SERVER_MARK, command, SERVER_ENVIRONMENT, seconds))
    return result


class Stopped(BaseException):
    """Somebody wants this to end."""


def stop(number, _):
    for one in STOPPED_BY:
        signal.signal(one, signal.SIG_IGN)
    raise Stopped(number)


class Idleness:
    """How many processors had nothing to do, on average, since it was asked for the last time."""

    def __init__(self):
        self.processors = os.cpu_count() or 1
        self.at, self.ticks = time.monotonic(), self.read()

    def read(self):
        try:
            with open("/proc/stat", encoding="ascii") as file:
                ticks = [int(word) for word in file.readline().split()[1:]]
        except OSError:
            return None
        return ticks[3] + ticks[4], sum(ticks[:8])  # idle and waiting for disks; guests are in the user's time already

    def there_is_room(self):
        """At most every IDLE_SECONDS; not where the system does not say it."""
        now = time.monotonic()
        if not self.ticks or now - self.at < IDLE_SECONDS:
            return False
        before, self.at, self.ticks = self.ticks, now, self.read()
        idle, all_of_it = self.ticks[0] - before[0], self.ticks[1] - before[1]
        return idle * self.processors >= IDLE_PROCESSORS * max(all_of_it, 1)


def results(tests):
    """The tests as they end, begun in their order. Leaves none running behind."""
    waiting, running, idleness = collections.deque(tests), set(), Idleness()
    most = idleness.processors + MORE_AT_ONCE
    pool = concurrent.futures.ThreadPoolExecutor(max_workers=max(most, AT_ONCE))
    try:
        while waiting or running:
            while waiting and (len(running) < AT_ONCE or (len(running) < most and idleness.there_is_room())):
                running.add(pool.submit(waiting.popleft().run))
            ended, running = concurrent.futures.wait(running, IDLE_SECONDS / 2, concurrent.futures.FIRST_COMPLETED)
            for future in ended:
                yield future.result()
    except BaseException:
        with Test.starting:
            Test.stopped = True
        for test in tests:
            if test.status is None:
                test.end()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def carry_out(tests):
    counts, failures = {"passed": 0, "failed": 0, "skipped": 0}, []
    with contextlib.closing(results(tests)) as ended:
        for test in ended:
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
    tests = scripts({RELEASE: options.release, SANITIZER: options.sanitizer, THREAD: options.thread}, options.quick) + tests
    tests.sort(key=lambda test: -SECONDS.get(test.name, 0))
    if options.names:
        tests = [test for test in tests if any(name in test.name for name in options.names)]
    if not tests:
        sys.exit(f"no test has {' or '.join(options.names) or 'been built'} in its name")
    if any(test.environment.get("TREUE_TEST_DB") for test in tests):
        with postgresql.Server() as server:
            os.environ["TREUE_TEST_SERVER"] = server.directory
            return carry_out(tests)
    return carry_out(tests)


try:
    for one in STOPPED_BY:
        signal.signal(one, stop)
    sys.exit(main())
except Stopped as stopped:
    sys.exit(f"stopped by {signal.Signals(stopped.args[0]).name}")
