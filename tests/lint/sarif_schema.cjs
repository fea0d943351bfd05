// sarif_schema.cjs SCHEMA FILE...: validates each FILE against SCHEMA. ajv and ajv-formats come from NODE_PATH.
const fs = require("fs");
const addFormats = require("ajv-formats");

const [schemaFile, ...files] = process.argv.slice(2);
const schema = JSON.parse(fs.readFileSync(schemaFile, "utf8").replace(/^\uFEFF/, ""));
const Ajv = schema.$schema.includes("2020-12") ? require("ajv/dist/2020") : require("ajv");
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
const validate = ajv.compile(schema);
let bad = 0;
for (const file of files) {
  if (validate(JSON.parse(fs.readFileSync(file, "utf8")))) continue;
  bad += 1;
  for (const error of validate.errors.slice(0, 10)) console.log(`${file}${error.instancePath} ${error.message}`);
}
// A schema that accepts anything would prove nothing.
if (validate({ version: "2.1.0", runs: [{ results: [] }] })) {
  console.log(`${schemaFile} accepts a run without a tool`);
  bad += 1;
}
process.exit(bad === 0 ? 0 : 1);
