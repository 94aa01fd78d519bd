/** What `claw sandbox build --with` can add to the image: a command that installs it, and the hosts that takes. */
export interface RuntimeRecipe {
  readonly command: string;
  readonly allow: readonly string[];
}

/** Of npm's packages; the public one. */
const NPM = "registry.npmjs.org";
const DEBIAN = ["deb.debian.org", "security.debian.org"];

const packages = (...names: readonly string[]): RuntimeRecipe => ({
  command: `apt-get update && apt-get install -y --no-install-recommends ${names.join(" ")} && rm -rf /var/lib/apt/lists/*`,
  allow: DEBIAN,
});

/** Programs that go builds to run them at once lie in the workspace: nothing in a sandbox's /tmp is executed. */
const GO = `#!/bin/sh
: "\${GOTMPDIR:=/workspace/.cache/go}"
mkdir -p "$GOTMPDIR" 2>/dev/null && export GOTMPDIR
exec /usr/bin/go "$@"
`;
const debianGo = packages("golang-go");
const go: RuntimeRecipe = {
  ...debianGo,
  command: `${debianGo.command} && printf '%s' '${GO}' > /usr/local/bin/go && chmod 755 /usr/local/bin/go && go version`,
};

/** The registry's package is a program for each architecture; it needs no npm to be unpacked. */
const bun: RuntimeRecipe = {
  command: [
    `package=@oven/bun-linux-$(uname -m | sed 's/x86_64/x64-baseline/')`,
    `url=$(curl -fsSL "https://${NPM}/$package/latest" | jq -r .dist.tarball)`,
    `curl -fsSL "$url" | tar -xz -C /usr/local/bin --strip-components=2 package/bin/bun`,
    "chmod 755 /usr/local/bin/bun && bun --version",
  ].join(" && "),
  allow: [NPM],
};

/** npm as its registry has it, for the node that the image holds. */
const npm: RuntimeRecipe = {
  command: [
    `url=$(curl -fsSL https://${NPM}/npm/latest | jq -r .dist.tarball)`,
    `mkdir -p /usr/local/lib/node_modules/npm`,
    `curl -fsSL "$url" | tar -xz -C /usr/local/lib/node_modules/npm --strip-components=1`,
    `for name in npm npx; do ln -sf ../lib/node_modules/npm/bin/$name-cli.js /usr/local/bin/$name; done`,
    "chmod 755 /usr/local/lib/node_modules/npm/bin/*-cli.js && npm --version",
  ].join(" && "),
  allow: [NPM],
};

export const runtimes: Readonly<Record<string, RuntimeRecipe>> = {
  go,
  rust: packages("rustc", "cargo", "gcc", "libc6-dev"),
  pip: packages("python3-pip", "python3-venv"),
  npm,
  bun,
};
