/**
 * The default image. One text for both ways to build it: from a registry as it is, or with `BASE` and `NODE` naming
 * images that were imported from local files, where the packages are already there and no network is needed.
 * `deploy/sandbox/Dockerfile` holds the same text for people who build by hand.
 */
export const sandboxDockerfile = `# The image agents work in. Build: docker build -t claw-sandbox:bookworm deploy/sandbox
ARG BASE=debian:bookworm-slim
ARG NODE=node:24-bookworm-slim

FROM \${NODE} AS node

FROM \${BASE}
RUN for tool in bash curl git jq ps python3 rg; do command -v "$tool" >/dev/null || missing="$missing $tool"; done; \\
    if [ -n "$missing" ]; then \\
      apt-get update \\
      && apt-get install -y --no-install-recommends bash ca-certificates curl git jq procps python3 ripgrep \\
      && rm -rf /var/lib/apt/lists/*; \\
    fi
COPY --from=node /usr/local/bin/node /usr/local/bin/node
RUN groupadd --gid 10001 agent \\
    && useradd --uid 10001 --gid agent --home-dir /tmp --no-create-home --shell /bin/bash agent \\
    && git config --system --add safe.directory '*' \\
    && mkdir -p /workspace \\
    && node --version
USER agent
WORKDIR /workspace
CMD ["sleep", "infinity"]
`;
