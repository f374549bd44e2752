import type { Page } from '@playwright/test';

import { expect, expectAccessible, test } from '../test.js';
import { Organisation } from '../test-env.js';

/** The body of the HTML preview. */
const preview = (page: Page) => page.frameLocator('iframe[title="HTML preview"]').locator('body');

const html = (page: Page) => page.getByLabel('HTML', { exact: true });

const ORDER = {
  name: 'Order confirmation',
  subject: 'Your order {{ number }}',
  html: '<h1>Thank you, {{ name }}!</h1>\n<ul>{% for item in items %}<li>{{ item }}</li>{% endfor %}</ul>',
};

test('a template is created, previewed, changed and restored from an old version', async ({ open }) => {
  const page = await open('/templates');
  await expect(page.getByText('No templates yet')).toBeVisible();
  await page.getByRole('link', { name: 'New template' }).click();
  await expect(preview(page)).toContainText('Hello Ada!');

  await page.getByLabel('Name', { exact: true }).fill('Order confirmation');
  await page.getByLabel('Subject').fill(ORDER.subject);
  await html(page).fill(ORDER.html);
  await page.getByLabel('Sample data').fill('{"number": 7, "name": "<Ada>", "items": ["Tea", "Jam"]}');
  await expect(preview(page).getByRole('listitem')).toHaveText(['Tea', 'Jam']);
  await expect(preview(page)).toContainText('Thank you, <Ada>!');
  await expect(page.locator('.preview .subject')).toHaveText(/Your order 7/);
  await page.getByText('Plain text', { exact: true }).click();
  await expect(page.getByLabel('Plain text preview')).toContainText('Thank you, <Ada>!');
  await page.getByRole('button', { name: 'Create template' }).click();

  await expect(page).toHaveURL(/\/templates\/tpl_\w+$/);
  await expect(page.getByRole('heading', { level: 1, name: 'Order confirmation' })).toBeVisible();
  // The sample data stays.
  await expect(preview(page).getByRole('listitem')).toHaveText(['Tea', 'Jam']);
  await expect(page.getByLabel('Version', { exact: true })).toHaveValue('1');
  await page.getByLabel('Subject').fill('Thank you for order {{ number }}');
  await page.getByRole('button', { name: 'Save as version 2' }).click();
  await expect(page.getByText('All changes saved.')).toBeVisible();
  await expect(page.getByLabel('Version', { exact: true })).toHaveValue('2');

  await page.getByLabel('Version', { exact: true }).selectOption('1');
  await expect(page.getByText('Emails use version 2.')).toBeVisible();
  await expect(page.getByLabel('Subject')).toHaveValue(ORDER.subject);
  await page.getByRole('button', { name: 'Save as version 3' }).click();
  await expect(page.getByLabel('Version', { exact: true })).toHaveValue('3');
  await expect(page.getByLabel('Subject')).toHaveValue(ORDER.subject);

  await page.getByRole('link', { name: 'Templates', exact: true }).first().click();
  await expect(page.getByRole('main').getByRole('listitem')).toHaveText(/Order confirmation.*Your order.*Version 3/);
});

test('leaving the editor with unsaved changes asks first', async ({ open, organisation }) => {
  const { id } = await organisation.kraiter.templates.create(ORDER);
  await organisation.kraiter.templates.update(id, { ...ORDER, subject: 'Newer {{ number }}' });
  const page = await open('/templates');
  await page.getByRole('link', { name: /Order confirmation/ }).click();
  const subject = page.getByLabel('Subject');
  await subject.fill('Unsaved {{ number }}');
  const dialog = page.getByRole('dialog', { name: 'Leave without saving?' });
  const keep = async () => {
    await dialog.getByRole('button', { name: 'Keep editing' }).click();
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(`/templates/${id}`);
    await expect(subject).toHaveValue('Unsaved {{ number }}');
  };
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Activity' }).click();
  await keep();
  await page.goBack();
  await keep();
  await page.getByLabel('Version', { exact: true }).selectOption('1');
  await keep();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expectAccessible(page);
  await keep();

  await page.goBack();
  await dialog.getByRole('button', { name: 'Discard changes' }).click();
  await expect(page).toHaveURL('/templates');
  await page.getByRole('link', { name: /Order confirmation/ }).click();
  await expect(subject).toHaveValue('Newer {{ number }}');
  await page.getByRole('link', { name: 'Templates', exact: true }).first().click();
  await expect(page).toHaveURL('/templates');
});

test('a session that ends while saving keeps the draft and returns to it', async ({ open, context, organisation }) => {
  const page = await open('/templates/new');
  await page.getByLabel('Name', { exact: true }).fill(ORDER.name);
  await page.getByLabel('Subject').fill(ORDER.subject);
  await html(page).fill(ORDER.html);
  await page.getByLabel('Sample data').fill('{"number": 7, "name": "Ada", "items": []}');
  // Otherwise the preview could notice first that the session has ended.
  await expect(preview(page)).toContainText('Thank you, Ada!');
  await context.clearCookies();
  await page.getByRole('button', { name: 'Create template' }).click();
  await expect(page.getByText('Your session has expired.')).toBeVisible();
  await page.getByLabel('API key').fill(organisation.apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('Your unsaved changes were restored')).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(ORDER.name);
  await expect(html(page)).toHaveValue(ORDER.html);
  await expect(page.getByLabel('Sample data')).toHaveValue(/"number": 7/);
  await page.getByRole('button', { name: 'Create template' }).click();
  await expect(page).toHaveURL(/\/templates\/tpl_\w+$/);
  await expect(page.getByText('Your unsaved changes were restored')).toBeHidden();

  // The draft of one organisation isn't shown to another.
  await page.getByLabel('Subject').fill('Unsaved {{ number }}');
  await expect(page.locator('.preview .subject')).toHaveText(/Unsaved 7/);
  await context.clearCookies();
  await page.getByRole('button', { name: 'Save as version 2' }).click();
  await expect(page.getByText('Your session has expired.')).toBeVisible();
  const other = await Organisation.create('Another organisation');
  await page.getByLabel('API key').fill(other.apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('not_found');
  await page.goto('/templates/new');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('');
});

test('a version saved by someone else is overwritten only after confirmation', async ({ open, organisation }) => {
  const { id } = await organisation.kraiter.templates.create(ORDER);
  const page = await open(`/templates/${id}`);
  await page.getByLabel('Subject').fill('Mine {{ number }}');
  await organisation.kraiter.templates.update(id, { ...ORDER, subject: 'Theirs {{ number }}' });
  await page.getByRole('button', { name: 'Save as version 2' }).click();
  await expect(page.getByText('Version 2 was saved in the meantime')).toBeVisible();
  expect((await organisation.kraiter.templates.get(id)).subject).toBe('Theirs {{ number }}');
  await page.getByRole('button', { name: 'Keep editing mine' }).click();
  await page.getByRole('button', { name: 'Save as version 3' }).click();
  await expect(page.getByText('All changes saved.')).toBeVisible();
  expect((await organisation.kraiter.templates.get(id)).subject).toBe('Mine {{ number }}');
  expect((await organisation.kraiter.templates.get(id, { version: 2 })).subject).toBe('Theirs {{ number }}');
});

test('a template is deleted only after confirmation', async ({ open, organisation }) => {
  const { id } = await organisation.kraiter.templates.create(ORDER);
  const page = await open(`/templates/${id}`);
  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Delete…' })).toBeFocused();
  expect((await organisation.kraiter.templates.list()).data).toHaveLength(1);
  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText('No templates yet')).toBeVisible();
  expect((await organisation.kraiter.templates.list()).data).toEqual([]);
  await page.goto(`/templates/${id}`);
  await expect(page.getByRole('alert')).toContainText('not_found');
});

test('malicious HTML has no effect in the preview', async ({ open, pageErrors, context }) => {
  const page = await open('/templates/new');
  await html(page).fill(`
    <style>h1 { color: rgb(1, 2, 3) }</style>
    <h1 style="letter-spacing: 3px">{{ name }}</h1>
    <script>parent.document.title = 'broken'; parent.broken = true</script>
    <img src="data:," onerror="parent.broken = true">
    <svg onload="parent.broken = true"></svg>
    <iframe srcdoc="<script>top.broken = true</script>"></iframe>
    <meta http-equiv="refresh" content="0;url=/identities">
    <base href="https://elsewhere.example/">
    <a href="/identities">A way in</a> <a href="https://elsewhere.example" target="_top">A way out</a>
    <form action="/v1/session" method="post"><button>Post</button></form>`);
  await expect(preview(page).getByRole('heading', { name: 'Ada' })).toHaveCSS('color', 'rgb(1, 2, 3)');
  await expect(preview(page).getByRole('heading', { name: 'Ada' })).toHaveCSS('letter-spacing', '3px');
  for (const name of ['A way in', 'A way out']) await preview(page).getByRole('link', { name }).click();
  await preview(page).getByRole('button', { name: 'Post' }).click();
  await expect(preview(page).getByRole('heading', { name: 'Ada' })).toBeVisible();
  await expect(page).toHaveURL(/\/templates\/new$/);
  expect(await page.evaluate(() => 'broken' in window)).toBe(false);
  expect(context.pages()).toHaveLength(1);
  // The browser logs each blocked action.
  await expect.poll(() => pageErrors.length).toBeGreaterThan(0);
  expect(pageErrors.filter((text) => !/sandbox|Content Security Policy/i.test(text))).toEqual([]);
  pageErrors.length = 0;
});

test('an email is sent with a template', async ({ open, organisation }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  const { id } = await organisation.kraiter.templates.create(ORDER);
  const page = await open(`/templates/${id}`);
  await page.getByRole('link', { name: 'Send a test email' }).click();
  await expect(page.getByLabel('Template', { exact: true })).toHaveValue(id);
  await expect(page.getByLabel('Variables')).toHaveValue(/"number": "number"/);
  await expect(preview(page).getByRole('listitem')).toHaveText(['item', 'item']);
  await expect(page.getByLabel('Variables')).not.toHaveAttribute('aria-invalid');
  await page.getByLabel('Variables').fill('{"number": 7, "name": "Ada", "items": ["Tea"]}');
  await expect(preview(page)).toContainText('Thank you, Ada!');
  await page.getByLabel('To', { exact: true }).fill('success@simulator.amazonses.com\nbounce@simulator.amazonses.com');
  await page.getByText('Cc, Bcc, Reply-To and tags').click();
  await page.getByLabel('Cc', { exact: true }).fill('complaint@simulator.amazonses.com');
  await page.getByLabel('Reply-To').fill('Answers <answers@example.com>');
  await page.getByLabel('Tags').fill('campaign=spring\nkind=test');
  await page.getByRole('button', { name: 'Send', exact: true }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'Your order 7' })).toBeVisible();
  const details = page.getByRole('region', { name: 'Details' });
  await expect(details).toContainText('bounce@simulator.amazonses.com');
  await expect(details).toContainText('complaint@simulator.amazonses.com');
  await expect(details).toContainText('answers@example.com');
  await expect(details).toContainText('campaign=spring');
});
