// Draws openapi.json. Everything from the document becomes a text node, never markup.

const description = await (await fetch("/openapi.json")).json();
const schemas = description.components.schemas;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

function resolve(schema) {
  return schema.$ref ? schemas[schema.$ref.split("/").pop()] : schema;
}

function typeOf(schema) {
  if (schema.$ref) {
    const target = resolve(schema);
    return target.enum ? target.enum.join(" | ") : schema.$ref.split("/").pop();
  }
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.oneOf) return schema.oneOf.map(typeOf).join(" or ");
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  return [schema.type ?? "anything", schema.format].filter(Boolean).join(", ");
}

function limitsOf(schema) {
  const words = [];
  for (const one of [schema, ...(schema.anyOf ?? [])]) {
    if (one.description) words.push(one.description);
    if (one.minimum !== undefined || one.maximum !== undefined)
      words.push(`${one.minimum ?? "…"} to ${one.maximum ?? "…"}`);
    if (one.maxLength !== undefined) words.push(`up to ${one.maxLength} characters`);
    if (one.maxItems !== undefined) words.push(`up to ${one.maxItems} items`);
  }
  if (schema.default !== undefined && schema.default !== null)
    words.push(`default ${JSON.stringify(schema.default)}`);
  return words.join("; ");
}

function field(name, schema, required) {
  return make("div", {},
    make("dt", {}, make("code", {}, name), make("span", { class: "type" }, typeOf(schema)),
      required ? make("span", { class: "need" }, "required") : null),
    make("dd", {}, limitsOf(schema)));
}

function fields(schema, { asked }) {
  const target = resolve(schema);
  const needed = new Set(asked ? target.required : []);
  const list = make("dl", { class: "fields" });
  for (const [name, inner] of Object.entries(target.properties ?? {}))
    list.append(field(name, inner, needed.has(name)));
  return list;
}

function parameters(operation) {
  const list = make("dl", { class: "fields" });
  for (const one of operation.parameters)
    list.append(field(`${one.name} (${one.in})`, { ...one.schema, description: one.description ?? one.schema.description }, one.required));
  return list;
}

function answers(operation) {
  const nodes = [];
  for (const [status, response] of Object.entries(operation.responses)) {
    if (status === "default") continue;
    nodes.push(make("h3", {}, `Answer ${status}`));
    for (const [media, content] of Object.entries(response.content ?? {})) {
      const options = content.schema.oneOf ?? [content.schema];
      for (const option of options) {
        nodes.push(make("p", {}, make("code", {}, media), " ", typeOf(option)));
        if (option.$ref) nodes.push(fields(option, { asked: false }));
      }
    }
  }
  return nodes;
}

function example(schema) {
  const target = resolve(schema);
  const value = {};
  for (const name of target.required ?? []) {
    const inner = target.properties[name];
    const choice = inner.anyOf ? inner.anyOf[0] : inner;
    value[name] = choice.examples?.[0] ?? (choice.type === "array" ? [] : "");
  }
  if (target.properties?.text && value.text === undefined) value.text = "Здравствуйте!";
  return JSON.stringify(value, null, 2);
}

function trial(verb, path, operation) {
  const query = make("input", { "aria-label": "Path and query", value: path });
  const media = operation.requestBody?.content["application/json"];
  const body = media ? make("textarea", { "aria-label": "Body", spellcheck: "false" }) : null;
  if (body) body.value = example(media.schema);
  const shown = make("pre", { hidden: "", "aria-live": "polite" });
  const button = make("button", { type: "button" }, "Send");
  button.addEventListener("click", async () => {
    shown.hidden = false;
    shown.textContent = "…";
    const token = document.getElementById("token").value.trim();
    try {
      const response = await fetch(query.value, {
        method: verb.toUpperCase(),
        headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { "Content-Type": "application/json" }) },
        body: body ? body.value : undefined,
      });
      const text = await response.text();
      let content = text;
      try { content = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: as it is */ }
      shown.textContent = `${response.status} ${response.statusText}\n\n${content}`;
    } catch (error) {
      shown.textContent = String(error);
    }
  });
  return [make("h3", {}, "Try it"), make("p", {}, query), body ? make("p", {}, body) : null, make("p", {}, button), shown];
}

function call(verb, path, operation) {
  const scopes = (operation.security ?? []).flatMap((one) => one.token ?? []);
  const inside = make("div", { class: "body" });
  if (operation.parameters.length) inside.append(make("h3", {}, "Parameters"), parameters(operation));
  const media = operation.requestBody?.content["application/json"];
  if (media) inside.append(make("h3", {}, "Body"), fields(media.schema, { asked: true }));
  inside.append(...answers(operation), ...trial(verb, path, operation).filter(Boolean));
  return make("details", { id: operation.operationId },
    make("summary", {},
      make("span", { class: `verb ${verb}` }, verb.toUpperCase()),
      make("code", {}, path),
      make("span", { class: "what" }, operation.summary),
      ...scopes.map((scope) => make("span", { class: "scope" }, scope))),
    inside);
}

function draw() {
  const groups = new Map();
  for (const [path, operations] of Object.entries(description.paths))
    for (const [verb, operation] of Object.entries(operations)) {
      const tag = operation.tags[0] || "pages";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push([verb, path, operation]);
    }
  const main = document.getElementById("calls");
  const index = document.getElementById("index");
  main.replaceChildren();
  for (const [tag, calls] of groups) {
    const list = make("ul");
    const section = make("section", {}, make("h2", {}, tag));
    for (const [verb, path, operation] of calls) {
      const link = make("a", { href: `#${operation.operationId}` }, `${verb.toUpperCase()} ${path.replace("/api/v1", "")}`);
      list.append(make("li", {}, link));
      section.append(call(verb, path, operation));
    }
    index.append(make("h2", {}, tag), list);
    main.append(section);
  }
}

function open() {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.tagName === "DETAILS") {
    target.open = true;
    target.scrollIntoView();
  }
}

function find(event) {
  const wanted = event.target.value.toLowerCase();
  for (const section of document.querySelectorAll("main section")) {
    let any = false;
    for (const one of section.querySelectorAll("details")) {
      one.hidden = !one.querySelector("summary").textContent.toLowerCase().includes(wanted);
      any ||= !one.hidden;
    }
    section.hidden = !any;
  }
}

document.getElementById("version").textContent = description.info.version;
document.getElementById("about").textContent = description.info.description.replaceAll("`", "");
draw();
open();
addEventListener("hashchange", open);
document.getElementById("find").addEventListener("input", find);
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
