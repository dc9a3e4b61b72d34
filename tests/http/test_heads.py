#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Heads of requests as those write them who want two programs to read them differently, and right ones, on the server
without accounts (http_fixture, beside the program given).

  test_heads.py TREUE_BINARY

Check 1 of docs/internals/security.md.
"""
import socket
import sys
import time

import harness
import test_server
from test_server import HEAD, with_server

# ---- heads ----------------------------------------------------------------------------------------------------------

WRONG_HEADS = {
    "bare line feed behind the request line": b"GET /hello HTTP/1.1\n" + HEAD + b"\r\n",
    "bare line feed behind a header": b"GET /hello HTTP/1.1\r\nHost: localhost\nA: b\r\n\r\n",
    "bare line feed at the end": b"GET /hello HTTP/1.1\r\n" + HEAD + b"A: b\n\n",
    "only line feeds": b"GET /hello HTTP/1.1\nHost: localhost\n\n",
    "folded header": b"GET /hello HTTP/1.1\r\n" + HEAD + b"A: b\r\n c\r\n\r\n",
    "folded with a tab": b"GET /hello HTTP/1.1\r\n" + HEAD + b"A: b\r\n\tc\r\n\r\n",
    "zero in a value": b"GET /hello HTTP/1.1\r\n" + HEAD + b"A: b\0c\r\n\r\n",
    "zero in a name": b"GET /hello HTTP/1.1\r\n" + HEAD + b"A\0B: c\r\n\r\n",
    "zero in the address": b"GET /he\0llo HTTP/1.1\r\n" + HEAD + b"\r\n",
    "control character in a value": b"GET /hello HTTP/1.1\r\n" + HEAD + b"A: b\x01c\r\n\r\n",
    "bare carriage return in a value": b"GET /hello HTTP/1.1\r\n" + HEAD + b"A: b\rc\r\n\r\n",
    "blank before the colon": b"GET /hello HTTP/1.1\r\nHost : localhost\r\n\r\n",
    "name that is no token": b"GET /hello HTTP/1.1\r\n" + HEAD + b"A(b): c\r\n\r\n",
    "two blanks behind the method": b"GET  /hello HTTP/1.1\r\n" + HEAD + b"\r\n",
    "two lengths": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Content-Length: 6\r\nContent-Length: 6\r\n\r\ntext=a",
    "two different lengths": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n"
                             b"GET /users HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "length with a sign": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Content-Length: +6\r\n\r\ntext=a",
    "list of lengths": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Content-Length: 6, 6\r\n\r\ntext=a",
    "hexadecimal length": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Content-Length: 0x6\r\n\r\ntext=a",
    "length and chunks": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
                         b"0\r\n\r\nGET /users HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "chunks and length": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n"
                         b"0\r\n\r\nGET /users HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "unknown coding": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two codings": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"
                   b"\r\n0\r\n\r\n",
    "no host": b"GET /hello HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /hello HTTP/1.1\r\n" + HEAD + HEAD + b"\r\n",
    "host of somebody else": b"GET /hello HTTP/1.1\r\nHost: attacker.example\r\n\r\n",
    "host with a path": b"GET /hello HTTP/1.1\r\nHost: localhost/x\r\n\r\n",
    "absolute form": b"GET http://localhost/hello HTTP/1.1\r\n" + HEAD + b"\r\n",
    "star": b"OPTIONS * HTTP/1.1\r\n" + HEAD + b"\r\n",
    "climbing": b"GET /../hello HTTP/1.1\r\n" + HEAD + b"\r\n",
    "climbing, encoded": b"GET /%2e%2e/hello HTTP/1.1\r\n" + HEAD + b"\r\n",
    "encoded slash": b"GET /a%2fb HTTP/1.1\r\n" + HEAD + b"\r\n",
    "encoded backslash": b"GET /a%5cb HTTP/1.1\r\n" + HEAD + b"\r\n",
    "backslash": b"GET /a\\b HTTP/1.1\r\n" + HEAD + b"\r\n",
    "encoded zero": b"GET /hello%00 HTTP/1.1\r\n" + HEAD + b"\r\n",
    "overlong dot": b"GET /%c0%ae%c0%ae/hello HTTP/1.1\r\n" + HEAD + b"\r\n",
    "half an escape": b"GET /hello%2 HTTP/1.1\r\n" + HEAD + b"\r\n",
    "fragment": b"GET /hello#x HTTP/1.1\r\n" + HEAD + b"\r\n",
    "bytes beyond ASCII": b"GET /hell\xc3\xb6 HTTP/1.1\r\n" + HEAD + b"\r\n",
    "packed body": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\na",
    "length of nothing": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Content-Length: \r\n\r\n",
    "negative length": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Content-Length: -1\r\n\r\n",
    "length beyond 64 bits": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Content-Length: 18446744073709551622\r\n\r\ntext=a",
    "length with an underscore for a digit": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Content-Length: 1_0\r\n\r\n",
    "length in octal": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Content-Length: 0o6\r\n\r\n",
    "length behind a blank name": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Content-Length : 6\r\n\r\ntext=a",
    "coding behind a blank name": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "coding with a vertical tab": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "coding in the next line": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "coding in quotes": b"POST /echo HTTP/1.1\r\n" + HEAD + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "chunked, then something": b"POST /echo HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "coding and length in HTTP/1.0": b"POST /echo HTTP/1.0\r\n" + HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n"
                                     b"\r\n0\r\n\r\n",
    "blank before the first header": b"GET /hello HTTP/1.1\r\n " + HEAD + b"\r\n",
    "header without a colon": b"GET /hello HTTP/1.1\r\n" + HEAD + b"nonsense\r\n\r\n",
    "header without a name": b"GET /hello HTTP/1.1\r\n" + HEAD + b": b\r\n\r\n",
    "two hosts in one": b"GET /hello HTTP/1.1\r\nHost: localhost, attacker.example\r\n\r\n",
    "two different hosts": b"GET /hello HTTP/1.1\r\n" + HEAD + b"Host: attacker.example\r\n\r\n",
    "host with a name in front": b"GET /hello HTTP/1.1\r\nHost: user@localhost\r\n\r\n",
    "empty host": b"GET /hello HTTP/1.1\r\nHost:\r\n\r\n",
    "absolute form for another host": b"GET http://attacker.example/hello HTTP/1.1\r\n" + HEAD + b"\r\n",
    "blank in the address": b"GET /hel lo HTTP/1.1\r\n" + HEAD + b"\r\n",
    "two cookies headers": b"GET /hello HTTP/1.1\r\n" + HEAD + b"Cookie: a=b\r\nCookie: c=d\r\n\r\n",
}


@with_server()
def wrong_heads_are_refused_and_end_the_connection(problems, server):
    """Check 1: nothing behind such a head is taken for a second request."""
    for name, data in WRONG_HEADS.items():
        with server.connect() as connection:
            connection.send(data)
            came = connection.rest(5)
        # A length that is no number is answered by libmicrohttpd itself, whose own text comes with its head twice.
        statuses = [part[:3] for part in (came or b"").split(b"HTTP/1.1 ")[1:]]
        problems.expect(came is not None, name, "the connection stays open")
        problems.expect(statuses and set(statuses) == {b"413" if "64 bits" in name else b"400"} and (len(statuses) == 1 or "length" in name), name, statuses)
    # Chunks are not taken: right and wrong ones are refused by their head, and what they hide is no request.
    for chunks in (b"0\r\n\r\n", b"6\r\ntext=a\r\n0\r\n\r\n", b"zz\r\nxx\r\n", b"0x6\r\ntext=a\r\n0\r\n\r\n", b"6;a=b\ntext=a\n0\n\n",
                   b"fffffffffffffffff\r\n", b"-1\r\n", b"6\r\ntext=aGET /users HTTP/1.1\r\n" + HEAD + b"\r\n"):
        with server.connect() as connection:
            connection.send(b"POST /echo HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks +
                            b"GET /users HTTP/1.1\r\n" + HEAD + b"\r\n")
            came = connection.rest(5)
        problems.expect(came is not None and came.count(b"HTTP/1.1 ") == 1 and came.startswith(b"HTTP/1.1 411 "), "chunks", chunks,
                        came and came[:300])
    problems.same(server.ask("/hello").status, 200, "afterwards")


@with_server("head=2")
def garbage_is_no_request(problems, server):
    """Check 1: what never becomes a head is cut at the deadline, which is short here, as each waits for it."""
    for garbage in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET /hello\r\n\r\n", b"\r\n\r\n\r\n", b"A" * 100,
                    b"GET\t/hello\tHTTP/1.1\r\n" + HEAD + b"\r\n", b"GET /hello HTTP/1.1\r" + HEAD[:-2] + b"\r\r",
                    b"GET /hello HTTP/2.0\r\n" + HEAD + b"\r\n", b"GET /hello HTTQ/1.1\r\n" + HEAD + b"\r\n"):
        with server.connect() as connection:
            connection.send(garbage)
            connection.socket.shutdown(socket.SHUT_WR)
            answer = connection.answer()
            problems.expect(answer is None or answer.status >= 400, garbage, answer and answer.line)
    problems.same(server.ask("/hello").status, 200, "afterwards")


@with_server()
def right_heads_are_answered(problems, server):
    with server.connect() as connection:
        connection.send((b"GET /hello HTTP/1.1\r\n" + HEAD + b"A:b\r\nC: \t d \r\nE:\r\n\r\n") * 3)
        problems.same([connection.answer().status for _ in range(3)], [200] * 3, "three at once")
        for piece in (b"GET /hel", b"lo HTTP/1.1\r", b"\nHost: local", b"host\r\nA: ", b"b\r\n", b"\r", b"\n"):
            connection.send(piece)
            time.sleep(0.03)
        problems.same(connection.answer().status, 200, "in pieces")
        connection.send(b"POST /echo?text=a HTTP/1.1\r\n" + HEAD + b"Content-Length: 0\r\n\r\n"
                        b"GET /hello HTTP/1.1\r\n" + HEAD + b"\r\n")
        problems.same([connection.answer().status for _ in range(2)], [200, 200], "POST without content, then GET")
    answer = server.ask("/hello", headers={"Expect": "100-continue"})
    problems.same(answer.status, 200, "Expect without content")
    problems.same(server.raw(b"GET /hello HTTP/1.0\r\n\r\n")[0].status, 200, "HTTP/1.0 without Host")
    for host in ("localhost", "LOCALHOST:8420", "127.0.0.1", "[::1]:80", "10.1.2.3:99"):
        problems.same(server.raw(f"GET /hello HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())[0].status, 200, host)


CASES = [wrong_heads_are_refused_and_end_the_connection, garbage_is_no_request, right_heads_are_answered]

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    test_server.find_fixture(sys.argv[1])
    sys.exit(harness.run([case for case in CASES if len(sys.argv) == 2 or case.__name__ in sys.argv[2:]]))
