/**
 * Who can reach whom: partitions and pulled cables, as cuts between sets of ends. An end is a server, a node of a director or
 * the clients of one name. Cuts overlap and end one by one.
 * Left out: cuts one way only; clients on different sides of a partition who see different nodes at one address.
 */

/** Number of an end. */
export type End = number;

export interface Cut {
  readonly these: ReadonlySet<End>;
  /** null = everybody else. */
  readonly those: ReadonlySet<End> | null;
}

export class Reach {
  private readonly ends = new Map<string, End>();
  private readonly cuts = new Set<Cut>();

  /** The end of a name (`web.1`, `vip.a`, `browsers`), made when first asked for. */
  end(name: string): End {
    let end = this.ends.get(name);
    if (end === undefined) {
      end = this.ends.size;
      this.ends.set(name, end);
    }
    return end;
  }

  /** Whether there is any cut at all. */
  get cutting(): boolean {
    return this.cuts.size > 0;
  }

  add(cut: Cut): void {
    this.cuts.add(cut);
  }

  remove(cut: Cut): void {
    this.cuts.delete(cut);
  }

  /** False where its cable is pulled. */
  plugged(end: End): boolean {
    for (const { these, those } of this.cuts) if (those === null && these.has(end)) return false;
    return true;
  }

  /** Whether packets pass between two ends, both ways. O(cuts). */
  passes(a: End, b: End): boolean {
    if (a === b) return true;
    for (const { these, those } of this.cuts) {
      if (separates(these, those, a, b) || separates(these, those, b, a)) return false;
    }
    return true;
  }
}

function separates(these: ReadonlySet<End>, those: ReadonlySet<End> | null, a: End, b: End): boolean {
  return these.has(a) && (those === null || those.has(b));
}
