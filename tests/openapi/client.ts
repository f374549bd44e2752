// A program of a customer's, as the types that were generated let it be written. What it must not be able to say is marked as an error.
import createClient from 'openapi-fetch';

import type { components, paths } from '../../build/openapi/api.js';

type Problem = components['schemas']['Problem'];

const client = createClient<paths>({
  baseUrl: 'https://kraiter.example.com',
  headers: { authorization: 'Bearer kr_…' },
});

/** Why a call failed, for a person. */
function said(problem: Problem): string {
  return `${problem.detail} ${problem.help ?? ''} (${problem.code}, ${problem.field ?? '-'}, ${problem.requestId})`;
}

export async function connect(): Promise<string> {
  const { data, error } = await client.POST('/v1/aws-binding/connect', { body: { region: 'eu-west-1' } });
  if (error) throw new Error(said(error));
  const status:
    | 'not_connected'
    | 'awaiting_stack'
    | 'verifying'
    | 'connected'
    | 'degraded'
    | 'insecure'
    | 'disconnected' = data.status;
  return `${data.quickCreateUrl} ${status}`;
}

export async function firstEmail(): Promise<string> {
  const domain = await client.POST('/v1/identities', { body: { identity: 'example.com', dkim: { keyLength: 2048 } } });
  if (domain.error) throw new Error(said(domain.error));
  const check = await client.POST('/v1/identities/{id}/check-dns', { params: { path: { id: domain.data.id } } });
  const missing = check.data?.records
    .filter(({ status }) => status === 'missing')
    .map(({ name, host }) => host ?? name);
  if (missing?.length) return missing.join(', ');

  const sent = await client.POST('/v1/emails', {
    body: {
      from: 'Example <hello@example.com>',
      to: ['ada@example.net'],
      template: { id: 'tpl_019ab0c5d0007000800000000000000a', variables: { name: 'Ada', lines: [1, 2] } },
      tags: { source: 'website' },
    },
  });
  if (sent.error) {
    // The codes are those that this route has.
    if (sent.error.code === 'sandbox_recipient_not_verified') return said(sent.error);
    // @ts-expect-error: no such code
    if (sent.error.code === 'sandbox') return said(sent.error);
    throw new Error(said(sent.error));
  }
  return sent.data.id;
}

export async function emails(): Promise<string[]> {
  const { data } = await client.GET('/v1/emails', { params: { query: { limit: 50 } } });
  const next: string | null = data?.nextCursor ?? null;
  const email = await client.GET('/v1/emails/{id}', { params: { path: { id: data?.data[0]?.id ?? '' } } });
  const events = email.data?.events.map(({ type, at }) => `${type} at ${at}`);
  return [next ?? 'that is all', ...(events ?? [])];
}

export async function wrong(): Promise<void> {
  // @ts-expect-error: without a recipient
  await client.POST('/v1/emails', { body: { from: 'hello@example.com', subject: 'Hello', text: 'Hello' } });
  const body: components['schemas']['SendEmailRequest'] = {
    from: 'hello@example.com',
    to: 'ada@example.net',
    subject: 'Hello',
    // @ts-expect-error: a field that there isn't
    htlm: 'Hello',
  };
  await client.POST('/v1/emails', { body });
  // @ts-expect-error: no region of SES's
  await client.POST('/v1/aws-binding/connect', { body: { region: 'mars-north-1' } });
  // @ts-expect-error: a route that there isn't
  await client.GET('/v1/mails');
}
