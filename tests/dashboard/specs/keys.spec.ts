import { expect, test } from '../test.js';

test('an API key is created, shown once and revoked', async ({ open, organisation }) => {
  const page = await open('/keys');
  const rows = page.getByRole('list', { name: 'API keys' }).getByRole('listitem');
  await expect(rows).toHaveText([/First key.*Current session.*The last key can’t be revoked/]);
  await page.getByRole('button', { name: 'Create API key' }).click();
  await expect(page.getByLabel('Key name')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Key name').fill('Shop');
  await page.getByRole('button', { name: 'Create API key' }).click();
  await expect(page.getByText('Copy the key “Shop” now.')).toBeVisible();
  await expect(page.getByText(/^kr_key_[a-z2-7]{74}$/)).toBeVisible();
  await expect(rows.filter({ hasText: 'Shop' })).toContainText('Never used');
  await page.reload();
  await expect(rows).toHaveCount(2);
  await expect(page.getByText(/^kr_key_[a-z2-7]{74}$/)).toBeHidden();

  await page.getByRole('button', { name: 'Revoke Shop…' }).click();
  await page.getByRole('button', { name: 'Cancel', exact: true }).last().click();
  await expect(rows).toHaveCount(2);
  await page.getByRole('button', { name: 'Revoke Shop…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke key' }).click();
  await expect(rows).toHaveCount(1);
  expect((await organisation.kraiter.apiKeys.list()).data.map(({ name }) => name)).toEqual(['First key']);
});

test('revoking the key of the session signs out', async ({ open, organisation }) => {
  await organisation.kraiter.apiKeys.create({ name: 'Another' });
  const page = await open('/keys');
  await page.getByRole('button', { name: 'Revoke First key…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('you’ll have to sign in again');
  await dialog.getByRole('button', { name: 'Revoke key' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});
