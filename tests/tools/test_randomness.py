#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where secrets come from, and what digests and ciphers the linked program can use: neither it nor the server of the tests
imports a generator of the C library, MD5, SHA-1 or a cipher, nor holds the name of one by which it could be looked up
while it runs; and the links of new accounts have 160 bits that repeat under no clock and no environment.

  test_randomness.py RELEASE_FOLDER

Check 59 of docs/internals/security.md. Small programs that do call one are compiled and must be found.
"""
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from test_no_programs import output

WEAK = re.compile(r"(?:s?rand|rand_r|s?random|random_r|initstate|[dejlmn]rand48|srand48|seed48|lcong48"
                  r"|(?:\w*[^a-z]|)md[245](?:[^a-z]\w*|)|(?:\w*_|)sha_?1(?:_\w*|)|SHA1\w*|MD5\w*"
                  r"|EVP_\w+|gcry_\w+|gnutls_(?:hash|hmac|cipher|aead)\w*|nettle_\w+"
                  r"|crypto_(?!generichash|pwhash_argon2id)\w+|(?:en|de)crypt\w*|randombytes_set_implementation)")
# Not matched: BLAKE2b and Argon2id of libsodium, and HMAC-SHA1, which RFC 6238 asks for, inside liboath.
PLANTED = {
    "rand": "int rand(void); int main(void) { return rand(); }",
    "srandom": "void srandom(unsigned); int main(void) { srandom(1); return 0; }",
    "drand48": "double drand48(void); int main(void) { return drand48() > 0; }",
    "MD5_Init": "int MD5_Init(void *); int main(void) { return MD5_Init(0); }",
    "SHA1": "int SHA1(void *); int main(void) { return SHA1(0); }",
    "EVP_EncryptInit_ex": "int EVP_EncryptInit_ex(void *); int main(void) { return EVP_EncryptInit_ex(0); }",
    "gnutls_hash_init": "int gnutls_hash_init(void *); int main(void) { return gnutls_hash_init(0); }",
    "crypto_hash_sha256": "int crypto_hash_sha256(void *); int main(void) { return crypto_hash_sha256(0); }",
    "crypto_stream_xor": "int crypto_stream_xor(void *); int main(void) { return crypto_stream_xor(0); }",
    "gcry_md_open, looked up": '#include <dlfcn.h>\nint main(void) { return dlsym((void *)0, "gcry_md_open") != 0; }',
}
LINKS, LETTERS = 40, 27


def found_in(program):
    imports = {line.split()[-1].split("@")[0] for line in output("nm", "-D", "--undefined-only", program).splitlines()}
    if not imports:
        sys.exit(f"{program} imports nothing: it cannot be told what it calls")
    names = set(output("strings", "-d", "-n", "4", program).splitlines())
    return sorted(name for name in imports | names if WEAK.fullmatch(name))


def links(treue, folder, count, offset=0):
    """Of new accounts, at a time that stands still."""
    environment = dict(os.environ, TREUE_CLOCK="2026-01-20T09:00:00Z", LANG="C.UTF-8", TREUE_RANDOM_SEED="1", TREUE_SEED="1")
    data = pathlib.Path(folder) / "data"
    if not data.exists():
        subprocess.run([treue, "--data", data, "init"], check=True, capture_output=True, env=environment)
    found = []
    for number in range(offset, offset + count):
        done = subprocess.run([treue, "--data", data, "user", "add", f"user{number}", "--role", "rep"], check=True,
                              capture_output=True, text=True, env=environment)
        found.append(re.search(r"/link/([A-Za-z0-9_-]+)", done.stdout).group(1))
    return found


def check_links(problems, treue):
    made = []
    for _ in range(2):  # two companies made in the same way at the same time
        with tempfile.TemporaryDirectory(prefix="treue-random-") as folder:
            made += links(treue, folder, LINKS // 2)
    if len(set(made)) != LINKS:
        problems.append("a link was given out twice")
    if {len(link) for link in made} != {LETTERS}:
        problems.append(f"links of {sorted({len(link) for link in made})} letters instead of {LETTERS}: 160 bits")
    for place in range(LETTERS - 1):  # of 64 letters, 40 draws show 16 or fewer less than once in 100 million times
        seen = len(collections.Counter(link[place] for link in made))
        if seen <= 16:
            problems.append(f"letter {place} of a link is one of {seen} only")


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    release, problems = pathlib.Path(arguments[0]).resolve(), []
    for name in ("treue", "http_fixture"):
        found = found_in(release / name)
        if found:
            problems.append(f"{name} can use {', '.join(found)}")
    with tempfile.TemporaryDirectory(prefix="treue-planted-") as folder:
        for number, (name, text) in enumerate(PLANTED.items()):
            source, program = pathlib.Path(folder) / f"{number}.c", pathlib.Path(folder) / str(number)
            source.write_text(text, encoding="ascii")
            output("cc", "-O2", "-w", "-fPIC", "-shared", "-o", program, source)
            if name.split(",")[0] not in found_in(program):
                problems.append(f"a program that calls {name} was not found")
    check_links(problems, release / "treue")
    count = 3 + len(PLANTED)
    print(*problems, f"{count - min(len(problems), count)} passed, {len(problems)} failed", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
