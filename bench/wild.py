#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files as they come, made of the million lines of the bench: every encoding, line end and packing, pages, totals, and
mistakes at the end, where they are told last. The answer, a whole command of `treue import purchases`, has to come
within one second per 50 MB of text, and within 512 MB of memory. Part of run.py; alone:

  wild.py TREUE FILE.csv [RUNS]
"""
import gzip
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "road"))
sys.path.insert(0, str(HERE.parent / "tests" / "support"))

from test_wild import zstd  # noqa: E402

BYTES_PER_SECOND = 50e6
MEMORY_BYTES_MAX = 512e6
DONE, REJECTED, REFUSED = 0, 1, 2


def variants(text):
    """name, bytes, size of the text in bytes, exit status; `text` is the file of the bench, plain ASCII."""
    header, _, body = text.partition(b"\n")
    columns = header.count(b",")
    lines = body.split(b"\n")[:-1]
    umlauts = header + b"\n" + body.replace(b",A", ",Ä".encode())
    yield "UTF-8 with byte order mark", b"\xef\xbb\xbf" + umlauts, None, DONE
    yield "UTF-16", umlauts.decode().encode("utf-16"), None, DONE
    yield "Windows-1252", umlauts.decode().encode("cp1252"), None, DONE
    yield "mixed line ends", b"".join(line + end for line, end in zip([header, *lines], [b"\n", b"\r\n", b"\r"] *
                                                                     (len(lines) // 3 + 2))), None, DONE
    yield "every field in quotes", b"\n".join(b'"' + line.replace(b",", b'","') + b'"' for line in [header, *lines]), \
        None, DONE
    pages = [b"\n".join([header, *lines[i:i + 60]]) for i in range(0, len(lines), 60)]
    total = b"Total" + b"," * columns + b"1\n"
    yield "a header every 60 lines, titles, totals", b"\n".join([b"List", *pages, total]), None, DONE
    yield "gzip", gzip.compress(text, compresslevel=6), len(text), DONE
    yield "zstd", zstd(text), len(text), DONE
    ragged = [line + b",1,2" if i % 1000 == 0 else line for i, line in enumerate(lines)]
    yield "every thousandth line ragged", b"\n".join([header, *ragged, b""]), None, REJECTED
    yield "a quote at the end that does not close", text + b'"' + lines[0], None, REFUSED
    yield "a zero byte at the end", text + b"\0", None, REFUSED
    yield "a line of the rest of the file", header + b"\n" + body.replace(b"\n", b" "), None, REFUSED
    yield "packed and cut off", gzip.compress(text, compresslevel=6)[:-20], len(text), REFUSED


def answer(treue, folder, path, status):
    """Seconds and peak of memory of an import into an empty database."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([treue, "--data", folder, "init", "--currency", "EUR"], check=True, stdout=subprocess.DEVNULL)
    started = time.perf_counter()
    command = [treue, "--data", folder, "import", "purchases", path, "--profile", HERE / "profile.yaml"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, ended, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(ended)
    if process.returncode != status:
        raise SystemExit(f"bench: {path.name} ended with {process.returncode} instead of {status}")
    return seconds, usage.ru_maxrss * 1024


def measure(treue, path, work, runs):
    """By name: seconds (median), bytes of text, peak of memory; `work`: a folder for data that is made anew."""
    folder, files = pathlib.Path(work).resolve() / "wild", pathlib.Path(work).resolve() / "wild-files"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(parents=True)
    # The peak of memory of a child is at least that of its parent: the files are made by a program of their own.
    subprocess.run([sys.executable, __file__, "--make", path, files], check=True)
    result = {}
    for name, file, size, status in json.loads((files / "list.json").read_text()):
        answers = [answer(pathlib.Path(treue).resolve(), folder, files / file, status) for _ in range(runs)]
        result[name] = {"seconds": statistics.median(a[0] for a in answers), "bytes": size,
                        "peak": max(a[1] for a in answers)}
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(files, ignore_errors=True)
    return result


def make(path, files):
    """The files and a list of them."""
    made = []
    for name, content, size, status in variants(pathlib.Path(path).read_bytes()):
        file = f"{len(made)}.csv"
        pathlib.Path(files, file).write_bytes(content)
        made.append((name, file, size or len(content), status))
    pathlib.Path(files, "list.json").write_text(json.dumps(made))


def rows(result):
    """The lines of the table of results."""
    pace = {name: one["seconds"] * BYTES_PER_SECOND / one["bytes"] for name, one in result.items()}
    slowest, largest = max(pace, key=pace.get), max(result, key=lambda name: result[name]["peak"])
    peak = result[largest]["peak"]
    return [(f"wild files: {len(result)} kinds, each made of a million lines", "the answer within 1 s per 50 MB",
             "; ".join(f"{name} {seconds:.2f} s" for name, seconds in pace.items()), pace[slowest],
             f"slowest {pace[slowest]:.2f} s", pace[slowest] <= 1),
            ("", "memory <= 512 MB", f"most {peak / (1 << 20):.0f} MiB ({largest})", peak, "",
             peak <= MEMORY_BYTES_MAX)]


def main(arguments):
    if arguments[:1] == ["--make"]:
        make(*arguments[1:])
        return
    if len(arguments) not in (2, 3):
        sys.exit(__doc__)
    result = measure(arguments[0], arguments[1], HERE.parent / "build", int(arguments[2]) if len(arguments) == 3 else 3)
    for name, one in result.items():
        print(f"{name}: {one['seconds']:.2f} s, {one['seconds'] * BYTES_PER_SECOND / one['bytes']:.2f} s per 50 MB, "
              f"{one['peak'] >> 20} MiB")
    for line in rows(result):
        print(line[1], line[2:])


if __name__ == "__main__":
    main(sys.argv[1:])
