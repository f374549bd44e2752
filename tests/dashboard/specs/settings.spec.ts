import { expect, expectAccessibleEverywhere, THEMES, test } from '../test.js';

for (const colorScheme of THEMES) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test(`the settings show the organisation and the retention in the ${colorScheme} theme`, async ({
      open,
      organisation,
    }) => {
      const page = await open('/');
      await page.getByRole('banner').getByRole('link', { name: organisation.name }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeFocused();
      await expect(page.getByRole('region', { name: 'Organisation' })).toContainText(organisation.name);
      await expect(page.getByRole('region', { name: 'Data retention' })).toContainText('stored for 30 days');
      await expect(page.getByRole('switch', { name: 'Allow emails to be tracked' })).not.toBeChecked();
      await expectAccessibleEverywhere(page);
    });

    test(`a theme other than the ${colorScheme} one of the system is kept`, async ({ open }) => {
      const page = await open('/settings');
      const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const system = await background();
      const other = colorScheme === 'light' ? 'Dark' : 'Light';
      await page.getByRole('radio', { name: other }).check();
      await expect.poll(background).not.toBe(system);
      const chosen = await background();
      await expectAccessibleEverywhere(page);
      await page.reload();
      await expect(page.getByRole('radio', { name: other })).toBeChecked();
      expect(await background()).toBe(chosen);
      await page.getByRole('radio', { name: 'System' }).check();
      await expect.poll(background).toBe(system);
    });
  });
}
