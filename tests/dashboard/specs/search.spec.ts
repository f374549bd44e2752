/** Searching emails on the activity page: filters in the URL, the place in the list, the export. */

import { readFile } from 'node:fs/promises';

import { expect, expectAccessible, expectNoSidewaysScroll, THEMES, test } from '../test.js';

const SUCCESS = 'success@simulator.amazonses.com';
const BOUNCE = 'bounce@simulator.amazonses.com';

const draft = (to: string, subject: string) => ({ from: 'a@example.com', to, subject, text: 'x' });

for (const colorScheme of THEMES)
  test(`emails are found by filters that the URL keeps (${colorScheme})`, async ({ open, organisation }) => {
    await organisation.connect();
    await organisation.verifiedIdentity('example.com');
    const { emails } = organisation.kraiter;
    await emails.send({ ...draft(SUCCESS, 'Your ORDER'), tags: { campaign: 'spring' } });
    const { id } = await emails.send(draft(BOUNCE, 'Hello'));
    await expect.poll(async () => (await emails.get(id)).status).toBe('bounced');
    const page = await open('/activity');
    await page.emulateMedia({ colorScheme });
    const subjects = page.locator('.emails .subject');
    await expect(subjects).toHaveText(['Hello', 'Your ORDER']);
    await expectAccessible(page);

    const search = page.getByRole('search');
    await search.getByLabel('Subject').fill('order');
    await search.getByRole('button', { name: 'Search' }).click();
    await expect(subjects).toHaveText(['Your ORDER']);
    await expect(page).toHaveURL(/\/activity\?subject=order$/);
    await expect(search.getByRole('button', { name: 'Search' })).toBeFocused();

    await search.getByLabel('Status').selectOption('Bounced');
    await search.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByText('No matching emails')).toBeVisible();
    await expectAccessible(page);
    await page.goBack();
    await expect(subjects).toHaveText(['Your ORDER']);
    await expect(search.getByLabel('Status')).toHaveValue('');

    await page.reload();
    await expect(subjects).toHaveText(['Your ORDER']);
    await expect(search.getByLabel('Subject')).toHaveValue('order');
    await subjects.click();
    await page.getByRole('link', { name: 'Activity' }).last().click();
    await expect(page).toHaveURL(/\/activity\?subject=order$/);
    await search.getByRole('link', { name: 'Clear' }).click();
    await expect(subjects).toHaveText(['Hello', 'Your ORDER']);

    await search.getByText('More filters').click();
    await search.getByLabel('From').fill('nobody');
    await search.getByRole('button', { name: 'Search' }).click();
    await expect(search.getByText('Use an address without a name, or a domain such as example.com.')).toBeVisible();
    await search.getByLabel('From').fill('example.com');
    await search.getByLabel('Tag').fill('campaign=spring');
    await search.getByLabel('First day').fill('2020-01-01');
    await search.getByRole('button', { name: 'Search' }).click();
    await expect(subjects).toHaveText(['Your ORDER']);
    await page.setViewportSize({ width: 390, height: 844 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await page.screenshot({ path: test.info().outputPath('search-390.png'), fullPage: true });
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.screenshot({ path: test.info().outputPath('search.png'), fullPage: true });
  });

test('going back to the list keeps what was loaded and how far it was scrolled', async ({ open, context }) => {
  const email = (number: number) => ({
    id: `eml_019ab0c5d000700080000000000${String(10_000 - number)}`,
    status: 'sent',
    from: 'a@example.com',
    to: [`user-${number}@example.net`],
    subject: `Number ${number}`,
    region: 'eu-west-1',
    createdAt: '2026-11-24T12:00:00Z',
    scheduledAt: null,
  });
  await context.route('**/v1/emails?*', (route) => {
    const first = new URL(route.request().url()).searchParams.has('cursor') ? 20 : 0;
    const data = Array.from({ length: 20 }, (_, n) => email(first + n));
    return route.fulfill({ json: { data, nextCursor: first === 0 ? email(19).id : null } });
  });
  await context.route('**/v1/emails/*', (route) => route.fulfill({ status: 404, json: {} }));
  const page = await open('/activity');
  await page.getByRole('button', { name: 'Load older emails' }).click();
  await page.getByText('Number 35').scrollIntoViewIfNeeded();
  const scroll = await page.evaluate(() => window.scrollY);
  expect(scroll).toBeGreaterThan(100);
  await page.getByText('Number 35').click();
  await expect(page).toHaveURL(/\/activity\/eml_/);
  await page.goBack();
  await expect(page.getByText('Number 35')).toBeInViewport();
  await expect(page.locator('.emails > li')).toHaveCount(40);
});

test('an exported file contains every match, and no formula', async ({ open, organisation }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  await organisation.kraiter.emails.send(draft(SUCCESS, '=HYPERLINK("https://evil.example","x")'));
  await organisation.kraiter.emails.send(draft(SUCCESS, 'Others'));
  const page = await open('/activity?subject=hyperlink');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const file = await readFile(await (await download).path(), 'utf8');
  const [header, row, ...others] = file.split('\r\n');
  expect(header).toBe('id,createdAt,status,from,to,subject,region,scheduledAt');
  expect(row).toContain(`"'=HYPERLINK(""https://evil.example"",""x"")"`);
  expect(others).toEqual(['']);
  await expect(page.getByText('Exported 1 email.', { exact: true }).first()).toBeVisible();
});
