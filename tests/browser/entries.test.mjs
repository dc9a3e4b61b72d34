// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is written by hand about customers, with the demo company: a rep reports a visit on a phone in a few steps
// and takes it back; every form can be read by day and by night, on a phone and on a desk, in both languages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, close, LOOKS, open, reader } from './browser.mjs';
import { Treue } from './treue.mjs';

const FORMS = ['visits/new', 'visits/plan', 'contacts/new', 'potentials'];
let treue;

before(async () => {
        await open();
        treue = await Treue.demo();
        await treue.user('owner', 'owner', 'Olga Wagner');
        await treue.serve();
});
after(async () => {
        await close();
        await treue.stop();
});

// Somebody signed in, and the path of a customer.
async function at(look, query = '/customers?q=10006') {
        const page = await reader(treue.base, look);
        await treue.signIn(page, 'owner');
        await page.goto(query);
        const path = new URL(await page.locator('tbody a[data-row]').first().evaluate((link) => link.href)).pathname;
        page.complaints = [];
        return [page, path];
}

test('a visit is reported on a phone, and taken back', async () => {
        const [page, path] = await at({ width: 360 });
        await page.goto(path);
        await page.locator(`a[href="${path}/visits/new"]`).first().click();
        await page.fill('#field-topics', 'Preise und Pumpen');
        await page.fill('#field-next_step', 'Angebot schicken');
        await page.locator('main form button.btn-primary').click();
        await page.waitForURL(`**${path}`);
        assert.match(await page.locator('.timeline-list').first().innerText(), /Preise und Pumpen/);
        await page.locator('.notices form button').click();
        await page.waitForURL(`**${path}`);
        assert.doesNotMatch(await page.locator('main').innerText(), /Preise und Pumpen/);
        assert.deepEqual(page.complaints, []);
        await page.context().close();
});

test('the forms, in every look and both languages', async () => {
        for (const [theme, width] of LOOKS)
                for (const language of ['de', 'en']) {
                        const [page, path] = await at({ theme, width, language });
                        for (const form of FORMS) {
                                assert.equal((await page.goto(`${path}/${form}`)).status(), 200, form);
                                await check(page, `entry-${form.replace('/', '-')}-${language}`);
                        }
                        for (const other of ['/prospects/new', '/visits', '/products']) {
                                assert.equal((await page.goto(other)).status(), 200, other);
                                await check(page, `entry${other.replaceAll('/', '-')}-${language}`);
                        }
                        await page.context().close();
                }
});

test('a prospect, and how it becomes a customer', async () => {
        const [page, path] = await at({ width: 360 }, '/prospects');
        for (const form of ['stage', 'conversion']) {
                assert.equal((await page.goto(`${path}/${form}`)).status(), 200, form);
                await check(page, `entry-${form}`);
        }
        await page.context().close();
});
