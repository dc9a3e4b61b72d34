#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs fuzz targets for a time each and sums up; exit status 1 when one found something.

usage: run.py BUILD_FOLDER [--seconds N] [--jobs N] [--keep FOLDER] [TARGET...]

BUILD_FOLDER holds fuzz_TARGET programs. What they learn stays in KEEP/corpus/TARGET, what they find in
KEEP/findings/TARGET-crash-..., with the output beside it. A finding is mended together with a seed in
tests/fuzz/seeds/TARGET that ./run test replays. Dictionaries are used where there are any: folder fuzz-dicts of
TREUE_TEST_DATA (default ../shared beside the repository), the words of the command line and of concepts from the
sources themselves. SIGINT and SIGTERM end it early, with the summary.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DICTIONARIES = {"csv": "csv", "proposal": "csv", "xlsx": "zip", "concept": "utf8", "profile": "utf8"}
# What the command line prints would bury the fuzzer's own lines.
SILENT = {"cli"}
WORD = re.compile(r'"(--?[a-z][a-z-]*|[a-z][a-z_-]+)"')
running, stopped = set(), False


def words_of(target):
    """A dictionary of the words the sources know, or nothing."""
    sources = {"cli": "src/cli/*.c", "concept": "src/program/concept*", "profile": "src/importer/profile*.c"}
    if target not in sources:
        return ""
    words = set()
    for path in ROOT.glob(sources[target]):
        words.update(WORD.findall(path.read_text(encoding="utf-8")))
        if target == "cli":
            words.update(re.findall(r"\bX\((\w+)\)", path.with_name("commands.h").read_text(encoding="utf-8")))
    return "".join(f'"{word}"\n' for word in sorted(words) if len(word) <= 32)


def dictionary(target, keep):
    """libFuzzer takes one file: the words of the sources and the given one together."""
    shared = pathlib.Path(os.environ.get("TREUE_TEST_DATA") or ROOT.parent / "shared")
    path = shared / "corpora" / "fuzz-dicts" / (DICTIONARIES.get(target, "-") + ".dict")
    text = words_of(target) + (path.read_text(encoding="utf-8") if path.is_file() else "")
    if not text:
        return []
    together = keep / "findings" / f"{target}.dict"
    together.write_text(text, encoding="utf-8")
    return [f"-dict={together}"]


def number(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def fuzz(program, seconds, keep):
    target = program.name[len("fuzz_"):]
    corpus, log = keep / "corpus" / target, keep / "findings" / f"{target}.log"
    corpus.mkdir(parents=True, exist_ok=True)
    command = [program, f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1",
               f"-artifact_prefix={keep}/findings/{target}-", *dictionary(target, keep), corpus]
    if target in SILENT:
        command.append("-close_fd_mask=3")
    seeds = ROOT / "tests" / "fuzz" / "seeds" / target
    if seeds.is_dir():
        command.append(seeds)
    with open(log, "wb") as output:
        if stopped:
            return target, 0, 0.0, 0, 0, 0
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                   env=os.environ | {"UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"})
        running.add(process)
        _, wait_status, usage = os.wait4(process.pid, 0)
        running.discard(process)
        process.returncode = os.waitstatus_to_exitcode(wait_status)
    text = log.read_text(encoding="utf-8", errors="replace")
    early = stopped and process.returncode in (-signal.SIGINT, 72) and "ERROR:" not in text
    return (target, number(r"(?:stat::number_of_executed_units:\s*|\n#)(\d+)", text), usage.ru_utime + usage.ru_stime,
            len(list(corpus.iterdir())), number(r" cov: (\d+)", text), 0 if early else process.returncode)


def stop(_number, _frame):
    global stopped
    stopped = True
    for process in list(running):
        process.send_signal(signal.SIGINT)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("targets", nargs="*")
    options = parser.parse_intermixed_args()
    keep = options.keep.resolve()
    (keep / "findings").mkdir(parents=True, exist_ok=True)
    known = {path.name[len("fuzz_"):]: path for path in sorted(options.build.resolve().glob("fuzz_*"))
             if path.is_file()}
    unknown = [name for name in options.targets if name not in known]
    if unknown or not known:
        sys.exit(f"unknown: {', '.join(unknown) or 'no targets'}; there are: {', '.join(known)}")
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    failed = False
    print(f"{'target':16} {'executions':>12} {'CPU s':>8} {'corpus':>7} {'edges':>7}")
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = [pool.submit(fuzz, known[name], options.seconds, keep) for name in options.targets or known]
        for job in jobs:
            name, executions, cpu_seconds, corpus, edges, result = job.result()
            said = "" if result == 0 else f"  FINDING (exit {result}): {keep}/findings/{name}.log"
            failed = failed or result != 0
            print(f"{name:16} {executions:12} {cpu_seconds:8.1f} {corpus:7} {edges:7}{said}", flush=True)
    return 1 if failed else 0


sys.exit(main())
