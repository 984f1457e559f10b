/** What watches the number present at a service as it changes. */
export interface LevelProbe {
  /** From now on the number is this one. Times do not fall. */
  change(now: number, level: number): void;
}
