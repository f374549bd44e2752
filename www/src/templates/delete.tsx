import type { Template } from '@kraiter/sdk';
import { DeleteButton } from '../components/delete-button';
import { kraiter } from '../kraiter';

/** Deletes a template, after confirmation. */
export function DeleteTemplate({ template: { id, name } }: { template: Template }) {
  return (
    <DeleteButton
      title={`Delete ${name}?`}
      run={() => kraiter.templates.delete(id)}
      successMessage={`${name} deleted`}
      next="/templates"
    >
      <p>
        This deletes all of its versions. Requests that use it will fail. Emails that are already accepted are still
        sent.
      </p>
    </DeleteButton>
  );
}
