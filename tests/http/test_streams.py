#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ten thousand browsers that listen: each idle event stream takes at most 30 kB, every one gets an event within seconds,
requests beside them are answered, and the server ends at once.

  test_streams.py TREUE_BINARY      (http_fixture stands beside it; a release, as sanitizers take memory themselves)
"""
import pathlib
import resource
import shutil
import sys
import tempfile
import time

import harness
import test_server

STREAMS, KB_MOST, SKIPPED = 10000, 30, 77
SPARE_FILES = 300


def listening(problems, server):
    for _ in range(50):
        server.ask("/hello")
    before = server.memory_kb()
    streams = [test_server.Stream(server, 1000 + number, ["jobs", f"job.{number}"]) for number in range(STREAMS)]
    problems.same(test_server.metric(server, "treue_streams"), STREAMS, "open")
    each = (server.memory_kb() - before) / STREAMS
    problems.expect(each <= KB_MOST, "each takes", each, "kB")
    begun = time.monotonic()
    server.ask("/post", "POST", form="topic=jobs&data=1")
    problems.same({stream.event(60) for stream in streams}, {("jobs", "1")}, "an event for all")
    all_s = time.monotonic() - begun
    problems.expect(all_s < 30, "the last got it after", all_s, "s")
    server.ask("/post", "POST", form="topic=job.7&data=2")
    problems.same(streams[7].event(60), ("job.7", "2"), "an event for one")
    time.sleep(3)  # heartbeats
    begun = time.monotonic()
    for _ in range(100):
        problems.same(server.ask("/hello").status, 200, "beside the streams")
    beside_ms = (time.monotonic() - begun) * 10
    problems.same(test_server.metric(server, "treue_streams"), STREAMS, "still open")
    begun = time.monotonic()
    problems.same(server.stop(), 0, "the end")
    problems.expect(time.monotonic() - begun < 15, "ended after", time.monotonic() - begun)
    print(f"{STREAMS} streams: {each:.1f} kB each; an event reached all in {all_s:.2f} s; a request beside {beside_ms:.2f} ms")


def main(arguments):
    if not arguments:
        sys.exit(__doc__)
    test_server.BINARY = pathlib.Path(arguments[0]).resolve().parent / "http_fixture"
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < STREAMS + SPARE_FILES:
        print(f"SKIPPED: {hard} open files are allowed here, {STREAMS + SPARE_FILES} needed")
        return SKIPPED
    resource.setrlimit(resource.RLIMIT_NOFILE, (STREAMS + SPARE_FILES, hard))
    folder = tempfile.mkdtemp(prefix="treue-streams-")
    problems = harness.Problems()
    try:
        with test_server.fixture(folder, f"per_address={2 * STREAMS}", "beat=2") as server:
            listening(problems, server)
    finally:
        shutil.rmtree(folder)
    print(*problems[:10], f"{int(not problems)} passed, {int(bool(problems))} failed", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
