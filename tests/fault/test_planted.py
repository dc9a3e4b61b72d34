#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Do the fault harnesses notice what they are there for? Plants one mistake after the other (planted.txt), builds the
driver with it, and expects it to fail within 50 cycles; without any mistake the same cycles must pass.

  test_planted.py BUILD_DIR [--only NAME] [--check]

--check only looks whether every search text occurs exactly once. A block of planted.txt (tests/support/mutant.py) says
in "modes: kill loss" which of the driver's modes must notice the mistake, each by itself.
"""
import argparse
import concurrent.futures
import pathlib
import re
import sys
import tempfile

import test_fault

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import mutant  # noqa: E402  (needs the path above)

CYCLES, SEED = 50, 7


def try_one(builder, name, modes, places):
    """(problems, {mode: cycles it took}); no problems when each mode notices the mistake."""
    problems, took = [], {}
    with tempfile.TemporaryDirectory(prefix="treue-planted-") as folder:
        try:
            driver = builder.build(mutant.changed_files(places), pathlib.Path(folder))
        except mutant.BuildError as problem:
            return [f"{name}: {problem}"], took
        for mode in modes:
            passed, words = test_fault.run(driver, mode, CYCLES, SEED)
            found = re.search(r"^FAILED cycle (\d+)", words, re.MULTILINE)
            if passed:
                problems.append(f"{name}: {mode}: not noticed in {CYCLES} cycles")
            elif not found:
                problems.append(f"{name}: {mode}: ended otherwise: {words[-300:]}")
            else:
                took[mode] = int(found.group(1)) + 1
                print(f"ok: {name}: {words.splitlines()[-1]} ({words.splitlines()[1].strip()[:100]})", flush=True)
    return problems, took


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    chosen = [one for one in mutant.read_blocks(HERE / "planted.txt") if options.only in one[0]]
    failures = [words for name, _, places in chosen for words in mutant.misplaced(name, places)]
    if not failures and not options.check:
        builder, cycles = mutant.Builder(options.build, "fault_driver"), {}
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            tries = pool.map(lambda one: try_one(builder, one[0], one[1]["modes"].split(), one[2]), chosen)
            for problems, took in tries:
                failures += problems
                cycles.update({mode: max(count, cycles.get(mode, 0)) for mode, count in took.items()})
        for mode, count in cycles.items():
            passed, words = test_fault.run(builder.program(), mode, count, SEED)
            if not passed:
                failures.append(f"{mode} fails without any mistake planted: {words[-1000:]}")
    for failure in failures:
        print("FAILED", failure)
    print(f"{len(chosen)} mistakes, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
