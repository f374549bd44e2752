import type { AwsBinding, FlowState } from '@kraiter/sdk';

import type { Way } from './use-way';

export type Tone = 'grey' | 'amber' | 'green' | 'red';

export interface Summary {
  tone: Tone;
  /** The state in one or two words, beside the coloured dot. */
  word: string;
  /** What that means. */
  title: string;
}

/** What a state of the flow is called and coloured. */
export function summary(state: FlowState, way: Way = 'stack'): Summary {
  switch (state.step) {
    case 'loading':
      return { tone: 'grey', word: 'Looking…', title: 'Looking at the connection' };
    case 'offline':
      return state.last && state.last.step !== 'offline' && state.last.step !== 'loading'
        ? summary(state.last, way)
        : { tone: 'grey', word: 'Unknown', title: 'The connection can’t be looked at now' };
    case 'choose_region':
    case 'cancelled':
      return { tone: 'grey', word: 'Not connected', title: 'Connect your AWS account' };
    case 'open_link':
      return way === 'manual'
        ? { tone: 'amber', word: 'Waiting for the role', title: 'Create the role in your AWS account' }
        : { tone: 'amber', word: 'Waiting for the stack', title: 'Create the stack in your AWS account' };
    case 'verifying':
      return { tone: 'amber', word: 'Verifying', title: 'Kraiter is trying the role' };
    case 'connected':
      return { tone: 'green', word: 'Connected', title: 'Kraiter can send through your AWS account' };
    case 'needs_attention':
      return state.binding.status === 'insecure'
        ? { tone: 'red', word: 'Not secure', title: 'The role lets others in: Kraiter doesn’t use it' }
        : { tone: 'red', word: 'Needs attention', title: 'Something stands in the way' };
    case 'failed':
      return { tone: 'red', word: 'Failed', title: 'That did not work' };
  }
}

/** The connection that a state carries, if it carries one. */
export function bindingOf(state: FlowState): AwsBinding | undefined {
  if (state.step === 'offline') return state.last ? bindingOf(state.last) : undefined;
  return 'binding' in state ? state.binding : undefined;
}
