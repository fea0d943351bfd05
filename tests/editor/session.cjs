// session.cjs SERVER SCHEMAS: opens a manifest and a policy in the YAML language server and checks what it says.
const { pathToFileURL } = require("url");
const { Client } = require("./client.cjs");

const [program, schemas] = process.argv.slice(2);
let failures = 0;
let checks = 0;

function check(what, text, ...parts) {
  for (const part of parts) {
    checks += 1;
    if (text.includes(part)) continue;
    failures += 1;
    console.log(`editor: ${what} lacks ${JSON.stringify(part)}: ${JSON.stringify(text)}`);
  }
}

// The text with the place of '‸' taken out: [text, line, character].
function marked(text) {
  const before = text.slice(0, text.indexOf("‸")).split("\n");
  return [text.replace("‸", ""), before.length - 1, before[before.length - 1].length];
}

const head = (name) => `# yaml-language-server: $schema=${pathToFileURL(`${schemas}/${name}.schema.json`)}\n`;
let count = 0;
const fresh = () => `file:///work/${(count += 1)}.yaml`;

async function hover(client, name, text) {
  const [plain, line, character] = marked(head(name) + text);
  const uri = fresh();
  await client.open(uri, plain);
  const result = await client.request("textDocument/hover", client.at(uri, line, character));
  return result === null ? "" : [result.contents].flat().map((part) => part.value ?? part).join("\n");
}

async function complete(client, name, text) {
  const [plain, line, character] = marked(head(name) + text);
  const uri = fresh();
  await client.open(uri, plain);
  const result = await client.request("textDocument/completion", client.at(uri, line, character));
  const items = result === null ? [] : result.items ?? result;
  return items.map((item) => `[${item.label}] ${item.insertText ?? ""} ${item.documentation?.value ?? item.documentation ?? ""}`)
    .join("\n");
}

async function diagnose(client, name, text) {
  const problems = await client.open(fresh(), head(name) + text);
  return problems.map((problem) => `${problem.range.start.line}: ${problem.message}`).join("\n");
}

const sound = `id: probe
name: Probe
version: 1.0.0
kind: native
delivery: pushed-artifact
supervision: systemd-service
capabilities: [probing]
requires: {base_agent: ">=1.0.0", os_capabilities: [CAP_NET_RAW], run_as: probe}
exec: {binary: probe, install_path: /usr/lib/probe}
config_schema: config.schema.json
state_dirs: [/var/lib/probe, {path: /var/lib/probe/spool, mode: "0750"}]
x-owner: me
`;

async function check_manifest(client) {
  const manifest = "addon-manifest";
  const clean = await diagnose(client, manifest, sound);
  if (clean !== "") check("a sound manifest", clean, "no diagnostics");
  check("hover of delivery", await hover(client, manifest, sound.replace("delivery", "deli‸very")),
    "Delivery", "`pushed-artifact`: it is staged from this bundle");
  check("hover of a Linux capability", await hover(client, manifest, sound.replace("os_capabilities", "os_‸capabilities")),
    "capabilities(7)", "`cap_`");
  check("hover within state_dirs", await hover(client, manifest, sound.replace("mode", "mo‸de")), "permission bits", "octal");
  check("completion of a key", await complete(client, manifest, "id: probe\nsuper‸\n"), "[supervision]", "systemd-timer");
  check("completion of a value", await complete(client, manifest, "supervision: ‸\n"),
    "[agent-sidecar]", "[systemd-timer]", "the primary `.timer` is enabled and started");
  check("completion of a nested key", await complete(client, manifest, "health:\n  ‸\n"), "[timeout]", "[stable_for]", "without a restart");
  check("completion of a default", await complete(client, manifest, "health:\n  timeout: ‸\n"), "[30s]", "[1min 30s]");
  check("examples in a hover", await hover(client, manifest, sound.replace("os_capabilities", "os_‸capabilities")), "CAP_NET_RAW");
  check("an unknown key", await diagnose(client, manifest, `${sound}colour: blue\n`), "13: ", "colour");
  check("a wrong value", await diagnose(client, manifest, sound.replace("pushed-artifact", "pushed")), "5: ", "pushed-artifact");
  check("a missing key", await diagnose(client, manifest, sound.replace(/^id.*\n/, "")), "id");
}

async function check_policy(client) {
  const policy = "site-policy";
  check("hover of exec_prefixes", await hover(client, policy, "policy: p\nversion: 1\nunits: {exec_‸prefixes: []}\n"),
    "systemd.service(5)", "more privileges");
  check("completion of a policy key", await complete(client, policy, "policy: p\nversion: 1\ngra‸\n"), "[grants]");
  check("completion of a downgrade", await complete(client, policy, "downgrade: ‸\n"), "[deny]", "[allow]");
  check("an unknown policy key", await diagnose(client, policy, "policy: p\nversion: 1\ncapabilites: {}\n"), "3: ", "capabilites");
}

async function main() {
  const client = new Client(program);
  await client.start({ yaml: { validate: true, hover: true, completion: true, schemaStore: { enable: false } } });
  await check_manifest(client);
  await check_policy(client);
  client.server.kill();
  console.log(`editor: ${checks} checks, ${failures} failures`);
  process.exit(failures === 0 ? 0 : 1);
}

setTimeout(() => {
  console.log("editor: the language server does not answer");
  process.exit(1);
}, 60000).unref();
main();
