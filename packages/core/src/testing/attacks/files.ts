import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { rejects } from "../sandbox/case.ts";
import { type Attack, attempt, succeeded } from "./case.ts";

/** A file of the host's that nobody in a sandbox may see or change. */
async function hostSecret() {
  const directory = await mkdtemp(join(tmpdir(), "claw-secret-"));
  const path = join(directory, "secret.txt");
  await writeFile(path, "the host's secret");
  return { path, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

export const fileAttacks: readonly Attack[] = [
  {
    name: "no path, link or root in /proc leads out of the workspace",
    async run({ sandbox, workspace }) {
      await using secret = await hostSecret();
      await symlink(secret.path, join(workspace, "absolute"));
      await symlink(relative(workspace, secret.path), join(workspace, "relative"));
      const roots = ["", "/proc/self/root", "/proc/1/root", "/proc/$PPID/root", "/proc/self/cwd/../../../.."];
      const ways = [...roots.map((root) => `${root}${secret.path}`), `../../../../..${secret.path}`];
      const paths = [...ways, "absolute", "relative", "/proc/self/cwd/absolute"];
      const reading = paths.map((path) => `grep -q secret "${path}"`);
      assert.deepEqual(await succeeded(sandbox, reading), []);
      await succeeded(
        sandbox,
        paths.map((path) => `echo overwritten >> "${path}"`),
      );
      for (const path of ["absolute", "relative", `../..${secret.path}`, secret.path, "/proc/self/root/etc/passwd"]) {
        await rejects(sandbox.readFile(path), "SANDBOX_PATH_ESCAPE");
        await rejects(sandbox.writeFile(path, "overwritten"), "SANDBOX_PATH_ESCAPE");
      }
      assert.equal(await readFile(secret.path, "utf8"), "the host's secret");
    },
  },
  {
    name: "another session's workspace is nowhere to be found",
    spec: () => ({ key: "attacker", workspace: { access: "none" } }),
    async run({ sandbox, workspace, acquire }) {
      const victim = await acquire({ key: "victim", workspace: { access: "none" } });
      await victim.sandbox.writeFile("claw-victim-marker", "the victim's secret");
      await writeFile(join(workspace, "claw-owner-marker"), "");
      const found = await attempt(sandbox, "find / -name 'claw-*-marker' -not -path '/proc/*' 2>/dev/null; exit 0");
      assert.equal(found.stdout, "");
      await rejects(sandbox.readFile("../victim/claw-victim-marker"), "SANDBOX_PATH_ESCAPE");
    },
  },
  {
    name: "a program with the set-user-id bit gives nobody another user",
    needsPrograms: true,
    async run({ sandbox }) {
      const raise = "cp /bin/bash /tmp/raise; cp /bin/bash raise; chmod 6755 /tmp/raise raise";
      const ask =
        "for one in /tmp/raise ./raise; do $one -p -c 'id -u; id -ru; cat /proc/self/status | grep CapEff'; done";
      const { stdout } = await attempt(sandbox, `${raise}; id -u; ${ask} 2>/dev/null`);
      const [own, ...seen] = stdout.trim().split("\n");
      assert.notEqual(own, "0");
      for (const line of seen) assert.ok(line === own || /^CapEff:\t0+$/.test(line), line);
      assert.deepEqual(
        await succeeded(sandbox, ["su -c true", "sudo -n true", "mount -t tmpfs none /tmp", "newgrp"]),
        [],
      );
    },
  },
  {
    name: "there is no device and no file of the kernel's that reaches past the sandbox",
    async run({ sandbox, programs }) {
      const devices = "mem kmem port kvm fuse net/tun vda sda nvme0n1 vsock vhost-vsock loop0".split(" ");
      const reading = [
        ...devices.map((name) => `test -e /dev/${name}`),
        ...["kcore", "kmsg", "keys", "timer_list"].map((name) => `head -c 1 /proc/${name} | grep -q .`),
        "head -c 1 /proc/1/mem",
        "grep -q . /proc/1/environ",
        "ls /sys/firmware/* /sys/kernel/debug/* /sys/kernel/security/*",
      ];
      const writing = [
        "mknod /tmp/disk b 8 0",
        "mknod disk b 8 0",
        "echo 10 > /proc/sys/kernel/printk_ratelimit_burst",
        "echo 1 > /proc/sys/net/ipv4/ip_forward",
        "find /sys /proc/sys /proc/fs /proc/irq /proc/bus /proc/driver -type f -writable | grep -q .",
        "find /sys/fs/cgroup -type d -writable | grep -q .",
        ...["core_pattern", "modprobe", "hotplug"].map((name) => `test -w /proc/sys/kernel/${name}`),
        "test -w /proc/sysrq-trigger",
      ];
      // An interpreter makes up a file where one is written.
      assert.deepEqual(await succeeded(sandbox, programs ? [...reading, ...writing] : reading), []);
    },
  },
  {
    name: "the system's own files can't be changed",
    async run({ sandbox, programs }) {
      const places = "/ /etc /usr /usr/bin /bin /lib /root /run /var/tmp /sys /dev /home".split(" ");
      const name = `claw-attack-${randomUUID()}`;
      const made = await succeeded(sandbox, [
        ...places.flatMap((place) => [`touch ${place}/${name}`, `mkdir ${place}/${name}-directory`]),
        "echo x >> /etc/passwd",
        "rm -f /bin/bash && ! test -e /bin/bash",
      ]);
      // What an interpreter makes up is nowhere on the host.
      if (programs) assert.deepEqual(made, []);
      const found = places.flatMap((place) => [join(place, name), join(place, `${name}-directory`)]).filter(existsSync);
      assert.deepEqual(found, []);
    },
  },
];
