import { expect, expectAccessibleEverywhere, expectToast, THEMES, test } from '../test.js';

for (const colorScheme of THEMES) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test(`the palette opens pages and runs actions by keyboard in the ${colorScheme} theme`, async ({ open }) => {
      const page = await open('/activity');
      await expect(page.getByText('No emails yet')).toBeVisible();
      await page.keyboard.press('Control+k');
      const palette = page.getByRole('dialog', { name: 'Go to page or action' });
      const input = palette.getByRole('combobox');
      await expect(input).toBeFocused();
      await expectAccessibleEverywhere(page);
      await input.fill('webho');
      const options = palette.getByRole('option');
      await expect(options).toHaveText([/^Webhooks/, /^Create a webhook endpoint/]);
      await expect(options.first()).toHaveAttribute('aria-selected', 'true');
      await page.keyboard.press('ArrowDown');
      await expect(input).toHaveAttribute('aria-activedescendant', (await options.nth(1).getAttribute('id')) ?? '');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect(palette).toBeHidden();
      await expect(page.getByRole('heading', { level: 1, name: 'Webhooks' })).toBeFocused();

      await page.keyboard.press('Control+k');
      await input.fill('nothing of this name');
      await expect(palette.getByText('Nothing found')).toBeVisible();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Escape');
      await expect(palette).toBeHidden();

      await page.setViewportSize({ width: 390, height: 844 });
      await page.getByRole('button', { name: 'Go to page or action' }).click();
      await input.fill('dark');
      await options.first().click();
      await expectToast(page, 'Theme changed');
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    });
  });
}

test('the palette asks before it leaves unsaved changes', async ({ open }) => {
  const page = await open('/templates/new');
  await page.getByLabel('Name', { exact: true }).fill('Draft');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Page or action' }).fill('settings');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Keep editing' }).click();
  await expect(page).toHaveURL('/templates/new');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Page or action' }).fill('sign out');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Discard changes' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});
