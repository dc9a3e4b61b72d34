// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The parts of pages: every one is shown by /style, in both languages, by day and by night, on a phone and a desk.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, close, LOOKS, nameOf, open, reader } from './browser.mjs';
import { Treue } from './treue.mjs';

let treue;

before(async () => {
        await open();
        treue = await Treue.demo();
        await treue.serve('--development');
});
after(async () => {
        await close();
        await treue.stop();
});

for (const look of LOOKS) {
        test(`all parts, ${nameOf(look)}`, async () => {
                const page = await reader(treue.base, look);
                await page.goto('/style');
                assert.equal(await page.locator('h1').textContent(), look.language === 'de' ? 'Bausteine' : 'Parts');
                await check(page, 'style');
                await page.context().close();
        });
}

test('a look and a language that were chosen stay', async () => {
        const page = await reader(treue.base, { theme: 'light' });
        const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        await page.goto('/style');
        const day = await ground();
        await page.locator('.menu > summary').click();
        await page.locator('button[name="theme"][value="dark"]').click();
        assert.equal(new URL(page.url()).pathname, '/style', 'back where it was chosen');
        assert.notEqual(await ground(), day);
        await page.locator('.languages button[value="en"]').click();
        assert.equal(await page.locator('h1').textContent(), 'Parts');
        await page.reload();
        assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
        assert.equal(await page.locator('html').getAttribute('lang'), 'en');
        await page.locator('.menu > summary').click();
        await page.locator('button[name="theme"][value="auto"]').click();
        assert.equal(await ground(), day, 'as the device has it again');
        assert.deepEqual(page.complaints, []);
        await page.context().close();
});

test('the help opens, closes by its button and by Escape, and gives the focus back', async () => {
        const page = await reader(treue.base);
        await page.goto('/style');
        const opener = page.locator('[data-dialog="help-method"]');
        await opener.focus();
        await page.keyboard.press('Enter');
        const drawer = page.locator('#help-method');
        assert.ok(await drawer.isVisible());
        await check(page, 'help');
        await page.keyboard.press('Escape');
        assert.ok(!(await drawer.isVisible()));
        assert.ok(await opener.evaluate((element) => element === document.activeElement));
        await opener.click();
        await drawer.locator('[data-close]').click();
        assert.ok(!(await drawer.isVisible()));
        await page.context().close();
});

test('a page that does not exist says so and where to go', async () => {
        for (const look of LOOKS) {
                const page = await reader(treue.base, look);
                const answer = await page.goto('/nowhere');
                assert.equal(answer.status(), 404);
                page.complaints = page.complaints.filter((one) => !one.includes('404'));
                assert.ok(await page.locator('main a.btn-primary').isVisible());
                await check(page, 'error-404');
                await page.context().close();
        }
});

test('without scripts, style and parts are the same', async () => {
        const page = await reader(treue.base);
        await page.route('**/*.js', (route) => route.abort());
        await page.goto('/style');
        await page.locator('.menu > summary').click();
        assert.ok(await page.locator('button[name="theme"][value="dark"]').isVisible());
        await page.context().close();
});
