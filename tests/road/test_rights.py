#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Missing rights and a full disk: the message names the file or folder in the way, which right is missing, and the user;
nothing is half done; given the right, or space, the same command goes through.

  test_rights.py TREUE_BINARY

Rights do not bind root: started as root, the program runs as the user nobody, and disks that are full or can only be read
are made in a mount namespace of their own; otherwise that part is left out. Verifies X-03 and X-08 in part.
"""
import json
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import traceback

import road
from test_concept import concept

ROOT = os.geteuid() == 0
USER = pwd.getpwnam("nobody") if ROOT else pwd.getpwuid(os.geteuid())
CUTOFF = ("--cutoff", "2025-12-31", "--evaluation", "year")
PURCHASES = ["customer", "document", "date", "article", "amount"]


class Company:
    """A data directory of a user for whom rights hold."""

    def __init__(self, binary, folder):
        self.folder, self.data = folder, folder / "home" / "data"
        self.data.parent.mkdir()
        # Where the program lies that user need not be allowed to go.
        self.binary = shutil.copy(binary, folder / "treue")
        os.chmod(folder, 0o755)
        os.chmod(self.binary, 0o755)
        self.write("concept.yaml", road.to_yaml(concept()))
        self.write("purchases.yaml", road.to_yaml(road.profile("purchases", PURCHASES, ("customers", "products"))))
        self.rows("first", 20)
        self.rows("second", 20)
        self.own(folder)
        self.must("init", "--currency", "EUR", "--time-zone", "Europe/Berlin")
        self.must("concept", "load", "concept.yaml", "--release")
        self.must("import", "purchases", "first.csv", "--profile", "purchases.yaml")

    def own(self, path):
        for one in [path, *path.rglob("*")] if ROOT else ():
            os.chown(one, USER.pw_uid, USER.pw_gid)

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def rows(self, name, count, bad=0):
        road.write_csv(self.folder / (name + ".csv"), PURCHASES, [
            {"customer": f"K{i % 997}", "document": f"{name}-{i}", "date": "soon" if i < bad else "2025-03-01",
             "article": f"A{i % 11}", "amount": f"{i % 100}.50"} for i in range(count)])

    def call(self, *arguments, stdin=None, inside=()):
        """(exit status, all it said). `inside`: a command that runs the program."""
        command = [*inside, str(self.binary), "--lang", "en", "--data", str(self.data), *map(str, arguments)]
        who = {"user": USER.pw_uid, "group": USER.pw_gid, "extra_groups": []} if ROOT and not inside else {}
        environment = dict(os.environ, TREUE_CLOCK=road.CLOCK)
        environment.pop("TREUE_DB", None)
        done = subprocess.run(command, cwd=self.folder, env=environment, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=stdin or subprocess.DEVNULL, errors="replace", **who)
        return done.returncode, done.stdout

    def must(self, *arguments, **more):
        code, said = self.call(*arguments, **more)
        if code:
            raise road.RoadError(f"{' '.join(map(str, arguments))}: exit {code}: {said[-2000:]}")
        return said

    def imports(self):
        return self.must("import", "list", "--format", "json")


class Right:
    """Takes rights from a file or folder for a while."""

    def __init__(self, path, mode):
        self.path, self.mode = path, mode

    def __enter__(self):
        self.before = self.path.stat().st_mode
        os.chmod(self.path, self.mode)

    def __exit__(self, *_):
        os.chmod(self.path, self.before)


IMPORT = ("import", "purchases", "second.csv", "--profile", "purchases.yaml")
EVALUATE = ("evaluate", *CUTOFF)
READ = ("import", "list")
# what loses its rights, to which mode, whom the message must name (relative to the data directory), with which word, and
# the commands that meet it
CASES = [
    ("..", 0o000, "..", "enter", [READ, EVALUATE, IMPORT, ("verify",)]),
    (".", 0o000, ".", "enter", [READ, EVALUATE, IMPORT, ("verify",)]),
    ("treue.db", 0o000, "treue.db", "read", [READ, EVALUATE, IMPORT, ("verify",)]),
    ("treue.db", 0o400, "treue.db", "write", [IMPORT, EVALUATE]),
    ("treue.db-wal", 0o000, "treue.db-wal", "read", [READ, IMPORT]),
    ("treue.db-shm", 0o000, "treue.db-shm", "read", [READ, IMPORT]),
    ("treue.lock", 0o000, "treue.lock", "read", [IMPORT, EVALUATE]),
    ("treue.lock", 0o400, "treue.lock", "write", [IMPORT, EVALUATE]),
    ("index", 0o000, "index", "enter|read", [IMPORT, EVALUATE]),
    ("index", 0o500, "index", "make", [IMPORT]),
    ("../../second.csv", 0o000, "second.csv", "read", [IMPORT]),
    ("../../purchases.yaml", 0o000, "purchases.yaml", "read", [IMPORT]),
    ("../../concept.yaml", 0o000, "concept.yaml", "read", [("concept", "check", "concept.yaml")]),
]


def names(company, path):
    """How a message may call it: by the path it was given."""
    return str(path) if path.endswith((".csv", ".yaml")) else os.path.normpath(company.data / path)


def refused(company):
    """Each refusal is told, changes nothing, and ends with the right."""
    problems = []
    before = company.imports()
    for path, mode, named, word, commands in CASES:
        target = company.data / path
        if not target.exists():
            problems.append(f"{path} does not exist: the case proves nothing")
            continue
        for command in commands:
            with Right(target, mode):
                code, said = company.call(*command)
            what = f"{path} {mode:03o}, {' '.join(map(str, command))}"
            if code not in (2, 3):
                problems.append(f"{what}: exit {code}: {said[-300:]}")
            for part in (names(company, named) + r"[ .]", rf"\buser {USER.pw_name}\b", rf"no right to ({word})\b"):
                if not re.search(part, said):
                    problems.append(f"{what}: {part} is not said: {said[-300:]!r}")
            if company.imports() != before:
                problems.append(f"{what}: imports are {company.imports()}, not {before}")
    company.must(*EVALUATE)
    company.must(*IMPORT)
    return problems


def folders(company):
    """What has to be made in a folder that may not be written: the folder is named."""
    problems = []

    def expect(place, command, stdin=None, says="no right to make or replace"):
        with Right(place, 0o500):
            code, said = company.call(*command, stdin=stdin)
        if code != 3 or str(place) not in said or USER.pw_name not in said or says not in said:
            problems.append(f"{place}, {' '.join(map(str, command))}: exit {code}: {said[-300:]!r}")

    company.rows("rejected", 20, bad=5)
    company.own(company.folder)
    code, said = company.call("import", "purchases", "rejected.csv", "--profile", "purchases.yaml")
    if code != 1:
        problems.append(f"rejected lines: exit {code}: {said}")
    company.must("import", "undo", 2)
    expect(company.data / "errors", ("import", "purchases", "rejected.csv", "--profile", "purchases.yaml"))
    with open(company.folder / "second.csv", encoding="utf-8") as pipe:
        cat = subprocess.Popen(["cat"], stdin=pipe, stdout=subprocess.PIPE)
        expect(company.data / "staging", ("import", "purchases", "-", "--profile", "purchases.yaml"), stdin=cat.stdout)
        cat.wait()
    for file in company.data.glob("treue.db-*"):
        file.unlink()  # moved into the database when the last one closed it
    expect(company.data, READ)
    (company.data / "treue.lock").unlink()
    expect(company.data, IMPORT)
    # A new database where none may be made.
    home = company.data.parent
    company.data = home / "second"
    expect(home, ("init",))
    company.data = home / "data"
    company.must(*IMPORT)
    return problems


def read_only_index(company):
    """Whoever may read the database gets answers without the index, and is told why it takes longer; whoever may write
    makes it afresh. What was published or undone holds also when the index cannot follow, and the reason is said, in
    German too."""
    problems = []
    company.must(*IMPORT)
    with Right(company.data / "index", 0o500):
        said = company.must("--lang", "de", "import", "undo")
    if str(company.data / "index") not in said or f"Der Benutzer {USER.pw_name} darf" not in said:
        problems.append(f"undo: {said[-400:]!r}")
    abc = ("analyse", "abc", "--cutoff", "2025-12-31", "--format", "json")
    right = company.must(*abc)
    index = company.data / "index"
    for path in (index, index / "manifest", next(index.glob("*.line_amount"))):
        with Right(path, 0o000):
            said = company.must(*abc)
            if right not in said or f"({path}, {USER.pw_name})" not in said:
                problems.append(f"{path}: {said[-400:]!r}")
    for pattern in ("manifest", "*.line_amount"):
        path = next(index.glob(pattern))
        os.chmod(path, 0o000)
        said = company.must(*EVALUATE)
        if f"({path}, {USER.pw_name})" not in said:
            problems.append(f"{path}, evaluate: {said[-400:]!r}")
        if "may not be read" in company.must(*EVALUATE) or company.must(*abc) != right:
            problems.append(f"{path} was not made afresh")
    return problems


def namespace(script):
    """A shell of its own mounts, in which `script` runs before the program."""
    user = f"setpriv --reuid={USER.pw_uid} --regid={USER.pw_gid} --clear-groups"
    return ["unshare", "--mount", "sh", "-ec", f'{script}; exec {user} "$@"', "sh"]


def can_mount():
    return ROOT and shutil.which("unshare") and subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], stderr=subprocess.DEVNULL).returncode == 0


def read_only_disk(company):
    """A disk that can only be read is called so. Its files belong to the user."""
    if not can_mount():
        return None
    inside = namespace(f"mount --bind {company.data} {company.data}; mount -o remount,ro,bind {company.data}")
    problems = []
    for command in (IMPORT, EVALUATE):
        code, said = company.call(*command, inside=inside)
        if code != 3 or str(company.data) not in said or "can only be read" not in said:
            problems.append(f"{' '.join(map(str, command))}: exit {code}: {said[-300:]!r}")
    company.must(*IMPORT)
    return problems


FULL = """
    mount -t tmpfs -o size=64m,uid={uid},gid={gid} tmpfs {data}
    cd {folder}
    {treue} init --currency EUR >/dev/null
    {treue} import purchases first.csv --profile purchases.yaml >/dev/null
    {treue} import list --format json >before
    used=$(df -k --output=used {data} | tail -n 1)
    mount -o remount,size=$((used + {room}))k {data}
    set +e
    {treue} import purchases big.csv --profile purchases.yaml >said 2>&1
    echo "exit $?" >>said
    {treue} import list --format json >after
    {treue} verify >verified 2>&1
    echo "exit $?" >>verified
    mount -o remount,size=256m {data}
    {treue} import purchases big.csv --profile purchases.yaml >again 2>&1
    echo "exit $?" >>again
    {treue} verify --deep --format json >verified-again
    {treue} analyse abc --cutoff 2025-12-31 --format json >figures
"""


def full_disk(company):
    """X-03: wherever an import meets the end of the disk, it says so and names the disk, nothing is half there, and with
    space the same file goes in."""
    if not can_mount():
        return None
    problems = []
    company.rows("big", 60000)
    company.own(company.folder)
    company.must("import", "purchases", "big.csv", "--profile", "purchases.yaml")
    right = company.must("analyse", "abc", "--cutoff", "2025-12-31", "--format", "json")
    treue = (f"env TREUE_CLOCK={road.CLOCK} setpriv --reuid={USER.pw_uid} --regid={USER.pw_gid} --clear-groups "
             f"{company.binary} --lang en --data {company.data}")
    outcomes = {}
    for room in (16, 100, 300, 700, 1500, 2500, 4000, 6000, 9000, 14000):
        script = FULL.format(uid=USER.pw_uid, gid=USER.pw_gid, data=company.data, folder=company.folder, treue=treue,
                             room=room)
        done = subprocess.run(["unshare", "--mount", "sh", "-ec", script], capture_output=True, text=True)
        said, verified, again = [(company.folder / name).read_text() for name in ("said", "verified", "again")]
        before, after, deep, figures = [(company.folder / name).read_text()
                                        for name in ("before", "after", "verified-again", "figures")]
        failed = "exit 3" in said
        outcomes[failed] = outcomes.get(failed, 0) + 1
        if done.returncode:
            problems.append(f"{room} kB: {done.stderr[-300:]}")
        elif failed and ("No space left" not in said or str(company.data) not in said or before != after):
            problems.append(f"{room} kB: {said[-300:]!r}, imports {after}")
        elif not failed and "exit 0" not in said:
            problems.append(f"{room} kB: {said[-300:]!r}")
        whole = done.returncode == 0 and json.loads(deep)["findings"] == 0
        if "exit 0" not in verified or "exit 0" not in again or not whole or figures != right:
            problems.append(f"{room} kB, afterwards: {verified[-300:]} {again[-300:]} {deep[-300:]} {figures[-100:]}")
    print(f"  full disks: {outcomes.get(True, 0)} imports failed, {outcomes.get(False, 0)} found room", flush=True)
    if outcomes.get(True, 0) < 4 or outcomes.get(False, 0) < 1:
        problems.append(f"the rooms tried do not tell: {outcomes}")
    return problems


TESTS = [refused, folders, read_only_index, read_only_disk, full_disk]


def main(arguments):
    failures = []
    for test in TESTS:
        with road.Folder(f"rights-{test.__name__}") as folder:
            try:
                problems = test(Company(pathlib.Path(arguments[0]).resolve(), folder))
            except Exception:
                problems = [traceback.format_exc()]
        if problems is None:
            road.leave_out(test.__name__, "needs root and mounts")
            continue
        failures += [f"{test.__name__}: {problem}" for problem in problems]
        print(f"{'FAILED' if problems else 'ok'} {test.__name__}", flush=True)
    for failure in failures:
        print(failure)
    print(f"{len(TESTS) - len(road.LEFT_OUT)} tests, {len(failures)} failures")
    road.say_left_out()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
