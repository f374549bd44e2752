import { expect, test } from '../test.js';

test('an address is added, found by part of it and removed', async ({ open, organisation }) => {
  const page = await open('/suppressions');
  await expect(page.getByText('No suppressed addresses')).toBeVisible();
  const address = page.getByLabel('Address to suppress');
  await address.fill('nobody');
  await page.getByRole('button', { name: 'Add address' }).click();
  await expect(address).toHaveAttribute('aria-invalid', 'true');
  await address.fill('Ada@Example.org');
  await page.getByRole('button', { name: 'Add address' }).click();
  await organisation.kraiter.suppressions.create({ address: 'bob@example.org', reason: 'complaint' });
  const rows = page.getByRole('list', { name: 'Suppressed addresses' }).getByRole('listitem');
  await expect(rows.filter({ hasText: 'ada@example.org' })).toContainText('Added manually');
  await page.getByLabel('Search').fill('BOB');
  await expect(rows).toHaveText([/bob@example.org.*Marked as spam/]);
  await page.getByLabel('Search').fill('');
  await page.getByLabel('Reason').selectOption('Added manually');
  await expect(rows).toHaveText([/ada@example.org/]);

  await page.getByRole('button', { name: 'Remove ada@example.org…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove from list' }).click();
  await expect(page.getByText('No matching addresses')).toBeVisible();
  expect((await organisation.kraiter.suppressions.list()).data.map(({ address }) => address)).toEqual([
    'bob@example.org',
  ]);
});

test('the list is imported and exported as CSV, and an invalid line is named', async ({ open }) => {
  const page = await open('/suppressions');
  const file = page.getByLabel('Import CSV');
  const csv = (text: string) => ({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await file.setInputFiles(csv('address\nada@example.org\nnobody\n'));
  await expect(page.getByText(/Line 3/)).toBeVisible();
  await file.setInputFiles(csv('address,reason\nada@example.org,bounce\nbob@example.org,manual\n'));
  await expect(page.getByRole('main').getByText('Added 2 addresses. Already on the list: 0.')).toBeVisible();
  const downloaded = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  expect((await downloaded).suggestedFilename()).toBe('suppressions.csv');
});
