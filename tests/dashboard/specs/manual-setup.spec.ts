import type { Page } from '@playwright/test';
import { expect, expectConnectionStatus, expectToast, test } from '../test.js';
import { newAccount, putRole, setting } from '../test-env.js';

/** Chooses manual setup, and returns the policies from the page's copy buttons. */
async function policies(page: Page, region: string): Promise<{ trust: string; permissions: string }> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByLabel('Sending region').selectOption(region);
  await page.getByRole('button', { name: 'Set up manually' }).click();
  await expectConnectionStatus(page, 'Waiting for role');
  const copied = async (name: string) => {
    await page.getByRole('figure', { name }).getByRole('button').click();
    await expectToast(page, `Copied ${name.toLowerCase()}`);
    return page.evaluate(() => navigator.clipboard.readText());
  };
  return { trust: await copied('Trust policy'), permissions: await copied('Permissions policy') };
}

async function register(page: Page, arn: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Role ARN' }).fill(arn);
  await page.getByRole('button', { name: 'Register role' }).click();
}

test('a role created with the copied policies connects', async ({ open, context }) => {
  const page = await open('/identities');
  const account = newAccount();
  const { trust, permissions } = await policies(page, 'eu-north-1');

  const iam = await context.newPage();
  await iam.goto(`${setting('KRAITER_CONSOLE')}/iam/home`);
  await iam.getByLabel('AWS account', { exact: true }).fill(account);
  await iam.getByLabel('Custom trust policy').fill(trust);
  await iam.getByLabel('Inline permissions policy').fill(permissions);
  await iam.getByRole('button', { name: 'Save role' }).click();
  const arn = `arn:aws:iam::${account}:role/KraiterSESRole`;
  await expect(iam.getByRole('region', { name: 'Role saved' })).toContainText(arn);
  await iam.close();

  await register(page, arn);
  await expectConnectionStatus(page, 'Connected');
  const card = page.getByRole('region', { name: 'Your AWS account is connected' });
  await expect(card).toContainText('Europe (Stockholm)');
  await expect(card).toContainText('Off: the role was created manually');
});

test('the account ID is filled in from the ARN until the user edits it', async ({ open }) => {
  const page = await open('/identities');
  await policies(page, 'eu-west-1');
  const arn = page.getByRole('textbox', { name: 'Role ARN' });
  const account = page.getByLabel('AWS account ID');
  await arn.fill('arn:aws:iam::123456789012:role/R');
  await expect(account).toHaveValue('123456789012');
  await account.fill('999');
  await arn.fill('arn:aws:iam::210987654321:role/R');
  await expect(account).toHaveValue('999');
});

test('a region without stack support can be set up manually', async ({ open }) => {
  const page = await open('/identities');
  await page.getByLabel('Sending region').selectOption('mx-central-1');
  await page.getByRole('button', { name: 'Connect AWS Account' }).click();
  await expect(page.getByText('CloudFormation can’t create the stack in Mexico (Central) yet.')).toBeVisible();
  await policies(page, 'mx-central-1');
  await expect(page.getByLabel('Sending region')).toHaveValue('mx-central-1');
});

test('a role without the external ID is not secure until its trust policy is fixed', async ({ open }) => {
  const page = await open('/identities');
  const account = newAccount();
  const { trust, permissions } = await policies(page, 'eu-west-1');
  const secure = JSON.parse(trust);
  const { Condition: _, ...statement } = secure.Statement[0];
  const insecure = { ...secure, Statement: [statement] };
  const arn = await putRole(account, 'Insecure', insecure, JSON.parse(permissions));

  await register(page, arn);
  await expectConnectionStatus(page, 'Not secure');
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('can be assumed without the external ID');
  await expect(alert).toContainText('Add the condition StringEquals sts:ExternalId');
  await expect(alert).toContainText('external_id_not_enforced');
  await expect(page.getByRole('figure', { name: 'Trust policy' })).toContainText('sts:ExternalId');

  await page.getByRole('button', { name: 'Verify again' }).click();
  await expect(page.getByRole('button', { name: 'Verify again' })).toBeEnabled();
  await expectConnectionStatus(page, 'Not secure');

  await putRole(account, 'Insecure', secure, JSON.parse(permissions));
  await page.getByRole('button', { name: 'Verify again' }).click();
  await expectConnectionStatus(page, 'Connected');
});

test('registering a different role replaces the connected one', async ({ open, organisation }) => {
  const page = await open('/identities');
  const account = newAccount();
  const { trust, permissions } = await policies(page, 'eu-west-1');
  const document = JSON.parse(permissions);
  const good = await putRole(account, 'Good', JSON.parse(trust), document);
  await register(page, good);
  await expectConnectionStatus(page, 'Connected');

  await page.getByText('Setup details').click();
  await page.getByText('Register a different role').click();
  const other = await putRole(account, 'Other', JSON.parse(trust), document);
  await register(page, other);
  await expect(page.getByRole('region', { name: 'Your AWS account is connected' })).toContainText(other);
  expect((await organisation.kraiter.awsBinding.get()).roleArn).toBe(other);
});
