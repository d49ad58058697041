/**
 * @file Finds the installed browsers, or says which package has them. As a program it says what is missing and then exits with 1;
 * with `--packages` it only prints the names of the packages to install.
 */
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
  // xvfb-run calls it, and its package only recommends it.
  "display key": { find: () => onPath("xauth"), package: "xauth" },
};

/** Names of the missing packages. */
export const missingPackages = () =>
  Object.values(needed)
    .filter(({ find }) => find() === null)
    .map((entry) => entry.package);

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

/** Firefox without its first-run pages and its own traffic. */
const firefoxPreferences = [
  ["app.normandy.enabled", false],
  ["app.update.auto", false],
  ["browser.aboutwelcome.enabled", false],
  ["browser.shell.checkDefaultBrowser", false],
  ["datareporting.policy.dataSubmissionEnabled", false],
  ["network.captive-portal-service.enabled", false],
  ["network.connectivity-service.enabled", false],
  ["toolkit.telemetry.reportingpolicy.firstRun", false],
];

/**
 * How to start a browser so that it opens the address given as last argument and shows no window. Sandboxes are off: they do
 * not start in a container, and the only page opened is our own.
 * @throws when it is not installed
 */
export function startCommand(browser) {
  const program = browserPath(browser);
  if (browser === "chromium") {
    const flags = [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--disable-background-networking",
    ];
    return (folder) => ({ program, args: [...flags, `--user-data-dir=${folder}`] });
  }
  if (browser === "firefox") {
    const preferences = firefoxPreferences.map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});\n`).join("");
    return (folder) => ({ program, args: ["--headless", "--no-remote", "--profile", folder], env: { HOME: folder }, files: { "user.js": preferences } });
  }
  const display = browserPath("virtual display");
  return (folder) => ({
    program: display,
    args: ["-a", program, "--private"],
    env: {
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      // Without one the browser says that its language is "C", which is none.
      LANG: "en_US.UTF-8",
      // Posting shared memory to workers is behind this option in WebKitGTK.
      JSC_useSharedArrayBuffer: "1",
      WEBKIT_DISABLE_COMPOSITING_MODE: "1",
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
      LIBGL_ALWAYS_SOFTWARE: "1",
      GDK_BACKEND: "x11",
      NO_AT_BRIDGE: "1",
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = missingPackages();
  if (process.argv.includes("--packages")) console.log(missing.join(" "));
  else if (missing.length > 0) {
    console.error(`browsers: expected Chromium, Firefox, WebKit's MiniBrowser and xvfb. HINT: ${howToInstall(missing)}`);
    process.exitCode = 1;
  }
}
