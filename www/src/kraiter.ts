import { Kraiter } from '@kraiter/sdk';

/** The API on the page's own origin, with the session's cookie. */
export const kraiter = new Kraiter({ baseUrl: '' });
