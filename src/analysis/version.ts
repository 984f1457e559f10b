/** The version that results carry: a result is a function of scenario, seed and version alone. */
export const VERSION = '0.1.0';
