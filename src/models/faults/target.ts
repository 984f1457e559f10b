/**
 * What faults act on, with faults that overlap: two crashes are over when both are, and slow-downs multiply. `restore` ends
 * them all; the end of a fault from before a restore then changes nothing.
 */
import type { Draw } from '../draw.ts';
import type { RandomStream } from '../../sim/random/stream.ts';
import type { Sickness } from '../services/server.ts';
import type { FaultDescription, FaultKind } from '../description.ts';

/** A server, or a node of a director. What does not concern it does nothing. */
export interface Actor {
  readonly name: string;
  crash(): void;
  /** Stops in an orderly way. */
  stop(): void;
  restore(): void;
  setHung(hung: boolean): void;
  /** Speed is multiplied by `factor`. */
  setSpeed(factor: number): void;
  setDraining(draining: boolean): void;
  setRefusing(refusing: boolean): void;
  setSick(sick: Sickness | null): void;
  /** The VRRP process dies, or is there again. */
  setKilled(killed: boolean): void;
  /** Its tracked script fails, or succeeds again. */
  setScript(failing: boolean): void;
}

/** A fault that has begun at a target; what ends it. */
export interface Begun {
  readonly epoch: number;
  readonly kind: FaultKind;
  readonly factor: number;
}

/** Kinds of which any number may be on at once, with one switch. */
const switches = ['hang', 'drain', 'refuse', 'sick', 'kill9', 'script'] as const;
type Switch = (typeof switches)[number];

export class FaultTarget {
  /** Whether it is down: crashed or stopped, and not back. */
  get down(): boolean {
    return this.downs > 0;
  }

  private epoch = 0;
  private downs = 0;
  private readonly on: Record<Switch, number> = { hang: 0, drain: 0, refuse: 0, sick: 0, kill9: 0, script: 0 };
  /** Factors of the slow-downs that are on, and of a cold start. */
  private readonly factors: number[] = [];
  private warmth = 1;

  constructor(readonly actor: Actor) {}

  begin(fault: FaultDescription, sickness: Sickness | null): Begun {
    const { actor } = this;
    switch (fault.do) {
      case 'crash':
      case 'stop':
        this.downs++;
        this.warmth = 1;
        if (fault.do === 'crash') actor.crash();
        else actor.stop();
        break;
      case 'restore':
        this.restore();
        break;
      case 'slow':
        this.factors.push(fault.factor);
        this.setSpeed();
        break;
      case 'unplug':
      case 'partition':
        break;
      default:
        this.on[fault.do]++;
        this.set(fault.do, true, sickness);
    }
    return { epoch: this.epoch, kind: fault.do, factor: fault.factor };
  }

  /** @returns whether it has come back from being down. */
  end({ epoch, kind, factor }: Begun): boolean {
    if (epoch !== this.epoch) return false;
    switch (kind) {
      case 'crash':
      case 'stop':
        if (--this.downs > 0) return false;
        this.actor.restore();
        return true;
      case 'slow':
        this.factors.splice(this.factors.indexOf(factor), 1);
        this.setSpeed();
        return false;
      case 'restore':
      case 'unplug':
      case 'partition':
        return false;
      default:
        if (--this.on[kind] === 0) this.set(kind, false, null);
        return false;
    }
  }

  /** Speed after a cold start; 1 = warm. */
  setWarmth(warmth: number): void {
    this.warmth = warmth;
    this.setSpeed();
  }

  private restore(): void {
    this.epoch++;
    this.downs = 0;
    this.warmth = 1;
    this.factors.length = 0;
    for (const kind of switches) {
      this.on[kind] = 0;
      this.set(kind, false, null);
    }
    this.setSpeed();
    this.actor.restore();
  }

  private setSpeed(): void {
    this.actor.setSpeed(this.factors.reduce((product, factor) => product * factor, this.warmth));
  }

  private set(kind: Switch, on: boolean, sickness: Sickness | null): void {
    const { actor } = this;
    switch (kind) {
      case 'hang':
        return actor.setHung(on);
      case 'drain':
        return actor.setDraining(on);
      case 'refuse':
        return actor.setRefusing(on);
      case 'sick':
        return actor.setSick(on ? sickness : null);
      case 'kill9':
        return actor.setKilled(on);
      case 'script':
        return actor.setScript(on);
    }
  }
}

/** @param answer time to the error; null = at once. */
export function sickness(share: number, answer: Draw | null, stream: RandomStream): Sickness {
  return {
    strikes: () => share >= 1 || stream.uniform() < share,
    seconds: () => answer?.sample(0) ?? 0,
  };
}
