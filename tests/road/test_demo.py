#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demo company: usage: test_demo.py TREUE_BINARY

R-080 (one ladder for customers and prospects): every customer and prospect stands in exactly one segment.
R-004 (years side by side): after three years of data and three approved evaluations a customer's history shows each.
R-010 (dimensions): revenue, customer value, potential and loyalty come in with their dates.
Two demos from the same seed deliver the same files and the same ladder.
"""
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
failures = []


def expect(good, what):
    print(("ok: " if good else "FAILED: ") + what)
    if not good:
        failures.append(what)


def demo(binary, folder):
    done = subprocess.run(["sh", str(ROOT / "demo" / "demo.sh"), binary, str(folder)], capture_output=True, text=True)
    expect(done.returncode == 0, f"demo.sh ends with 0 {done.stderr[-300:] if done.returncode else ''}")
    return done.stdout


def treue(binary, data, *arguments):
    return subprocess.run([binary, "--data", str(data), *arguments], capture_output=True, text=True, check=True).stdout


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def main():
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        one, two = pathlib.Path(folder) / "one", pathlib.Path(folder) / "two"
        text = demo(binary, one)
        again = demo(binary, two)
        expect(digests(one / "files") == digests(two / "files"), "two demos deliver the same files")
        ladders = [said.split("== Programm")[1].split("== Zum Weiterprobieren")[0] for said in (text, again)]
        expect(ladders[0] == ladders[1], "two demos end in the same ladder and explanation")
        expect("PartnerKreis Exzellenz" in text and "Verlauf" in text, "the ladder and an explained customer are shown")
        run = json.loads(treue(binary, one / "data", "evaluate", "--cutoff", "2025-12-31", "--dry-run", "--format", "json"))
        expect(len(run["customers"]) == run["customers_evaluated"] == sum(run["counts"].values()) == 600,
               "R-080 (one ladder for customers and prospects): 600 stand in exactly one segment each")
        expect(len({row["number"] for row in run["customers"]}) == 600, "nobody twice")
        why = json.loads(treue(binary, one / "data", "explain", "10006", "--format", "json"))
        expect([past["cutoff"] for past in why["history"]] == ["2025-12-31", "2025-06-30", "2024-12-31"],
               "R-004 (years side by side): the history shows each evaluation")
        imports = treue(binary, one / "data", "import", "list", "--format", "json")
        kinds = {entry["kind"] for entry in json.loads(imports)}
        expect({"purchases", "potentials", "values", "customers"} <= kinds, "R-010 (dimensions): all kinds came in")
    print(f"{'0 passed, %d failed' % len(failures) if failures else 'demo: 1 passed, 0 failed'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
