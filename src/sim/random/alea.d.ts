/** The one file of seedrandom that we load; its published types describe only the package as a whole. */
declare module 'seedrandom/lib/alea.js' {
  /** Seeds the generator from a text. */
  export default function alea(seed: string): {
    (): number;
    /** The next 32 bits, signed. */
    int32(): number;
  };
}
