// The extension of another Python server, as far as our extension can tell: the id of a known one, its real server.
const { execPath } = require("node:process");
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async (context) => {
  const { name, server } = context.extension.packageJSON;
  const [command, ...args] = JSON.parse(process.env[server]);
  client = new LanguageClient(
    name,
    name,
    { command: command || execPath, args },
    { documentSelector: [{ scheme: "file", language: "python" }] },
  );
  await client.start();
};

exports.deactivate = () => client?.stop();
