/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * rational.h: exact fractions of thresholds and factors. Always reduced, denominator > 0. Operations say when a result
 * does not fit.
 */
#ifndef TREUE_ENGINE_RATIONAL_H
#define TREUE_ENGINE_RATIONAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"

struct rational {
        __int128 numerator, denominator;
};

bool rational_make(__int128 numerator, __int128 denominator, struct rational *ret); /* denominator > 0 */
struct rational rational_from_decimal(struct decimal decimal);
bool rational_multiply(struct rational a, struct rational b, struct rational *ret);
bool rational_subtract(struct rational a, struct rational b, struct rational *ret);
bool rational_compare(struct rational a, struct rational b, int *ret); /* false: does not fit */
int64_t power_of_ten(unsigned exponent);                               /* exponent 0..18 */

#endif
