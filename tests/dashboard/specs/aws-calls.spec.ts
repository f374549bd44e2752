import { readFile } from 'node:fs/promises';
import { expect, expectAccessible, expectNoSidewaysScroll, THEMES, test } from '../test.js';
import { newAccount } from '../test-env.js';

for (const colorScheme of THEMES) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test(`the calls to AWS are listed, filtered and exported in the ${colorScheme} theme`, async ({
      open,
      organisation,
    }) => {
      await organisation.connect(newAccount());
      await organisation.verifiedIdentity('example.com');
      const { id } = await organisation.kraiter.emails.send({
        from: 'a@example.com',
        to: 'success@simulator.amazonses.com',
        subject: 'Hello',
        text: 'x',
      });
      const page = await open('/logs');
      const calls = page.getByRole('list', { name: 'AWS calls' }).getByRole('listitem');
      await expect(calls.filter({ hasText: 'SendEmail' }).getByRole('link', { name: 'View email' })).toHaveAttribute(
        'href',
        `/activity/${id}`,
      );
      await expectAccessible(page);

      await page.getByLabel('Action').fill('AssumeRole');
      await page.getByLabel('Result').selectOption('Failed');
      await expect(calls.first()).toContainText('AccessDenied');
      await expect(calls.filter({ hasText: 'SendEmail' })).toHaveCount(0);
      const [listed] = (await organisation.kraiter.awsCalls.list({ action: 'AssumeRole', result: 'failed' })).data;
      await expect(calls.first()).toContainText(listed?.awsRequestId ?? 'no request ID');

      const downloaded = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export CSV' }).click();
      const csv = await readFile(await (await downloaded).path(), 'utf8');
      expect(csv).toContain(`,AssumeRole,`);
      expect(csv).not.toContain('SendEmail');

      await page.getByText('Athena', { exact: true }).first().click();
      await expect(page.getByRole('group', { name: 'Athena query' })).toContainText(
        listed?.sessionName ?? 'no session',
      );
      await page.getByText('AWS CLI', { exact: true }).first().click();
      await expectAccessible(page);
      for (const width of [390, 2560]) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSidewaysScroll(page);
        await expectAccessible(page);
      }
      await page.getByLabel('Before').fill('2020-01-01');
      await expect(page.getByText('No matching calls')).toBeVisible();
    });
  });
}
