// An application on the npm package `smpp`: does what a line of JSON on its input says,
// and prints a line for everything that happens.
const readline = require('readline');
const smpp = require('smpp');
const say = (kind, value) => console.log(JSON.stringify([kind, value]));
const body = (pdu) => pdu.short_message?.message ?? pdu.message_payload?.message
  ?? pdu.message_payload ?? '';
const shown = (value) => Buffer.isBuffer(value) ? { hex: value.toString('hex') } : value;
let session;

const bind = ({ url, system_id, password }) => {
  session = smpp.connect({ url, auto_enquire_link_period: 1000 });
  const bound = session;
  bound.on('error', (error) => say('error', String(error)));
  bound.on('deliver_sm', (pdu) => {
    say('deliver', { esm_class: pdu.esm_class, from: pdu.source_addr,
      to: pdu.destination_addr, text: shown(body(pdu)), coding: pdu.data_coding,
      header: pdu.short_message?.udh?.map((one) => one.toString('hex')) ?? null,
      id: pdu.receipted_message_id, state: pdu.message_state });
    bound.send(pdu.response());
  });
  bound.bind_transceiver({ system_id, password }, (answer) => {
    if (answer.command_status === 0) bound.on('close', () => say('closed', null));
    say('bound', answer.command_status);
  });
};

const octets = (fields) => Object.fromEntries(Object.entries(fields).map(([name, value]) =>
  [name, value?.hex === undefined ? value : Buffer.from(value.hex, 'hex')]));

const submit = ({ name, ...fields }) => {
  const given = octets(fields);
  if (given.udh) {
    given.short_message = { udh: given.udh, message: given.short_message };
    delete given.udh;
  }
  session.submit_sm(given, (answer) =>
    say('answer', { name, status: answer.command_status, id: answer.message_id }));
};

const unbind = () => session.unbind(() => { say('unbound', 0); session.close(); });

readline.createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [verb, given] = JSON.parse(line);
    ({ bind, submit, unbind })[verb](given);
  })
  .on('close', () => process.exit(0));
