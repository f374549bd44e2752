/** The OpenAPI documents: checks requests and responses, and serves the documents' examples. */

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

import { root } from './blocks.mjs';

const documents = new Map();
for (const name of ['openapi', 'openapi-operators'])
  documents.set(name, JSON.parse(await readFile(join(root, 'docs', `${name}.json`), 'utf8')));

const ajv = new Ajv2020({ strict: false, verbose: true, allErrors: true });
addFormats.default(ajv);
for (const format of ['uint8', 'uint16', 'uint32', 'uint64']) ajv.addFormat(format, true);
for (const [name, document] of documents) ajv.addSchema({ $id: name, ...document });

const token = (part) => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** An example may shorten a value with this. */
const ELLIPSIS = '…';

/** Throws if a value doesn't match a schema of a document. */
function expectValid(what, value, name, ...pointer) {
  const validate = ajv.compile({
    $ref: `${name}#/${pointer.map((part) => encodeURIComponent(token(part))).join('/')}`,
  });
  if (validate(value)) return;
  // A value that is shortened has neither the length nor the pattern that it needs.
  const isShortened = ({ data }) => typeof data === 'string' && data.includes(ELLIPSIS);
  const shortened = validate.errors.filter(isShortened).map(({ instancePath }) => instancePath);
  const faults = validate.errors.filter(
    (error) => !isShortened(error) && !shortened.some((path) => path.startsWith(`${error.instancePath}`)),
  );
  if (faults.length > 0)
    throw new Error(`${what} doesn't match the API: ${ajv.errorsText(faults)}\n${JSON.stringify(value, null, 1)}`);
}

/** Throws if a value isn't a schema of the API, such as `Problem`. */
export const expectSchema = (what, value, schema) =>
  expectValid(what, value, 'openapi', 'components', 'schemas', schema);

/** Finds the operation for a request. Throws if the API has none. */
export function operationOf(method, path) {
  for (const [name, { paths }] of documents)
    for (const [pattern, methods] of Object.entries(paths)) {
      const form = new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
      const operation = methods[method.toLowerCase()];
      if (operation !== undefined && form.test(path)) return { name, pattern, method: method.toLowerCase(), operation };
    }
  throw new Error(`the API has no route ${method} ${path}`);
}

/** Follows a reference. */
export const resolve = (name, object) =>
  object.$ref === undefined
    ? object
    : object.$ref
        .slice('#/'.length)
        .split('/')
        .reduce((value, key) => value[key], documents.get(name));

/** Checks a request: its route, its query and its body. Returns the operation. */
export function checkRequest({ method, target, type, body }) {
  const url = new URL(target, 'http://stand-in');
  const found = operationOf(method, url.pathname);
  const { name, pattern, operation } = found;
  const parameters = (operation.parameters ?? []).map((parameter) => resolve(name, parameter));
  for (const key of url.searchParams.keys())
    if (!parameters.some((parameter) => parameter.in === 'query' && parameter.name === key))
      throw new Error(`${method} ${pattern} has no parameter ${key}`);
  const content = operation.requestBody?.content;
  if (content === undefined) {
    if (body !== '') throw new Error(`${method} ${pattern} takes no body`);
    return found;
  }
  const [media] = Object.keys(content);
  if (type !== media) throw new Error(`${method} ${pattern} takes ${media}, not ${type}`);
  if (media === 'application/json')
    expectValid(
      `the body of ${method} ${pattern}`,
      JSON.parse(body),
      ...[name, 'paths', pattern, found.method, 'requestBody', 'content', media, 'schema'],
    );
  return found;
}

/** Throws if a body isn't a successful response of an operation. */
export function expectResponse(what, { name, pattern, method, operation }, body) {
  const [status] = successOf(operation);
  expectValid(what, body, name, 'paths', pattern, method, 'responses', status, 'content', 'application/json', 'schema');
}

/** Returns the example of an operation's successful response. */
export function exampleOf(method, path) {
  const { operation } = operationOf(method, path.replace(/\{\w+\}/g, ELLIPSIS));
  return successOf(operation)[1].content['application/json'].example;
}

const successOf = (operation) => Object.entries(operation.responses).find(([status]) => status.startsWith('2'));

/** Changes an example so that programs that poll or page come to an end. */
const finished = (key, value) => {
  if (key === 'pollAfterSeconds' || key === 'checkAgainAfterSeconds' || key === 'nextCursor') return null;
  return value;
};

/** Starts a server that checks each request and responds with the API's own example. It collects what was wrong. */
export async function standIn() {
  const faults = [];
  const requests = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push(`${request.method} ${request.url}`);
    try {
      const type = request.headers['content-type']?.split(';')[0];
      const found = checkRequest({
        method: request.method,
        target: request.url,
        type,
        body: Buffer.concat(chunks).toString(),
      });
      if (found.operation.security?.length > 0 && !/^Bearer ./.test(request.headers.authorization ?? ''))
        throw new Error(`${request.method} ${request.url} needs an API key`);
      const [status, { content = {} }] = successOf(found.operation);
      const [[media, { example } = {}] = []] = Object.entries(content);
      let body = example;
      // The feed ends after its first page.
      if (found.pattern === '/v1/events' && !/after=0$/.test(request.url)) body = { ...example, data: [] };
      response.writeHead(Number(status), media === undefined ? {} : { 'content-type': media });
      response.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body, finished));
    } catch (error) {
      faults.push(error.message);
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ detail: error.message }));
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    faults,
    requests,
    close: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  };
}
