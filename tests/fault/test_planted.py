#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Do the fault harnesses notice what they are there for? Plants one mistake after the other (planted.txt), builds the
driver or the program with it, and expects the harness to fail within 50 cycles; without any mistake the same cycles must
pass. Verifies X-08 in part.

  test_planted.py BUILD_DIR [--only NAME] [--check]

--check only looks whether every search text occurs exactly once. A block of planted.txt (tests/support/mutant.py) says
in "modes: kill loss outage" who must notice the mistake, each by itself: kill and loss are the driver's (a kill takes
nothing from the system's memory: what was not synced shows in a loss only), outage is test_postgresql_outage.py, where
commits carry keys.
"""
import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

import test_fault

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import mutant  # noqa: E402  (needs the path above)
import postgresql  # noqa: E402

CYCLES, SEED = 50, 3
OUTAGE = "outage"


def target(mode):
    return "treue" if mode == OUTAGE else "fault_driver"


def run(program, mode, cycles):
    """(passed, the harness's words)"""
    if mode != OUTAGE:
        return test_fault.run(program, mode, cycles, SEED)
    done = subprocess.run([sys.executable, str(HERE / "test_postgresql_outage.py"), str(program), "--cycles", str(cycles),
                           "--seed", str(SEED)], capture_output=True, text=True, errors="replace")
    return done.returncode == 0, (done.stdout + done.stderr).rstrip()


def cycles_run(mode, words):
    """After how many cycles something was noticed; None when the harness did not say. The driver counts from 0, the
    outages from 1."""
    found = re.search(r"^FAILED cycle (\d+)", words, re.MULTILINE)
    return int(found.group(1)) + (mode != OUTAGE) if found else None


def symptom(words):
    """What was wrong: behind the number of the cycle, or in the line before."""
    lines = words.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("FAILED cycle"))
    return (lines[at].split(": ", 1)[1] if ": " in lines[at] else lines[at - 1]).strip()[:110]


def try_one(builders, name, modes, places):
    """(problems, {mode: cycles it took}); no problems when each mode notices the mistake."""
    problems, took = [], {}
    for mode in modes:
        with tempfile.TemporaryDirectory(prefix="treue-planted-") as folder:
            try:
                program = builders[target(mode)].build(mutant.changed_files(places), pathlib.Path(folder))
            except mutant.BuildError as problem:
                return [f"{name}: {problem}"], took
            passed, words = run(program, mode, CYCLES)
        cycles = cycles_run(mode, words)
        if passed:
            problems.append(f"{name}: {mode}: not noticed in {CYCLES} cycles")
        elif cycles is None:
            problems.append(f"{name}: {mode}: ended otherwise: {words[-300:]}")
        else:
            took[mode] = cycles
            print(f"ok: {name}: {mode}: noticed in cycle {cycles} of {CYCLES}, seed {SEED} ({symptom(words)})",
                  flush=True)
    return problems, took


def modes_of(head):
    return [mode for mode in head["modes"].split() if mode != OUTAGE or postgresql.programs()]


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    chosen = [one for one in mutant.read_blocks(HERE / "planted.txt") if options.only in one[0]]
    failures = [words for name, _, places in chosen for words in mutant.misplaced(name, places)]
    if not postgresql.programs():
        print("PostgreSQL is not installed: what only outages of a server show is left out")
    if not failures and not options.check:
        builders, cycles = {one: mutant.Builder(options.build, one) for one in ("fault_driver", "treue")}, {}
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            tries = pool.map(lambda one: try_one(builders, one[0], modes_of(one[1]), one[2]), chosen)
            for problems, took in tries:
                failures += problems
                cycles.update({mode: max(count, cycles.get(mode, 0)) for mode, count in took.items()})
        for mode, count in cycles.items():
            passed, words = run(builders[target(mode)].program(), mode, count)
            print(f"{'ok' if passed else 'FAILED'}: without mistakes: {mode}: {count} cycles", flush=True)
            if not passed:
                failures.append(f"{mode} fails without any mistake planted: {words[-1000:]}")
    for failure in failures:
        print("FAILED", failure)
    print(f"{len(chosen)} mistakes, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
