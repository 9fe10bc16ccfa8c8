// An SMSC on the npm package `smpp`: answers, reports and writes to us as told.
const smpp = require('smpp');
let number = 0;
const server = smpp.createServer((session) => {
  const bind = (pdu) => {
    if (pdu.password !== 'secret') {
      session.send(pdu.response({ command_status: smpp.ESME_RBINDFAIL }));
      return;
    }
    session.send(pdu.response({ system_id: 'npm' }));
    session.deliver_sm({
      source_addr_ton: 1, source_addr_npi: 1, source_addr: '79160000009',
      destination_addr: '1234', short_message: 'Привет 😀',
    });
    session.deliver_sm({
      source_addr: '1', destination_addr: '1234',
      short_message: '', message_payload: { message: 'long '.repeat(60) },
    });
  };
  session.on('bind_transceiver', bind);
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
  session.on('submit_sm', (pdu) => {
    number += 1;
    if (number === 3) {
      session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
      return;
    }
    const id = number.toString(16).padStart(8, '0');
    const text = pdu.short_message.message ?? pdu.message_payload?.message ?? '';
    console.log(JSON.stringify({
      to: pdu.destination_addr, ton: pdu.dest_addr_ton, from: pdu.source_addr,
      text: Buffer.isBuffer(text) ? text.toString('hex') : text,
      udh: pdu.short_message.udh ? true : false, sar: pdu.sar_total_segments ?? null,
      validity: pdu.validity_period !== '', coding: pdu.data_coding,
    }));
    // The report overtakes the answer.
    session.deliver_sm({
      esm_class: 4, source_addr: pdu.destination_addr, destination_addr: '1234',
      short_message: `id:${id} sub:001 dlvrd:001 submit date:2611220800 ` +
        'done date:2611220801 stat:DELIVRD err:000 text:',
      receipted_message_id: id, message_state: 2,
    });
    session.send(pdu.response({ message_id: id }));
  });
  session.on('error', () => {});
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
