import type { Page } from '@playwright/test';

import { newAccount, putRole, setting } from '../lab.js';
import { cardSays, expect, test } from '../test.js';

/** Chooses manual set-up, and answers the policies as the page's copy buttons give them. */
async function policies(page: Page, region: string): Promise<{ trust: string; permissions: string }> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByLabel('Region to send from').selectOption(region);
  await page.getByRole('button', { name: 'Set up manually' }).click();
  await cardSays(page, 'Waiting for the role');
  const copied = async (name: string) => {
    await page.getByRole('figure', { name }).getByRole('button').click();
    await expect(page.getByRole('figure', { name }).getByRole('button')).toHaveText('Copied');
    return page.evaluate(() => navigator.clipboard.readText());
  };
  return { trust: await copied('Trust policy'), permissions: await copied('Permissions policy') };
}

async function register(page: Page, arn: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Role ARN' }).fill(arn);
  await page.getByRole('button', { name: 'Register role' }).click();
}

test('a role made by hand, with the policies as they were copied, connects', async ({ open, context }) => {
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
  await cardSays(page, 'Connected');
  const card = page.getByRole('region', { name: 'Kraiter can send through your AWS account' });
  await expect(card).toContainText('Europe (Stockholm)');
  await expect(card).toContainText('None come back: the role was made by hand');
});

test('the account is read off the ARN, unless it was typed', async ({ open }) => {
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

test('a region where the stack can’t be made is for a role made by hand', async ({ open }) => {
  const page = await open('/identities');
  await page.getByLabel('Region to send from').selectOption('mx-central-1');
  await page.getByRole('button', { name: 'Connect AWS Account' }).click();
  await expect(page.getByText('CloudFormation can’t make the stack in Mexico (Central) yet.')).toBeVisible();
  await policies(page, 'mx-central-1');
  await expect(page.getByLabel('Region to send from')).toHaveValue('mx-central-1');
});

test('a role that lets others in is red until its trust policy asks for the external ID', async ({ open }) => {
  const page = await open('/identities');
  const account = newAccount();
  const { trust, permissions } = await policies(page, 'eu-west-1');
  const asked = JSON.parse(trust);
  const { Condition: _, ...careless } = asked.Statement[0];
  const insecure = { ...asked, Statement: [careless] };
  const arn = await putRole(account, 'Careless', insecure, JSON.parse(permissions));

  await register(page, arn);
  await cardSays(page, 'Not secure');
  const alarm = page.getByRole('alert');
  await expect(alarm).toContainText('can be assumed without the external ID');
  await expect(alarm).toContainText('Add the condition StringEquals sts:ExternalId');
  await expect(alarm).toContainText('external_id_not_enforced');
  await expect(page.getByRole('figure', { name: 'Trust policy' })).toContainText('sts:ExternalId');

  await page.getByRole('button', { name: 'Verify again' }).click();
  await expect(page.getByRole('button', { name: 'Verify again' })).toBeEnabled();
  await cardSays(page, 'Not secure');

  await putRole(account, 'Careless', asked, JSON.parse(permissions));
  await page.getByRole('button', { name: 'Verify again' }).click();
  await cardSays(page, 'Connected');
});

test('another role takes the place of the one that is connected', async ({ open, organisation }) => {
  const page = await open('/identities');
  const account = newAccount();
  const { trust, permissions } = await policies(page, 'eu-west-1');
  const whole = JSON.parse(permissions);
  const good = await putRole(account, 'Good', JSON.parse(trust), whole);
  await register(page, good);
  await cardSays(page, 'Connected');

  await page.getByText('Policies, external ID, another role').click();
  await page.getByText('Register another role').click();
  const other = await putRole(account, 'Other', JSON.parse(trust), whole);
  await register(page, other);
  await expect(page.getByRole('region', { name: 'Kraiter can send through your AWS account' })).toContainText(other);
  expect((await organisation.kraiter.awsBinding.get()).roleArn).toBe(other);
});
