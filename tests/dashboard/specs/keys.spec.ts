import { expect, test } from '../test.js';

test('a key is made, shown once, and taken away', async ({ open, organisation }) => {
  const page = await open('/keys');
  const rows = page.getByRole('list', { name: 'API keys' }).getByRole('listitem');
  await expect(rows).toHaveText([/First key.*You signed in with it.*The last key can’t be deleted/]);
  await page.getByRole('button', { name: 'Make a key' }).click();
  await expect(page.getByLabel('Name of a new key')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Name of a new key').fill('Shop');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await expect(page.getByText('The key “Shop” is shown this once')).toBeVisible();
  await expect(page.getByText(/^kr_[a-z2-7]{52}$/)).toBeVisible();
  await expect(rows.filter({ hasText: 'Shop' })).toContainText('never used');
  await page.reload();
  await expect(rows).toHaveCount(2);
  await expect(page.getByText(/^kr_[a-z2-7]{52}$/)).toBeHidden();

  await page.getByRole('button', { name: 'Delete Shop…' }).click();
  await page.getByRole('button', { name: 'Keep it' }).last().click();
  await expect(rows).toHaveCount(2);
  await page.getByRole('button', { name: 'Delete Shop…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the key' }).click();
  await expect(rows).toHaveCount(1);
  expect((await organisation.kraiter.apiKeys.list()).data.map(({ name }) => name)).toEqual(['First key']);
});

test('who deletes the key they signed in with is signed out', async ({ open, organisation }) => {
  await organisation.kraiter.apiKeys.create({ name: 'Another' });
  const page = await open('/keys');
  await page.getByRole('button', { name: 'Delete First key…' }).click();
  const question = page.getByRole('dialog');
  await expect(question).toContainText('you will have to sign in again');
  await question.getByRole('button', { name: 'Delete the key' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});
