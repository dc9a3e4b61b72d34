# SPDX-License-Identifier: AGPL-3.0-or-later
"""One-time codes as an authenticator app makes them (RFC 6238), for tests."""
import base64
import hashlib
import hmac
import struct


def code_of(secret, seconds):
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", seconds // 30), hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place:place + 4])[0] & 0x7fffffff) % 1000000:06}"
