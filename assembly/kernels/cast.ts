/** @file Temporary scalar version, replaced by the SIMD one. */
/** x @writes y */
export function castF32ToI32(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<f32>(x+(<usize>i<<2)); store<i32>(y+(<usize>i<<2), <i32>v); } }
/** x @writes y */
export function castI32ToF32(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<i32>(x+(<usize>i<<2)); store<f32>(y+(<usize>i<<2), <f32>v); } }
/** x @writes y */
export function castF32ToBool(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<f32>(x+(<usize>i<<2)); store<u8>(y+(<usize>i<<0), u8(v!=0)); } }
/** x @writes y */
export function castI32ToBool(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<i32>(x+(<usize>i<<2)); store<u8>(y+(<usize>i<<0), u8(v!=0)); } }
/** x @writes y */
export function castBoolToF32(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<u8>(x+(<usize>i<<0)); store<f32>(y+(<usize>i<<2), <f32>v); } }
/** x @writes y */
export function castBoolToI32(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<u8>(x+(<usize>i<<0)); store<i32>(y+(<usize>i<<2), <i32>v); } }
/** x @writes y */
export function castU8ToF32(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<u8>(x+(<usize>i<<0)); store<f32>(y+(<usize>i<<2), <f32>v); } }
/** x @writes y */
export function castU8ToI32(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<u8>(x+(<usize>i<<0)); store<i32>(y+(<usize>i<<2), <i32>v); } }
/** x @writes y */
export function castI8ToF32(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<i8>(x+(<usize>i<<0)); store<f32>(y+(<usize>i<<2), <f32>v); } }
/** x @writes y */
export function castI8ToI32(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<i8>(x+(<usize>i<<0)); store<i32>(y+(<usize>i<<2), <i32>v); } }
/** x @writes y */
export function castF16ToF32(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<u16>(x+(<usize>i<<1)); store<f32>(y+(<usize>i<<2), <f32>v); } }
/** x @writes y */
export function castBF16ToF32(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<u16>(x+(<usize>i<<1)); store<f32>(y+(<usize>i<<2), <f32>v); } }
/** x @writes y */
export function castF32ToF16(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<f32>(x+(<usize>i<<2)); store<u16>(y+(<usize>i<<1), <u16>v); } }
/** x @writes y */
export function castF32ToBF16(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<f32>(x+(<usize>i<<2)); store<u16>(y+(<usize>i<<1), <u16>v); } }
/** x @writes y */
export function castF32ToU8(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<f32>(x+(<usize>i<<2)); store<u8>(y+(<usize>i<<0), <u8>v); } }
/** x @writes y */
export function castF32ToI8(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<f32>(x+(<usize>i<<2)); store<i8>(y+(<usize>i<<0), <i8>v); } }
/** x @writes y */
export function castI32ToU8(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<i32>(x+(<usize>i<<2)); store<u8>(y+(<usize>i<<0), <u8>v); } }
/** x @writes y */
export function castI32ToI8(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<i32>(x+(<usize>i<<2)); store<i8>(y+(<usize>i<<0), <i8>v); } }
/** x @writes y */
export function castI64ToF32(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<i64>(x+(<usize>i<<3)); store<f32>(y+(<usize>i<<2), <f32>v); } }
/** x @writes y */
export function castI64ToI32(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<i64>(x+(<usize>i<<3)); store<i32>(y+(<usize>i<<2), <i32>v); } }
/** x @writes y */
export function castI32ToI64(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<i32>(x+(<usize>i<<2)); store<i64>(y+(<usize>i<<3), <i64>v); } }
