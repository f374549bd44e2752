/**
 * `fetch` for the WebAssembly module, whose HTTP client gloo-net panics if it gets something other than a Response, such as a test's mock, or
 * an error that isn't an `Error` of its own realm, as in Jest. So it always gets a Response, which says what failed.
 */
const always = (respond) => async (request) => {
  try {
    const response = await respond(request);
    if (response instanceof Response) return response;
    throw new TypeError('fetch returned something other than a Response.');
  } catch (cause) {
    return Object.assign(new Response(), { failed: [cause] });
  }
};

/** While React renders a server component, it responds to a repeated GET from memory, unless the options have a signal. */
const fetchGlobally = always((request) =>
  request.method === 'GET'
    ? globalThis.fetch(request.url, { headers: request.headers, signal: request.signal })
    : globalThis.fetch(request),
);

/** Replaces `fetch` in the module's JavaScript, which also loads the module. */
export const fetch = (input) => (input instanceof Request ? fetchGlobally(input) : globalThis.fetch(input));

/** Returns a caller's own `fetch` for the module. It gets a URL and options: it may not know the platform's Request. */
export const customFetch = (own) =>
  always(async (request) => {
    const { url, method, signal } = request;
    const body = (await request.text()) || undefined;
    return own(url, { method, headers: Object.fromEntries(request.headers), body, signal });
  });
