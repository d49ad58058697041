/** @file The public names of pictures: as SVG, and as text for a terminal. */
export type { ColorDepth } from "./ansi.js";
export { type BarsOptions, barsText } from "./bars.js";
export { type ConfusionMatrixOptions, confusionMatrixSvg } from "./confusion.js";
export { type HistoryPictureOptions, type HistoryValues, historySvg } from "./history.js";
export { type ImageGridOptions, imageGridSvg, imageGridText, imageLines, type LabelledImage } from "./imageGrid.js";
export { lineChartSvg, type SvgChartOptions } from "./lineChartSvg.js";
export { lineChartText, type TextChartOptions } from "./lineChartText.js";
export { modelDot } from "./modelDot.js";
export type { ModelPictureOptions } from "./modelGraph.js";
export { modelSvg } from "./modelSvg.js";
export type { ChartOptions, Series } from "./series.js";
export { type ArrangeOptions, arrangeSvg } from "./svg.js";
