import { Kraiter } from '@kraiter/sdk';

/** The API client. Requests go to the page's origin and carry the session cookie. */
export const kraiter = new Kraiter({ baseUrl: '' });
