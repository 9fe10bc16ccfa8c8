// An ESME on the npm package `smpp`: submits, and prints a line per thing that comes.
const smpp = require('smpp');
const [url, system_id, password, destination] = process.argv.slice(2);
const say = (kind, value) => console.log(JSON.stringify([kind, value]));
const session = smpp.connect({ url, auto_enquire_link_period: 1000 });
const text = (pdu) => pdu.short_message.message ?? pdu.message_payload?.message ?? '';
session.on('error', (error) => say('error', String(error)));
session.on('deliver_sm', (pdu) => {
  say('deliver', { esm_class: pdu.esm_class, text: text(pdu),
    id: pdu.receipted_message_id, state: pdu.message_state, from: pdu.source_addr });
  session.send(pdu.response());
});
session.bind_transceiver({ system_id, password }, (bound) => {
  say('bound', bound.command_status);
  const to = { source_addr: '2345', dest_addr_ton: 1, dest_addr_npi: 1,
    destination_addr: destination, registered_delivery: 1 };
  session.submit_sm({ ...to, short_message: 'Привет 😀' }, (answer) =>
    say('answer', [answer.command_status, answer.message_id]));
  session.submit_sm({ ...to, message_payload: 'long '.repeat(60) }, (answer) =>
    say('answer', [answer.command_status, answer.message_id]));
});
process.stdin.on('end', () => session.unbind(() => { say('unbound', 0); session.close(); }));
process.stdin.resume();
