import { expect, test } from "vitest";
import { isPrivateUrl } from "./private-url.ts";

test.each([
  "http://localhost:1",
  "http://127.0.0.1/v1",
  "http://[::1]:8080",
  "http://192.168.1.9",
  "http://gpu.local",
  "http://gpu:8000",
  "http://host.docker.internal",
  "http://100.100.1.1",
])("%s is private", (url) => expect(isPrivateUrl(url)).toBe(true));

test.each(["https://api.openai.com", "http://8.8.8.8", "http://[2606:4700::1]", "https://local.example.com"])(
  "%s is not",
  (url) => expect(isPrivateUrl(url)).toBe(false),
);
