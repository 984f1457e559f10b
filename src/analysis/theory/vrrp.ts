/**
 * How long a virtual address is gone when its master dies silently, by VRRP's timers.
 * Source: RFC 3768 (version 2), RFC 5798 (version 3). Version 3 counts centiseconds on the wire; not rounded here.
 */
import { requirePositive } from './refusal.ts';

export interface VrrpTimers {
  /** Seconds. */
  readonly skew: number;
  readonly masterDown: number;
  /** Outage, the death uniform between two advertisements. */
  readonly outageMean: number;
  readonly outageMin: number;
  readonly outageMax: number;
  /** After the master has said goodbye (priority 0). */
  readonly afterGoodbye: number;
}

/** @param priority of the backup, 1..254. @param advert advertisement interval, s. */
export function vrrpTimers(version: 2 | 3, advert: number, priority: number): VrrpTimers {
  requirePositive('VRRP', { advert });
  const skew = ((256 - priority) / 256) * (version === 3 ? advert : 1);
  const masterDown = 3 * advert + skew;
  return {
    skew,
    masterDown,
    outageMean: masterDown - advert / 2,
    outageMin: masterDown - advert,
    outageMax: masterDown,
    afterGoodbye: skew,
  };
}
