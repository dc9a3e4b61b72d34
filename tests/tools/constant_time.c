/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * constant_time.c: compares secrets under valgrind, which is told that their bytes are undefined: then every branch and
 * every address that depends on one of them is an error that valgrind counts. (The idea of Adam Langley's ctgrind.)
 *
 * usage: constant_time equal | planted       "planted" compares by memcmp, and must be found
 *
 * tests/tools/test_constant_time.py runs it.
 */
#include <stdio.h>
#include <string.h>

#include <valgrind/memcheck.h>

#include "access/secret.h"

enum { PLACES = SECRET_TEXT_LENGTH };

static int compare(struct text a, struct text b, bool planted)
{
        VALGRIND_MAKE_MEM_UNDEFINED(a.data, a.length);
        VALGRIND_MAKE_MEM_UNDEFINED(b.data, b.length);
        int equal = planted ? memcmp(a.data, b.data, a.length) == 0 : secret_equal(a, b);
        /* The answer itself may be known. */
        VALGRIND_MAKE_MEM_DEFINED(&equal, sizeof(equal));
        VALGRIND_MAKE_MEM_DEFINED(a.data, a.length);
        VALGRIND_MAKE_MEM_DEFINED(b.data, b.length);
        return equal;
}

int main(int argc, char **argv)
{
        bool planted = argc == 2 && !strcmp(argv[1], "planted");
        int wrong = 0;
        if (argc != 2 || (!planted && strcmp(argv[1], "equal") != 0)) {
                fprintf(stderr, "usage: constant_time equal | planted\n");
                return 2;
        }
        /* The same, and different at each place in turn. */
        for (size_t place = 0; place <= PLACES; place++) {
                struct secret secret = secret_new(), other = secret;
                if (place < PLACES)
                        other.text[place] ^= 1;
                wrong += compare(text_of(secret.text), text_of(other.text), planted) != (place == PLACES);
        }
        printf("%d of %d compared wrong; under valgrind: %s\n", wrong, PLACES + 1, RUNNING_ON_VALGRIND ? "yes" : "no");
        return wrong ? 1 : 0;
}
