import { newAccount } from '../lab.js';
import { cardSays, consoleOf, expect, test } from '../test.js';

test('a stack that fails leaves the page waiting, and the next one connects', async ({ open }) => {
  const page = await open('/identities');
  await page.getByLabel('Region to send from').selectOption('us-east-1');
  await page.getByRole('button', { name: 'Connect AWS Account' }).click();
  const aws = await consoleOf(page, () => page.getByRole('link', { name: 'Open the AWS console' }).click());
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
  await cardSays(page, 'Waiting for the stack');

  await aws.getByRole('link', { name: 'Try again' }).click();
  await expect(aws.getByLabel('Simulate a failure')).not.toBeChecked();
  await create();
  await expect(aws.getByRole('status')).toHaveText('CREATE_COMPLETE');
  await cardSays(page, 'Connected');
});

test('a stack with another external ID shows that the role refuses', async ({ open }) => {
  const page = await open('/identities');
  await page.getByLabel('Region to send from').selectOption('us-east-2');
  await page.getByRole('button', { name: 'Connect AWS Account' }).click();
  const aws = await consoleOf(page, () => page.getByRole('link', { name: 'Open the AWS console' }).click());
  await aws.getByLabel('AWS account', { exact: true }).fill(newAccount());
  await aws.getByLabel('External ID of your organisation').fill('aaaa-aaaaaaaaaaaaaaaaaaaaaaaaaa');
  await aws.getByLabel('I acknowledge').check();
  await aws.getByRole('button', { name: 'Create stack' }).click();
  await expect(aws.getByRole('status')).toHaveText('CREATE_COMPLETE');
  await cardSays(page, 'Verifying');
  await expect(page.getByText('AWS refuses to let Kraiter assume the role with this external ID.')).toBeVisible();
});

test('who has chosen the wrong region chooses another', async ({ open }) => {
  const page = await open('/identities');
  await page.getByLabel('Region to send from').selectOption('us-west-1');
  await page.getByRole('button', { name: 'Connect AWS Account' }).click();
  const link = page.getByRole('link', { name: 'Open the AWS console' });
  await expect(link).toHaveAttribute('href', /region=us-west-1/);
  await page.getByRole('button', { name: 'Choose another region' }).click();
  await cardSays(page, 'Not connected');
  await page.getByLabel('Region to send from').selectOption('us-west-2');
  await page.getByRole('button', { name: 'Connect AWS Account' }).click();
  await expect(link).toHaveAttribute('href', /region=us-west-2/);
});
