import { isKraiterError, Kraiter } from '@kraiter/sdk';

/** Sends an email for a JSON body such as {"to":"ada@example.net","subject":"Hello","text":"Hello, Ada"}. */
export async function POST(request: Request): Promise<Response> {
  const body: unknown = await request.json().catch(() => null);
  const { to, subject, text } = (body ?? {}) as Record<string, unknown>;
  if (typeof to !== 'string' || typeof subject !== 'string' || typeof text !== 'string') {
    return Response.json({ error: '"to", "subject" and "text" must be strings.' }, { status: 400 });
  }

  const kraiter = new Kraiter({ baseUrl: setting('KRAITER_URL'), apiKey: setting('KRAITER_API_KEY') });
  try {
    const { id, status } = await kraiter.emails.send(
      { from: setting('KRAITER_FROM'), to, subject, text },
      { signal: request.signal },
    );
    return Response.json({ id, status }, { status: 202 });
  } catch (error) {
    if (!isKraiterError(error)) throw error;
    console.error(error.code, error.message, error.requestId);
    return Response.json({ error: error.message }, { status: error.field ? 400 : 502 });
  }
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`Set ${name} in .env.local.`);
  return value;
}
