/** @file Finds the installed browsers, or says which package has them. With no argument it prints what is missing and exits with 1. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** First of the names that is a program on the PATH. */
function onPath(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      if (folder !== "" && existsSync(join(folder, name))) return join(folder, name);
    }
  }
  return null;
}

/** WebKitGTK's small browser, which its packages put beside their libraries. */
function miniBrowser() {
  const architectures = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" };
  const folders = ["webkitgtk-6.0", "webkit2gtk-4.1", "webkit2gtk-4.0"].flatMap((version) => [
    `/usr/lib/${architectures[process.arch]}/${version}`,
    `/usr/libexec/${version}`,
    `/usr/lib/${version}`,
  ]);
  return onPath("MiniBrowser") ?? folders.map((folder) => join(folder, "MiniBrowser")).find((path) => existsSync(path)) ?? null;
}

/** What each browser run needs: a program, and the Debian or Ubuntu package that has it. */
const needed = {
  chromium: { find: () => onPath("chromium", "chromium-browser", "google-chrome"), package: "chromium" },
  firefox: { find: () => onPath("firefox-esr", "firefox"), package: "firefox-esr" },
  webkit: { find: miniBrowser, package: "webkit2gtk-driver" },
  "virtual display": { find: () => onPath("xvfb-run"), package: "xvfb" },
};

/** Names of the missing packages. */
export const missingPackages = () => Object.values(needed).filter(({ find }) => find() === null).map((entry) => entry.package);

/** How to get what is missing. */
export const howToInstall = (packages) => `apt-get install ${packages.join(" ")}`;

/**
 * Path of a browser, or of the virtual display's starter.
 * @throws when it is not installed
 */
export function browserPath(name) {
  const path = needed[name].find();
  if (path === null) throw new Error(`${name}: expected it to be installed. Got none on this machine. HINT: ${howToInstall([needed[name].package])}`);
  return path;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = missingPackages();
  if (missing.length > 0) {
    console.error(`browsers: expected Chromium, Firefox, WebKit's MiniBrowser and xvfb. HINT: ${howToInstall(missing)}`);
    process.exitCode = 1;
  }
}
