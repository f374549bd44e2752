import { KraiterError, type TemplateVariables } from '@kraiter/sdk';

/** Parses template variables from JSON; the API validates them. `field` is the field that an error belongs to. */
export function parseVariables(json: string, field: string): TemplateVariables {
  if (json.trim() === '') return {};
  try {
    return JSON.parse(json) as TemplateVariables;
  } catch (error) {
    const message = `Invalid JSON: ${error instanceof Error ? error.message : String(error)}`;
    throw new KraiterError('malformed_json', message, { field, help: 'Enter an object such as {"name": "Ada"}.' });
  }
}
