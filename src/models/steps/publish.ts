import { NEXT_STEP } from '../action.ts';
import type { Action } from '../action.ts';
import { DOUBLE_SHIFT, DUE, INTEGER_SHIFT, KEY, REQUEST } from '../calls.ts';
import type { CallHandle, Calls } from '../calls.ts';
import type { Step } from '../description.ts';
import type { Topic } from '../streams/topic.ts';
import type { Emitter } from './emitter.ts';

/** `publish`: a record of the request is appended to a topic; nobody waits for those who consume it. */
export function compilePublish(step: Extract<Step, { do: 'publish' }>, emitter: Emitter): void {
  const { topic, calls } = emitter.topicOf(step.topic);
  emitter.action(new Publish(topic, calls));
}

class Publish implements Action {
  private readonly field: number;

  constructor(
    private readonly topic: Topic,
    private readonly calls: Calls,
  ) {
    this.field = topic.description.key === 'source' ? KEY : REQUEST;
  }

  act(call: CallHandle): number {
    const { i, d } = this.calls;
    this.topic.publish(i[(call << INTEGER_SHIFT) + this.field], d[(call << DOUBLE_SHIFT) + DUE]);
    return NEXT_STEP;
  }
}
