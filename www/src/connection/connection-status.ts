import type { AwsBinding, FlowState } from '@kraiter/sdk';

import type { SetupMethod } from './use-setup-method';

export type Tone = 'grey' | 'amber' | 'green' | 'red';

export interface ConnectionStatus {
  tone: Tone;
  /** One to three words, shown beside the coloured dot. */
  label: string;
  /** A sentence, shown as the heading. */
  title: string;
}

/** Returns the texts and the colour for a state of the connection flow. */
export function connectionStatus(state: FlowState, method: SetupMethod = 'stack'): ConnectionStatus {
  switch (state.step) {
    case 'loading':
      return { tone: 'grey', label: 'Checking…', title: 'Checking your AWS connection' };
    case 'offline':
      return state.last && state.last.step !== 'offline' && state.last.step !== 'loading'
        ? connectionStatus(state.last, method)
        : { tone: 'grey', label: 'Unknown', title: 'Can’t check the connection right now' };
    case 'choose_region':
    case 'cancelled':
      return { tone: 'grey', label: 'Not connected', title: 'Connect your AWS account' };
    case 'open_link':
      return method === 'manual'
        ? { tone: 'amber', label: 'Waiting for role', title: 'Create the role in your AWS account' }
        : { tone: 'amber', label: 'Waiting for stack', title: 'Create the stack in your AWS account' };
    case 'verifying':
      return { tone: 'amber', label: 'Verifying', title: 'Verifying the role' };
    case 'connected':
      return { tone: 'green', label: 'Connected', title: 'Your AWS account is connected' };
    case 'needs_attention':
      return state.binding.status === 'insecure'
        ? { tone: 'red', label: 'Not secure', title: 'The role is not secure, so Kraiter doesn’t use it' }
        : { tone: 'red', label: 'Needs attention', title: 'Your AWS connection has a problem' };
    case 'failed':
      return { tone: 'red', label: 'Failed', title: 'Something went wrong' };
  }
}

/** Returns the connection that a state refers to, if any. */
export function bindingOf(state: FlowState): AwsBinding | undefined {
  if (state.step === 'offline') return state.last ? bindingOf(state.last) : undefined;
  return 'binding' in state ? state.binding : undefined;
}
