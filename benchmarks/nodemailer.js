// node nodemailer.js MAILS PORT < KEY.pem: nodemailer with a pool of ten connections and its own DKIM; prints mails per second.
const { createTransport } = require('nodemailer');
const [, , mails, port] = process.argv;
const privateKey = require('fs').readFileSync(0, 'utf8');
const piece = '<p>A job at a company in a place, worth reading – more</p>\n'.repeat(100);
const text = 'A job at a company in a place, worth reading – more\n'.repeat(130);
const transport = createTransport({
  pool: true, maxConnections: 10, maxMessages: Infinity, host: '127.0.0.1', port: +port, secure: false, ignoreTLS: true,
  dkim: { domainName: 'example.com', keySelector: 'rsa', privateKey },
});
const began = process.hrtime.bigint();
let begun = 0, ended = 0;
function next() {
  if (begun === +mails) return;
  const n = ++begun;
  const mail = {
    from: 'a@example.com', to: `reader${n}@example.org`, subject: '24 new AI jobs',
    text: `${text}${n}\n`, html: `${piece.repeat(4)}<p>${n}</p>${piece.repeat(3)}`,
  };
  transport.sendMail(mail, (error) => {
    if (error) throw error;
    if (++ended < +mails) return next();
    console.log(+mails / (Number(process.hrtime.bigint() - began) / 1e9));
    transport.close();
  });
}
for (let i = 0; i < 20; i++) next();
