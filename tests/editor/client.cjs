// The client's half of the Language Server Protocol 3.17, as far as session.cjs needs it.
const { spawn } = require("child_process");

class Client {
  constructor(program) {
    this.server = spawn(process.execPath, [program, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    this.buffer = Buffer.alloc(0);
    this.answers = new Map();
    this.diagnostics = new Map();
    this.waiting = [];
    this.next = 1;
    this.server.stdout.on("data", (data) => this.receive(data));
  }

  send(message) {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.server.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.server.stdin.write(body);
  }

  receive(data) {
    this.buffer = Buffer.concat([this.buffer, data]);
    for (;;) {
      const end = this.buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.buffer.subarray(0, end).toString())[1]);
      if (this.buffer.length < end + 4 + length) return;
      const message = JSON.parse(this.buffer.subarray(end + 4, end + 4 + length).toString());
      this.buffer = this.buffer.subarray(end + 4 + length);
      this.take(message);
    }
  }

  take(message) {
    if (message.method === "textDocument/publishDiagnostics") {
      this.diagnostics.set(message.params.uri, message.params.diagnostics);
      this.waiting.splice(0).forEach((wake) => wake());
    } else if (message.method && message.id !== undefined) {
      // It asks for its settings; it has them already.
      const items = message.params && message.params.items ? message.params.items.map(() => null) : null;
      this.send({ id: message.id, result: items });
    } else if (message.id !== undefined) {
      this.answers.get(message.id)(message);
    }
  }

  request(method, params) {
    const id = this.next++;
    this.send({ id, method, params });
    return new Promise((resolve, reject) =>
      this.answers.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result))));
  }

  notify(method, params) {
    this.send({ method, params });
  }

  async start(settings) {
    await this.request("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities: {
        textDocument: {
          hover: { contentFormat: ["markdown"] },
          completion: { completionItem: { documentationFormat: ["markdown"], snippetSupport: true } },
        },
      },
    });
    this.notify("initialized", {});
    this.notify("workspace/didChangeConfiguration", { settings });
  }

  // Opens the text; gives what is wrong with it.
  async open(uri, text) {
    this.notify("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text } });
    while (!this.diagnostics.has(uri)) await new Promise((wake) => this.waiting.push(wake));
    return this.diagnostics.get(uri);
  }

  at(uri, line, character) {
    return { textDocument: { uri }, position: { line, character } };
  }
}

module.exports = { Client };
