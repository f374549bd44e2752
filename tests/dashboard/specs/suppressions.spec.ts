import { expect, test } from '../test.js';

test('an address is entered, found by a part of it, and taken off', async ({ open, organisation }) => {
  const page = await open('/suppressions');
  await expect(page.getByText('No address is suppressed')).toBeVisible();
  const address = page.getByLabel('Address to suppress');
  await address.fill('nobody');
  await page.getByRole('button', { name: 'Suppress', exact: true }).click();
  await expect(address).toHaveAttribute('aria-invalid', 'true');
  await address.fill('Ada@Example.org');
  await page.getByRole('button', { name: 'Suppress', exact: true }).click();
  await organisation.kraiter.suppressions.create({ address: 'bob@example.org', reason: 'complaint' });
  const rows = page.getByRole('list', { name: 'Suppressed addresses' }).getByRole('listitem');
  await expect(rows.filter({ hasText: 'ada@example.org' })).toContainText('Entered by hand');
  await page.getByLabel('Search').fill('BOB');
  await expect(rows).toHaveText([/bob@example.org.*Called it spam/]);
  await page.getByLabel('Search').fill('');
  await page.getByLabel('Reason').selectOption('Entered by hand');
  await expect(rows).toHaveText([/ada@example.org/]);

  await page.getByRole('button', { name: 'Take ada@example.org off the list…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take it off' }).click();
  await expect(page.getByText('No such address')).toBeVisible();
  expect((await organisation.kraiter.suppressions.list()).data.map(({ address }) => address)).toEqual([
    'bob@example.org',
  ]);
});

test('a list comes as a file and goes as one, and a bad line is named', async ({ open }) => {
  const page = await open('/suppressions');
  const file = page.getByLabel('Import');
  const csv = (text: string) => ({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await file.setInputFiles(csv('address\nada@example.org\nnobody\n'));
  await expect(page.getByText(/Line 3/)).toBeVisible();
  await file.setInputFiles(csv('address,reason\nada@example.org,bounce\nbob@example.org,manual\n'));
  await expect(page.getByRole('main').getByText('2 addresses are on the list now; 0 were before.')).toBeVisible();
  const downloaded = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  expect((await downloaded).suggestedFilename()).toBe('suppressions.csv');
});
