#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files made to do harm, handed in over HTTP: the bombs and broken workbooks of tests/road/test_xlsx_hostile.py, packed
bombs, files that are not what they are called. Each is refused with its reason, costs the running server no more than a
second of processors and 64 MB, holds up nobody, and leaves nothing behind. Verifies X-03 in part (errors are told).

  test_uploads.py TREUE_BINARY [NAME...]      the release program: sanitizers need more time and memory than is allowed

Of the list of security checks in docs/internals/security.md: 56 to 58.
"""
import gzip
import os
import pathlib
import re
import sys
import tempfile
import threading
import time

from server import Person, Server, enter  # brings tests/road into the path
import test_xlsx_hostile as hostile
import workbooks

SECONDS, MEMORY_KB, WAIT_SECONDS, ANSWER_SECONDS = 1.0, 64 << 10, 120, 2.0
TICKS = os.sysconf("SC_CLK_TCK")
HEAD = b"customer;document;date;article;amount\n"
LINE = b"K1;R1;2025-01-31;A1;5\n"


def packed_bomb(folder):
    """A quarter of a GB of lines in a quarter of a MB."""
    path = folder / "x.csv.gz"
    with gzip.open(path, "wb", compresslevel=6) as file:
        file.write(HEAD)
        for _ in range(256):
            file.write(b";;;;;;;\n" * (1 << 17))
    return path


def nested_packing(folder):
    path = folder / "x.csv.gz"
    path.write_bytes(gzip.compress(gzip.compress(HEAD + LINE)))
    return path


def cut_packing(folder):
    path = folder / "x.csv.gz"
    path.write_bytes(gzip.compress(HEAD + LINE * 10000)[:-20])
    return path


def nothing(folder):
    path = folder / "x.csv"
    path.write_bytes(b"")
    return path


def picture(folder):
    """A picture that is called a list."""
    path = folder / "x.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 40)
    return path


def program(folder):
    path = folder / "x.xlsx"
    path.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(9) + bytes(range(256)) * 40)
    return path


def page_and_workbook(folder):
    """Begins like a page and holds a workbook further on."""
    path = workbooks.pack(folder / "x.xlsx", hostile.plain())
    path.write_bytes(b"<html><script>alert(1)</script>" + path.read_bytes())
    return path


OTHERS = [(packed_bomb, "times as large"), (nested_packing, "."), (cut_packing, "ends in the middle"), (nothing, "."),
          (picture, "."), (program, "."), (page_and_workbook, ".")]
NAMES = {"../../etc/passwd": "passwd", "..\\..\\boot.ini": "boot.ini", "a\u202evsc.exe": "a\u202evsc.exe", "C:\\x\\y.csv": "y.csv",
         "a;b\"c.csv": None, "%2e%2e%2fx.csv": "%2e%2e%2fx.csv", "x" * 300 + ".csv": None}


def spent_seconds(pid):
    parts = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / TICKS


def memory_kb(pid, what):
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(rf"{what}:\s+(\d+)", status).group(1))


class Watcher:
    """Somebody else, who asks for a page again and again: how long the longest answer took."""

    def __init__(self, server):
        self.server, self.longest, self.ended = server, 0.0, threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.ended.is_set():
            begun = time.monotonic()
            Person(self.server).get("/sign-in")
            self.longest = max(self.longest, time.monotonic() - begun)
            time.sleep(0.02)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def wait(person, path, done):
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        model = person.ask(path).json
        if done(model):
            return model
        time.sleep(0.02)
    raise RuntimeError(f"{path} does not end")


def came_of(person, path):
    """(model, what was said): looked at, then imported as far as it lets."""
    model = wait(person, path, lambda one: not one["looking"])
    if not model["look_job"]["failed"] and model.get("is_ready"):
        person.tell(path + "/run")
        model = wait(person, path, lambda one: one["imported"] or one["failed"])
    job = model.get("import_job") or model["look_job"]
    return model, job["error"] or model["look_job"]["error"] or ""


def try_one(server, olga, case, words, seconds_max):
    problems, pid = [], server.process.pid
    with tempfile.TemporaryDirectory(prefix="treue-hostile-") as folder:
        file = case(pathlib.Path(folder))
        content = file.read_bytes()
    olga.get("/imports")
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")  # the highest so far is what is now
    before_kb, before = memory_kb(pid, "VmRSS"), spent_seconds(pid)
    with Watcher(server) as watcher:
        answer = olga.post("/imports", {"kind": "purchases"}, {"file": (file.name, content)}, follow=False)
        path, said = answer.headers["Location"], ""
        if answer.status == 303:
            model, said = came_of(olga, path)
            if model["imported"]:
                problems.append("was imported")
    spent, grown = spent_seconds(pid) - before, memory_kb(pid, "VmHWM") - before_kb
    if answer.status not in (303, 422):
        problems.append(f"{answer.status}: {answer.text[:300]}")
    if not re.search(words, said or answer.text):
        problems.append(f"{words!r} is not said: {said!r}")
    if str(server.data) in said or "/uploads/" in said:
        problems.append(f"tells where the server keeps it: {said}")
    if spent > seconds_max:
        problems.append(f"took {spent:.2f} s of processors")
    if grown > MEMORY_KB:
        problems.append(f"took {grown >> 10} MB")
    if watcher.longest > ANSWER_SECONDS:
        problems.append(f"somebody else waited {watcher.longest:.1f} s")
    if answer.status == 303:
        olga.tell(path + "/discard")
    left = [str(one.relative_to(server.data)) for name in ("staging", "uploads", "spool")
            for one in (server.data / name).rglob("*") if one.is_file()]
    if left:
        problems.append(f"left: {left}")
    print(f"{'FAILED' if problems else 'ok'}: {case.__name__} ({len(content)} bytes, {spent:.2f} s, {max(grown, 0) >> 10} MB)",
          *problems, sep="\n    ", flush=True)
    return problems


def check_names(olga):
    """Names of files are text: folders are dropped, nothing is written elsewhere, headers stay whole."""
    problems = []
    for name, kept in NAMES.items():
        answer = olga.post("/imports", {"kind": "purchases"}, {"file": (name.replace('"', "%22"), HEAD + LINE)}, follow=False)
        if answer.status != 303:
            if kept or answer.status not in (400, 422):
                problems.append(f"{name[:40]!r}: {answer.status}")
            continue
        path = answer.headers["Location"]
        model, _ = came_of(olga, path)
        shown = model["upload"]["file_name"]
        if "/" in shown or (kept and shown != kept):
            problems.append(f"{name[:40]!r} became {shown!r}")
        if not model["imported"]:
            olga.tell(path + "/discard")
    print("FAILED: names" if problems else "ok: names", *problems, sep="\n    ", flush=True)
    return problems


def main(binary, wanted):
    cases = [(case, words, SECONDS) for case, words in [*hostile.CASES, *OTHERS]]
    cases = [case for case in cases if not wanted or case[0].__name__ in wanted]
    with Server(binary, clock=None) as server:
        token = server.user("olga", "owner")
        server.start()
        olga = enter(server, "olga", token)
        failed = sum(bool(try_one(server, olga, *case)) for case in cases)
        if olga.ask("/imports").json["rows"]:
            failed += 1
            print("FAILED: an import is left")
        if not wanted or "names" in wanted:
            failed += bool(check_names(olga))
        server.stop()
    print(f"{len(cases) + 1 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
