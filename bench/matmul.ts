/** @file Matrix multiply: squares, transposes, odd sizes, training shapes, batches, as shares of the machine's peak. */
import { keep, matMul, randomUniform, type Tensor, tidy } from "../src/index.js";
import { matmulBlocked, matmulNaive } from "./plain.js";
import { formatNumber, formatRatio, markdownTable } from "./report.js";
import type { Section, SectionOptions } from "./section.js";
import { interleave, ratio, summarize, timed } from "./stats.js";

interface Case {
  m: number;
  k: number;
  n: number;
  transposeA?: boolean;
  transposeB?: boolean;
  batch?: number;
  /** Whether plain JavaScript is timed too. */
  plain?: boolean;
}

const square = (size: number, options: Partial<Case> = {}): Case => ({ m: size, k: size, n: size, ...options });

const CASES: Case[] = [
  square(64, { plain: true }),
  square(128),
  square(256, { plain: true }),
  square(256, { transposeB: true }),
  square(256, { transposeA: true }),
  square(256, { transposeA: true, transposeB: true }),
  square(255),
  square(257),
  square(512, { plain: true }),
  square(1024),
  { m: 32, k: 784, n: 128, plain: true },
  { m: 784, k: 32, n: 128, transposeA: true },
  { m: 32, k: 128, n: 784, transposeB: true },
  { m: 32, k: 128, n: 10 },
  { m: 128, k: 32, n: 10, transposeA: true },
  { m: 32, k: 10, n: 128, transposeB: true },
  { m: 128, k: 784, n: 256 },
  { m: 784, k: 128, n: 256, transposeA: true },
  { m: 1, k: 784, n: 128 },
  { m: 1, k: 1024, n: 1024 },
  { m: 1024, k: 1024, n: 1 },
  { m: 1000, k: 784, n: 128 },
  { m: 1000, k: 3, n: 3 },
  { m: 64, k: 64, n: 64, batch: 32 },
  { m: 8, k: 8, n: 8, batch: 256 },
];

const letters = ({ transposeA, transposeB }: Case): string => `${transposeA ? "T" : "N"}${transposeB ? "T" : "N"}`;
const nameOf = (c: Case): string => `${c.batch ? `${c.batch} x ` : ""}${c.m}x${c.k}x${c.n} ${letters(c)}`;

function operand(rows: number, columns: number, batch: number | undefined): Tensor {
  return keep(randomUniform(batch ? [batch, rows, columns] : [rows, columns], -1, 1));
}

export async function matmulBench({ rounds, ms, peak }: SectionOptions): Promise<Section> {
  const rows: Section["rows"] = [];
  const cells: string[][] = [];
  const fractions: number[] = [];
  for (const c of CASES) {
    const { m, k, n, transposeA = false, transposeB = false, batch } = c;
    const a = transposeA ? operand(k, m, batch) : operand(m, k, batch);
    const b = transposeB ? operand(n, k, batch) : operand(k, n, batch);
    const flops = 2 * m * k * n * (batch ?? 1);
    const contenders = [{ name: "peak", measure: peak.measure }, timed("engram", () => tidy(() => void matMul(a, b, transposeA, transposeB)))];
    if (c.plain) {
      const [x, y, z] = [a.dataSync(), b.dataSync(), new Float32Array(m * n)];
      contenders.push(
        timed("naive", () => matmulNaive(x, y, z, { m, k, n })),
        timed("blocked", () => matmulBlocked(x, y, z, { m, k, n })),
      );
    }
    const measured = await interleave(contenders, { rounds, ms });
    a.dispose();
    b.dispose();
    const fraction = (ratio(measured, "peak", "engram") * flops) / peak.flops;
    const gflops = flops / summarize(measured.engram).median / 1e6;
    const peakGflops = peak.flops / summarize(measured.peak).median / 1e6;
    const plain = c.plain ? { naive: ratio(measured, "naive", "engram"), blocked: ratio(measured, "blocked", "engram") } : {};
    fractions.push(fraction);
    rows.push({ shape: nameOf(c), gflops, peakGflops, fraction, ...plain });
    cells.push([
      nameOf(c),
      formatNumber(gflops),
      `${(100 * fraction).toFixed(0)} %`,
      plain.blocked ? formatRatio(plain.blocked) : "",
      plain.naive ? formatRatio(plain.naive) : "",
    ]);
  }
  return { rows, fractions, table: markdownTable(["matrix multiply (m x k x n)", "GFLOP/s", "of the peak", "vs blocked JS", "vs naive JS"], cells) };
}
