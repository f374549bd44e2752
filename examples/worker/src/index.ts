// Sends a welcome email for each POST /welcome with a JSON body such as {"email":"ada@example.net","name":"Ada"}.
import { isKraiterError, Kraiter } from '@kraiter/sdk';

interface Welcome {
  email: string;
  name: string;
}

export default {
  async fetch(request, env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (request.method !== 'POST' || pathname !== '/welcome') return new Response('Not found', { status: 404 });

    const welcome: unknown = await request.json().catch(() => null);
    if (!isWelcome(welcome)) {
      return Response.json({ error: '"email" and "name" must be strings.' }, { status: 400 });
    }

    const kraiter = new Kraiter({ baseUrl: env.KRAITER_URL, apiKey: env.KRAITER_API_KEY });
    try {
      const { id, status } = await kraiter.emails.send(
        { from: env.FROM, to: welcome.email, subject: `Welcome, ${welcome.name}`, text: 'Good to have you here.' },
        { signal: request.signal },
      );
      return Response.json({ id, status }, { status: 202 });
    } catch (error) {
      if (!isKraiterError(error)) throw error;
      console.error(error.code, error.message, error.requestId);
      return Response.json({ error: error.message }, { status: error.field ? 400 : 502 });
    }
  },
} satisfies ExportedHandler<Env>;

function isWelcome(value: unknown): value is Welcome {
  const { email, name } = (value ?? {}) as Partial<Welcome>;
  return typeof email === 'string' && typeof name === 'string';
}
