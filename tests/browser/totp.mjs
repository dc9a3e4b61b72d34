// SPDX-License-Identifier: AGPL-3.0-or-later
//
// totp.mjs: what an authenticator app shows.
import { createHmac } from 'node:crypto';

// RFC 6238: the six digits of a key in base 32 at a time.
export function codeOf(secret, seconds) {
        let bits = '';
        for (const letter of secret)
                bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
        const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
        const step = Buffer.alloc(8);
        step.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)));
        const digest = createHmac('sha1', key).update(step).digest();
        const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
        return String(number % 1000000).padStart(6, '0');
}
