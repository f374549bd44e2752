import type { Template } from '@kraiter/sdk';

import { kraiter } from '../kraiter';
import { Deletion } from '../parts/deletion';

/** Deletes a template, once that is confirmed. */
export function DeleteTemplate({ template: { id, name } }: { template: Template }) {
  return (
    <Deletion
      title={`Delete ${name}?`}
      run={() => kraiter.templates.delete(id)}
      said={`${name} deleted`}
      next="/templates"
    >
      <p>
        All its versions go with it. A program that still sends by it is refused. Mail that was accepted stays as it is.
      </p>
    </Deletion>
  );
}
