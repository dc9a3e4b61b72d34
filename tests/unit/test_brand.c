/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_brand.c: whatever colour a company chooses, what stands in it and on it can be read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/buffer.h"
#include "render/brand.h"

/* Known pairs; WebAIM's and the W3C's own examples: 4.54 for #767676, 4.47 for #777777 on white. */
static void contrasts(void **state)
{
        (void)state;
        assert_int_equal(brand_contrast(0, 0xffffff), 2100);
        assert_int_equal(brand_contrast(0xffffff, 0), 2100);
        assert_int_equal(brand_contrast(0x123456, 0x123456), 100);
        assert_int_equal(brand_contrast(0x767676, 0xffffff), 454);
        assert_int_equal(brand_contrast(0x777777, 0xffffff), 447);
        assert_int_equal(brand_contrast(0xff0000, 0xffffff), 399);
        assert_int_equal(brand_contrast(0x0000ff, 0xffffff), 859);
}

static void colours_are_read(void **state)
{
        (void)state;
        uint32_t colour = 1;
        assert_true(brand_colour_parse(text_of("#0b5c67"), &colour));
        assert_int_equal(colour, 0x0b5c67);
        assert_true(brand_colour_parse(text_of("0B5C67"), &colour));
        assert_int_equal(colour, 0x0b5c67);
        assert_true(brand_colour_parse(text_of("#06c"), &colour));
        assert_int_equal(colour, 0x0066cc);
        const char *wrong[] = {"", "#", "#06", "#06cc", "#0b5c6", "#0b5c677", "#0b5c6g", "red", "##06c", "#06c;"};
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
                colour = 7;
                assert_false(brand_colour_parse(text_of(wrong[i]), &colour));
                assert_int_equal(colour, 7);
        }
        assert_false(brand_colour_parse((struct text){NULL, 0}, &colour));
}

static void every_colour_becomes_readable(void **state)
{
        (void)state;
        for (uint32_t red = 0; red < 256; red += 15)
                for (uint32_t green = 0; green < 256; green += 15)
                        for (uint32_t blue = 0; blue < 256; blue += 15) {
                                uint32_t colour = red << 16 | green << 8 | blue;
                                assert_true(brand_contrast(brand_ink(colour), colour) >= 450);
                                assert_true(brand_contrast(brand_readable(colour, 0xffffff, 450), 0xffffff) >= 450);
                                assert_true(brand_contrast(brand_readable(colour, 0x1f2628, 450), 0x1f2628) >= 450);
                        }
        /* One that can be read already stays as it is. */
        assert_int_equal(brand_readable(0x0b5c67, 0xffffff, 450), 0x0b5c67);
        /* Yellow stays no yellow, but gets no darker than it must. */
        uint32_t darker = brand_readable(0xffd500, 0xffffff, 450);
        assert_true(brand_contrast(darker, 0xffffff) < 480);
}

static void style_sheet(void **state)
{
        (void)state;
        struct buffer css;
        buffer_init(&css, 1 << 16);
        const struct brand_segment segments[] = {
                {.code = text_of("A")}, {.code = text_of("B")},
                {.code = text_of("C"), .has_colour = true, .colour = 0x112233},
                {.code = text_of("P"), .prospects = true}, {.code = text_of("\"]{}\n")}};
        assert_true(brand_add_style(&css, BRAND_COLOUR_USUAL, segments, 5));
        assert_true(buffer_add_byte(&css, '\0'));
        assert_non_null(strstr(css.data, ":root{--brand:#0b5c67;--brand-ink:#ffffff;--brand-text:#0b5c67;"));
        assert_non_null(strstr(css.data, "[data-segment=\"A\"]{--segment-day:#0b5c67;--segment-day-ink:#ffffff;"));
        assert_non_null(strstr(css.data, "[data-segment=\"C\"]{--segment-day:#112233;--segment-day-ink:#ffffff;"));
        assert_non_null(strstr(css.data, "[data-segment=\"P\"]{--segment-day:#c9b27c;--segment-day-ink:#000000;"));
        /* A code ends no string: five lines of segments and one of the brand, whatever they are called. */
        assert_non_null(strstr(css.data, "[data-segment=\"\\000022\\00005d\\00007b\\00007d\\00000a\"]{"));
        size_t lines = 0;
        for (const char *c = css.data; *c; c++)
                lines += *c == '\n';
        assert_int_equal(lines, 6);
        buffer_release(&css);

        /* No room: said, not cut off. */
        struct buffer small;
        buffer_init(&small, 40);
        assert_false(brand_add_style(&small, BRAND_COLOUR_USUAL, segments, 5));
        buffer_release(&small);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(contrasts),
                cmocka_unit_test(colours_are_read),
                cmocka_unit_test(every_colour_becomes_readable),
                cmocka_unit_test(style_sheet),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
