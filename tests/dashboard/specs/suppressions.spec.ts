import { expect, expectAccessible, expectNoSidewaysScroll, expectToast, THEMES, test } from '../test.js';

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
  await expectToast(page, 'Added 2 addresses. Already on the list: 0.');
  const downloaded = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  expect((await downloaded).suggestedFilename()).toBe('suppressions.csv');
});

for (const colorScheme of THEMES) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test(`a removed address is put back with its reason by Undo in the ${colorScheme} theme`, async ({
      open,
      organisation,
    }) => {
      await organisation.kraiter.suppressions.create({ address: 'eve@example.org', reason: 'complaint' });
      const page = await open('/suppressions');
      const rows = page.getByRole('list', { name: 'Suppressed addresses' }).getByRole('listitem');
      await page.getByRole('button', { name: 'Remove eve@example.org…' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove from list' }).click();
      await expect(rows).toHaveCount(0);
      await expectToast(page, 'eve@example.org removed from the list');
      await expectAccessible(page);
      await page.setViewportSize({ width: 390, height: 844 });
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      // While the focus is on it, a toast stays.
      await page.getByRole('button', { name: 'Undo' }).focus();
      await page.keyboard.press('Enter');
      await expect(rows).toHaveText([/eve@example\.org.*Marked as spam/]);
      await expect(page.getByRole('region', { name: 'Notifications' })).toBeHidden();
      await expect(page.getByRole('main')).toBeFocused();
      const { data } = await organisation.kraiter.suppressions.list();
      expect(data.map(({ address, reason }) => [address, reason])).toEqual([['eve@example.org', 'complaint']]);
    });
  });
}
