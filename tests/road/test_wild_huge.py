#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files of gigabytes: the answer comes from the place of the mistake, not from the end of the file, and within 512 MB
of memory; packed ones go in. Verifies X-03 in part (errors with line numbers). usage: test_wild_huge.py TREUE
"""
import gzip
import itertools
import os
import re
import subprocess
import sys
import time

import road
from test_wild import HEADER, PLAIN, PROFILE, ROWS, import_command, table, zstd

MEMORY_BYTES_MAX = 512 << 20
GIB = 1 << 30
SECONDS_MAX = 30  # beside other tests; what it really takes is measured by the bench


def measure(treue, path, feed=None):
    """(exit status, what was said, peak of memory, seconds, bytes fed) of an import; feed yields what a pipe brings."""
    fed = 0
    started = time.monotonic()
    process = subprocess.Popen(import_command(treue, path), stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=treue.surroundings())
    try:
        for part in feed or ():
            process.stdin.write(part)
            fed += len(part)
        if feed:
            process.stdin.close()
    except BrokenPipeError:
        pass
    said = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, said, usage.ru_maxrss * 1024, time.monotonic() - started, fed


def forever(*first, part=b"x" * (1 << 20), bytes_max=GIB):
    """The first bytes, then the same again and again."""
    yield from first
    for _ in range(bytes_max // len(part)):
        yield part


def sparse(treue, name, content, size):
    path = treue.folder / name
    with open(path, "wb") as file:
        file.write(content)
        file.truncate(size)
    return path


def many_rows(count):
    """In parts: a child's peak of memory is at least that of this program, so it has to stay small."""
    for start in range(0, count, 2000):
        yield "".join(f"K{i // 3 % 5000};R{i // 3};31.12.2025;A{i % 700};1.234,56\n"
                      for i in range(start, start + 2000)).encode()


def write_packed(path, parts):
    with gzip.open(path, "wb", compresslevel=1) as file:
        for part in parts:
            file.write(part)
    return path


def write_frames(path, parts):
    """A frame of zstd for each part."""
    with open(path, "wb") as file:
        for part in parts:
            file.write(zstd(part))
    return path


def huge(treue):
    problems = []
    treue.write("profile.yaml", PROFILE)
    head = (HEADER + "\n").encode()
    lines = b"".join(many_rows(60000))
    text = table([";".join(ROWS[0].split(";")[:3]) + ';"Säge']).encode()
    packed = write_packed(treue.folder / "packed.csv.gz", itertools.chain([head], many_rows(1_000_000)))
    packed_zstd = write_frames(treue.folder / "packed.csv.zst", itertools.chain([head], many_rows(1_000_000)))
    bomb = write_packed(treue.folder / "bomb.gz", forever(PLAIN.encode(), part=b"\n" * (1 << 20)))
    # name, path, feed, exit status, what is said, bytes of a pipe that may be taken
    cases = [
        ("4 GB that end in a hole", sparse(treue, "hole.csv", head + lines, 4 * GIB), None, 2,
         "line 60002: .*zero byte", 0),
        ("4 GB of zero bytes", sparse(treue, "zeros.csv", b"", 4 * GIB), None, 2, "line 1: .*zero byte", 0),
        ("4 GB through a pipe, a zero byte at once", "-",
         forever(head + lines, part=b"\0" * (1 << 20), bytes_max=4 * GIB), 2, "line 60002: .*zero byte", 8 << 20),
        ("1 GB in the first line", "-", forever(), 2, "line 1: .*1 MB", 8 << 20),
        ("1 GB in a later line", "-", forever(head + lines), 2, "line 60002: .*16 MB", 64 << 20),
        ("1 GB behind a quote that does not close", "-", forever(text, part=b"x;y\n" * (1 << 18)), 2, "line 2: .*16 MB",
         64 << 20),
        ("1 GB packed to 5 MB", bomb, None, 2, "200 times", 0),
        ("a million rows, gzip", packed, None, 0, "1,000,000 lines read", 0),
        ("the same again, zstd", packed_zstd, None, 0, "333,334 documents unchanged", 0),
    ]
    for name, path, feed, status, words, bytes_max in cases:
        code, said, memory, seconds, fed = measure(treue, path, feed)
        print(f"    {name}: {seconds:.2f} s, {memory >> 20} MB", flush=True)
        if code != status or not re.search(words, said):
            problems.append(f"{name}: exit {code}, {said[-500:]!r}")
        if memory > MEMORY_BYTES_MAX:
            problems.append(f"{name}: {memory >> 20} MB of memory")
        if seconds > SECONDS_MAX:
            problems.append(f"{name}: {seconds:.1f} s")
        if fed > bytes_max:
            problems.append(f"{name}: {fed >> 20} MB were taken before the answer")
    if treue.query("SELECT count(*) FROM import WHERE state <> 'published'") != [(0,)]:
        problems.append("something half is left")
    return problems


if __name__ == "__main__":
    sys.exit(road.run_cases([huge], "wild-huge", sys.argv[1]))
