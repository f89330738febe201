import assert from "node:assert/strict";
import { type MailWay, mailConcern, odooMail } from "../../components/mail.ts";
import { filesOf, textOf } from "../support/concern.ts";

const domain = "erp.example.com";
const catcher: MailWay = { kind: "catcher", image: "registry.example.com/catcher:3", memoryMb: 128 };
const mailgun: MailWay = {
  kind: "mailgun",
  domain: "mg.example.com",
  password: "p",
  from: "odoo@mg.example.com",
};

describe("the way of mail", () => {
  it("is a container that is reached from the machine alone, on a catching stack", async () => {
    const files = await filesOf(mailConcern(catcher));
    assert.match(
      textOf(files, "/etc/odoo-platform/mail/compose.yaml"),
      /ports: \["127\.0\.0\.1:1080:1080"\]/,
    );
    assert.match(textOf(files, "/etc/odoo-platform/mail/.env"), /^MAIL_CATCHER_IMAGE=registry\.example\.com/);
  });

  it("brings no catcher where mail leaves", () => {
    assert.deepEqual(mailConcern(mailgun).files, []);
    assert.deepEqual(mailConcern(mailgun).variables, { MAIL_KIND: "mailgun" });
  });

  it("by Mailgun logs in as the domain's postmaster over STARTTLS", () => {
    assert.deepEqual(odooMail({ domain, way: mailgun }).smtp, {
      server: "smtp.mailgun.org",
      port: 2525,
      startTls: true,
      user: "postmaster@mg.example.com",
      from: "odoo@mg.example.com",
      fromFilter: "mg.example.com",
    });
  });

  it("has a sender of Odoo's own domain where the settings name none", () => {
    assert.equal(odooMail({ domain, way: catcher }).smtp.from, "odoo@erp.example.com");
  });
});
