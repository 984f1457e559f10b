/**
 * What keeps an autoscaler calm: stabilisation windows and policies.
 *
 * Source: Kubernetes documentation 1.30, "Horizontal Pod Autoscaling", configurable scaling behaviour. Scaling in takes the
 * highest of the recommendations of its window (300 s by default), scaling out the lowest of its own (0 s). Policies say
 * how many servers may come or go within a period; `most` takes the one that allows the largest change, `least` the
 * smallest, `none` forbids the direction.
 * Cost: O(recommendations in the windows) an evaluation, 20 with the defaults.
 */
export interface Policy {
  /** Servers, or a share of those there were at the beginning of the period (0.5 = half). */
  readonly kind: 'servers' | 'share';
  readonly value: number;
  /** Seconds. */
  readonly period: number;
}

export interface Direction {
  /** Seconds of the stabilisation window; 0 = none. */
  readonly window: number;
  /** None = as many as asked for. */
  readonly policies: readonly Policy[];
  readonly select: 'most' | 'least' | 'none';
}

export interface BehaviourRules {
  readonly out: Direction;
  readonly in: Direction;
}

interface Remembered {
  readonly at: number;
  readonly value: number;
}

export class Behaviour {
  /** Recommendations that a window may still see, oldest first. */
  private recommended: Remembered[];
  /** Servers that came (> 0) or went (< 0) within the longest period. */
  private changes: Remembered[] = [];

  /** @param current servers at the beginning, which count as the first recommendation. */
  constructor(
    private readonly rules: BehaviourRules,
    current: number,
  ) {
    this.recommended = [{ at: 0, value: current }];
  }

  /** Servers after windows and policies, before min and max. @param wanted what the rule says now. */
  limit(now: number, current: number, wanted: number): number {
    const stable = this.stabilise(now, current, wanted);
    if (stable > current) return Math.min(stable, this.most(now, current));
    if (stable < current) return Math.max(stable, this.least(now, current));
    return current;
  }

  /** So many servers were asked for now, or let go (< 0). */
  changed(now: number, by: number): void {
    const longest = Math.max(0, ...this.rules.out.policies.map(period), ...this.rules.in.policies.map(period));
    this.changes = this.changes.filter(({ at }) => at > now - longest);
    if (longest > 0) this.changes.push({ at: now, value: by });
  }

  private stabilise(now: number, current: number, wanted: number): number {
    const { out, in: into } = this.rules;
    const longest = Math.max(out.window, into.window);
    this.recommended = this.recommended.filter(({ at }) => at > now - longest);
    let lowest = wanted;
    let highest = wanted;
    for (const { at, value } of this.recommended) {
      if (at > now - out.window) lowest = Math.min(lowest, value);
      if (at > now - into.window) highest = Math.max(highest, value);
    }
    this.recommended.push({ at: now, value: wanted });
    if (current < lowest) return lowest;
    return current > highest ? highest : current;
  }

  private most(now: number, current: number): number {
    const { policies, select } = this.rules.out;
    if (select === 'none') return current;
    if (policies.length === 0) return Infinity;
    const limits = policies.map(({ kind, value, period: seconds }) => {
      const before = this.before(now, current, seconds);
      return kind === 'servers' ? before + value : Math.ceil(before * (1 + value));
    });
    return Math.max(current, select === 'most' ? Math.max(...limits) : Math.min(...limits));
  }

  private least(now: number, current: number): number {
    const { policies, select } = this.rules.in;
    if (select === 'none') return current;
    if (policies.length === 0) return 0;
    const limits = policies.map(({ kind, value, period: seconds }) => {
      const before = this.before(now, current, seconds);
      return kind === 'servers' ? before - value : Math.floor(before * (1 - value));
    });
    return Math.min(current, select === 'most' ? Math.min(...limits) : Math.max(...limits));
  }

  /** Servers at the beginning of a period that ends now. */
  private before(now: number, current: number, seconds: number): number {
    let servers = current;
    for (const { at, value } of this.changes) if (at > now - seconds) servers -= value;
    return servers;
  }
}

function period({ period: seconds }: Policy): number {
  return seconds;
}
