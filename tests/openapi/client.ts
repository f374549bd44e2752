// A customer's program that uses the generated types. `@ts-expect-error` marks what the types must reject.
import createClient from 'openapi-fetch';

import type { components, paths } from '../../build/openapi/api.js';

type Problem = components['schemas']['Problem'];

const client = createClient<paths>({
  baseUrl: 'https://kraiter.example.com',
  headers: { authorization: 'Bearer kr_key_…' },
});

/** Describes a problem. */
function describe(problem: Problem): string {
  return `${problem.detail} ${problem.help ?? ''} (${problem.code}, ${problem.field ?? '-'}, ${problem.requestId})`;
}

export async function connect(): Promise<string> {
  const { data, error } = await client.POST('/v1/aws-binding/connect', { body: { region: 'eu-west-1' } });
  if (error) throw new Error(describe(error));
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
  if (domain.error) throw new Error(describe(domain.error));
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
    // The union holds the codes of this route.
    if (sent.error.code === 'sandbox_recipient_not_verified') return describe(sent.error);
    // @ts-expect-error: an unknown code
    if (sent.error.code === 'sandbox') return describe(sent.error);
    throw new Error(describe(sent.error));
  }
  return sent.data.id;
}

export async function emails(): Promise<string[]> {
  const { data } = await client.GET('/v1/emails', { params: { query: { limit: 50 } } });
  const next: string | null = data?.nextCursor ?? null;
  const email = await client.GET('/v1/emails/{id}', { params: { path: { id: data?.data[0]?.id ?? '' } } });
  const events = email.data?.events.map(({ type, at }) => `${type} at ${at}`);
  return [next ?? 'no more pages', ...(events ?? [])];
}

/** Returns the addresses that bounced. Each kind of event has details of its own. */
export async function bounced(id: string): Promise<string[]> {
  const { data } = await client.GET('/v1/emails/{id}', { params: { path: { id } } });
  const bounces = data?.events.flatMap(({ detail }) => ('bouncedRecipients' in detail ? detail.bouncedRecipients : []));
  return bounces?.map(({ emailAddress }) => emailAddress) ?? [];
}

export async function invalid(): Promise<void> {
  // @ts-expect-error: no recipient
  await client.POST('/v1/emails', { body: { from: 'hello@example.com', subject: 'Hello', text: 'Hello' } });
  const body: components['schemas']['SendEmail'] = {
    from: 'hello@example.com',
    to: 'ada@example.net',
    subject: 'Hello',
    // @ts-expect-error: an unknown field
    htlm: 'Hello',
  };
  await client.POST('/v1/emails', { body });
  // @ts-expect-error: an unknown region
  await client.POST('/v1/aws-binding/connect', { body: { region: 'mars-north-1' } });
  // @ts-expect-error: an unknown route
  await client.GET('/v1/mails');
}
