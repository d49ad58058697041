/** @file The tab "playground". */
import { words } from "../../words.js";

export default function Tab() {
  return <p class="note">{words().comingSoon}</p>;
}
