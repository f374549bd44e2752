import { KraiterError, type TemplateVariable, type TemplateVariables } from '@kraiter/sdk';

/** Values to try a template with, as they are written in JSON. `field` is where an error is shown. Whether they fit the template is for the API to say. */
export function parseVariables(json: string, field: string): TemplateVariables {
  if (json.trim() === '') return {};
  try {
    return JSON.parse(json) as TemplateVariables;
  } catch (error) {
    const message = `this isn’t JSON: ${error instanceof Error ? error.message : String(error)}`;
    throw new KraiterError('malformed_json', message, { field, help: 'Write an object, such as {"name": "Ada"}.' });
  }
}

/** Values to begin with: each variable’s own name. */
export const sample = (variables: TemplateVariable[]): string =>
  JSON.stringify(Object.fromEntries(variables.map(({ name }) => [name, name])), null, 2);
