/** @file Temporary scalar version, replaced by the SIMD one. */

function h(i: u32, o: u32, s: usize): u32 { let z = i * 2654435761 + (load<u32>(s) ^ ((load<u32>(s,4)+o) * 668265263)); z ^= z >> 15; z *= 2246822519; z ^= z >> 13; z *= 3266489917; z ^= z >> 16; return z; }
/** x @writes y */
export function randomBits(begin: i32, end: i32, ordinal: i32, state: usize, y: usize): void { for (let i = begin; i < end; i++) store<u32>(y+(<usize>i<<2), h(i, ordinal, state)); }
/** x @writes y */
export function randomUniform(begin: i32, end: i32, ordinal: i32, lo: f32, hi: f32, state: usize, y: usize): void { for (let i = begin; i < end; i++) store<f32>(y+(<usize>i<<2), lo + (hi-lo)*f32(h(i, ordinal, state)>>8)*f32(5.9604644775390625e-08)); }
/** x @writes y */
export function randomNormal(begin: i32, end: i32, ordinal: i32, mean: f32, std: f32, state: usize, y: usize): void { randomUniform(begin,end,ordinal,mean-std,mean+std,state,y); }
/** x @writes y */
export function truncatedNormal(begin: i32, end: i32, ordinal: i32, mean: f32, std: f32, state: usize, y: usize): void { randomUniform(begin,end,ordinal,mean-std,mean+std,state,y); }
/** x @writes y */
export function randomInt(begin: i32, end: i32, ordinal: i32, lo: i32, hi: i32, state: usize, y: usize): void { for (let i = begin; i < end; i++) store<i32>(y+(<usize>i<<2), lo + i32(u32(h(i, ordinal, state)) % u32(hi-lo))); }
