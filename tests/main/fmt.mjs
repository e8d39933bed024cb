// fmt.mjs — anlao fmt as a command: files, folders, standard input, and documents it refuses.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { anlao, program, ok, is, finish, folder, root } from "./tap.mjs";

const head = "---\ndocument: one\ntitle: x\nlayer: model\nin force: 2020-01-01\n---\n\n# 1 甲\n\n正文  两个空格\n\n```anlao\n";
const ugly = `${head}enum  a{x;y}\n\`\`\`\n`, neat = `${head}enum a { x; y }\n\`\`\`\n`;
const one = join(folder, "one.md");

writeFileSync(one, ugly);
const checked = anlao("fmt", "--check", one);
is(checked.status, 1, "--check says that a file is not laid out");
ok(/one\.md: error: not formatted/.test(checked.err), "and which", checked.err);
is(readFileSync(one, "utf8"), ugly, "but changes nothing");
is(anlao("fmt", one).status, 0, "fmt lays it out");
is(readFileSync(one, "utf8"), neat, "blanks inside blocks change, nothing else");
const before = statSync(one).mtimeMs;
is(anlao("fmt", "--check", one).status, 0, "then --check is content");
anlao("fmt", one);
is(statSync(one).mtimeMs, before, "a file that is laid out is not written again");

const stream = spawnSync(program, ["fmt", "-"], { encoding: "utf8", input: ugly, env: { ...process.env, ANLAO_HOME: root } });
is(stream.stdout, neat, "- reads standard input and prints");

const packs = join(folder, "packs");
mkdirSync(join(packs, "model"), { recursive: true });
writeFileSync(join(packs, "model", "one.md"), ugly);
writeFileSync(join(packs, "two.md"), ugly.replace("enum", "enam"));
writeFileSync(join(packs, "note.txt"), "enum  a{x}\n");
const mixed = anlao("fmt", packs);
is(mixed.status, 1, "a document that does not parse makes the status 1");
ok(/two\.md:13:1: error: 'enam' begins no declaration/.test(mixed.err), "and is named with its place", mixed.err);
is(readFileSync(join(packs, "model", "one.md"), "utf8"), neat, "the others are laid out");
is(readFileSync(join(packs, "two.md"), "utf8"), ugly.replace("enum", "enam"), "and it stays as it was");
is(readFileSync(join(packs, "note.txt"), "utf8"), "enum  a{x}\n", "only documents are touched");

ok(anlao("fmt", join(folder, "none.md")).status !== 0, "a file that is not there");
writeFileSync(one, Buffer.from([0x2d, 0x2d, 0x2d, 0x0a, 0xff, 0xfe]));
ok(/byte 0xff is no text/.test(anlao("fmt", one).err), "bytes that are no text");
is(anlao("fmt", "--packs", join(folder, "model")).status, 1, "no folder of packs");
is(anlao("fmt", "--check", join(root, "packs")).status, 0, "the packs are laid out");
finish();
