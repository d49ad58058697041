/** @file The shell's words in Simplified Chinese. */
import type { en } from "./en.js";
import type { Translation } from "./index.js";

export const zh: Translation<typeof en> = {
  tagline: "就在本页面里训练神经网络，由 WebAssembly 驱动",
  skip: "跳到正文",
  parts: "页面栏目",
  digits: "手写数字",
  playground: "游乐场",
  activations: "激活函数",
  benchmark: "基准测试",
  language: "语言",
  theme: "配色",
  light: "浅色",
  dark: "深色",
  system: "跟随系统",
  loading: "加载中…",
  failed: "这一部分未能加载。",
  retry: "重试",
  comingSoon: "此处尚无内容。",
  engine: "引擎",
  threads: "个线程",
  oneThread: "1 个线程",
  threadsMean: "页面处于跨源隔离状态时，足够大的网络会分摊到多个核心上。",
  relaxed: "宽松 SIMD",
  strict: "严格 SIMD",
  relaxedMeans: "此浏览器的 WebAssembly 是否支持融合乘加。",
  isolated: "已隔离",
  notIsolated: "未隔离",
  isolatedMeans: "服务器的响应头是否允许本页面与其工作线程共享内存。",
};
