import { expect, expectAccessible, expectConnectionStatus, openConsole, test } from '../test.js';
import { newAccount } from '../test-env.js';

test('after a stack fails, the page keeps waiting and the next stack connects', async ({ open }) => {
  const page = await open('/identities');
  await page.getByLabel('Sending region').selectOption('us-east-1');
  await page.getByRole('button', { name: 'Connect AWS Account' }).click();
  const aws = await openConsole(page, () => page.getByRole('link', { name: 'Open AWS console' }).click());
  const account = newAccount();
  const create = async () => {
    await aws.getByLabel('AWS account', { exact: true }).fill(account);
    await aws.getByLabel('I acknowledge').check();
    await aws.getByRole('button', { name: 'Create stack' }).click();
  };
  await aws.getByLabel('Simulate a failure').check();
  await create();
  await expect(aws.getByRole('row', { name: 'AWS::IAM::Role' })).toContainText(
    'not authorized to perform: iam:CreateRole',
  );
  await expect(aws.getByRole('status')).toContainText('ROLLBACK_COMPLETE');
  await expectConnectionStatus(page, 'Waiting for stack');

  await aws.getByRole('link', { name: 'Try again' }).click();
  await expect(aws.getByLabel('Simulate a failure')).not.toBeChecked();
  await create();
  await expect(aws.getByRole('status')).toHaveText('CREATE_COMPLETE');
  await expectConnectionStatus(page, 'Connected');
});

test('after three minutes without a stack, the page says what to look for', async ({ page, open }) => {
  await page.clock.install();
  await open('/identities');
  await page.getByLabel('Sending region').selectOption('us-east-1');
  await page.getByRole('button', { name: 'Connect AWS Account' }).click();
  await expectConnectionStatus(page, 'Waiting for stack');
  const overdue = page.getByText('The stack hasn’t reported back yet');
  await page.clock.fastForward('02:50');
  await expect(overdue).toBeHidden();
  await page.clock.fastForward('00:15');
  await expect(overdue).toBeVisible();
  await expect(page.getByText('ROLLBACK_COMPLETE')).toBeVisible();
  const link = await page.getByRole('link', { name: 'Open AWS console' }).getAttribute('href');
  const stackName = /stackName=([\w-]+)/.exec(link ?? '')?.[1];
  await expect(page.getByRole('link', { name: 'Open the stack’s events' })).toHaveAttribute(
    'href',
    new RegExp(`/cloudformation/home\\?region=us-east-1#/stacks/events\\?stackId=${stackName}$`),
  );
  await expectAccessible(page);
});

test('a stack with a wrong external ID shows that AWS refuses the role', async ({ open }) => {
  const page = await open('/identities');
  await page.getByLabel('Sending region').selectOption('us-east-2');
  await page.getByRole('button', { name: 'Connect AWS Account' }).click();
  const aws = await openConsole(page, () => page.getByRole('link', { name: 'Open AWS console' }).click());
  await aws.getByLabel('AWS account', { exact: true }).fill(newAccount());
  await aws.getByLabel('External ID of your organisation').fill('aaaa-aaaaaaaaaaaaaaaaaaaaaaaaaa');
  await aws.getByLabel('I acknowledge').check();
  await aws.getByRole('button', { name: 'Create stack' }).click();
  await expect(aws.getByRole('status')).toHaveText('CREATE_COMPLETE');
  await expectConnectionStatus(page, 'Verifying');
  await expect(page.getByText('AWS refuses to let Kraiter assume the role with this external ID.')).toBeVisible();
});

test('the region can be changed before the stack is created', async ({ open }) => {
  const page = await open('/identities');
  await page.getByLabel('Sending region').selectOption('us-west-1');
  await page.getByRole('button', { name: 'Connect AWS Account' }).click();
  const link = page.getByRole('link', { name: 'Open AWS console' });
  await expect(link).toHaveAttribute('href', /region=us-west-1/);
  await page.getByRole('button', { name: 'Choose another region' }).click();
  await expectConnectionStatus(page, 'Not connected');
  await page.getByLabel('Sending region').selectOption('us-west-2');
  await page.getByRole('button', { name: 'Connect AWS Account' }).click();
  await expect(link).toHaveAttribute('href', /region=us-west-2/);
});
