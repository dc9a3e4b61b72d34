// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A second factor that a role demands: the owner ticks the role in the settings; a sales rep, on a phone, signs in on the
// way to a page, is led to set one up, types the code of the app, keeps the recovery codes and comes to the page; the
// next time the code is asked for (X-01 in part).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { check, close, open, reader } from './browser.mjs';
import { codeOf } from './totp.mjs';
import { Treue } from './treue.mjs';

const CLOCK_SECONDS = Date.parse('2026-02-10T09:00:00Z') / 1000;
const PHONES = [{ theme: 'dark', width: 360, language: 'de' }, { theme: 'light', width: 360, language: 'en' }];
let treue;

before(async () => {
        await open();
        treue = await Treue.demo();
        await treue.user('leitung', 'owner', 'Lena Leiter');
        for (const { language } of PHONES)
                await treue.user(`roth-${language}`, 'rep', 'Rita Roth', '--language', language, '--responsible', 'ad-roth');
        await treue.serve();
});

after(async () => {
        await close();
        await treue?.stop();
});

// Name and password, on the page that asks for them.
async function signIn(page, login) {
        await page.fill('#login', login);
        await page.fill('#password', treue.password(login));
        await page.locator('main form button.btn-primary').click();
}

test('the owner demands a second factor of sales reps', async () => {
        for (const { language } of PHONES) // the password is chosen before
                await treue.signIn(await reader(treue.base, { language }), `roth-${language}`);
        const owner = await reader(treue.base);
        await treue.signIn(owner, 'leitung');
        await owner.goto('/settings');
        await owner.check('input[name="factor"][value="rep=yes"]');
        await owner.locator('form[action="/settings"] button.btn-primary').click();
        await owner.waitForSelector('.notice-met');
        assert.ok(await owner.isChecked('input[name="factor"][value="rep=yes"]'));
});

for (const look of PHONES)
        test(`a rep sets it up on the way to the visits, ${look.language}`, async () => {
                const login = `roth-${look.language}`;
                const rep = await reader(treue.base, look);
                await rep.goto('/visits');
                await rep.waitForURL(/\/sign-in\?next=/);
                await signIn(rep, login);
                await rep.waitForURL(/\/account\/second-factor\?next=%2Fvisits/);
                assert.match(await rep.locator('main').textContent(), look.language === 'de' ? /Ihre Rolle verlangt/
                        : /Your role requires/);
                await check(rep, 'factor-first');
                await rep.locator('button[value=begin]').click();
                await rep.locator('#code').waitFor();
                await check(rep, 'factor-key');
                await rep.fill('#code', '000000');
                await rep.locator('button[value=confirm]').click();
                await rep.locator('#code-error').waitFor();
                rep.complaints.length = 0; // the browser notes the 422
                const secret = (await rep.locator('main code').textContent()).replaceAll(' ', '').trim();
                await rep.fill('#code', codeOf(secret, CLOCK_SECONDS));
                await rep.locator('button[value=confirm]').click();
                await rep.locator('.codes').waitFor();
                await check(rep, 'factor-codes');
                const recovery = await rep.locator('.codes li').first().textContent();
                await rep.locator('main .btn-primary').click();
                await rep.waitForURL(/\/visits$/);
                assert.ok(await rep.locator('#visits-planned').count());

                const again = await reader(treue.base, look);
                await again.goto('/visits');
                await signIn(again, login);
                await again.waitForURL(/\/sign-in\/code/);
                await again.fill('#code', recovery);
                await again.locator('main form button.btn-primary').click();
                await again.waitForURL(/\/visits$/);
                assert.deepEqual(again.complaints, []);
        });
