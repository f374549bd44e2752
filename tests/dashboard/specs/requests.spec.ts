import { expect, expectAccessible, expectNoSidewaysScroll, THEMES, test } from '../test.js';

for (const colorScheme of THEMES) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test(`an error leads to its request in the log in the ${colorScheme} theme`, async ({ open, organisation }) => {
      const { id } = await organisation.kraiter.apiKeys.create({ name: 'Nightly job' });
      await organisation.kraiter.emails.get('eml_019ab0c5d0007000800000000000000a').catch(() => {});
      const page = await open('/logs/requests');
      const requests = page.getByRole('list', { name: 'Requests' }).getByRole('listitem');
      await expect(requests).toHaveText([/GET \/v1\/emails\/\{id\}.*404.*not_found/, /POST \/v1\/api-keys.*201/]);
      await expectAccessible(page);
      await page.getByLabel('Status').selectOption('Succeeded (2xx)');
      await expect(requests).toHaveText([/POST \/v1\/api-keys/]);
      await page.getByLabel('API key').selectOption('Nightly job');
      await expect(page.getByText('No matching requests')).toBeVisible();
      expect((await organisation.kraiter.requests.list({ key: id })).data).toEqual([]);

      await page.goto('/activity/eml_019ab0c5d0007000800000000000000b');
      await page.getByRole('link', { name: /^req_/ }).click();
      await expect(requests).toHaveText([/GET \/v1\/emails\/\{id\}.*\(dashboard\).*not_found/]);
      await expectAccessible(page);
      for (const width of [390, 2560]) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSidewaysScroll(page);
      }
      await page.getByRole('button', { name: 'Show all requests' }).click();
      await expect(requests).toHaveCount(3);
    });
  });
}
