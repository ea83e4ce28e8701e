// Reads a DiscoveryResponse in Protobuf's JSON from standard input, encodes it with the protobuf files of @grpc/grpc-js-xds, decodes that, and writes what
// came out as JSON: the same where every field is known, has its type, and nothing got lost. The argument is the folder with node_modules.
const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");

const load = createRequire(path.join(process.argv[2], "here.js"));
const protobuf = load("protobufjs");
const deps = path.join(path.dirname(load.resolve("@grpc/grpc-js-xds/package.json")), "deps");
const folders = [...fs.readdirSync(deps).map(name => path.join(deps, name)), path.dirname(load.resolve("protobufjs/package.json"))];
const root = new protobuf.Root();
root.resolvePath = (_, file) => folders.map(folder => path.join(folder, file)).find(found => fs.existsSync(found)) ?? file;
root.loadSync(["envoy/service/discovery/v3/discovery.proto", "envoy/config/endpoint/v3/endpoint.proto"]);
root.resolveAll();

const wrapper = /^\.google\.protobuf\.(UInt32|Int32|UInt64|Int64|Bool|String|Float|Double)Value$/;
const nameOf = url => url.slice(url.lastIndexOf("/") + 1);
const fail = text => { throw new Error(text); };

function fromJson(type, json) {
  if (type.fullName === ".google.protobuf.Any") {
    const { "@type": url, ...rest } = json;
    const inner = root.lookupType(nameOf(url));
    return { type_url: url, value: inner.encode(fromJson(inner, rest)).finish() };
  }
  if (type.fullName === ".google.protobuf.Struct")
    return { fields: Object.fromEntries(Object.entries(json).map(([key, value]) => [key, valueFrom(value)])) };
  if (wrapper.test(type.fullName)) return { value: json };
  const message = {};
  for (const [key, value] of Object.entries(json)) {
    const field = type.fields[key] ?? fail(`${type.fullName} has no field ${key}`);
    field.resolve();
    const one = item => field.resolvedType instanceof protobuf.Type ? fromJson(field.resolvedType, item)
      : field.resolvedType instanceof protobuf.Enum ? field.resolvedType.values[item] ?? fail(`${field.fullName} has no value ${item}`) : item;
    message[key] = field.map ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, one(item)])) : field.repeated ? value.map(one) : one(value);
  }
  const wrong = type.verify(message);
  return wrong ? fail(`${type.fullName}: ${wrong}`) : message;
}

function toJson(type, message) {
  if (type.fullName === ".google.protobuf.Any") {
    const inner = root.lookupType(nameOf(message.type_url));
    return { "@type": message.type_url, ...toJson(inner, inner.decode(message.value)) };
  }
  if (type.fullName === ".google.protobuf.Struct")
    return Object.fromEntries(Object.entries(message.fields).map(([key, value]) => [key, valueTo(value)]));
  if (wrapper.test(type.fullName)) return message.value;
  const json = {};
  for (const field of type.fieldsArray) {
    if (!Object.hasOwn(message, field.name)) continue;
    const value = message[field.name];
    if ((field.map || field.repeated) && Object.keys(value).length === 0) continue;
    const one = item => field.resolvedType instanceof protobuf.Type ? toJson(field.resolvedType, item)
      : field.resolvedType instanceof protobuf.Enum ? field.resolvedType.valuesById[item] : item;
    json[field.name] = field.map ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, one(item)])) : field.repeated ? value.map(one) : one(value);
  }
  return json;
}

const valueFrom = value => typeof value === "string" ? { stringValue: value } : typeof value === "number" ? { numberValue: value }
  : typeof value === "boolean" ? { boolValue: value } : fail(`no value is made of ${JSON.stringify(value)}`);
const valueTo = value => value.stringValue ?? value.numberValue ?? value.boolValue;

const response = root.lookupType("envoy.service.discovery.v3.DiscoveryResponse");
const bytes = response.encode(fromJson(response, JSON.parse(fs.readFileSync(0, "utf8")))).finish();
const decoded = response.decode(bytes);
if (Buffer.compare(response.encode(decoded).finish(), bytes) !== 0) fail("it encodes to other bytes once it was decoded");
process.stdout.write(JSON.stringify(toJson(response, decoded)));
