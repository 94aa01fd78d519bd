import assert from "node:assert/strict";
import { type Attack, attempt } from "./case.ts";

/** Each with its number on x64 and on arm64, and arguments that the kernel would take or at least look at. */
const CALLS = `
io_uring_setup 425 425 1 buffer
socket(AF_VSOCK) 41 198 40 1 0
socket(NETLINK_NETFILTER) 41 198 16 3 12
socket(AF_PACKET) 41 198 17 3 0
socket(AF_ALG) 41 198 38 5 0
ptrace(sibling) 101 117 0x4206 sibling 0 0
process_vm_readv(sibling) 310 270 sibling buffer 1 buffer 1 0
kcmp(sibling) 312 272 sibling sibling 0 0 0
pidfd_getfd 438 438 0 0 0
keyctl 250 219 0 -3 1
add_key 248 217 buffer buffer buffer 1 -3
request_key 249 218 buffer buffer 0 -3
bpf 321 280 0 buffer 64
userfaultfd 323 282 1
perf_event_open 298 241 buffer 0 -1 -1 0
unshare(user) 272 97 0x10000000
unshare(mount) 272 97 0x20000
clone(user) 56 220 0x10000011 0 0 0 0
setns 308 268 0 0
mount 165 40 0 path 0 0x1000 0
umount2 166 39 path 2
fsopen 430 430 buffer 0
open_tree 428 428 -100 path 1
move_mount 429 429 -100 path -100 path 0
mount_setattr 442 442 -100 path 0 buffer 32
pivot_root 155 41 path path
chroot 161 51 path
open_by_handle_at 304 265 -100 buffer 0
mknod(device) 259 33 -100 path 0x2180 0x101
personality(no randomisation) 135 92 0x40000
init_module 175 105 buffer 1 buffer
finit_module 313 273 0 buffer 0
kexec_load 246 104 0 0 0 0
reboot 169 142 0xfee1dead 0x28121969 0 0
swapon 167 224 path 0
settimeofday 164 170 buffer 0
clock_settime 227 112 0 buffer
sethostname 170 161 buffer 1
syslog 103 116 10 0 0
acct 163 89 0
quotactl 179 60 0 path 0 buffer
fanotify_init 300 262 0 0
`;

/** Prints of each call how it ended: the kernel's refusal, or that it came further than that. */
const ATTACKER = `
import ctypes, os, platform, signal, sys
column = 2 if platform.machine() == "aarch64" else 1
libc = ctypes.CDLL(None, use_errno=True)
sibling = os.fork()
if sibling == 0:
    signal.pause()
buffer = ctypes.create_string_buffer(4096)
words = {"buffer": ctypes.addressof(buffer), "sibling": sibling, "path": ctypes.create_string_buffer(b"/tmp/attack")}
def word(text):
    return words[text] if text in words else ctypes.c_long(int(text, 0))
try:
    for line in sys.stdin.read().strip().splitlines():
        name, rest = line[:line.index(") ") + 1] if ") " in line else line.split(" ")[0], ""
        fields = [name] + line[len(name):].split()
        number = int(fields[column])
        arguments = [ctypes.c_void_p(one) if isinstance(one, int) else one for one in map(word, fields[3:])]
        result = libc.syscall(ctypes.c_long(number), *arguments)
        if result == 0 and name.startswith("clone"):
            os._exit(0)
        error = ctypes.get_errno() if result == -1 else 0
        print(name + ": " + {1: "refused", 38: "refused"}.get(error, "reached the kernel: %d, %s" % (result, os.strerror(error))))
finally:
    os.kill(sibling, signal.SIGKILL)
`;

const EVERYDAY = `set -e
python3 - <<'END'
import concurrent.futures, multiprocessing, socket, sqlite3, subprocess, tempfile, threading
assert subprocess.run(["uname", "-m"], capture_output=True).returncode == 0
with concurrent.futures.ThreadPoolExecutor(4) as pool: assert list(pool.map(abs, [-1, 2])) == [1, 2]
process = multiprocessing.Process(target=print, args=("forked",)); process.start(); process.join(); assert process.exitcode == 0
lock = multiprocessing.Semaphore(1); lock.acquire(); lock.release()
server = socket.create_server(("127.0.0.1", 0)); socket.create_connection(server.getsockname()).close()
sqlite3.connect("/tmp/everyday").execute("create table t (a)")
END
mkdir /tmp/repository && cd /tmp/repository && git init -q . && echo text > file && git add file
git -c user.name=a -c user.email=a@b commit -qm first && git gc -q && git log --oneline | wc -l
mkfifo /tmp/pipe; echo through > /tmp/pipe & cat /tmp/pipe; wait
tar -C /tmp -czf /tmp/archive.tgz repository && tar -tzf /tmp/archive.tgz | grep -c file
exec 3<>/dev/null; coproc cat; echo done`;

export const systemCallAttacks: readonly Attack[] = [
  {
    name: "system calls that reach past a sandbox are refused, each of them",
    needsPrograms: true,
    async run({ sandbox }) {
      const { exitCode, stdout, stderr } = await attempt(sandbox, 'python3 -c "$ATTACKER"', {
        env: { ATTACKER },
        stdin: CALLS,
      });
      assert.equal(exitCode, 0, stderr);
      const ends = stdout.trim().split("\n");
      assert.deepEqual(
        ends.filter((line) => !line.endsWith(": refused")),
        [],
      );
      assert.equal(ends.length, CALLS.trim().split("\n").length);
    },
  },
  {
    name: "what programs need every day is not refused with it",
    async run({ sandbox, programs }) {
      if (!programs) {
        assert.equal((await attempt(sandbox, "mkdir -p a && echo text > a/file && tar -cf b.tar a")).exitCode, 0);
        return;
      }
      const { exitCode, stdout, stderr } = await attempt(sandbox, EVERYDAY);
      assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
      assert.equal(stdout, "forked\n1\nthrough\n1\ndone\n");
    },
  },
];
