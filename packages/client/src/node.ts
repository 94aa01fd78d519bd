export { pinnedWebSocket } from "./pinned-web-socket.ts";
