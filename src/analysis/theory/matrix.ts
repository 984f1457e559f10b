/** Small dense matrices, rows of numbers. */

export type Matrix = readonly (readonly number[])[];

export function diagonal(values: readonly number[]): Matrix {
  return values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));
}

export function product(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
}

export function added(a: Matrix, b: Matrix, factor = 1): Matrix {
  return a.map((row, i) => row.map((value, j) => value + factor * b[i][j]));
}

/** The row vector times the matrix. */
export function applied(row: readonly number[], matrix: Matrix): number[] {
  return matrix[0].map((_, j) => row.reduce((sum, value, i) => sum + value * matrix[i][j], 0));
}

/** X of A X = B, by elimination with row exchanges. */
export function solved(a: Matrix, b: Matrix): Matrix {
  const size = a.length;
  const rows = a.map((row, i) => [...row, ...b[i]]);
  for (let k = 0; k < size; k++) {
    let best = k;
    for (let i = k + 1; i < size; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[best][k])) best = i;
    [rows[k], rows[best]] = [rows[best], rows[k]];
    const pivot = rows[k];
    for (let i = 0; i < size; i++) {
      if (i === k || rows[i][k] === 0) continue;
      const factor = rows[i][k] / pivot[k];
      for (let j = k; j < pivot.length; j++) rows[i][j] -= factor * pivot[j];
    }
  }
  return rows.map((row, k) => row.slice(size).map((value) => value / row[k]));
}
