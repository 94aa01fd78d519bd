// The least a gateway consists of: Node, a WebSocket server and a database. Plain JavaScript, so that it starts as
// fast as Node does. It greets, and then it echoes.
import { enableCompileCache } from "node:module";

enableCompileCache();
const { WebSocketServer } = await import("ws");
const { default: Sqlite } = await import("better-sqlite3");

const database = new Sqlite(process.argv[2]);
database.pragma("journal_mode = WAL");
database.exec("CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, text TEXT)");

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
server.on("connection", (socket) => {
  socket.send("hello");
  socket.on("message", (data) => socket.send(data, { binary: false }));
});
server.on("listening", () => process.stdout.write(`listening on ${server.address().port}\n`));
