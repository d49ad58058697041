/** @file The tab "Digits". */
import { words } from "../../words.js";

export default function Digits() {
  return <p class="note">{words().comingSoon}</p>;
}
