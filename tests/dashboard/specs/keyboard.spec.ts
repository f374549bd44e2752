import type { Locator, Page } from '@playwright/test';
import { expect, expectConnectionStatus, openConsole, test } from '../test.js';
import { newAccount } from '../test-env.js';

/** Presses Tab until a control has the focus. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  await expect(control).toBeVisible();
  for (let n = 0; n < 60; n++) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(control).toBeFocused();
}

test('the way from sign-in to a delivered email works with the keyboard alone', async ({ page, organisation }) => {
  await page.goto('/');
  await tabTo(page, page.getByLabel('API key'));
  await page.keyboard.type(organisation.apiKey);
  await page.keyboard.press('Enter');
  await expectConnectionStatus(page, 'Not connected');

  await tabTo(page, page.getByLabel('Sending region'));
  await page.keyboard.type('Europe (Par');
  await expect(page.getByLabel('Sending region')).toHaveValue('eu-west-3');
  await tabTo(page, page.getByRole('button', { name: 'Connect AWS Account' }));
  await page.keyboard.press('Space');
  await tabTo(page, page.getByRole('link', { name: 'Open AWS console' }));
  const aws = await openConsole(page, () => page.keyboard.press('Enter'));

  await tabTo(aws, aws.getByLabel('AWS account', { exact: true }));
  await aws.keyboard.press('ControlOrMeta+A');
  await aws.keyboard.type(newAccount());
  await tabTo(aws, aws.getByLabel('I acknowledge'));
  await aws.keyboard.press('Space');
  await tabTo(aws, aws.getByRole('button', { name: 'Create stack' }));
  await aws.keyboard.press('Enter');
  await expect(aws.getByRole('status')).toHaveText('CREATE_COMPLETE');
  await aws.close();

  await expectConnectionStatus(page, 'Connected');
  await expect(page.locator('[aria-live]')).toHaveText(/AWS connection: Connected/);
  await tabTo(page, page.getByLabel('Domain or email address'));
  await page.keyboard.type('example.org');
  await page.keyboard.press('Enter');
  await expect(page.getByText('example.org', { exact: true })).toBeVisible();

  await tabTo(page, page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Send test' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('radio', { name: /Success/ }));
  await page.keyboard.press('Space');
  await tabTo(page, page.getByRole('button', { name: 'Send', exact: true }));
  await page.keyboard.press('Enter');
  await expect(
    page.getByRole('region', { name: 'Delivery history' }).getByText('Delivered', { exact: true }),
  ).toBeVisible();
});

test('the first Tab skips the navigation, and closing a dialog restores the focus', async ({ open, organisation }) => {
  await organisation.connect();
  const page = await open('/identities');
  await expectConnectionStatus(page, 'Connected');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();

  const disconnect = page.getByRole('button', { name: 'Disconnect…' });
  await tabTo(page, disconnect);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(disconnect).toBeFocused();
});
